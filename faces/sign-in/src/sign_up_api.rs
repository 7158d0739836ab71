//! Making an account through a program, and proving its e-mail address.

use crate::token::answer;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::email::Email;
use domain::sign_up::Faults;
use domain::{ApplicationId, UserId};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use service::access::Caller;
use service::error::OrNotFound;
use service::settings::SignUp;
use service::sign_up::{Filled, Refusal};
use service::{Cx, oauth, sign_up};
use web::limit::{Rule, Who};
use web::{ApiError, Bearer, ClientAddr, Doors, Params};

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    username: String,
    email: String,
    password: String,
    agreement: bool,
    locale: Option<String>,
    reason: Option<String>,
    invite_code: Option<String>,
}

/// `POST /api/v1/accounts`
pub(crate) async fn create(
    State(cx): State<Cx>,
    doors: Doors,
    address: ClientAddr,
    caller: Bearer,
    Params(form): Params<Form>,
) -> Result<Response, ApiError> {
    caller.require("write:accounts")?;
    let application = program(&caller.0)?;
    if cx.settings.sign_up == SignUp::Closed {
        return Err(closed());
    }
    doors.limits.take(Rule::SIGN_UP, Who::at(address), cx.now()).map_err(ApiError::too_many)?;
    let found =
        cx.read(move |tx| oauth::find_application(tx, application)?.or_not_found("application")).await?;
    match sign_up::sign_up(&cx, filled(form), Some((application, found.scopes))).await? {
        Ok(made) => Ok(made
            .token
            .map_or_else(|| StatusCode::OK.into_response(), |token| answer(&token).into_response())),
        Err(Refusal::Closed) => Err(closed()),
        Err(Refusal::Wrong(faults)) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, details(&faults)).into_response())
        }
    }
}

fn closed() -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, "This action is not allowed")
}

/// Only a program that acts for itself signs somebody up.
fn program(caller: &Caller) -> Result<ApplicationId, ApiError> {
    match caller.application_id {
        Some(application) if caller.person.is_none() && caller.waiting.is_none() => Ok(application),
        _ => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "This method requires a token of the application itself (client_credentials)",
        )),
    }
}

fn filled(form: Form) -> Filled {
    Filled {
        username: form.username,
        email: form.email,
        password: form.password,
        agreement: form.agreement,
        reason: form.reason.unwrap_or_default(),
        locale: form.locale.map(|locale| locale.chars().take(35).collect()),
        invite_code: form.invite_code.unwrap_or_default(),
    }
}

/// What is wrong, as a sentence and part by part.
fn details(faults: &Faults) -> Json<Value> {
    let mut parts: Map<String, Value> = Map::new();
    for (part, fault) in &faults.0 {
        let said = json!({ "error": fault.code(), "description": fault.description() });
        let entry = parts.entry(part.name()).or_insert_with(|| Value::Array(Vec::new()));
        if let Some(list) = entry.as_array_mut() {
            list.push(said);
        }
    }
    Json(json!({ "error": format!("Validation failed: {}", faults.sentence()), "details": parts }))
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Again {
    email: Option<String>,
}

/// `POST /api/v1/emails/confirmations`
pub(crate) async fn confirm_again(
    State(cx): State<Cx>,
    doors: Doors,
    caller: Bearer,
    Params(form): Params<Again>,
) -> Result<Json<Value>, ApiError> {
    let user = match caller.0.waiting {
        Some((user, waiting)) if waiting.confirmation => user,
        _ => {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "This method is only available while the e-mail is awaiting confirmation",
            ));
        }
    };
    own_program(&cx, user, &caller.0).await?;
    let other = match form.email.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => {
            Some(Email::parse(text).ok_or_else(|| ApiError::invalid("Validation failed: Email is invalid"))?)
        }
    };
    let who = Who::named(&user.to_string());
    doors.limits.take(Rule::LETTERS_TO, who, cx.now()).map_err(ApiError::too_many)?;
    let mail = cx.settings.mail();
    cx.write(move |tx| sign_up::ask_again(tx, user, other.as_ref(), mail)).await?;
    Ok(Json(json!({})))
}

/// `GET /api/v1/emails/check_confirmation`
pub(crate) async fn is_confirmed(State(cx): State<Cx>, caller: Bearer) -> Result<Json<bool>, ApiError> {
    let caller = caller.0;
    match (&caller.person, caller.waiting) {
        (Some(person), _) => {
            own_program(&cx, person.user.id, &caller).await?;
            Ok(Json(true))
        }
        (None, Some((user, waiting))) => {
            own_program(&cx, user, &caller).await?;
            Ok(Json(!waiting.confirmation))
        }
        (None, None) => {
            Err(ApiError::new(StatusCode::UNPROCESSABLE_ENTITY, "This method requires an authenticated user"))
        }
    }
}

async fn own_program(cx: &Cx, user: UserId, caller: &Caller) -> Result<(), ApiError> {
    let application = cx.read(move |tx| sign_up::application_of(tx, user)).await?;
    if application.is_some() && application == caller.application_id {
        return Ok(());
    }
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        "This method is only available to the application the user originally signed-up with",
    ))
}
