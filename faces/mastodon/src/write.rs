//! Statuses are written, changed and deleted.

use crate::answer::{Answer, Id, json};
use crate::entities::Dialect;
use crate::entities::account::Account;
use crate::entities::status::visibility_of;
use crate::media::about;
use crate::params::{id as id_of, language, not_built, written_picture};
use crate::scheduled;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::poll::PollDraft;
use domain::post::{Draft, Format};
use domain::{AccountId, MediaId, PostId, PostView, Timestamp, Visibility};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use service::media::{Aside, Retouch, set_aside, take_off};
use service::post::{Edit, publish as publish_post};
use service::preferences::{self, Preferences};
use service::{Cx, boost, post, thread};
use std::sync::Arc;
use web::{ApiError, Nested, Params, Viewer};

/// What an edit says of a medium.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MediaForm {
    id: String,
    description: Option<String>,
    focus: Option<String>,
    /// Written as text (`data:`).
    thumbnail: Option<String>,
}

impl MediaForm {
    fn retouch(&self) -> Option<Result<Retouch, ApiError>> {
        let id = MediaId(id_of(&self.id)?);
        let thumbnail = written_picture("thumbnail", self.thumbnail.as_deref());
        let about = about(self.description.clone(), self.focus.as_deref());
        Some(about.and_then(|about| Ok(Retouch { id, about, thumbnail: thumbnail? })))
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StatusForm {
    status: Option<String>,
    spoiler_text: Option<String>,
    sensitive: Option<bool>,
    visibility: Option<String>,
    language: Option<String>,
    in_reply_to_id: Option<String>,
    content_type: Option<String>,
    media_ids: Option<Vec<String>>,
    media_attributes: Vec<Nested<MediaForm>>,
    poll: Nested<PollForm>,
    scheduled_at: Option<String>,
    quoted_status_id: Option<String>,
    allowed_mentions: Option<Vec<String>>,
    local_only: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct PollForm {
    options: Vec<String>,
    expires_in: Option<i64>,
    multiple: Option<bool>,
    hide_totals: Option<bool>,
}

impl PollForm {
    /// Forms of apps have fields for options that stay empty.
    fn draft(self) -> Result<Option<PollDraft>, ApiError> {
        if self.options.is_empty() && self.expires_in.is_none() {
            return Ok(None);
        }
        let open_for_s = self
            .expires_in
            .ok_or_else(|| ApiError::invalid("Validation failed: Poll expires at can't be blank"))?;
        let options = self.options.iter().map(|title| title.trim()).filter(|title| !title.is_empty());
        Ok(Some(PollDraft {
            options: options.map(str::to_owned).collect(),
            open_for_s,
            multiple: self.multiple.unwrap_or(false),
            hides_totals: self.hide_totals.unwrap_or(false),
        }))
    }
}

impl StatusForm {
    fn refuse_what_is_not_built(&self) -> Result<(), ApiError> {
        let written = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        if written(&self.quoted_status_id) {
            return Err(not_built("quoted_status_id"));
        }
        Ok(())
    }

    fn visibility(&self) -> Result<Option<Visibility>, ApiError> {
        match self.visibility.as_deref() {
            None | Some("") => Ok(None),
            Some(word) => match visibility_of(word) {
                Some(visibility) => Ok(Some(visibility)),
                None => Err(ApiError::invalid("Validation failed: visibility is not included in the list")),
            },
        }
    }

    fn format(&self) -> Result<Option<Format>, ApiError> {
        match self.content_type.as_deref() {
            None | Some("") => Ok(None),
            Some("text/plain") => Ok(Some(Format::Plain)),
            Some("text/markdown") => Ok(Some(Format::Markdown)),
            Some(_) => Err(ApiError::invalid("Validation failed: content_type is not included in the list")),
        }
    }

    fn answered(&self) -> Result<Option<PostId>, ApiError> {
        match self.in_reply_to_id.as_deref() {
            None | Some("") => Ok(None),
            Some(text) => id_of(text).map(|id| Some(PostId(id))).ok_or_else(ApiError::not_found),
        }
    }

    /// What shall hang on it, where anything was said of that.
    fn media(&self) -> Result<Option<Vec<MediaId>>, ApiError> {
        let Some(written) = &self.media_ids else { return Ok(None) };
        let mut ids = Vec::new();
        for text in written.iter().filter(|text| !text.is_empty()) {
            let id = id_of(text).map(MediaId);
            let missing = || ApiError::invalid(format!("Media attachments {text} not found"));
            let id = id.ok_or_else(missing)?;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(Some(ids))
    }

    /// What becomes of media that hang on it already.
    fn retouches(&self) -> Result<Vec<Retouch>, ApiError> {
        self.media_attributes.iter().filter_map(|form| form.0.as_ref()?.retouch()).collect()
    }

    /// When it is to be published, if not now.
    fn scheduled(&self, now: Timestamp) -> Result<Option<Timestamp>, ApiError> {
        let Some(text) = self.scheduled_at.as_deref().filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        Ok(service::scheduled::wait(now, scheduled::time(text)?)?)
    }

    fn draft(mut self, in_reply_to: Option<PostId>, preferred: &Preferences) -> Result<Draft, ApiError> {
        let (media, is_warned) = (self.media()?, self.is_warned());
        let (text, warning) = self.words(String::new());
        Ok(Draft {
            visibility: self.visibility()?.unwrap_or(preferred.visibility),
            format: self.format()?.unwrap_or_default(),
            sensitive: self.sensitive.unwrap_or(preferred.sensitive) || is_warned,
            language: self.language.as_deref().and_then(language).or_else(|| preferred.language.clone()),
            in_reply_to,
            media: media.unwrap_or_default(),
            poll: self.poll.0.map_or(Ok(None), PollForm::draft)?,
            local_only: self.local_only.unwrap_or(false),
            text,
            warning,
        })
    }

    /// Whoever warns hides the media, also where the warning becomes the text.
    fn is_warned(&self) -> bool {
        self.spoiler_text.as_ref().is_some_and(|warning| !warning.is_empty())
    }

    /// The text and the warning; a warning of nothing is the text.
    fn words(&mut self, otherwise: String) -> (String, String) {
        let warning = self.spoiler_text.take().unwrap_or_default();
        match self.status.take().unwrap_or(otherwise) {
            text if text.trim().is_empty() => (warning, String::new()),
            text => (text, warning),
        }
    }
}

async fn show(cx: &Cx, viewer: AccountId, id: PostId) -> Result<PostView, ApiError> {
    Ok(cx.read(move |tx| thread::one(tx, Some(viewer), id)).await?)
}

/// `POST /api/v1/statuses`
pub(crate) async fn publish(
    State(cx): State<Cx>,
    viewer: Viewer,
    headers: HeaderMap,
    Params(mut form): Params<StatusForm>,
) -> Answer {
    viewer.require("write:statuses")?;
    form.refuse_what_is_not_built()?;
    let (me, user, answered) = (viewer.account().id, viewer.user().id, form.answered()?);
    let (preferred, in_reply_to) = cx
        .read(move |tx| {
            let answered = answered.map(|id| thread::post_of(tx, Some(me), id)).transpose()?;
            Ok((preferences::of(tx, user)?, answered))
        })
        .await?;
    let due_at = form.scheduled(cx.now())?;
    let expected = form.allowed_mentions.take();
    let draft = form.draft(in_reply_to, &preferred)?;
    let key =
        headers.get("idempotency-key").and_then(|value| value.to_str().ok()).filter(|key| !key.is_empty());
    if let Some(due_at) = due_at {
        return scheduled::keep(&cx, &viewer, draft, due_at, key).await;
    }
    if let Some(refused) = reaches_others(&cx, expected, &draft.text).await? {
        return Ok(refused);
    }
    let published =
        publish_post(&cx, viewer.account(), draft, viewer.application_id(), key.map(str::to_owned)).await?;
    let view = show(&cx, me, published.id).await?;
    json(&Dialect::new(&cx.names).status(&view))
}

#[derive(Debug, Serialize)]
struct Unexpected<'a> {
    error: &'static str,
    unexpected_accounts: Vec<Account<'a>>,
}

/// The refusal of a text that names others than its author said.
async fn reaches_others(
    cx: &Cx,
    expected: Option<Vec<String>>,
    text: &str,
) -> Result<Option<Response>, ApiError> {
    let Some(expected) = expected else { return Ok(None) };
    let expected: Vec<AccountId> = expected.iter().filter_map(|id| id_of(id)).map(AccountId).collect();
    let others = post::unexpected(cx, text, &expected).await?;
    if others.is_empty() {
        return Ok(None);
    }
    let unexpected_accounts = Dialect::new(&cx.names).profiles(&others);
    let refusal = Unexpected { error: "Post would be sent to unexpected accounts", unexpected_accounts };
    Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, Json(refusal)).into_response()))
}

/// `PUT /api/v1/statuses/:id`
pub(crate) async fn edit(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<StatusForm>,
) -> Answer {
    viewer.require("write:statuses")?;
    form.refuse_what_is_not_built()?;
    let (me, id) = (viewer.account().id, PostId(id));
    let before = show(&cx, me, id).await?;
    if before.post.author_id != me || before.boost.is_some() {
        return Err(ApiError::not_found());
    }
    let (media, retouches) = (form.media()?, form.retouches()?);
    // Media that are not named again are taken away, unless something is said of them.
    let media = media.or_else(|| retouches.is_empty().then(Vec::new));
    let draft = changed(&before, form)?;
    post::edit(&cx, viewer.account(), id, Edit { draft, media, retouches }).await?;
    let view = show(&cx, me, id).await?;
    json(&Dialect::new(&cx.names).status(&view))
}

/// The post as the form says it is from now on, as with Mastodon: a warning, a
/// poll or media that are not in it are gone; text, language and format stay.
fn changed(before: &PostView, mut form: StatusForm) -> Result<Draft, ApiError> {
    let source = thread::source_of(&before.post);
    let was =
        if source.media_type == Format::Markdown.media_type() { Format::Markdown } else { Format::Plain };
    let is_warned = form.is_warned();
    let (text, warning) = form.words(source.text);
    Ok(Draft {
        format: form.format()?.unwrap_or(was),
        text,
        warning,
        sensitive: form.sensitive.unwrap_or(false) || is_warned,
        language: form.language.as_deref().and_then(language).or_else(|| before.post.text.language.clone()),
        visibility: before.post.visibility,
        in_reply_to: None,
        media: Vec::new(),
        poll: form.poll.0.map_or(Ok(None), PollForm::draft)?,
        local_only: before.post.local_only,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeleteForm {
    delete_media: bool,
}

/// `DELETE /api/v1/statuses/:id`: answers with what was deleted, so that it
/// can be written again. A boost is taken back.
pub(crate) async fn delete(
    State(cx): State<Cx>,
    viewer: Viewer,
    Id(id): Id,
    Params(form): Params<DeleteForm>,
) -> Answer {
    viewer.require("write:statuses")?;
    let (me, id) = (viewer.account().clone(), PostId(id));
    // Its media wait for a day to be hung on what is written instead.
    let aside = if form.delete_media { Aside::default() } else { set_aside(&cx, &me, id).await? };
    let view = cx
        .write(move |tx| {
            let mut view = thread::one(tx, Some(me.id), id)?;
            match &view.boost {
                Some(mine) if mine.account.id == me.id => boost::undo(tx, &me, view.post.id)?,
                Some(_) => return Err(service::Error::NotFound("post")),
                None => {
                    let kept = take_off(tx, &me, &view.post, &aside)?;
                    post::delete(tx, &me, id)?;
                    Arc::make_mut(&mut view.post).text.attachments = kept;
                }
            }
            Ok(view)
        })
        .await?;
    let source = thread::source_of(&view.post);
    json(&Dialect::new(&cx.names).deleted(&view, &source))
}
