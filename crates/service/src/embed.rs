//! Posts of ours inside other sites' pages (<https://oembed.com>).

use crate::{Error, OrNotFound, Result, thread};
use domain::visibility::{Standing, may_see};
use domain::{ObjectId, PostId, PostView};
use store::Tx;

/// The post of ours that a URL leads to, its page's or its own, if everyone
/// may see it.
pub fn post_at(tx: &mut Tx, url: &str) -> Result<PostView> {
    let id = ObjectId::parse(url).ok().filter(|id| tx.names().is_ours(id)).or_not_found("post")?;
    let found = match store::post::id_by_object(tx, &id)? {
        Some(found) => Some(found),
        None => of_page(url),
    };
    let view = thread::one(tx, None, found.or_not_found("post")?)?;
    let shown = view.author.is_ours() && view.boost.is_none();
    if shown && may_see(view.post.visibility, Standing::STRANGER) {
        Ok(view)
    } else {
        Err(Error::NotFound("post"))
    }
}

/// The number at the end of `ORIGIN/@NAME/ID`.
fn of_page(url: &str) -> Option<PostId> {
    let url = url::Url::parse(url).ok()?;
    let mut parts = url.path_segments()?;
    let (name, id, rest) = (parts.next()?, parts.next()?, parts.next());
    let is_page = name.starts_with('@') && matches!(rest, None | Some("" | "embed"));
    if is_page { id.parse().ok() } else { None }
}
