//! One post and what stands around it: its conversation, its versions, who
//! likes it. What the viewer may not see looks missing.

use crate::error::OrNotFound;
use crate::listed::Listed;
use crate::profile::{self, AccountView};
use crate::timeline::dress;
use crate::{Result, boost};
use domain::visibility::may_see;
use domain::{Account, AccountId, BoostId, Page, PostId, PostView};
use std::collections::{HashMap, HashSet};
use store::timeline::Entry;
use store::{Tx, timeline};

pub use store::post::Revision as Version;

const POST: &str = "post";
/// How much of a conversation is shown.
const MAX_ANCESTORS: i64 = 40;
/// How many answers are shown.
const MAX_DESCENDANTS: i64 = 400;
/// The same to who is not signed in.
const MAX_DESCENDANTS_FOR_STRANGERS: i64 = 60;

/// The entry that an id stands for: a post, or a boost, which is shown as a
/// post of its own.
fn entry(tx: &mut Tx, viewer: Option<AccountId>, id: PostId) -> Result<Entry> {
    let boost = store::boost::get(tx, BoostId(id.0))?;
    let entry = match &boost {
        Some(boost) => Entry { id: boost.id.0, post_id: boost.post_id, boost_id: Some(boost.id) },
        None => id.into(),
    };
    if !timeline::visible_among(tx, &[entry.post_id], viewer)?.contains(&entry.post_id) {
        return Err(crate::Error::NotFound(POST));
    }
    if let Some(boost) = boost {
        let post = store::post::find(tx, boost.post_id)?.or_not_found(POST)?;
        if !may_see(boost.visibility, boost::standing(tx, &boost, &post, viewer)?) {
            return Err(crate::Error::NotFound(POST));
        }
    }
    Ok(entry)
}

/// Takes back what the viewer did with a post, and shows the post. The verb
/// says whether there was something to take back, or the viewer may see it.
pub fn take_back(
    tx: &mut Tx,
    viewer: &Account,
    id: PostId,
    verb: impl FnOnce(&mut Tx, &Account, PostId) -> Result<()>,
) -> Result<PostView> {
    let id = store::boost::get(tx, BoostId(id.0))?.map_or(id, |boost| boost.post_id);
    verb(tx, viewer, id)?;
    dress(tx, Some(viewer.id), &[id.into()])?.into_iter().next().or_not_found(POST)
}

/// The post that an id stands for, be it the post's own or that of a boost of it.
pub fn post_of(tx: &mut Tx, viewer: Option<AccountId>, id: PostId) -> Result<PostId> {
    Ok(entry(tx, viewer, id)?.post_id)
}

/// One post, or one boost.
pub fn one(tx: &mut Tx, viewer: Option<AccountId>, id: PostId) -> Result<PostView> {
    let entry = entry(tx, viewer, id)?;
    dress(tx, viewer, &[entry])?.into_iter().next().or_not_found(POST)
}

/// Several posts, in the order of the ids; what may not be seen is left out.
pub fn many(tx: &mut Tx, viewer: Option<AccountId>, ids: &[PostId]) -> Result<Vec<PostView>> {
    let seen = timeline::visible_among(tx, ids, viewer)?;
    let mut shown = HashSet::new();
    let ids = ids.iter().filter(|id| seen.contains(id) && shown.insert(**id));
    let entries: Vec<Entry> = ids.map(|id| (*id).into()).collect();
    dress(tx, viewer, &entries)
}

/// What stands around a post.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conversation {
    /// What it answers, the first post first.
    pub ancestors: Vec<PostView>,
    /// What answers it: below each post its answers, those of its author first,
    /// then the oldest first.
    pub descendants: Vec<PostView>,
}

/// The conversation around a post, as far as the viewer may see it.
pub fn conversation(tx: &mut Tx, viewer: Option<AccountId>, id: PostId) -> Result<Conversation> {
    let id = post_of(tx, viewer, id)?;
    let mut above = store::post::ancestors(tx, id, viewer, MAX_ANCESTORS)?;
    above.reverse();
    let most = if viewer.is_some() { MAX_DESCENDANTS } else { MAX_DESCENDANTS_FOR_STRANGERS };
    let mut below = store::post::descendants(tx, id, viewer, most)?;
    // In a circle of answers a post stands above and below.
    below.retain(|id| !above.contains(id));
    let entries: Vec<Entry> = above.iter().chain(&below).map(|id| (*id).into()).collect();
    let above: HashSet<PostId> = above.into_iter().collect();
    let mut views = dress(tx, viewer, &entries)?;
    if let Some(viewer) = viewer {
        let authors: Vec<AccountId> = views.iter().map(|view| view.author.id).collect();
        let unwanted = store::mute::unwanted_among(tx, viewer, &authors)?;
        views.retain(|view| !unwanted.contains(&view.author.id));
    }
    let (ancestors, descendants) = views.into_iter().partition(|view| above.contains(&view.post.id));
    Ok(Conversation { ancestors, descendants: in_order(id, descendants) })
}

/// Answers as a thread is read: below a post its answers, each with all below
/// it. Many apps do not sort. Whoever goes on with an own post comes first, as
/// a text in several posts is read in one piece.
fn in_order(root: PostId, descendants: Vec<PostView>) -> Vec<PostView> {
    let mut below: HashMap<PostId, Vec<PostView>> = HashMap::new();
    let ids: HashSet<PostId> = descendants.iter().map(|view| view.post.id).collect();
    let (own, others): (Vec<_>, Vec<_>) = descendants
        .into_iter()
        .partition(|view| view.post.in_reply_to_account_id == Some(view.post.author_id));
    // What is last is taken first.
    for view in own.into_iter().chain(others).rev() {
        // What answers a post that the viewer may not see hangs on the root.
        let parent = view.post.in_reply_to_id.filter(|id| ids.contains(id)).unwrap_or(root);
        below.entry(parent).or_default().push(view);
    }
    let mut waiting = below.remove(&root).unwrap_or_default();
    let mut ordered = Vec::new();
    while let Some(view) = waiting.pop() {
        waiting.extend(below.remove(&view.post.id).unwrap_or_default());
        ordered.push(view);
    }
    ordered
}

/// A post as its author typed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The post.
    pub id: PostId,
    /// The text; read back from HTML where it was written elsewhere.
    pub text: String,
    /// Media type of the text.
    pub media_type: String,
    /// Content warning.
    pub warning: String,
}

/// What the author typed, for editing it again.
pub fn source_of(post: &domain::Post) -> Source {
    let text = post.text.source.clone().unwrap_or_else(|| text::plain::from_html(&post.text.content_html));
    let media_type = post.text.source_type.clone().unwrap_or_else(|| "text/plain".into());
    Source { id: post.id, text, media_type, warning: post.text.warning.clone() }
}

/// All versions of a post, the oldest first, the one that stands last.
pub fn history(tx: &mut Tx, viewer: Option<AccountId>, id: PostId) -> Result<(PostView, Vec<Version>)> {
    let id = post_of(tx, viewer, id)?;
    let view = one(tx, viewer, id)?;
    let mut versions = store::post::revisions(tx, id)?;
    let post = &view.post;
    versions.push(Version {
        content_html: post.text.content_html.clone(),
        warning: post.text.warning.clone(),
        sensitive: post.text.sensitive,
        attachments: post.text.attachments.clone(),
        created_at: post.edited_at.unwrap_or(post.published_at),
        poll: view.poll.as_ref().map(|view| view.poll.titles()),
    });
    Ok((view, versions))
}

/// Who likes a post.
pub fn likers(tx: &mut Tx, viewer: Option<AccountId>, id: PostId, page: Page) -> Result<Listed<AccountView>> {
    let id = post_of(tx, viewer, id)?;
    let rows = store::like::likers(tx, id, page)?;
    profile::listed_for(tx, viewer, &rows)
}

/// Who boosted a post for everyone to see.
pub fn boosters(
    tx: &mut Tx,
    viewer: Option<AccountId>,
    id: PostId,
    page: Page,
) -> Result<Listed<AccountView>> {
    let id = post_of(tx, viewer, id)?;
    let rows = store::boost::boosters(tx, id, page)?;
    profile::listed_for(tx, viewer, &rows)
}
