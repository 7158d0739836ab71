//! Programs trade codes for tokens, give them back, and ask whom they serve.

use crate::oauth_error::OAuthError;
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::Application;
use http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::{Value, json};
use service::Cx;
use service::oauth::{self, Exchange, Granted, Refusal};
use web::{ApiError, Params, Viewer};

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
    let (granted, revoked) = cx.write(move |tx| oauth::exchange(tx, &application, &offered)).await?;
    if let Some(token) = revoked {
        cx.access.forget_token(token);
    }
    Ok(answer(&granted?))
}

fn answer(granted: &Granted) -> Json<Value> {
    Json(json!({
        "access_token": granted.text,
        "token_type": "Bearer",
        "scope": granted.scopes.to_string(),
        "created_at": granted.created_at.seconds(),
    }))
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
