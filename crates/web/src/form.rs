//! What clients send, in whichever of the four forms they send it: query,
//! urlencoded form, multipart, JSON. All become one tree, and the tree one
//! struct: clients mix the forms freely, and write numbers and truth values as
//! text.
//!
//! A struct for [`Params`] derives `Deserialize` and must not use
//! `#[serde(flatten)]`: behind it the types that were asked for are not known,
//! and everything stays text.

mod read;
mod tree;

pub use read::Nested;
pub use tree::{Upload, WrongParams};

use crate::error::ApiError;
use axum::RequestExt;
use axum::extract::{FromRequest, Multipart, Request};
use http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use tree::Builder;

/// The longest form or JSON body that is read, in bytes. Multipart bodies are
/// bounded by axum's `DefaultBodyLimit` of the route.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// Query and body as one struct; uploads are left out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Params<T>(pub T);

/// Query and body as one struct, and the files beside it.
#[derive(Debug, Clone, Default)]
pub struct Uploads<T> {
    /// The fields.
    pub params: T,
    /// The files, in the order they came.
    pub files: Vec<Upload>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        Uploads::from_request(request, state).await.map(|all| Self(all.params))
    }
}

/// Query and body, read as two structs.
pub(crate) async fn twice<T: DeserializeOwned, U: DeserializeOwned>(
    request: Request,
) -> Result<(T, U), ApiError> {
    let (tree, _) = gather(request).await?.finish();
    Ok((read::read(tree.clone())?, read::read(tree)?))
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Uploads<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, ApiError> {
        let (tree, files) = gather(request).await?.finish();
        Ok(Self { params: read::read(tree)?, files })
    }
}

/// Reads a query or an urlencoded body.
pub fn from_urlencoded<T: DeserializeOwned>(text: &str) -> Result<T, WrongParams> {
    let mut builder = Builder::default();
    builder.urlencoded(text.as_bytes())?;
    read::read(builder.finish().0)
}

async fn gather(request: Request) -> Result<Builder, ApiError> {
    let mut builder = Builder::default();
    if let Some(query) = request.uri().query() {
        builder.urlencoded(query.as_bytes())?;
    }
    match BodyKind::of(request.headers()) {
        BodyKind::Multipart => multipart(request, &mut builder).await?,
        BodyKind::Json => {
            let bytes = body(request).await?;
            if !bytes.trim_ascii().is_empty() {
                builder.json(&bytes)?;
            }
        }
        BodyKind::Urlencoded => builder.urlencoded(&body(request).await?)?,
    }
    Ok(builder)
}

#[derive(Debug, PartialEq, Eq)]
enum BodyKind {
    Urlencoded,
    Multipart,
    Json,
}

impl BodyKind {
    /// A body without a content type is read as a form: curl and small scripts
    /// send an empty one.
    fn of(headers: &HeaderMap) -> Self {
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "multipart/form-data" => Self::Multipart,
            "application/json" | "text/json" => Self::Json,
            _ => Self::Urlencoded,
        }
    }
}

async fn body(request: Request) -> Result<bytes::Bytes, ApiError> {
    axum::body::to_bytes(request.into_limited_body(), MAX_BODY_BYTES).await.map_err(|_| ApiError::too_large())
}

async fn multipart(request: Request, builder: &mut Builder) -> Result<(), ApiError> {
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|error| ApiError::new(error.status(), error.body_text()))?;
    while let Some(part) = parts.next_field().await.map_err(|e| ApiError::new(e.status(), e.body_text()))? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let content_type = part.content_type().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|e| ApiError::new(e.status(), e.body_text()))?;
        match file_name {
            Some(file_name) => builder.file(Upload { field: name, file_name, content_type, bytes })?,
            None => builder.pair(&name, String::from_utf8_lossy(&bytes).into_owned())?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use serde::Deserialize;
    use std::fmt::Write;

    #[derive(Debug, Deserialize, PartialEq, Default)]
    #[serde(default)]
    struct NewPost {
        status: String,
        sensitive: Option<bool>,
        media_ids: Vec<i64>,
        poll: Option<Poll>,
        limit: Option<u32>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Poll {
        options: Vec<String>,
        expires_in: u32,
    }

    fn wanted() -> NewPost {
        NewPost {
            status: "hällo & more".into(),
            sensitive: Some(true),
            media_ids: vec![3, 4],
            poll: Some(Poll { options: vec!["a".into(), "b".into()], expires_in: 600 }),
            limit: Some(5),
        }
    }

    async fn read(kind: &str, body: impl Into<Body>) -> Result<Params<NewPost>, ApiError> {
        let request = Request::post("/x?limit=5").header("content-type", kind).body(body.into()).unwrap();
        Params::from_request(request, &()).await
    }

    #[tokio::test]
    async fn a_form_a_json_body_and_a_multipart_body_mean_the_same() {
        let form = "status=h%C3%A4llo+%26+more&sensitive=1&media_ids[]=3&media_ids%5B%5D=4&poll[options][]=a&poll[options][]=b&poll[expires_in]=600";
        assert_eq!(read("application/x-www-form-urlencoded", form).await.unwrap().0, wanted());
        let json = r#"{"status":"hällo & more","sensitive":"true","media_ids":["3",4],"poll":{"options":["a","b"],"expires_in":"600"}}"#;
        assert_eq!(read("application/json; charset=utf-8", json).await.unwrap().0, wanted());
        let mut parts = String::new();
        for (name, value) in [
            ("status", "hällo & more"),
            ("sensitive", "on"),
            ("media_ids[]", "3"),
            ("media_ids[]", "4"),
            ("poll[options][0]", "a"),
            ("poll[options][1]", "b"),
            ("poll[expires_in]", "600"),
        ] {
            let _ =
                write!(parts, "--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        parts.push_str("--XX--\r\n");
        assert_eq!(read("multipart/form-data; boundary=XX", parts).await.unwrap().0, wanted());
    }

    #[tokio::test]
    async fn nul_is_left_out_of_every_text() {
        let multipart = "--XX\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\na\0b\r\n--XX--\r\n";
        for (kind, body) in [
            ("application/x-www-form-urlencoded", "status=a%00b"),
            ("application/json", r#"{"status":"a\u0000b"}"#),
            ("multipart/form-data; boundary=XX", multipart),
        ] {
            assert_eq!(read(kind, body).await.unwrap().0.status, "ab", "{kind}");
        }
    }

    #[tokio::test]
    async fn a_file_is_handed_over_beside_the_fields() {
        let body = "--XX\r\nContent-Disposition: form-data; name=\"avatar\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nPNG\r\n--XX\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nhi\r\n--XX--\r\n";
        let request = Request::post("/")
            .header("content-type", "multipart/form-data; boundary=XX")
            .body(Body::from(body))
            .unwrap();
        let all = Uploads::<NewPost>::from_request(request, &()).await.unwrap();
        assert_eq!(all.params.status, "hi");
        assert_eq!((all.files[0].field.as_str(), &all.files[0].bytes[..]), ("avatar", &b"PNG"[..]));
    }

    #[tokio::test]
    async fn a_body_over_the_bound_is_refused() {
        let long = "status=".to_owned() + &"x".repeat(MAX_BODY_BYTES);
        let refused = read("application/x-www-form-urlencoded", long).await.unwrap_err();
        assert_eq!(refused.status(), http::StatusCode::PAYLOAD_TOO_LARGE);
    }

    #[tokio::test]
    async fn what_does_not_fit_is_named_with_422_or_400() {
        let refused = read("application/x-www-form-urlencoded", "sensitive=perhaps").await.unwrap_err();
        assert_eq!(refused.status(), http::StatusCode::UNPROCESSABLE_ENTITY);
        let refused = read("application/json", "{").await.unwrap_err();
        assert_eq!(refused.status(), http::StatusCode::BAD_REQUEST);
    }
}
