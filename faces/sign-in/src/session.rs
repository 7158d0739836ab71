//! Signing in and out with a browser: password, then a code where one is
//! asked for.

use crate::device::Browser;
use askama::Template;
use axum::extract::State;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use domain::UserId;
use domain::user::Waiting;
use http::{StatusCode, header};
use serde::Deserialize;
use serde::de::IgnoredAny;
use service::session::{Entry, Step};
use service::settings::{Mail, SignUp};
use service::{Cx, session, sign_up};
use web::cookie::Cookie;
use web::guess::Patience;
use web::layout::{Layout, page};
use web::limit::{Rule, Who};
use web::path::local;
use web::{ApiError, ClientAddr, Csrf, Doors, MaybePageViewer, PageError, Params, Posted};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    layout: Layout,
    csrf: &'a str,
    next: &'a str,
    login: &'a str,
    problem: Option<&'a str>,
    /// Whether a letter can help who forgot the password.
    resets: bool,
    /// Whether accounts can be made.
    sign_up: bool,
}

#[derive(Template)]
#[template(path = "second_step.html")]
struct CodePage<'a> {
    layout: Layout,
    csrf: &'a str,
    next: &'a str,
    login: &'a str,
    step: &'a str,
    is_wrong: bool,
}

#[derive(Template)]
#[template(path = "waiting.html")]
struct WaitingPage {
    layout: Layout,
    waiting: Waiting,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct SignInForm {
    login: String,
    password: String,
    next: String,
    /// Shows the form to who is signed in already.
    again: bool,
    /// What the first step gave.
    step: String,
    code: String,
}

fn show(cx: &Cx, csrf: &Csrf, next: &str, login: &str, problem: Option<&str>) -> Response {
    page(&SignInPage {
        layout: Layout::new(cx, "Sign in"),
        csrf: csrf.token(),
        next,
        login,
        problem,
        resets: cx.settings.mail() == Mail::On,
        sign_up: cx.settings.sign_up != SignUp::Closed,
    })
}

/// `GET /auth/sign_in?next=…`
pub(crate) async fn form(
    State(cx): State<Cx>,
    MaybePageViewer(viewer): MaybePageViewer,
    csrf: Csrf,
    Params(form): Params<SignInForm>,
) -> Response {
    let next = local(&form.next);
    if viewer.is_some() && !form.again {
        return Redirect::to(next).into_response();
    }
    let page = show(&cx, &csrf, next, "", None);
    (csrf, page).into_response()
}

/// Each try counts before it is made: many at once are many.
pub(crate) fn throttle(doors: &Doors, cx: &Cx, address: ClientAddr, login: &str) -> Result<(), ApiError> {
    let begin = |patience, who| doors.guesses.begin(patience, who, cx.now()).map_err(ApiError::too_many);
    begin(Patience::AS_USER, Who::named(login))?;
    begin(Patience::FROM_NETWORK, Who::at(address))
}

/// Forgets the tries of a user who got in. Those of a network stay: it may
/// know one password and guess at others.
pub(crate) fn forgive(doors: &Doors, login: &str) {
    doors.guesses.right(Patience::AS_USER, Who::named(login));
}

/// `POST /auth/sign_in`
pub(crate) async fn sign_in(
    State(cx): State<Cx>,
    doors: Doors,
    Browser { address, device, before }: Browser,
    csrf: Csrf,
    Posted(form): Posted<SignInForm>,
) -> Result<Response, PageError> {
    throttle(&doors, &cx, address, &form.login)?;
    let next = local(&form.next);
    match session::sign_in(&cx, &form.login, form.password, before, device).await? {
        Entry::In(secret) => {
            forgive(&doors, &form.login);
            Ok(signed_in(&cx, &secret, next))
        }
        Entry::Code(step) => {
            let page = code_page(&cx, &csrf, next, &form.login, &step, false);
            Ok((csrf, page).into_response())
        }
        Entry::Waiting(user, waiting) => {
            forgive(&doors, &form.login);
            ask_again(&cx, &doors, user, waiting).await?;
            Ok((StatusCode::FORBIDDEN, waiting_page(&cx, waiting)).into_response())
        }
        Entry::Wrong => {
            let page = show(&cx, &csrf, next, &form.login, Some("The name or the password is wrong."));
            Ok((StatusCode::UNAUTHORIZED, csrf, page).into_response())
        }
    }
}

fn code_page(cx: &Cx, csrf: &Csrf, next: &str, login: &str, step: &str, is_wrong: bool) -> Response {
    let layout = Layout::new(cx, "Your code");
    page(&CodePage { layout, csrf: csrf.token(), next, login, step, is_wrong })
}

/// What who signed up still has to wait for.
pub(crate) fn waiting_page(cx: &Cx, waiting: Waiting) -> Response {
    page(&WaitingPage { layout: Layout::new(cx, "Almost there"), waiting })
}

/// Who comes back without having found the letter gets another one.
async fn ask_again(cx: &Cx, doors: &Doors, user: UserId, waiting: Waiting) -> Result<(), PageError> {
    let who = Who::named(&user.to_string());
    if waiting.confirmation && doors.limits.take(Rule::LETTERS_TO, who, cx.now()).is_ok() {
        let mail = cx.settings.mail();
        cx.write(move |tx| sign_up::ask_again(tx, user, None, mail)).await?;
    }
    Ok(())
}

/// `POST /auth/sign_in/code`
pub(crate) async fn second_step(
    State(cx): State<Cx>,
    doors: Doors,
    Browser { address, device, before }: Browser,
    csrf: Csrf,
    Posted(form): Posted<SignInForm>,
) -> Result<Response, PageError> {
    throttle(&doors, &cx, address, &form.login)?;
    let next = local(&form.next);
    match session::second_step(&cx, &form.step, form.code, before, device).await? {
        Step::In(secret) => {
            forgive(&doors, &form.login);
            Ok(signed_in(&cx, &secret, next))
        }
        Step::Wrong => {
            let page = code_page(&cx, &csrf, next, &form.login, &form.step, true);
            Ok((StatusCode::UNAUTHORIZED, csrf, page).into_response())
        }
        Step::Over => {
            let why = "That took too long, or there were too many wrong codes. Sign in again.";
            let page = show(&cx, &csrf, next, &form.login, Some(why));
            Ok((StatusCode::UNAUTHORIZED, csrf, page).into_response())
        }
    }
}

/// The way on, with the cookie of a new session.
pub(crate) fn signed_in(cx: &Cx, secret: &str, next: &str) -> Response {
    let session = Cookie::Session.set(&cx.names, secret, session::LASTS);
    let cookies = [(header::SET_COOKIE, session), (header::SET_COOKIE, Cookie::Form.end(&cx.names))];
    (AppendHeaders(cookies), Redirect::to(next)).into_response()
}

/// `POST /auth/sign_out`
pub(crate) async fn sign_out(
    State(cx): State<Cx>,
    Browser { before, .. }: Browser,
    _: Posted<IgnoredAny>,
) -> Result<Response, PageError> {
    if let Some(secret) = before {
        cx.write(move |tx| session::end(tx, &secret)).await?;
    }
    Ok((gone(&cx), Redirect::to("/")).into_response())
}

/// Ends the cookie of a session.
pub(crate) fn gone(cx: &Cx) -> AppendHeaders<[(header::HeaderName, http::HeaderValue); 1]> {
    AppendHeaders([(header::SET_COOKIE, Cookie::Session.end(&cx.names))])
}
