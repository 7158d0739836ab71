//! Who is calling: a program with a token, or a person with a browser.
//! Programs: [`Viewer`], [`MaybeViewer`], [`Bearer`]. Pages: [`PageViewer`],
//! [`MaybePageViewer`]. A cookie is never good for the API, nor a token for a
//! page.

use crate::cookie::Cookie;
use crate::error::{ApiError, PageError};
use axum::extract::FromRequestParts;
use domain::user::{Scopes, User};
use domain::{Account, AccountId, ApplicationId, TokenId};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use service::Cx;
use service::access::{Caller, Person};
use service::session::{self, Session};
use std::borrow::Cow;
use std::sync::Arc;

/// The longest token that is looked up, in bytes.
const MAX_TOKEN_BYTES: usize = 512;

/// Who was found for the token of a request, so that it is looked up once.
#[derive(Debug, Clone)]
pub(crate) struct Known(pub(crate) Option<Arc<Caller>>);

/// A person who calls through a program.
#[derive(Debug, Clone)]
pub struct Viewer(Arc<Caller>, Arc<Person>);

/// A person who calls through a program, or nobody. A token that is wrong is
/// refused all the same.
#[derive(Debug, Clone)]
pub struct MaybeViewer(pub Option<Viewer>);

/// Any good token, also one of a program that acts for itself.
#[derive(Debug, Clone)]
pub struct Bearer(pub Arc<Caller>);

impl Viewer {
    /// As whom they call.
    pub fn account(&self) -> &Account {
        &self.1.account
    }

    /// Who they are.
    pub fn user(&self) -> &User {
        &self.1.user
    }

    /// What the token allows.
    pub fn scopes(&self) -> &Scopes {
        &self.0.scopes
    }

    /// The token.
    pub fn token_id(&self) -> TokenId {
        self.0.token_id
    }

    /// The program; none where the token was made by hand.
    pub fn application_id(&self) -> Option<ApplicationId> {
        self.0.application_id
    }

    /// Refuses (403) where the token does not allow `scope` (`write:statuses`).
    pub fn require(&self, scope: &str) -> Result<(), ApiError> {
        require(&self.0.scopes, scope)
    }
}

impl MaybeViewer {
    /// As whom they call, if anybody does.
    pub fn account(&self) -> Option<&Account> {
        self.0.as_ref().map(Viewer::account)
    }

    /// The row of that account.
    pub fn id(&self) -> Option<AccountId> {
        self.account().map(|account| account.id)
    }

    /// Refuses where there is a token that does not allow `scope`.
    pub fn require(&self, scope: &str) -> Result<(), ApiError> {
        self.0.as_ref().map_or(Ok(()), |viewer| viewer.require(scope))
    }
}

impl Bearer {
    /// Refuses (403) where the token does not allow `scope`.
    pub fn require(&self, scope: &str) -> Result<(), ApiError> {
        require(&self.0.scopes, scope)
    }
}

fn require(scopes: &Scopes, scope: &str) -> Result<(), ApiError> {
    if scopes.allow(scope) { Ok(()) } else { Err(ApiError::outside_scope()) }
}

/// The token of a request: in the `Authorization` header (RFC 6750 §2.1), else
/// in the query.
pub fn token<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<Cow<'a, str>> {
    bearer(headers).or_else(|| in_query(uri))
}

/// Other schemes are none of ours, and an empty token is none.
fn bearer(headers: &HeaderMap) -> Option<Cow<'_, str>> {
    let written = String::from_utf8_lossy(headers.get(header::AUTHORIZATION)?.as_bytes());
    let (scheme, token) = written.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned().into())
}

/// Who a token stands for, for those who take tokens elsewhere (streaming).
pub async fn of_token(cx: &Cx, token: &str) -> Result<Viewer, ApiError> {
    person(find(cx, token).await?.ok_or_else(ApiError::unauthorized)?)
}

/// The names of a token in a query, the better known one first.
pub const QUERY_NAMES: [&str; 2] = ["access_token", "bearer_token"];

/// The token in a query (RFC 6750 §2.3): of old programs, and of links that a
/// program opens, where it can set no header.
fn in_query(uri: &Uri) -> Option<Cow<'_, str>> {
    let query = uri.query().filter(|query| query.contains("_token="))?;
    let named = |wanted: &str| {
        let found = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == wanted);
        found.map(|(_, token)| token).filter(|token| !token.is_empty())
    };
    QUERY_NAMES.into_iter().find_map(named)
}

async fn find(cx: &Cx, token: &str) -> Result<Option<Arc<Caller>>, ApiError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Ok(None);
    }
    Ok(cx.access.caller(cx, token).await?)
}

pub(crate) async fn caller(cx: &Cx, headers: &HeaderMap, uri: &Uri) -> Result<Option<Arc<Caller>>, ApiError> {
    match token(headers, uri) {
        Some(token) => find(cx, &token).await,
        None => Ok(None),
    }
}

async fn known(parts: &Parts, cx: &Cx) -> Result<Option<Arc<Caller>>, ApiError> {
    match parts.extensions.get::<Known>() {
        Some(Known(caller)) => Ok(caller.clone()),
        None => caller(cx, &parts.headers, &parts.uri).await,
    }
}

fn person(caller: Arc<Caller>) -> Result<Viewer, ApiError> {
    match caller.person.clone() {
        Some(person) => Ok(Viewer(caller, person)),
        None if caller.waiting.is_some() => Err(waits(&caller)),
        None => {
            Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "This method requires an authenticated user"))
        }
    }
}

/// 403 for who is not let in yet, in the words that programs know.
fn waits(caller: &Caller) -> ApiError {
    let confirmation = caller.waiting.as_ref().is_some_and(|(_, waiting)| waiting.confirmation);
    let why = if confirmation {
        "Your login is missing a confirmed e-mail address"
    } else {
        "Your login is currently pending approval"
    };
    ApiError::new(StatusCode::FORBIDDEN, why)
}

impl FromRequestParts<Cx> for Bearer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, ApiError> {
        known(parts, cx).await?.map(Self).ok_or_else(ApiError::unauthorized)
    }
}

impl FromRequestParts<Cx> for Viewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, ApiError> {
        let Bearer(caller) = Bearer::from_request_parts(parts, cx).await?;
        person(caller)
    }
}

impl FromRequestParts<Cx> for MaybeViewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, ApiError> {
        if token(&parts.headers, &parts.uri).is_none() {
            return Ok(Self(None));
        }
        let Bearer(caller) = Bearer::from_request_parts(parts, cx).await?;
        // A program that acts for itself sees what nobody in particular sees.
        Ok(Self(person(caller).ok()))
    }
}

/// A person who is signed in with a browser.
#[derive(Debug, Clone)]
pub struct PageViewer {
    /// Who they are.
    pub user: User,
    /// The account that is open.
    pub account: Account,
    /// The session.
    pub session: Session,
}

/// A person who may be signed in with a browser.
#[derive(Debug, Clone)]
pub struct MaybePageViewer(pub Option<PageViewer>);

impl FromRequestParts<Cx> for MaybePageViewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, PageError> {
        let Some(secret) = Cookie::Session.read(&cx.names, &parts.headers) else { return Ok(Self(None)) };
        let found = session::find(cx, secret).await?;
        Ok(Self(found.map(|(session, Person { user, account })| PageViewer { user, account, session })))
    }
}

/// Who is not signed in is sent to the form, and from there back.
impl FromRequestParts<Cx> for PageViewer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, cx: &Cx) -> Result<Self, PageError> {
        let MaybePageViewer(found) = MaybePageViewer::from_request_parts(parts, cx).await?;
        found.ok_or_else(|| {
            let path = parts.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
            let next = if parts.method == Method::GET { path } else { "/" };
            PageError::SignIn { next: next.to_owned() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_behind_bearer() {
        let token = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, text.parse().unwrap());
            bearer(&headers).map(Cow::into_owned)
        };
        assert_eq!(token("Bearer abc").as_deref(), Some("abc"));
        assert_eq!(token("bearer  abc ").as_deref(), Some("abc"));
        for wrong in ["abc", "Basic abc", "Bearer", "Bearer ", ""] {
            assert_eq!(token(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_in_the_query_has_two_names() {
        let token = |query: &str| in_query(&format!("/x?{query}").parse().unwrap()).map(Cow::into_owned);
        for query in [
            "access_token=a",
            "bearer_token=a",
            "bearer_token=b&access_token=a",
            "access_token=&bearer_token=a",
        ] {
            assert_eq!(token(query).as_deref(), Some("a"), "{query}");
        }
        for query in ["", "access_token=", "x_access_token=a", "token=a"] {
            assert_eq!(token(query), None, "{query}");
        }
    }
}
