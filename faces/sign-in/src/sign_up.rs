//! Making an account with a browser, where everybody may.

use crate::session::signed_in;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::AccountKind;
use domain::user::Role;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use service::settings::SignUp;
use service::user::{self, NewUser};
use service::{Cx, Error, session};
use web::cookie::Cookie;
use web::layout::{Layout, page};
use web::limit::{Rule, Who};
use web::{ApiError, ClientAddr, Csrf, Doors, PageError, Params};

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage<'a> {
    layout: Layout,
    is_open: bool,
    csrf: &'a str,
    host: &'a str,
    name: &'a str,
    email: &'a str,
    problem: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct SignUpForm {
    name: String,
    email: String,
    password: String,
    csrf: String,
}

fn is_open(cx: &Cx) -> bool {
    cx.settings.sign_up == SignUp::Open
}

fn show(cx: &Cx, csrf: &Csrf, form: &SignUpForm, problem: Option<String>) -> Response {
    page(&SignUpPage {
        layout: Layout::new(cx, "New account"),
        is_open: is_open(cx),
        csrf: csrf.token(),
        host: cx.names.domain().as_str(),
        name: &form.name,
        email: &form.email,
        problem,
    })
}

/// `GET /auth/sign_up`
pub(crate) async fn form(State(cx): State<Cx>, csrf: Csrf) -> Response {
    let page = show(&cx, &csrf, &SignUpForm::default(), None);
    (csrf, page).into_response()
}

/// `POST /auth/sign_up`
pub(crate) async fn sign_up(
    State(cx): State<Cx>,
    doors: Doors,
    address: ClientAddr,
    csrf: Csrf,
    headers: HeaderMap,
    Params(form): Params<SignUpForm>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    if !is_open(&cx) {
        return Ok((StatusCode::FORBIDDEN, show(&cx, &csrf, &form, None)).into_response());
    }
    doors.limits.take(Rule::SIGN_UP, Who::at(address), cx.now()).map_err(ApiError::too_many)?;
    match user::create(&cx, new_user(&form)).await {
        Ok((user, _)) => {
            let before = Cookie::Session.read(&cx.names, &headers).map(str::to_owned);
            let begun = cx.write(move |tx| {
                if let Some(before) = &before {
                    session::end(tx, before)?;
                }
                session::begin(tx, user.id)
            });
            let secret = begun.await?.ok_or_else(PageError::not_found)?;
            Ok(signed_in(&cx, &secret, "/"))
        }
        Err(Error::Invalid { field, problem }) => {
            let page = show(&cx, &csrf, &form, Some(format!("{field} {problem}")));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

fn new_user(form: &SignUpForm) -> NewUser {
    NewUser {
        name: form.name.trim().to_owned(),
        kind: AccountKind::Person,
        display_name: String::new(),
        email: Some(form.email.clone()),
        password: Some(form.password.clone()),
        role: Role::Member,
    }
}
