//! Emoji of this server, and their pictures.

use crate::answer::{Answer, At, json};
use crate::entities::account::OfferedEmoji;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::EmojiId;
use http::{HeaderValue, StatusCode, header};
use service::{Cx, emoji};
use web::ApiError;

/// `GET /api/v1/custom_emojis`
pub(crate) async fn list(State(cx): State<Cx>) -> Answer {
    let emojis = cx.read(emoji::list).await?;
    json(&emojis.iter().map(|one| OfferedEmoji::new(&cx.names, one)).collect::<Vec<_>>())
}

/// `GET /emoji/:file`: a picture. Its address is never used for another one.
pub(crate) async fn picture(State(cx): State<Cx>, At(file): At<String>) -> Result<Response, ApiError> {
    let id = file.split('.').next().and_then(crate::params::id).ok_or_else(ApiError::not_found)?;
    let (media_type, bytes) = cx.read(move |tx| emoji::picture(tx, EmojiId(id))).await?;
    let kind = HeaderValue::from_str(&media_type).map_err(|_| ApiError::not_found())?;
    let mut response = (StatusCode::OK, bytes).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Whatever a picture may hide, it is not run.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}
