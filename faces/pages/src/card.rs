//! Posts and accounts as pages show them: every text and address ready for
//! the template, which only escapes.

use crate::visitor::Visitor;
use crate::when::When;
use domain::poll::{PollOption, PollView};
use domain::post::{Attachment, AttachmentKind, PostCounts, ViewerMarks};
use domain::{Account, PostView, Visibility};

/// Who an account is, in a line.
#[derive(Debug, Clone)]
pub(crate) struct AccountCard {
    pub(crate) id: String,
    pub(crate) name: String,
    /// `@name@domain`.
    pub(crate) handle: String,
    /// Where its name leads.
    pub(crate) page: String,
    pub(crate) avatar: Option<String>,
    /// Stands where there is no picture.
    pub(crate) initial: String,
}

/// A picture, film, sound or file.
#[derive(Debug, Clone)]
pub(crate) struct Medium {
    /// The word for the template.
    pub(crate) kind: &'static str,
    pub(crate) url: String,
    /// A smaller picture of it.
    pub(crate) preview: Option<String>,
    pub(crate) description: String,
    pub(crate) size: Option<(i64, i64)>,
}

/// A poll with its numbers, as far as they are shown.
#[derive(Debug, Clone)]
pub(crate) struct PollCard {
    /// Each option with its votes.
    pub(crate) options: Vec<(String, Option<i64>)>,
    pub(crate) votes: i64,
    /// When it ends or ended.
    pub(crate) ends: Option<When>,
    pub(crate) is_over: bool,
}

impl PollCard {
    fn new(view: &PollView) -> Self {
        let shows = view.poll.shows_totals(view.now);
        let option = |option: &PollOption| (option.title.clone(), shows.then_some(option.votes));
        Self {
            options: view.poll.options.iter().map(option).collect(),
            votes: view.poll.votes(),
            ends: view.poll.ends_at.map(When::of),
            is_over: view.poll.is_over(view.now),
        }
    }
}

/// A post, ready to be shown.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each shows or hides another part of the template")]
pub(crate) struct PostCard {
    pub(crate) id: String,
    pub(crate) author: AccountCard,
    pub(crate) boosted_by: Option<AccountCard>,
    /// Where its time leads.
    pub(crate) page: String,
    /// Its identity: what is pasted elsewhere.
    pub(crate) address: String,
    pub(crate) published: When,
    pub(crate) edited: Option<When>,
    pub(crate) title: Option<String>,
    pub(crate) warning: String,
    /// Media are behind a fold of their own, as no warning folds the whole.
    pub(crate) hides_media: bool,
    /// Clean HTML.
    pub(crate) content_html: String,
    pub(crate) language: Option<String>,
    pub(crate) media: Vec<Medium>,
    pub(crate) poll: Option<PollCard>,
    pub(crate) answers: Option<String>,
    /// Who may see it, where that is not everyone.
    pub(crate) audience: &'static str,
    pub(crate) counts: PostCounts,
    pub(crate) marks: ViewerMarks,
    pub(crate) may_boost: bool,
    pub(crate) is_own: bool,
    /// The page is about this one.
    pub(crate) is_focus: bool,
}

impl AccountCard {
    pub(crate) fn new(account: &Account, visitor: &Visitor) -> Self {
        let name = account.shown_name().to_owned();
        Self {
            id: account.id.to_string(),
            handle: format!("@{}", account.handle),
            page: account_page(account, visitor),
            avatar: account.profile.avatar_url.as_deref().and_then(|url| shown(url, visitor)),
            initial: name
                .chars()
                .find(|c| c.is_alphanumeric())
                .map_or("@".into(), |c| c.to_uppercase().to_string()),
            name,
        }
    }
}

impl PostCard {
    pub(crate) fn new(view: &PostView, visitor: &Visitor) -> Self {
        let post = &view.post;
        let text = &post.text;
        let is_own = visitor.id() == Some(post.author_id);
        Self {
            id: post.id.to_string(),
            author: AccountCard::new(&view.author, visitor),
            boosted_by: view.boost.as_ref().map(|boost| AccountCard::new(&boost.account, visitor)),
            page: post_page(view, visitor),
            address: post.object_id.to_string(),
            published: When::of(post.published_at),
            edited: post.edited_at.map(When::of),
            title: text.title.clone(),
            warning: text.warning.clone(),
            hides_media: text.sensitive && text.warning.is_empty(),
            content_html: text.content_html.clone(),
            language: text.language.clone(),
            media: text.attachments.iter().filter_map(|it| Medium::new(it, visitor)).collect(),
            poll: view.poll.as_deref().map(PollCard::new),
            answers: answers(view),
            audience: audience(post.visibility),
            counts: view.counts,
            marks: view.marks,
            may_boost: post.visibility.is_open() || (is_own && post.visibility == Visibility::Followers),
            is_own,
            is_focus: false,
        }
    }

    /// Cards of a list.
    pub(crate) fn list(views: &[PostView], visitor: &Visitor) -> Vec<Self> {
        views.iter().map(|view| Self::new(view, visitor)).collect()
    }

    /// The same card on its own page.
    #[must_use]
    pub(crate) fn focused(mut self) -> Self {
        self.is_focus = true;
        self
    }
}

impl Medium {
    fn new(attachment: &Attachment, visitor: &Visitor) -> Option<Self> {
        let kind = match attachment.kind {
            AttachmentKind::Image => "image",
            AttachmentKind::Gifv => "gifv",
            AttachmentKind::Video => "video",
            AttachmentKind::Audio => "audio",
            AttachmentKind::Unknown => "file",
        };
        Some(Self {
            kind,
            url: match attachment.kind {
                // A link to something that is no file is followed, not shown.
                AttachmentKind::Unknown => http_url(&attachment.url)?.to_owned(),
                _ => shown(&attachment.url, visitor)?,
            },
            preview: attachment.preview_url.as_deref().and_then(|url| shown(url, visitor)),
            description: attachment.description.clone().unwrap_or_default(),
            size: attachment.width.zip(attachment.height),
        })
    }
}

/// Ours have their page here. A peer's has one here for who is signed in;
/// anyone else is led to where it lives.
pub(crate) fn account_page(account: &Account, visitor: &Visitor) -> String {
    if account.is_ours() {
        return format!("/@{}", account.handle.name);
    }
    if visitor.id().is_some() {
        return format!("/@{}", account.handle);
    }
    home_page(account)
}

/// Where a peer's account lives.
pub(crate) fn home_page(account: &Account) -> String {
    account.profile.url.as_deref().and_then(http_url).unwrap_or(account.actor_id.as_str()).to_owned()
}

/// As [`account_page`], for a post.
pub(crate) fn post_page(view: &PostView, visitor: &Visitor) -> String {
    let (post, author) = (&view.post, &view.author);
    if author.is_ours() {
        return format!("/@{}/{}", author.handle.name, post.id);
    }
    if visitor.id().is_some() {
        return format!("/@{}/{}", author.handle, post.id);
    }
    post.url.as_deref().and_then(http_url).unwrap_or(post.object_id.as_str()).to_owned()
}

fn answers(view: &PostView) -> Option<String> {
    let id = view.post.in_reply_to.as_ref()?;
    let named = |id| view.post.text.mentions.iter().find(|mention| mention.account_id == id);
    match view.post.in_reply_to_account_id {
        Some(id) if id == view.post.author_id => Some("an own post".to_owned()),
        Some(id) => {
            Some(named(id).map_or("another post".to_owned(), |mention| format!("@{}", mention.handle)))
        }
        None => Some(format!("a post on {}", id.host())),
    }
}

const fn audience(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Public => "",
        Visibility::Unlisted => "unlisted",
        Visibility::Followers => "for followers",
        Visibility::Direct => "for those named",
    }
}

/// Where a picture, film or recording is shown from.
fn shown(url: &str, visitor: &Visitor) -> Option<String> {
    http_url(url).map(|url| visitor.names.shown(url).into_owned())
}

/// A link a browser may follow; peers write what they like.
pub(crate) fn http_url(text: &str) -> Option<&str> {
    let is_web = ["https://", "http://"].iter().any(|scheme| text.starts_with(scheme));
    (is_web && !text.chars().any(|c| c.is_whitespace() || c.is_control())).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_is_linked() {
        assert_eq!(http_url("https://a.example/x"), Some("https://a.example/x"));
        for wrong in
            ["javascript:alert(1)", "data:text/html,x", "//a.example", "", "https://a b", "\u{1}https://a"]
        {
            assert_eq!(http_url(wrong), None, "{wrong:?}");
        }
    }
}
