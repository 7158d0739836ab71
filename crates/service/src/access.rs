//! Who a token stands for, recalled for seconds: every request of a client
//! asks, and the answer seldom changes.

use crate::keys::secret_hash;
use crate::{Cx, Result};
use domain::user::{Scopes, User, Waiting};
use domain::{Account, AccountId, ApplicationId, Timestamp, TokenId, UserId};
use moka::sync::Cache;
use std::sync::Arc;
use std::time::Duration;
use store::Tx;

/// How long an answer is believed: what is revoked, suspended or changed by
/// another process takes effect after at most this.
pub const BELIEVED: Duration = Duration::from_secs(2);

/// How exactly we know when a token was last used.
const USED_EVERY: Duration = Duration::from_secs(24 * 3600);

/// A person, as one of the accounts they may use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who signed in.
    pub user: User,
    /// As whom.
    pub account: Account,
}

/// What an access token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The token.
    pub token_id: TokenId,
    /// The program; none where the token was made by hand.
    pub application_id: Option<ApplicationId>,
    /// What it may do.
    pub scopes: Scopes,
    /// For whom; none where the program acts for itself, or for somebody who
    /// is not let in yet.
    pub person: Option<Arc<Person>>,
    /// Who is not let in yet, and what they wait for.
    pub waiting: Option<(UserId, Waiting)>,
}

/// Tokens seen in the last seconds.
#[derive(Debug, Clone)]
pub struct Access(Cache<Vec<u8>, Arc<Caller>>);

impl Default for Access {
    fn default() -> Self {
        let cache =
            Cache::builder().max_capacity(10_000).time_to_live(BELIEVED).support_invalidation_closures();
        Self(cache.build())
    }
}

impl Access {
    /// Who a token stands for; none where it is unknown, revoked, or its owner
    /// may not act.
    pub async fn caller(&self, cx: &Cx, token: &str) -> Result<Option<Arc<Caller>>> {
        let hash = secret_hash(token);
        if let Some(caller) = self.0.get(&hash) {
            return Ok(Some(caller));
        }
        let key = hash.clone();
        let Some((caller, used_at)) = cx.read(move |tx| find(tx, &key)).await? else { return Ok(None) };
        let caller = Arc::new(caller);
        self.0.insert(hash, caller.clone());
        if used_at.is_none_or(|at| cx.now().since(at) > USED_EVERY) {
            note_use(cx, caller.token_id);
        }
        Ok(Some(caller))
    }

    /// Forgets a token, after it was revoked.
    pub fn forget(&self, token: &str) {
        self.0.invalidate(&secret_hash(token));
    }

    /// Forgets a token of which only the row is known.
    pub fn forget_token(&self, id: TokenId) {
        self.forget_where(move |caller| caller.token_id == id);
    }

    /// Forgets what is known of an account, after its profile or state changed.
    pub fn forget_account(&self, id: AccountId) {
        self.forget_where(move |caller| caller.person.as_ref().is_some_and(|person| person.account.id == id));
    }

    /// Forgets everyone, after something that concerns many.
    pub fn forget_all(&self) {
        self.0.invalidate_all();
    }

    fn forget_where(&self, concerned: impl Fn(&Caller) -> bool + Send + Sync + 'static) {
        // Refused only where too many conditions wait: then everyone is forgotten.
        if self.0.invalidate_entries_if(move |_, caller| concerned(caller)).is_err() {
            self.0.invalidate_all();
        }
    }
}

/// Nobody's request waits for this, nor fails because it was not written.
fn note_use(cx: &Cx, token: TokenId) {
    let cx = cx.clone();
    tokio::spawn(async move {
        let written = cx.write_later(move |tx| {
            let now = tx.now();
            Ok(store::oauth::used(tx, token, now)?)
        });
        if let Err(error) = written.await {
            tracing::debug!(%error, "the use of a token was not noted");
        }
    });
}

fn find(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<(Caller, Option<Timestamp>)>> {
    let Some(token) = store::oauth::find_token(tx, token_hash)? else { return Ok(None) };
    let (person, waiting) = match token.person {
        None => (None, None),
        Some((user, account)) => match person(tx, user, account)? {
            None => match store::sign_up::find(tx, user)? {
                None => return Ok(None),
                Some(applicant) => (None, Some((user, applicant.waiting))),
            },
            Some(person) => (Some(Arc::new(person)), None),
        },
    };
    let store::oauth::Token { id: token_id, application_id, scopes, .. } = token;
    Ok(Some((Caller { token_id, application_id, scopes, person, waiting }, token.used_at)))
}

/// A user as an account; none where either may not act.
pub(crate) fn person(tx: &mut Tx, user: domain::UserId, account: AccountId) -> Result<Option<Person>> {
    let Some(user) = store::user::find(tx, user)? else { return Ok(None) };
    let account = store::account::find(tx, account)?.filter(|account| account.state.is_live());
    Ok(account.map(|account| Person { user, account }))
}
