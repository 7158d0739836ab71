//! What the viewer is to other accounts, and what changes it.

use crate::answer::{Answer, Id, Place, json};
use crate::entities::relationship::Relationship;
use crate::params::{Ids, chosen_language};
use axum::extract::State;
use domain::{Account, AccountId};
use serde::Deserialize;
use service::follow::Wishes;
use service::{Cx, Tx, block, follow, profile, relationship};
use web::{ApiError, Params, Viewer};

/// Most accounts asked about at once.
const MOST: usize = 80;
/// Most languages of a follow.
const MOST_LANGUAGES: usize = 50;

/// `GET /api/v1/accounts/relationships?id[]=`
///
/// Suspended accounts are always among them: `with_suspended` leaves out
/// nothing that a program would rather not see.
pub(crate) async fn relationships(
    State(cx): State<Cx>,
    viewer: Viewer,
    Params(wanted): Params<Ids>,
) -> Answer {
    viewer.require("read:follows")?;
    let me = viewer.account().id;
    let ids: Vec<AccountId> = wanted.numbers(MOST).into_iter().map(AccountId).collect();
    let found = cx.read(move |tx| relationship::with(tx, me, &ids)).await?;
    json(&found.iter().map(Relationship::of).collect::<Vec<_>>())
}

/// Runs a verb on another account and answers with what the viewer is to it now.
pub(crate) async fn towards(
    cx: &Cx,
    viewer: &Viewer,
    id: i64,
    mut verb: impl FnMut(&mut Tx, &Account, &Account) -> service::Result<()> + Send + 'static,
) -> Answer {
    let me = viewer.account().clone();
    let found = cx
        .write(move |tx| {
            let other = profile::one(tx, AccountId(id))?.account;
            verb(tx, &me, &other)?;
            relationship::with(tx, me.id, &[other.id])
        })
        .await?;
    let now = found.first().map(Relationship::of).ok_or_else(ApiError::not_found)?;
    json(&now)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FollowForm {
    reblogs: Option<bool>,
    notify: Option<bool>,
    languages: Option<Vec<String>>,
}

impl FollowForm {
    fn wishes(self) -> Result<Wishes, ApiError> {
        let languages = match self.languages {
            None => None,
            Some(tags) => {
                let read: Result<Vec<_>, _> = tags.iter().map(|tag| chosen_language(tag)).collect();
                Some(read?.into_iter().flatten().take(MOST_LANGUAGES).collect())
            }
        };
        Ok(Wishes { boosts: self.reblogs, notify: self.notify, languages })
    }
}

/// `POST /api/v1/accounts/:id/follow`
pub(crate) async fn follow(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<FollowForm>,
) -> Answer {
    viewer.require("write:follows")?;
    let wishes = form.wishes()?;
    let (me, other) = (viewer.account().clone(), AccountId(id));
    let (found, is_locked) = cx
        .write(move |tx| {
            let other = profile::one(tx, other)?.account;
            follow::request(tx, &me, &other, &wishes)?;
            Ok((relationship::with(tx, me.id, &[other.id])?, other.flags.locked))
        })
        .await?;
    let now = found.first().map(Relationship::of).ok_or_else(ApiError::not_found)?;
    json(&if is_locked { now } else { now.expecting_yes() })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NoteForm {
    comment: String,
}

/// `POST /api/v1/accounts/:id/note`
pub(crate) async fn note(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<NoteForm>,
) -> Answer {
    viewer.require("write:accounts")?;
    towards(&cx, &viewer, id, move |tx, me, other| relationship::note(tx, me, other, &form.comment)).await
}

/// `POST /api/v1/accounts/:id/unfollow`
pub(crate) async fn unfollow(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:follows")?;
    towards(&cx, &viewer, id, follow::undo).await
}

/// `POST /api/v1/accounts/:id/remove_from_followers`
pub(crate) async fn remove_follower(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:follows")?;
    towards(&cx, &viewer, id, |tx, me, other| match follow::reject(tx, me, other.id) {
        // Who does not follow is no follower afterwards either.
        Err(service::Error::NotFound(_)) => Ok(()),
        done => done,
    })
    .await
}

/// `POST /api/v1/accounts/:id/block`
pub(crate) async fn block(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:blocks")?;
    towards(&cx, &viewer, id, block::block).await
}

/// `POST /api/v1/accounts/:id/unblock`
pub(crate) async fn unblock(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:blocks")?;
    towards(&cx, &viewer, id, block::undo).await
}

/// `GET /api/v1/blocks`
pub(crate) async fn blocks(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:blocks")?;
    let (page, me) = (place.page(40, 80), viewer.account().id);
    let found = cx.read(move |tx| profile::blocked(tx, me, page)).await?;
    place.profiles(page, &found)
}

/// `GET /api/v1/follow_requests`
pub(crate) async fn requests(State(cx): State<Cx>, viewer: Viewer, place: Place) -> Answer {
    viewer.require("read:follows")?;
    let (page, me) = (place.page(40, 80), viewer.account().id);
    let found = cx.read(move |tx| profile::requests(tx, me, page)).await?;
    place.profiles(page, &found)
}

/// `POST /api/v1/follow_requests/:id/authorize`
pub(crate) async fn authorize(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:follows")?;
    towards(&cx, &viewer, id, |tx, me, other| follow::authorize(tx, me, other.id)).await
}

/// `POST /api/v1/follow_requests/:id/reject`
pub(crate) async fn reject(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:follows")?;
    towards(&cx, &viewer, id, |tx, me, other| follow::reject(tx, me, other.id)).await
}
