//! Why a request was refused, as each kind of client wants to read it:
//! [`ApiError`] for Mastodon clients, [`Problem`] (RFC 9457) for everyone else's
//! programs, [`PageError`] for people. The client never reads the cause of a
//! failure of ours; the log does, here, once.

use crate::form::WrongParams;
use crate::layout;
use axum::Json;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::json;
use service::Error;
use std::borrow::Cow;

/// Seconds after which a busy server is asked again.
const BUSY_SECONDS: u64 = 5;

/// Seconds after which a full disk may have room again.
const FULL_SECONDS: u64 = 600;

/// A status and the sentence that goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    status: StatusCode,
    message: Cow<'static, str>,
    retry_after: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: message.into(), retry_after: None }
    }

    fn later(status: StatusCode, message: impl Into<Cow<'static, str>>, seconds: u64) -> Self {
        Self { status, message: message.into(), retry_after: Some(seconds.max(1)) }
    }

    /// The one place where errors of verbs become statuses.
    fn of(error: &Error) -> Self {
        match error {
            Error::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "Record not found"),
            Error::Gone(what) => Self::new(StatusCode::GONE, format!("{what} is gone")),
            Error::Invalid { field, problem } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, format!("Validation failed: {field} {problem}"))
            }
            Error::Refused(why) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, why.clone()),
            error if error.is_full() => {
                tracing::error!("the disk is full");
                Self::later(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "There is no room on the disk of this server",
                    FULL_SECONDS,
                )
            }
            Error::Unauthorized(why) => Self::new(StatusCode::UNAUTHORIZED, *why),
            Error::Forbidden(why) => Self::new(StatusCode::FORBIDDEN, *why),
            Error::Conflict(_) => Self::new(StatusCode::CONFLICT, "Conflict during update, please try again"),
            Error::TooMany(seconds) => {
                Self::later(StatusCode::TOO_MANY_REQUESTS, "Too many requests", *seconds)
            }
            Error::Fetch(cause) => {
                tracing::info!(%cause, "a peer's document could not be had");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "Remote data could not be fetched")
            }
            Error::Store(cause) if cause.is_temporary() => {
                tracing::warn!(%cause, "the store cannot answer now");
                Self::later(StatusCode::SERVICE_UNAVAILABLE, "The server is busy", BUSY_SECONDS)
            }
            other => {
                tracing::error!(error = %other, "a request failed");
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong here; it is in our log")
            }
        }
    }

    fn finish(&self, mut response: Response) -> Response {
        *response.status_mut() = self.status;
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// An error for Mastodon clients: `{"error": …}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError(Refusal);

impl ApiError {
    /// Any status and sentence.
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Refusal::new(status, message))
    }

    /// 401: no token, or none that is good.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "The access token is invalid")
    }

    /// 403: the token does not reach that far.
    pub fn outside_scope() -> Self {
        Self::new(StatusCode::FORBIDDEN, "This action is outside the authorized scopes")
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Record not found")
    }

    /// 413.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The request is too large")
    }

    /// 422 for a value a rule refuses.
    pub fn invalid(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 429.
    pub fn too_many(seconds: u64) -> Self {
        Self(Refusal::later(StatusCode::TOO_MANY_REQUESTS, "Too many requests", seconds))
    }

    /// What it will be answered with.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(Refusal::of(&error))
    }
}

impl From<WrongParams> for ApiError {
    fn from(error: WrongParams) -> Self {
        let status = match error {
            WrongParams::Json | WrongParams::TooMuch => StatusCode::BAD_REQUEST,
            WrongParams::Field(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.to_string())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(json!({ "error": self.0.message }));
        let mut response = self.0.finish(body.into_response());
        if self.0.status == StatusCode::UNAUTHORIZED {
            // RFC 6750 §3: a 401 names the scheme.
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// An error for programs that are no Mastodon clients (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem(Refusal);

impl Problem {
    /// Any status and sentence.
    pub fn new(status: StatusCode, detail: impl Into<Cow<'static, str>>) -> Self {
        Self(Refusal::new(status, detail))
    }

    /// 429 or 503, with the seconds to wait.
    pub fn later(status: StatusCode, detail: impl Into<Cow<'static, str>>, seconds: u64) -> Self {
        Self(Refusal::later(status, detail, seconds))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self(Refusal::of(&error))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.0.status.canonical_reason().unwrap_or("Error");
        let body = json!({ "title": title, "status": self.0.status.as_u16(), "detail": self.0.message });
        let kind: (HeaderName, &str) = (header::CONTENT_TYPE, "application/problem+json");
        self.0.finish(([kind], body.to_string()).into_response())
    }
}

/// An error for people: a page, or the way to the sign-in form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageError {
    /// A page that says what is wrong.
    Page {
        /// Its status.
        status: StatusCode,
        /// One sentence.
        message: Cow<'static, str>,
        /// Seconds to wait, if that helps.
        retry_after: Option<u64>,
    },
    /// Sign in first; then come back to this path of ours.
    SignIn {
        /// Path and query of the page that was asked for.
        next: String,
    },
}

impl PageError {
    /// Any status and sentence.
    pub fn new(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::Page { status, message: message.into(), retry_after: None }
    }

    /// 404.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "There is no such page here.")
    }

    /// 403 for a form that was not made for this visitor.
    pub fn stale_form() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "This form is too old or was not made for you. Go back, load the page again, and repeat it.",
        )
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        let Refusal { status, message, retry_after } = Refusal::of(&error);
        let message = match error {
            Error::NotFound(_) => "There is no such page here.".into(),
            _ => message,
        };
        Self::Page { status, message, retry_after }
    }
}

impl From<ApiError> for PageError {
    fn from(ApiError(Refusal { status, message, retry_after }): ApiError) -> Self {
        Self::Page { status, message, retry_after }
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            Self::SignIn { next } => {
                let query: String =
                    form_urlencoded::Serializer::new(String::new()).append_pair("next", &next).finish();
                Redirect::to(&format!("/auth/sign_in?{query}")).into_response()
            }
            Self::Page { status, message, retry_after } => {
                let page = layout::error_page(status, &message);
                Refusal { status, message, retry_after }.finish(page)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verbs_error_has_one_status_everywhere() {
        for (error, status) in [
            (Error::NotFound("post"), 404),
            (Error::Gone("post"), 410),
            (Error::invalid("text", "is too long"), 422),
            (Error::Unauthorized("no"), 401),
            (Error::Forbidden("no"), 403),
            (Error::Conflict("marker"), 409),
            (Error::TooMany(3), 429),
            (Error::Full, 503),
            (Error::Internal("secret".into()), 500),
        ] {
            assert_eq!(Refusal::of(&error).status.as_u16(), status, "{error}");
        }
    }

    #[tokio::test]
    async fn the_cause_of_our_own_failure_is_not_told() {
        let response = ApiError::from(Error::Internal("password is hunter2".into())).into_response();
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert!(!String::from_utf8_lossy(&body).contains("hunter2"));
    }

    #[test]
    fn who_comes_too_often_is_told_when_to_come_back() {
        for response in [
            ApiError::from(Error::TooMany(7)).into_response(),
            Problem::from(Error::TooMany(7)).into_response(),
            PageError::from(Error::TooMany(7)).into_response(),
        ] {
            assert_eq!(
                (response.status().as_u16(), response.headers()["retry-after"].as_bytes()),
                (429, &b"7"[..])
            );
        }
    }

    #[test]
    fn a_problem_says_that_it_is_one() {
        let response = Problem::new(StatusCode::NOT_FOUND, "no such actor").into_response();
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
}
