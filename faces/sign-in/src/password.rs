//! For who forgot the password: a letter with a link, and the form behind it.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;
use service::letter::{self, Purpose};
use service::settings::Mail;
use service::{Cx, Error, credentials};
use web::layout::{Layout, page};
use web::limit::{Rule, Who};
use web::{ApiError, ClientAddr, Csrf, Doors, PageError, Params, Posted};

#[derive(Template)]
#[template(path = "forgot.html")]
struct ForgotPage<'a> {
    layout: Layout,
    csrf: &'a str,
    /// Whether letters can be sent.
    sends: bool,
    /// Whether one was asked for just now.
    asked: bool,
}

#[derive(Template)]
#[template(path = "new_password.html")]
struct NewPasswordPage<'a> {
    layout: Layout,
    csrf: &'a str,
    ticket: &'a str,
    problem: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    email: String,
    ticket: String,
    password: String,
}

fn show(cx: &Cx, csrf: &Csrf, asked: bool) -> Response {
    let layout = Layout::new(cx, "A new password");
    page(&ForgotPage { layout, csrf: csrf.token(), sends: cx.settings.mail() == Mail::On, asked })
}

/// `GET /auth/password`
pub(crate) async fn forgot(State(cx): State<Cx>, csrf: Csrf) -> Response {
    let page = show(&cx, &csrf, false);
    (csrf, page).into_response()
}

/// `POST /auth/password`: the same for every address.
pub(crate) async fn ask(
    State(cx): State<Cx>,
    doors: Doors,
    address: ClientAddr,
    csrf: Csrf,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    let take = |rule, who| doors.limits.take(rule, who, cx.now()).map_err(ApiError::too_many);
    take(Rule::LETTERS_FROM, Who::at(address))?;
    take(Rule::LETTERS_TO, Who::named(&form.email))?;
    credentials::ask_reset(&cx, &form.email).await?;
    let page = show(&cx, &csrf, true);
    Ok((csrf, page).into_response())
}

fn new_password(cx: &Cx, csrf: &Csrf, ticket: &str, problem: Option<String>) -> Response {
    page(&NewPasswordPage { layout: Layout::new(cx, "A new password"), csrf: csrf.token(), ticket, problem })
}

/// `GET /auth/password/new?ticket=…`
pub(crate) async fn form(
    State(cx): State<Cx>,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    let ticket = form.ticket.clone();
    if cx.read(move |tx| letter::read_ticket(tx, Purpose::Reset, &ticket)).await?.is_none() {
        return Err(letter::stale().into());
    }
    let page = new_password(&cx, &csrf, &form.ticket, None);
    Ok((csrf, page).into_response())
}

/// `POST /auth/password/new`
pub(crate) async fn set(
    State(cx): State<Cx>,
    doors: Doors,
    address: ClientAddr,
    csrf: Csrf,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    doors.limits.take(Rule::LETTERS_FROM, Who::at(address), cx.now()).map_err(ApiError::too_many)?;
    match credentials::reset(&cx, form.ticket.clone(), form.password).await {
        Ok(()) => Ok(Redirect::to("/auth/sign_in").into_response()),
        Err(Error::Invalid { field, problem }) => {
            let page = new_password(&cx, &csrf, &form.ticket, Some(format!("The {field} {problem}.")));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, csrf, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Template)]
#[template(path = "confirm.html")]
struct ConfirmPage<'a> {
    layout: Layout,
    csrf: &'a str,
    ticket: &'a str,
    address: &'a str,
    done: Option<bool>,
}

/// `GET /auth/confirm?ticket=…`: a button, as programs that look at letters
/// follow links too.
pub(crate) async fn confirm_form(
    State(cx): State<Cx>,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    let ticket = form.ticket.clone();
    let found = cx.read(move |tx| letter::read_ticket(tx, Purpose::Confirm, &ticket)).await?;
    let Some((_, address)) = found else { return Err(letter::stale().into()) };
    let page = page(&ConfirmPage {
        layout: Layout::new(&cx, "Your e-mail address"),
        csrf: csrf.token(),
        ticket: &form.ticket,
        address: &address,
        done: None,
    });
    Ok((csrf, page).into_response())
}

/// `POST /auth/confirm`
pub(crate) async fn confirm(
    State(cx): State<Cx>,
    csrf: Csrf,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    let done = credentials::confirm(&cx, form.ticket).await?;
    let page = page(&ConfirmPage {
        layout: Layout::new(&cx, "Your e-mail address"),
        csrf: csrf.token(),
        ticket: "",
        address: "",
        done: Some(done),
    });
    Ok((csrf, page).into_response())
}
