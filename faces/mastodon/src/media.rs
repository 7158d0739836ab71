//! Media are handed in, looked after, changed and thrown away.

use crate::answer::{Answer, Id, json, nothing};
use crate::entities::Dialect;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::response::IntoResponse;
use bytes::{Bytes, BytesMut};
use domain::MediaId;
use domain::media::{Focus, MediaChange, MediaState, Medium};
use http::StatusCode;
use serde::Deserialize;
use service::Cx;
use service::media::{self, Spool, Upload};
use std::time::{Duration, Instant};
use web::{ApiError, Uploads, Viewer};

/// The longest picture that is read whole, in bytes.
pub(crate) const PICTURE_BYTES: usize = 16 << 20;
/// The longest field beside the file, in bytes.
const FIELD_BYTES: usize = 64 * 1024;
/// How long version 1 waits for a film to be looked at.
const PATIENCE: Duration = Duration::from_secs(45);
/// How often it looks.
const LOOK: Duration = Duration::from_millis(200);

/// The bound on a body that is read piece by piece: the film, and a picture beside it.
pub(crate) fn upload_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max((120 << 20) + PICTURE_BYTES)
}

/// The bound on a body with a picture in it.
pub(crate) fn picture_limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(2 * PICTURE_BYTES + FIELD_BYTES)
}

/// A form with a file, read without ever holding the file in memory.
#[derive(Debug, Default)]
struct Form {
    file: Option<Spool>,
    thumbnail: Option<Bytes>,
    description: Option<String>,
    focus: Option<String>,
}

impl Form {
    async fn read(cx: &Cx, request: Request) -> Result<Self, ApiError> {
        let parts = Multipart::from_request(request, &()).await;
        let mut parts = parts.map_err(|_| missing_file())?;
        let mut form = Self::default();
        while let Some(part) = parts.next_field().await.map_err(|error| unread(&error))? {
            match part.name().unwrap_or_default() {
                "file" => form.file = Some(spooled(cx, part).await?),
                "thumbnail" => {
                    form.thumbnail = Some(whole(part, PICTURE_BYTES).await?).filter(|it| !it.is_empty());
                }
                "description" => form.description = Some(text(part).await?),
                "focus" => form.focus = Some(text(part).await?),
                _ => drop(whole(part, FIELD_BYTES).await?),
            }
        }
        Ok(form)
    }

    fn upload(self) -> Result<Upload, ApiError> {
        let about = about(self.description, self.focus.as_deref())?;
        Ok(Upload { file: self.file.ok_or_else(missing_file)?, about, thumbnail: self.thumbnail })
    }
}

fn missing_file() -> ApiError {
    ApiError::invalid("Validation failed: File can't be blank")
}

fn unread(error: &axum::extract::multipart::MultipartError) -> ApiError {
    ApiError::new(error.status(), error.body_text())
}

async fn spooled(cx: &Cx, mut part: Field<'_>) -> Result<Spool, ApiError> {
    let mut spool = media::spool(cx).await?;
    while let Some(piece) = part.chunk().await.map_err(|error| unread(&error))? {
        spool.write(&piece).await?;
    }
    Ok(spool)
}

async fn whole(mut part: Field<'_>, most: usize) -> Result<Bytes, ApiError> {
    let mut bytes = BytesMut::new();
    while let Some(piece) = part.chunk().await.map_err(|error| unread(&error))? {
        if bytes.len() + piece.len() > most {
            return Err(ApiError::too_large());
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes.freeze())
}

async fn text(part: Field<'_>) -> Result<String, ApiError> {
    let bytes = whole(part, FIELD_BYTES).await?;
    Ok(String::from_utf8_lossy(&bytes).replace('\0', ""))
}

/// What is said about a medium.
pub(crate) fn about(description: Option<String>, focus: Option<&str>) -> Result<MediaChange, ApiError> {
    let focus = match focus.map(str::trim) {
        None | Some("") => None,
        Some(text) => match Focus::parse(text) {
            Some(focus) => Some(focus),
            None => {
                return Err(ApiError::invalid(
                    "Validation failed: focus must be two numbers, such as 0.0,0.5",
                ));
            }
        },
    };
    Ok(MediaChange { description: description.map(|words| words.trim().to_owned()), focus })
}

fn shown(cx: &Cx, medium: &Medium, while_waiting: StatusCode) -> Answer {
    let status = match medium.state {
        MediaState::Ready => StatusCode::OK,
        MediaState::Waiting => while_waiting,
        MediaState::Failed => return Err(ApiError::invalid("Error processing thumbnail for uploaded media")),
    };
    let mut response = json(&Dialect::new(&cx.names).medium(medium))?.into_response();
    *response.status_mut() = status;
    Ok(response)
}

/// `POST /api/v2/media`: answers while the file is still looked at.
pub(crate) async fn upload(State(cx): State<Cx>, viewer: Viewer, request: Request) -> Answer {
    viewer.require("write:media")?;
    let upload = Form::read(&cx, request).await?.upload()?;
    let medium = media::upload(&cx, viewer.account(), upload).await?;
    shown(&cx, &medium, StatusCode::ACCEPTED)
}

/// `POST /api/v1/media`: answers when the file can be shown, or after a while.
pub(crate) async fn upload_and_wait(State(cx): State<Cx>, viewer: Viewer, request: Request) -> Answer {
    viewer.require("write:media")?;
    let upload = Form::read(&cx, request).await?.upload()?;
    let mut medium = media::upload(&cx, viewer.account(), upload).await?;
    let started = Instant::now();
    while medium.state == MediaState::Waiting && started.elapsed() < PATIENCE {
        tokio::time::sleep(LOOK).await;
        let (me, id) = (viewer.account().clone(), medium.id);
        medium = cx.read(move |tx| media::own(tx, &me, id)).await?;
    }
    shown(&cx, &medium, StatusCode::ACCEPTED)
}

/// `GET /api/v1/media/:id`
pub(crate) async fn one(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:media")?;
    let me = viewer.account().clone();
    let medium = cx.read(move |tx| media::own(tx, &me, MediaId(id))).await?;
    shown(&cx, &medium, StatusCode::PARTIAL_CONTENT)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ChangeForm {
    description: Option<String>,
    focus: Option<String>,
}

/// `PUT /api/v1/media/:id`
pub(crate) async fn change(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    form: Uploads<ChangeForm>,
) -> Answer {
    viewer.require("write:media")?;
    let about = about(form.params.description, form.params.focus.as_deref())?;
    let thumbnail = form.files.into_iter().find(|file| file.field == "thumbnail" && !file.bytes.is_empty());
    let thumbnail = thumbnail.map(|file| file.bytes);
    let medium = media::change(&cx, viewer.account(), MediaId(id), about, thumbnail).await?;
    shown(&cx, &medium, StatusCode::PARTIAL_CONTENT)
}

/// `DELETE /api/v1/media/:id`
pub(crate) async fn remove(State(cx): State<Cx>, viewer: Viewer, Id(id): Id) -> Answer {
    viewer.require("write:media")?;
    let me = viewer.account().clone();
    cx.write(move |tx| media::remove(tx, &me, MediaId(id))).await?;
    nothing()
}
