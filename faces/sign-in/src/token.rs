//! Programs trade codes for tokens, give them back, and ask whom they serve.

use crate::oauth_error::OAuthError;
use crate::session::{forgive, throttle};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::{Application, TokenId};
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};
use service::Cx;
use service::oauth::{self, Exchange, Granted, Refusal};
use web::{ApiError, ClientAddr, Doors, Params, Viewer};

/// Who a program says it is (RFC 6749 §2.3.1).
#[derive(Debug, Deserialize, Default, Clone)]
#[serde(default)]
pub(crate) struct Client {
    client_id: String,
    client_secret: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct TokenForm {
    grant_type: String,
    client_id: String,
    client_secret: String,
    code: String,
    redirect_uri: String,
    code_verifier: Option<String>,
    scope: String,
    refresh_token: String,
    username: String,
    password: String,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct RevokeForm {
    client_id: String,
    client_secret: String,
    token: String,
}

/// `POST /oauth/token`
pub(crate) async fn token(
    State(cx): State<Cx>,
    doors: Doors,
    address: ClientAddr,
    headers: HeaderMap,
    form: Result<Params<TokenForm>, ApiError>,
) -> Result<Json<Value>, OAuthError> {
    let Params(form) = form?;
    let client = client(&headers, &form.client_id, &form.client_secret);
    match form.grant_type.as_str() {
        "authorization_code" => from_code(&cx, client, form).await,
        "client_credentials" => {
            let application = authenticate(&cx, client).await?;
            let granted = cx.write(move |tx| oauth::for_application(tx, &application, &form.scope)).await?;
            Ok(answer(&granted?))
        }
        "refresh_token" => from_refresh(&cx, client, form).await,
        "password" => from_password(&cx, &doors, address, client, form).await,
        "" => Err(Refusal::InvalidRequest("The grant_type is missing.").into()),
        _ => Err(Refusal::UnsupportedGrantType.into()),
    }
}

async fn from_code(cx: &Cx, client: Client, form: TokenForm) -> Result<Json<Value>, OAuthError> {
    let application = authenticate(cx, client).await?;
    if form.code.is_empty() || form.redirect_uri.is_empty() {
        return Err(Refusal::InvalidRequest("The code or the redirect_uri is missing.").into());
    }
    let offered = Exchange { code: form.code, redirect_uri: form.redirect_uri, verifier: form.code_verifier };
    let (granted, ended) = cx.write(move |tx| oauth::exchange(tx, &application, &offered)).await?;
    forget(cx, ended);
    Ok(answer(&granted?))
}

async fn from_refresh(cx: &Cx, client: Client, form: TokenForm) -> Result<Json<Value>, OAuthError> {
    let application = authenticate(cx, client).await?;
    if form.refresh_token.is_empty() {
        return Err(Refusal::InvalidRequest("The refresh_token is missing.").into());
    }
    let renewed = cx.write(move |tx| oauth::refresh(tx, &application, &form.refresh_token, &form.scope));
    let (granted, ended) = renewed.await?;
    forget(cx, ended);
    Ok(answer(&granted?))
}

async fn from_password(
    cx: &Cx,
    doors: &Doors,
    address: ClientAddr,
    client: Client,
    form: TokenForm,
) -> Result<Json<Value>, OAuthError> {
    if !oauth::takes_passwords(&cx.names) {
        return Err(Refusal::UnsupportedGrantType.into());
    }
    let application = authenticate(cx, client).await?;
    throttle(doors, cx, address, &form.username)?;
    let granted = oauth::with_password(cx, application, &form.username, form.password, &form.scope).await??;
    forgive(doors, &form.username);
    Ok(answer(&granted))
}

fn forget(cx: &Cx, tokens: Vec<TokenId>) {
    for token in tokens {
        cx.access.forget_token(token);
    }
}

pub(crate) fn answer(granted: &Granted) -> Json<Value> {
    let mut said = json!({
        "access_token": granted.text,
        "token_type": "Bearer",
        "scope": granted.scopes.to_string(),
        "created_at": granted.created_at.seconds(),
    });
    if let (Some(members), Some(refresh)) = (said.as_object_mut(), &granted.refresh) {
        members.insert("refresh_token".into(), refresh.clone().into());
    }
    Json(said)
}

/// `POST /oauth/revoke` (RFC 7009)
pub(crate) async fn revoke(
    State(cx): State<Cx>,
    headers: HeaderMap,
    form: Result<Params<RevokeForm>, ApiError>,
) -> Result<Json<Value>, OAuthError> {
    let Params(form) = form?;
    let client = client(&headers, &form.client_id, &form.client_secret);
    let application = authenticate(&cx, client).await?;
    oauth::revoke(&cx, application, form.token).await??;
    Ok(Json(json!({})))
}

async fn authenticate(cx: &Cx, client: Client) -> Result<Application, OAuthError> {
    let found = cx.read(move |tx| oauth::authenticate(tx, &client.client_id, &client.client_secret)).await?;
    Ok(found?)
}

/// In the `Authorization` header, else in the body.
fn client(headers: &HeaderMap, client_id: &str, client_secret: &str) -> Client {
    basic(headers).unwrap_or_else(|| Client {
        client_id: client_id.to_owned(),
        client_secret: client_secret.to_owned(),
    })
}

fn basic(headers: &HeaderMap) -> Option<Client> {
    let (scheme, rest) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(rest.trim()).ok()?).ok()?;
    let (client_id, client_secret) = text.split_once(':')?;
    Some(Client { client_id: client_id.to_owned(), client_secret: client_secret.to_owned() })
}

/// `GET /oauth/userinfo` (`OpenID` Connect Core §5.3)
pub(crate) async fn userinfo(State(cx): State<Cx>, viewer: Viewer) -> Result<Json<Value>, ApiError> {
    viewer.require("profile").or_else(|_| viewer.require("read:me"))?;
    let account = viewer.account();
    Ok(Json(json!({
        "iss": cx.names.origin().to_string(),
        "sub": account.actor_id.as_str(),
        "name": account.shown_name(),
        "preferred_username": account.handle.name,
        "profile": account.profile.url,
        "picture": account.profile.avatar_url,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_names_itself_in_the_header_or_in_the_body() {
        let mut headers = HeaderMap::new();
        assert_eq!(client(&headers, "a", "b").client_id, "a");
        headers.insert(header::AUTHORIZATION, "Basic aWQ6c2VjcmV0OjE=".parse().unwrap());
        let found = client(&headers, "a", "b");
        assert_eq!((found.client_id.as_str(), found.client_secret.as_str()), ("id", "secret:1"));
        headers.insert(header::AUTHORIZATION, "Basic !!!".parse().unwrap());
        assert_eq!(client(&headers, "a", "b").client_id, "a");
    }
}
