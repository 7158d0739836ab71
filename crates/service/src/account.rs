//! Accounts: ours are made here, peers' are learned from their documents.

use crate::errand::Errand;
use crate::keys::{self, Pair};
use crate::{Cx, Error, Result};
use domain::account::{Field, MAX_FIELD_CHARACTERS, MAX_FIELDS, Profile, check_name};
use domain::memo::Memo;
use domain::{Account, AccountId, AccountKind, AccountState, ActorId, Handle, Home, ObjectId};
use store::Tx;
use store::account::Inserted;

mod absorb;
mod handle;
mod change;
mod verify;

pub(crate) use absorb::emojis_of;
pub use absorb::{absorb, document_of};
pub use change::{
    PictureChange, ProfileChange, delete_local, receive_delete, receive_update, refetch, suspend_local,
    update_local,
};
pub use handle::{Confirmations, confirm_later, find_handle, lookup};
pub use verify::{verify, verify_later};

/// What a new account of ours is made from.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The name; see [`check_name`].
    pub name: String,
    /// What it is.
    pub kind: AccountKind,
    /// What is shown as its name; empty: the name.
    pub display_name: String,
}

/// Makes an account of ours. Names are given once: not again after a deletion.
pub fn create_local(tx: &mut Tx, new: &NewAccount, rsa: Option<&Pair>, ed25519: &Pair) -> Result<Account> {
    check_name(&new.name).map_err(|why| Error::invalid("username", why.to_string()))?;
    let names = tx.names().clone();
    let actor_id = match new.kind {
        AccountKind::Group => names.group(&new.name),
        _ => names.actor(&new.name),
    };
    make(tx, new, actor_id, rsa, ed25519)
}

fn make(
    tx: &mut Tx,
    new: &NewAccount,
    actor_id: ActorId,
    rsa: Option<&Pair>,
    ed25519: &Pair,
) -> Result<Account> {
    let (names, now) = (tx.names().clone(), tx.now());
    let account = Account {
        id: AccountId(tx.new_id()),
        actor_id,
        home: Home::Here,
        state: AccountState::Active,
        kind: new.kind,
        handle: Handle { name: new.name.clone(), domain: names.domain().clone() },
        profile: Profile {
            display_name: new.display_name.clone(),
            url: Some(names.profile_page(&new.name)),
            ..Profile::default()
        },
        flags: domain::account::Flags::default(),
        collections: domain::account::Collections::default(),
        also_known_as: Vec::new(),
        moved_to: None,
        created_at: now,
        fetched_at: now,
        shown: Memo::default(),
    };
    let account = with_collections(account);
    if store::account::insert(tx, &account, Some(now), text::sanitise::RULES_VERSION)? == Inserted::Taken {
        return Err(Error::invalid("username", "has already been taken"));
    }
    keys::equip(tx, account.id, rsa, ed25519)?;
    Ok(account)
}

fn with_collections(mut account: Account) -> Account {
    let under = |part: &str| Some(format!("{}/{part}", account.actor_id));
    account.collections = domain::account::Collections {
        followers: under("followers"),
        following: under("following"),
        outbox: under("outbox"),
        featured: under("collections/featured"),
    };
    account
}

/// The name of the instance actor's account. No person can take it: it has a dot.
const INSTANCE_NAME: &str = "instance.actor";

/// The instance actor, made at the first start: it signs what no person asks for.
pub async fn ensure_instance_actor(cx: &Cx) -> Result<Account> {
    let id = cx.names.instance_actor();
    let wanted = id.clone();
    if let Some(account) = cx.read(move |tx| Ok(store::account::by_actor(tx, &wanted)?)).await? {
        return Ok(account);
    }
    let (rsa, ed25519) = tokio::task::spawn_blocking(|| Ok::<_, Error>((Pair::rsa()?, Pair::ed25519()?)))
        .await
        .map_err(|e| Error::Internal(e.to_string()))??;
    let title = cx.settings.title.clone();
    cx.write(move |tx| {
        let new = NewAccount {
            name: INSTANCE_NAME.into(),
            kind: AccountKind::Application,
            display_name: title.clone(),
        };
        make(tx, &new, id.clone(), Some(&rsa), &ed25519)
    })
    .await
}

/// Whether what we know of an account is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Anything we have.
    Known,
    /// Asked anew where it is older than a day.
    Fresh,
    /// Asked anew.
    Now,
}

const STALE_AFTER: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// The account of an actor, learned from its own server where we do not know it.
pub async fn obtain(cx: &Cx, actor: &ActorId, freshness: Freshness, errand: &Errand) -> Result<Account> {
    let wanted = actor.clone();
    let known = cx.read(move |tx| Ok(store::account::by_actor(tx, &wanted)?)).await?;
    let stale = |account: &Account| match freshness {
        Freshness::Known => false,
        Freshness::Fresh => cx.now().since(account.fetched_at) > STALE_AFTER,
        Freshness::Now => true,
    };
    match known {
        Some(account) if account.state == AccountState::Deleted => Err(Error::Gone("account")),
        Some(account) if account.is_ours() || !stale(&account) => Ok(account),
        Some(account) => match learn(cx, actor, freshness, errand).await {
            // An old copy is better than none.
            Err(Error::Fetch(_)) if freshness == Freshness::Fresh => Ok(account),
            other => other,
        },
        None => learn(cx, actor, freshness, errand).await,
    }
}

async fn learn(cx: &Cx, actor: &ActorId, freshness: Freshness, errand: &Errand) -> Result<Account> {
    let id = ObjectId::from(actor.clone());
    if freshness == Freshness::Now {
        errand.forget(cx, &id).await;
    }
    let document = errand.fetch(cx, &id).await?;
    let read = document_of(&document.json)?;
    let account = cx.write_later(move |tx| absorb(tx, &read)).await?;
    cx.peer_keys.forget(&account.actor_id);
    confirm_later(cx, &account);
    Ok(account)
}

/// The account of ours with a name, whatever its case.
pub fn local_by_name(tx: &mut Tx, name: &str) -> Result<Option<Account>> {
    let handle = Handle { name: name.to_owned(), domain: tx.names().domain().clone() };
    let account = store::account::by_handle(tx, &handle)?;
    Ok(account.filter(Account::is_ours))
}

/// Profile lines from what a person typed: links become links.
fn fields(tx: &Tx, lines: &[(String, String)]) -> Result<Vec<Field>> {
    let around = text::Around { names: tx.names(), resolve: &|_| None };
    let written = lines.iter().filter(|(name, value)| !name.trim().is_empty() || !value.trim().is_empty());
    let written: Vec<&(String, String)> = written.collect();
    if written.len() > MAX_FIELDS {
        return Err(Error::invalid("Fields", "are too many (maximum is 8)"));
    }
    let is_long = |text: &str| text.chars().count() > MAX_FIELD_CHARACTERS;
    if written.iter().any(|(name, _)| name.trim().is_empty()) {
        return Err(Error::invalid("Fields", "need a label each"));
    }
    if written.iter().any(|(name, value)| is_long(name) || is_long(value)) {
        return Err(Error::invalid("Fields", "are too long (maximum is 500 characters)"));
    }
    let field = |(name, value): &(String, String)| Field {
        name: text::sanitise::plain_line(name),
        value_html: text::sanitise::field(&text::format::plain(value, &around).html),
        verified_at: None,
    };
    Ok(written.into_iter().map(field).collect())
}
