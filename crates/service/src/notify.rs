//! Telling accounts of ours what concerns them: the one place where it is
//! decided whether they are told, shown it at once, or asked first.

use crate::Result;
use domain::notification::policy::{Privacy, Wish, decide};
use domain::notification::{About, NotificationKind, SeveranceKind};
use domain::{AccountId, Event};
use store::Tx;
use store::notification::policy::facts;
use store::notification::{self, Place};

pub use store::notification::News;

/// Tells an account something, once.
pub fn tell(tx: &mut Tx, news: &News) -> Result<()> {
    if news.to == news.from && !news.kind.is_of_oneself() {
        return Ok(());
    }
    let post = if let About::Post(post) = news.about { Some(post) } else { None };
    if store::mute::silences(tx, news.to, news.from, post)? {
        return Ok(());
    }
    let place = match wish(tx, news)? {
        Wish::Drop => return Ok(()),
        Wish::Accept => Place::Shown,
        Wish::Filter => Place::KeptBack,
    };
    let Some(id) = notification::insert(tx, news, place)? else { return Ok(()) };
    match place {
        Place::Shown => {
            store::push::enqueue(tx, news, id)?;
            tx.tell(Event::Notified(news.to, id));
        }
        // Only of mentions an account is asked: the rest is not worth a question.
        Place::KeptBack if news.kind == NotificationKind::Mention => {
            notification::request::note(tx, news.to, news.from, post)?;
        }
        Place::KeptBack => (),
    }
    Ok(())
}

fn wish(tx: &mut Tx, news: &News) -> Result<Wish> {
    if !news.kind.is_filtered() {
        return Ok(Wish::Accept);
    }
    let Some((policy, facts)) = facts(tx, news.to, news.from)? else { return Ok(Wish::Drop) };
    let mut privacy = Privacy::Open;
    if let (NotificationKind::Mention, About::Post(post)) = (news.kind, news.about)
        && !facts.following
        && policy.private_mentions != Wish::Accept
        && let Some(mentioned) = notification::mentioned(tx, post, news.to, news.from)?
    {
        privacy = match (mentioned.direct, mentioned.answers) {
            (false, _) => Privacy::Open,
            (true, true) => Privacy::Answer,
            (true, false) => Privacy::Unasked,
        };
    }
    Ok(decide(&policy, news.kind, &facts, privacy, tx.now()))
}

/// Tells of what replaces an earlier one of its kind: an edit after an edit.
pub(crate) fn tell_anew(tx: &mut Tx, news: &News) -> Result<()> {
    notification::retract(tx, news)?;
    tell(tx, news)
}

/// Takes back what was told.
pub(crate) fn retract(tx: &mut Tx, news: &News) -> Result<()> {
    Ok(notification::retract(tx, news)?)
}

/// Tells all who run the server.
pub(crate) fn tell_staff(tx: &mut Tx, kind: NotificationKind, from: AccountId, about: About) -> Result<()> {
    for to in store::user::administrators(tx)? {
        tell(tx, &News { to, kind, from, about })?;
    }
    Ok(())
}

/// Tells an account which follows it lost because somebody was shut out:
/// `lost` are followers and followed accounts.
pub fn severed(
    tx: &mut Tx,
    to: AccountId,
    kind: SeveranceKind,
    target: &str,
    lost: (i64, i64),
) -> Result<()> {
    if lost == (0, 0) {
        return Ok(());
    }
    let row = notification::severance::insert(tx, to, kind, target, lost)?;
    tell(tx, &News { to, kind: NotificationKind::Severed, from: to, about: About::Row(row) })
}
