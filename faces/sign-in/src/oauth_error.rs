//! The errors of OAuth for programs: `{"error", "error_description"}`
//! (RFC 6749 §5.2).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;
use service::oauth::Refusal;
use web::ApiError;

/// Why a program did not get its token.
#[derive(Debug)]
pub(crate) enum OAuthError {
    /// In the words of the RFC.
    Refused(Refusal),
    /// Something that the RFC has no word for.
    Other(ApiError),
}

impl From<Refusal> for OAuthError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<service::Error> for OAuthError {
    fn from(error: service::Error) -> Self {
        Self::Other(error.into())
    }
}

impl From<ApiError> for OAuthError {
    fn from(error: ApiError) -> Self {
        Self::Other(error)
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let refusal = match self {
            Self::Refused(refusal) => refusal,
            Self::Other(error) if error.status() == StatusCode::UNPROCESSABLE_ENTITY => {
                Refusal::InvalidRequest("The request cannot be read.")
            }
            Self::Other(error) => return error.into_response(),
        };
        let status = match refusal {
            Refusal::InvalidClient => StatusCode::UNAUTHORIZED,
            Refusal::UnauthorizedClient | Refusal::AccessDenied => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        let body = json!({ "error": refusal.code(), "error_description": refusal.description() });
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic"));
        }
        response
    }
}
