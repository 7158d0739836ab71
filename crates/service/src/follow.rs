//! Follows: ours ask, theirs ask; accept, reject, undo, each from both sides.

use crate::activity::{self, Sending};
use crate::arrival::Outcome;
use crate::notify::{self, News};
use crate::{Error, Result, list, undone};
use activitypub::Follow;
use activitypub::accept::Answer;
use activitypub::render::{self, Envelope};
use domain::follow::{Decision, decide};
use domain::notification::{About, NotificationKind};
use domain::{Account, AccountId, AccountKind, ActorId, Page};
use serde_json::Value;
use store::follow::{Follow as Row, Side};
use store::{Tx, timeline};

/// The most who are let in at once.
const WAITING: i64 = 500;

/// What a follower wishes; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wishes {
    /// See boosts.
    pub boosts: Option<bool>,
    /// Be told of each post.
    pub notify: Option<bool>,
    /// See posts in these languages only; none: in all.
    pub languages: Option<Vec<String>>,
}

/// One of ours asks to follow an account (ActivityPub §7.5). Asking twice is asking once.
pub fn request(tx: &mut Tx, viewer: &Account, target: &Account, wishes: &Wishes) -> Result<()> {
    if viewer.id == target.id {
        return Err(Error::Forbidden("nobody can follow themselves"));
    }
    if !target.state.is_live() || target.kind == AccountKind::Application && target.is_ours() {
        return Err(Error::NotFound("account"));
    }
    if store::block::either(tx, viewer.id, target.id)? {
        return Err(Error::Forbidden("one of you blocks the other"));
    }
    if store::domain_block::covers(tx, viewer.id, target.id)? {
        return Err(Error::Forbidden("you block this account's server"));
    }
    // Two clicks at once are one.
    tx.lock(&format!("follow {} {}", viewer.id, target.id))?;
    match store::follow::find(tx, viewer.id, target.id)? {
        None => ask(tx, viewer, target, wishes),
        Some(_) => wish(tx, viewer, target, wishes),
    }
}

fn wish(tx: &mut Tx, viewer: &Account, target: &Account, wishes: &Wishes) -> Result<()> {
    store::follow::set_wishes(tx, viewer.id, target.id, wishes.boosts, wishes.notify)?;
    if let Some(languages) = &wishes.languages {
        store::follow::set_languages(tx, viewer.id, target.id, languages)?;
    }
    Ok(())
}

fn ask(tx: &mut Tx, viewer: &Account, target: &Account, wishes: &Wishes) -> Result<()> {
    let minted = activity::mint(tx, viewer);
    let json = render::follow(&minted.envelope, &target.actor_id);
    store::follow::request(tx, viewer.id, target.id, &minted.envelope.id)?;
    // Before it may begin: what comes along then is what is wished for.
    wish(tx, viewer, target, wishes)?;
    let (me, object) = (viewer.actor_id.as_str(), target.actor_id.as_str());
    let published = activity::send(
        tx,
        viewer,
        &minted,
        &json,
        &Sending::to_one("Follow", object, &[target], &[me, object]),
    )?;
    if published.local.contains(&target.id) {
        let follow = follow_of(&minted.envelope.id, &viewer.actor_id, &target.actor_id);
        receive(tx, viewer, &follow)?;
    }
    Ok(())
}

fn follow_of(id: &str, follower: &ActorId, target: &ActorId) -> Follow {
    Follow {
        id: Some(id.to_owned()),
        actor: follower.clone(),
        audience: activitypub::Audience::default(),
        object: target.clone().into(),
    }
}

/// An actor asks to follow one of ours. Receiving the same follow twice is
/// receiving it once, but it is answered each time.
pub fn receive(tx: &mut Tx, sender: &Account, follow: &Follow) -> Result<Outcome> {
    // Friendica follows posts, relays follow everyone: neither is an actor of ours.
    let Some(target) = store::account::by_actor(tx, &follow.object.clone().into())?.filter(Account::is_ours)
    else {
        return Ok(Outcome::ignored("what is followed is no account here"));
    };
    if target.kind == AccountKind::Application {
        return Ok(Outcome::ignored("the instance cannot be followed"));
    }
    let id = follow.id.clone().unwrap_or_else(|| format!("{}#follows/{}", sender.actor_id, target.id));
    if undone::is(tx, sender, &id)? {
        return Ok(Outcome::ignored("this follow was taken back"));
    }
    if store::domain_block::covers(tx, target.id, sender.id)? {
        answer(tx, &target, sender, &id, Verdict::Reject)?;
        return Ok(Outcome::ignored("policy: the follow is not wanted"));
    }
    let relation = store::follow::relation(tx, sender.id, target.id)?;
    let decision = decide(&target, relation);
    match decision {
        Decision::Ignore => return Ok(Outcome::ignored("policy: the follow is not wanted")),
        Decision::Reject => answer(tx, &target, sender, &id, Verdict::Reject)?,
        Decision::Hold => {
            store::follow::request(tx, sender.id, target.id, &id)?;
            notify::tell(tx, &news(&target, NotificationKind::FollowRequest, sender))?;
        }
        Decision::Accept => {
            store::follow::request(tx, sender.id, target.id, &id)?;
            admit(tx, &target, sender)?;
            answer(tx, &target, sender, &id, Verdict::Accept)?;
        }
    }
    Ok(Outcome::Processed)
}

fn news(target: &Account, kind: NotificationKind, follower: &Account) -> News {
    News { to: target.id, kind, from: follower.id, about: About::Sender }
}

/// Makes a follower of who asked.
fn admit(tx: &mut Tx, target: &Account, follower: &Account) -> Result<()> {
    if store::follow::accept(tx, follower.id, target.id)? {
        notify::retract(tx, &news(target, NotificationKind::FollowRequest, follower))?;
        notify::tell(tx, &news(target, NotificationKind::Follow, follower))?;
        if follower.is_ours() {
            list::follow_began(tx, follower.id, target.id)?;
        }
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accept,
    Reject,
}

/// Tells a peer's actor what became of its follow. Who lives here sees it in the row.
fn answer(
    tx: &mut Tx,
    target: &Account,
    follower: &Account,
    follow_id: &str,
    verdict: Verdict,
) -> Result<()> {
    if follower.is_ours() {
        return Ok(());
    }
    let minted = activity::mint(tx, target);
    let follow = embedded(follow_id, &follower.actor_id, &target.actor_id);
    let (kind, json) = match verdict {
        Verdict::Accept => ("Accept", render::accept(&minted.envelope, follow)),
        Verdict::Reject => ("Reject", render::reject(&minted.envelope, follow)),
    };
    let order = [follower.actor_id.as_str(), target.actor_id.as_str()];
    activity::send(tx, target, &minted, &json, &Sending::to_one(kind, follow_id, &[follower], &order))?;
    Ok(())
}

fn embedded(id: &str, follower: &ActorId, target: &ActorId) -> Value {
    render::follow(&Envelope::new(id, follower.clone()), target)
}

/// One of ours lets a waiting follower in.
pub fn authorize(tx: &mut Tx, owner: &Account, follower: AccountId) -> Result<()> {
    let (row, follower) = waiting(tx, owner, follower)?;
    admit(tx, owner, &follower)?;
    answer(tx, owner, &follower, &row.activity_id, Verdict::Accept)
}

/// One of ours, who asks no more to be asked, lets in who waits: as many as
/// one transaction bears; those beyond ask again or wait on.
pub(crate) fn authorize_waiting(tx: &mut Tx, owner: &Account) -> Result<()> {
    for (_, follower) in store::follow::list(tx, owner.id, Side::Requests, Page::newest(WAITING))? {
        authorize(tx, owner, follower)?;
    }
    Ok(())
}

/// One of ours turns a follower away, waiting or admitted.
pub fn reject(tx: &mut Tx, owner: &Account, follower: AccountId) -> Result<()> {
    let (row, follower) = waiting(tx, owner, follower)?;
    remove(tx, &follower, owner)?;
    answer(tx, owner, &follower, &row.activity_id, Verdict::Reject)
}

fn waiting(tx: &mut Tx, owner: &Account, follower: AccountId) -> Result<(Row, Account)> {
    let row = store::follow::find(tx, follower, owner.id)?.ok_or(Error::NotFound("follow request"))?;
    let follower = store::account::find(tx, follower)?.ok_or(Error::NotFound("account"))?;
    Ok((row, follower))
}

/// Removes a follow with what came of it.
pub(crate) fn remove(tx: &mut Tx, follower: &Account, target: &Account) -> Result<Option<Row>> {
    let row = store::follow::remove(tx, follower.id, target.id)?;
    if row.is_some() {
        if follower.is_ours() {
            timeline::withdraw(tx, follower.id, target.id)?;
            list::follow_ended(tx, follower.id, target.id)?;
        }
        if target.is_ours() {
            notify::retract(tx, &news(target, NotificationKind::FollowRequest, follower))?;
            notify::retract(tx, &news(target, NotificationKind::Follow, follower))?;
        }
    }
    Ok(row)
}

/// One of ours follows no more, or takes its request back (ActivityPub §7.10).
pub fn undo(tx: &mut Tx, viewer: &Account, target: &Account) -> Result<()> {
    let Some(row) = remove(tx, viewer, target)? else { return Ok(()) };
    if target.is_ours() {
        return Ok(());
    }
    let minted = activity::mint(tx, viewer);
    let follow = embedded(&row.activity_id, &viewer.actor_id, &target.actor_id);
    let json = render::undo(&minted.envelope, follow);
    let order = [viewer.actor_id.as_str(), target.actor_id.as_str()];
    activity::send(
        tx,
        viewer,
        &minted,
        &json,
        &Sending::to_one("Undo", &row.activity_id, &[target], &order),
    )?;
    Ok(())
}

/// Which follow of ours an answer is about, if the answer is the target's to give.
fn answered(tx: &mut Tx, sender: &Account, answer: &Answer) -> Result<Option<Account>> {
    let follower = match answer.follow() {
        Some(follow) if follow.object.as_str() == sender.actor_id.as_str() => {
            store::account::by_actor(tx, &follow.actor)?
        }
        Some(_) => None,
        None => match answer.object_id() {
            Some(id) => store::follow::by_activity(tx, id)?
                .filter(|row| row.target_id == sender.id)
                .map(|row| row.follower_id),
            None => None,
        }
        .map(|id| store::account::get(tx, id))
        .transpose()?,
    };
    Ok(follower.filter(Account::is_ours))
}

/// A peer's actor says yes. Only to what was asked; a yes to nothing is ignored.
pub fn receive_accept(tx: &mut Tx, sender: &Account, answer: &Answer) -> Result<Outcome> {
    let Some(follower) = answered(tx, sender, answer)? else {
        return Ok(Outcome::ignored("accepts nothing that was asked"));
    };
    if store::follow::accept(tx, follower.id, sender.id)? {
        list::follow_began(tx, follower.id, sender.id)?;
        return Ok(Outcome::Processed);
    }
    Ok(Outcome::ignored("accepts nothing that waits"))
}

/// A peer's actor says no, even after a yes.
pub fn receive_reject(tx: &mut Tx, sender: &Account, answer: &Answer) -> Result<Outcome> {
    let Some(follower) = answered(tx, sender, answer)? else {
        return Ok(Outcome::ignored("rejects nothing that was asked"));
    };
    match remove(tx, &follower, sender)? {
        Some(_) => Ok(Outcome::Processed),
        None => Ok(Outcome::ignored("rejects nothing that was asked")),
    }
}

/// A peer's actor takes its follow back. Its id is never acted upon again.
pub fn receive_undo(tx: &mut Tx, sender: &Account, follow: &Follow) -> Result<Outcome> {
    if let Some(id) = &follow.id {
        undone::bury(tx, sender, id, Some("Follow"))?;
    }
    let Some(target) = store::account::by_actor(tx, &follow.object.clone().into())? else {
        return Ok(Outcome::ignored("what was followed is not known"));
    };
    match remove(tx, sender, &target)? {
        Some(row) => {
            undone::bury(tx, sender, &row.activity_id, Some("Follow"))?;
            Ok(Outcome::Processed)
        }
        None => Ok(Outcome::ignored("did not follow")),
    }
}

/// The same, where only the follow's id is named.
pub fn receive_undo_by_id(tx: &mut Tx, sender: &Account, id: &str) -> Result<Option<Outcome>> {
    let Some(row) = store::follow::by_activity(tx, id)?.filter(|row| row.follower_id == sender.id) else {
        return Ok(None);
    };
    let target = store::account::get(tx, row.target_id)?;
    undone::bury(tx, sender, id, Some("Follow"))?;
    remove(tx, sender, &target)?;
    Ok(Some(Outcome::Processed))
}
