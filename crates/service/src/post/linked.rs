//! The page that a post is shown with: the first that its text links to, or
//! what it is itself about.

use crate::Result;
use activitypub::Note;
use domain::Post;
use domain::card::Card;
use store::Tx;
use text::page;

/// Notes which page a post is shown with; none beside media. `own`: what the
/// post itself says of the page.
pub(super) fn file(tx: &mut Tx, post: &Post, own: Option<&Card>) -> Result<()> {
    let has_room = post.text.attachments.is_empty();
    if let Some(card) = own.filter(|_| has_room) {
        return Ok(store::card::link(tx, post.id, &card.url, Some(card))?);
    }
    match page::first_link(&post.text.content_html).filter(|_| has_room) {
        Some(url) => Ok(store::card::link(tx, post.id, &url, None)?),
        None => Ok(()),
    }
}

/// The same after an edit.
pub(super) fn file_again(tx: &mut Tx, post: &Post, own: Option<&Card>) -> Result<()> {
    store::card::unlink(tx, post.id)?;
    file(tx, post, own)
}

/// What the author of a link post says of the page (Lemmy, Mbin, lotide), or
/// the author of a longer work of its own page (WordPress, Mobilizon).
pub(super) fn own_card(note: &Note) -> Option<Card> {
    let own_page = note.url.as_deref().filter(|_| !note.is_short());
    let link = note.link.as_deref().or(own_page)?;
    let description = note.summary.as_deref().filter(|_| note.content_warning().is_none());
    let description = description.map(text::plain::from_html).unwrap_or_default();
    page::own_card(link, note.title.as_deref()?, &description, note.image.as_deref())
}
