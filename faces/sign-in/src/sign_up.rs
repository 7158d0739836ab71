//! Making an account with a browser, where one may.

use crate::device::Browser;
use crate::session::{signed_in, waiting_page};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::sign_up::{Fault, Faults};
use http::StatusCode;
use serde::Deserialize;
use service::settings::SignUp;
use service::sign_up::{Filled, Made, Refusal};
use service::{Cx, invite, session, sign_up};
use web::layout::{Layout, page};
use web::limit::{Rule, Who};
use web::{ApiError, Csrf, Doors, PageError, Params, Posted};

#[derive(Template)]
#[template(path = "sign_up.html")]
struct SignUpPage<'a> {
    layout: Layout,
    mode: SignUp,
    csrf: &'a str,
    host: &'a str,
    form: &'a SignUpForm,
    problems: Vec<String>,
}

impl SignUpPage<'_> {
    fn is_closed(&self) -> bool {
        self.mode == SignUp::Closed
    }

    fn asks_why(&self) -> bool {
        self.mode == SignUp::Approval && self.form.invite.is_empty()
    }

    fn needs_invite(&self) -> bool {
        self.mode == SignUp::Invite || !self.form.invite.is_empty()
    }
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct SignUpForm {
    name: String,
    email: String,
    password: String,
    reason: String,
    /// The code of an invitation, also in the link of one.
    invite: String,
}

fn show(cx: &Cx, csrf: &Csrf, form: &SignUpForm, problems: Vec<String>) -> Response {
    page(&SignUpPage {
        layout: Layout::new(cx, "New account"),
        mode: cx.settings.sign_up,
        csrf: csrf.token(),
        host: cx.names.domain().as_str(),
        form,
        problems,
    })
}

/// `GET /auth/sign_up?invite=…`
pub(crate) async fn form(
    State(cx): State<Cx>,
    csrf: Csrf,
    Params(form): Params<SignUpForm>,
) -> Result<Response, PageError> {
    let code = form.invite.clone();
    let mut problems = Vec::new();
    if !code.is_empty() && !cx.read(move |tx| invite::is_good(tx, code.trim())).await? {
        problems.push("This invitation is not good any more.".to_owned());
    }
    let form = SignUpForm { invite: form.invite, ..SignUpForm::default() };
    let page = show(&cx, &csrf, &form, problems);
    Ok((csrf, page).into_response())
}

/// `POST /auth/sign_up`
pub(crate) async fn sign_up(
    State(cx): State<Cx>,
    doors: Doors,
    Browser { address, device, before }: Browser,
    csrf: Csrf,
    Posted(form): Posted<SignUpForm>,
) -> Result<Response, PageError> {
    if cx.settings.sign_up != SignUp::Closed {
        doors.limits.take(Rule::SIGN_UP, Who::at(address), cx.now()).map_err(ApiError::too_many)?;
    }
    match sign_up::sign_up(&cx, filled(&form), None).await? {
        Ok(Made { waiting: Some(waiting), .. }) => Ok(waiting_page(&cx, waiting)),
        Ok(Made { user, .. }) => {
            let begun = cx.write(move |tx| {
                if let Some(before) = &before {
                    session::end(tx, before)?;
                }
                session::begin(tx, user.id, &device)
            });
            let secret = begun.await?.ok_or_else(PageError::not_found)?;
            Ok(signed_in(&cx, &secret, "/"))
        }
        Err(Refusal::Closed) => {
            Ok((StatusCode::FORBIDDEN, show(&cx, &csrf, &form, Vec::new())).into_response())
        }
        Err(Refusal::Wrong(faults)) => {
            let page = show(&cx, &csrf, &form, sentences(&faults));
            Ok((StatusCode::UNPROCESSABLE_ENTITY, csrf, page).into_response())
        }
    }
}

fn filled(form: &SignUpForm) -> Filled {
    Filled {
        username: form.name.trim().to_owned(),
        email: form.email.clone(),
        password: form.password.clone(),
        // Who presses the button has read what stands above it.
        agreement: true,
        reason: form.reason.clone(),
        locale: None,
        invite_code: form.invite.clone(),
    }
}

/// One for each fault, in words for people.
fn sentences(faults: &Faults) -> Vec<String> {
    let sentence = |(part, fault): &(domain::sign_up::Part, Fault)| {
        let what = match part.name() {
            "username" => "The name",
            "email" => "The e-mail address",
            "password" => "The password",
            "reason" => "Why you want to join",
            "invite_code" => "The invitation",
            _ => "The form",
        };
        match fault {
            Fault::Blank => format!("{what} is missing."),
            Fault::Taken => format!("{what} is taken."),
            fault => format!("{what} {}.", fault.description()),
        }
    };
    faults.0.iter().map(sentence).collect()
}
