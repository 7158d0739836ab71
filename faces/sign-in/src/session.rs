//! Signing in and out with a browser.

use askama::Template;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use service::{Cx, session};
use web::cookie::Cookie;
use web::layout::{Layout, page};
use web::limit::{Rule, Who};
use web::path::local;
use web::{ApiError, ClientAddr, Csrf, Doors, MaybePageViewer, PageError, Params};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    layout: Layout,
    csrf: &'a str,
    next: &'a str,
    login: &'a str,
    is_wrong: bool,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct SignInForm {
    login: String,
    password: String,
    next: String,
    csrf: String,
}

/// `GET /auth/sign_in?next=…`
pub(crate) async fn form(
    State(cx): State<Cx>,
    MaybePageViewer(viewer): MaybePageViewer,
    csrf: Csrf,
    Params(form): Params<SignInForm>,
) -> Response {
    let next = local(&form.next);
    if viewer.is_some() {
        return Redirect::to(next).into_response();
    }
    let layout = Layout::new(&cx, "Sign in");
    let page = page(&SignInPage { layout, csrf: csrf.token(), next, login: "", is_wrong: false });
    (csrf, page).into_response()
}

/// `POST /auth/sign_in`
pub(crate) async fn sign_in(
    State(cx): State<Cx>,
    doors: Doors,
    address: ClientAddr,
    csrf: Csrf,
    headers: HeaderMap,
    Params(form): Params<SignInForm>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    let throttle = |rule, who| doors.limits.take(rule, who, cx.now()).map_err(ApiError::too_many);
    throttle(Rule::SIGN_IN_FROM, Who::at(address))?;
    throttle(Rule::SIGN_IN_AS, Who::named(&form.login))?;
    let before = Cookie::Session.read(&cx.names, &headers).map(str::to_owned);
    let next = local(&form.next);
    if let Some(secret) = session::sign_in(&cx, &form.login, form.password, before).await? {
        return Ok(signed_in(&cx, &secret, next));
    }
    let layout = Layout::new(&cx, "Sign in");
    let page = page(&SignInPage { layout, csrf: csrf.token(), next, login: &form.login, is_wrong: true });
    Ok((StatusCode::UNAUTHORIZED, csrf, page).into_response())
}

/// The way on, with the cookie of a new session.
pub(crate) fn signed_in(cx: &Cx, secret: &str, next: &str) -> Response {
    let session = Cookie::Session.set(&cx.names, secret, session::LASTS);
    let cookies = [(header::SET_COOKIE, session), (header::SET_COOKIE, Cookie::Form.end(&cx.names))];
    (AppendHeaders(cookies), Redirect::to(next)).into_response()
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct SignOutForm {
    csrf: String,
}

/// `POST /auth/sign_out`
pub(crate) async fn sign_out(
    State(cx): State<Cx>,
    csrf: Csrf,
    headers: HeaderMap,
    Params(form): Params<SignOutForm>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    if let Some(secret) = Cookie::Session.read(&cx.names, &headers).map(str::to_owned) {
        cx.write(move |tx| session::end(tx, &secret)).await?;
    }
    let ended = AppendHeaders([(header::SET_COOKIE, Cookie::Session.end(&cx.names))]);
    Ok((ended, Redirect::to("/")).into_response())
}
