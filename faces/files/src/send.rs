//! A file as an answer.

use crate::range::{Part, part};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, stream};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use service::media::{Flow, Shown};
use std::io::{self, SeekFrom};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, Take};

/// How much is read at a time, in bytes.
const PIECE: usize = 64 * 1024;
/// Who has seen a file may keep it: under its name there is never another. What
/// stands between us and many keeps it for a minute, as it may be deleted.
const KEEP: &str = "public, max-age=86400, s-maxage=60, immutable";

/// Headers of everything that is served here, whatever it is.
pub(crate) fn harmless(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, KEEP),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// A file of ours, or the part of it that was asked for.
pub(crate) async fn file(shown: Shown, name: &str, asked: &HeaderMap) -> Response {
    let etag = format!("\"{name}\"");
    let size = shown.size_bytes;
    let mut response = if is_known(asked, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match part(asked, &etag, size) {
            Part::Beyond => beyond(size),
            Part::Whole => piece(shown, 0, size, StatusCode::OK).await,
            Part::From(first, last) => {
                let mut response = piece(shown, first, last - first + 1, StatusCode::PARTIAL_CONTENT).await;
                place(&mut response, &format!("bytes {first}-{last}/{size}"));
                response
            }
        }
    };
    harmless(response.headers_mut());
    if let Ok(etag) = HeaderValue::try_from(etag) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// A file of a peer that passes through.
pub(crate) fn flow(flow: Flow) -> Response {
    let status = if flow.range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(flow.media_type));
    if let Some(length) = flow.length {
        headers.insert(header::CONTENT_LENGTH, length.into());
    }
    let range = flow.range.as_deref().and_then(|range| HeaderValue::from_str(range).ok());
    let mut pieces = flow.pieces();
    let pieces = stream::poll_fn(move |cx| pieces.poll_recv(cx));
    let mut response = (status, headers, Body::from_stream(pieces)).into_response();
    harmless(response.headers_mut());
    if let Some(range) = range {
        response.headers_mut().insert(header::CONTENT_RANGE, range);
    }
    response
}

fn is_known(asked: &HeaderMap, etag: &str) -> bool {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == etag))
}

fn beyond(size: u64) -> Response {
    let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    place(&mut response, &format!("bytes */{size}"));
    response
}

fn place(response: &mut Response, text: &str) {
    if let Ok(value) = HeaderValue::try_from(text) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
}

async fn piece(shown: Shown, first: u64, length: u64, status: StatusCode) -> Response {
    let mut file = File::from_std(shown.file);
    if let Err(error) = file.seek(SeekFrom::Start(first)).await {
        tracing::warn!(%error, "a file could not be read");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(shown.media_type)),
        (header::CONTENT_LENGTH, HeaderValue::from(length)),
    ];
    (status, headers, Body::from_stream(pieces(file.take(length)))).into_response()
}

fn pieces(file: Take<File>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let mut piece = Vec::with_capacity(PIECE);
        let read = file.read_buf(&mut piece).await?;
        Ok((read > 0).then(|| (Bytes::from(piece), file)))
    })
}
