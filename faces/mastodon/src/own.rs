//! The viewer's own account: how it looks to its owner, and changing it.

use crate::answer::{Answer, json};
use crate::entities::Dialect;
use crate::entities::account::{Own, Profile};
use crate::entities::status::{visibility, visibility_of};
use crate::params::{chosen_language, written_picture};
use axum::extract::State;
use bytes::Bytes;
use domain::Visibility;
use serde::{Deserialize, Serialize};
use service::account::{PictureChange, ProfileChange, update_local, verify_later};
use service::media::{Frame, portrait};
use service::preferences::{self, Change};
use service::{Cx, profile};
use web::{ApiError, Nested, Uploads, Viewer};

async fn own(cx: &Cx, viewer: &Viewer) -> Result<Own, ApiError> {
    let (id, user) = (viewer.account().id, viewer.user().clone());
    let own = cx.read(move |tx| {
        let view = profile::one(tx, id)?;
        Ok(Own {
            preferences: preferences::of(tx, user.id)?,
            requests: profile::count_requests(tx, id)?,
            fields: profile::plain_fields(&view.account),
            user: user.clone(),
            view,
        })
    });
    Ok(own.await?)
}

async fn show(cx: &Cx, viewer: &Viewer) -> Answer {
    json(&Dialect::new(&cx.names).own(&own(cx, viewer).await?))
}

/// `GET /api/v1/accounts/verify_credentials`
pub(crate) async fn verify(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:accounts").or_else(|_| viewer.require("profile"))?;
    show(&cx, &viewer).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct FieldForm {
    name: String,
    value: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SourceForm {
    privacy: Option<String>,
    sensitive: Option<bool>,
    language: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct OwnForm {
    display_name: Option<String>,
    note: Option<String>,
    locked: Option<bool>,
    bot: Option<bool>,
    discoverable: Option<bool>,
    indexable: Option<bool>,
    hide_collections: Option<bool>,
    show_media: Option<bool>,
    show_media_replies: Option<bool>,
    show_featured: Option<bool>,
    attribution_domains: Option<Vec<String>>,
    fields_attributes: Option<Vec<Nested<FieldForm>>>,
    source: Option<Nested<SourceForm>>,
    /// A picture written as text (`data:`); others come beside the form.
    avatar: Option<String>,
    header: Option<String>,
    avatar_description: Option<String>,
    header_description: Option<String>,
}

impl OwnForm {
    fn split(self) -> Result<(ProfileChange, Change), ApiError> {
        // Lines that are no lines are none; an empty list empties the profile.
        let fields =
            self.fields_attributes.filter(|lines| lines.iter().all(|line| line.0.is_some())).map(|lines| {
                lines.into_iter().filter_map(|line| line.0).map(|line| (line.name, line.value)).collect()
            });
        let profile = ProfileChange {
            display_name: self.display_name,
            bio: self.note,
            locked: self.locked,
            discoverable: self.discoverable,
            indexable: self.indexable,
            bot: self.bot,
            fields,
            hide_collections: self.hide_collections,
            show_media: self.show_media,
            show_media_replies: self.show_media_replies,
            show_featured: self.show_featured,
            attribution_domains: self.attribution_domains,
            avatar: None,
            header: None,
            avatar_description: self.avatar_description,
            header_description: self.header_description,
        };
        let source = self.source.and_then(|source| source.0).unwrap_or_default();
        let privacy = source.privacy.filter(|word| !word.is_empty());
        let visibility = match privacy.as_deref().map(visibility_of) {
            Some(None | Some(Visibility::Direct)) => {
                return Err(ApiError::invalid("Validation failed: privacy is not included in the list"));
            }
            Some(known) => known,
            None => None,
        };
        let language = source.language.as_deref().map(chosen_language).transpose()?;
        let language = language.map(Option::unwrap_or_default);
        Ok((profile, Change { visibility, sensitive: source.sensitive, language }))
    }
}

fn is_empty(change: &ProfileChange) -> bool {
    *change == ProfileChange::default()
}

/// `GET /api/v1/profile`
pub(crate) async fn profile_of(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:accounts").or_else(|_| viewer.require("profile"))?;
    json(&Profile::of(&own(&cx, &viewer).await?))
}

/// `PATCH /api/v1/profile`: changes as below, and answers with the profile alone.
pub(crate) async fn update_profile(State(cx): State<Cx>, viewer: Viewer, form: Uploads<OwnForm>) -> Answer {
    viewer.require("write:accounts")?;
    change(&cx, &viewer, form).await?;
    json(&Profile::of(&own(&cx, &viewer).await?))
}

/// A picture that came beside the form, or written in it.
fn handed_in(form: &Uploads<OwnForm>, name: &str, written: Option<&str>) -> Result<Option<Bytes>, ApiError> {
    let file = form.files.iter().find(|file| file.field == name && !file.bytes.is_empty());
    if let Some(file) = file {
        return Ok(Some(file.bytes.clone()));
    }
    written_picture(name, written)
}

async fn developed(cx: &Cx, frame: Frame, picture: Option<Bytes>) -> Result<Option<PictureChange>, ApiError> {
    match picture {
        Some(bytes) => Ok(Some(PictureChange::Set(portrait(cx, frame, bytes).await?))),
        None => Ok(None),
    }
}

/// `DELETE /api/v1/profile/avatar`
pub(crate) async fn remove_avatar(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    let change = ProfileChange { avatar: Some(PictureChange::Remove), ..ProfileChange::default() };
    remove(&cx, &viewer, change).await
}

/// `DELETE /api/v1/profile/header`
pub(crate) async fn remove_header(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    let change = ProfileChange { header: Some(PictureChange::Remove), ..ProfileChange::default() };
    remove(&cx, &viewer, change).await
}

async fn remove(cx: &Cx, viewer: &Viewer, change: ProfileChange) -> Answer {
    viewer.require("write:accounts")?;
    let id = viewer.account().id;
    cx.write(move |tx| update_local(tx, id, &change).map(drop)).await?;
    cx.access.forget_account(id);
    show(cx, viewer).await
}

/// `PATCH /api/v1/accounts/update_credentials`
pub(crate) async fn update(State(cx): State<Cx>, viewer: Viewer, form: Uploads<OwnForm>) -> Answer {
    viewer.require("write:accounts")?;
    change(&cx, &viewer, form).await?;
    show(&cx, &viewer).await
}

async fn change(cx: &Cx, viewer: &Viewer, form: Uploads<OwnForm>) -> Result<(), ApiError> {
    let avatar = handed_in(&form, "avatar", form.params.avatar.as_deref())?;
    let header = handed_in(&form, "header", form.params.header.as_deref())?;
    let (mut profile, change) = form.params.split()?;
    profile.avatar = developed(cx, Frame::Avatar, avatar).await?;
    profile.header = developed(cx, Frame::Header, header).await?;
    let (id, user) = (viewer.account().id, viewer.user().id);
    let has_lines = profile.fields.is_some();
    cx.write(move |tx| {
        if !change.is_empty() {
            preferences::change(tx, user, &change)?;
        }
        // Nobody is told of a change that is none.
        if is_empty(&profile) { Ok(()) } else { update_local(tx, id, &profile).map(drop) }
    })
    .await?;
    cx.access.forget_account(id);
    if has_lines {
        verify_later(cx, id);
    }
    Ok(())
}

/// <https://docs.joinmastodon.org/entities/Preferences/>
#[derive(Debug, Serialize)]
struct Preferences {
    #[serde(rename = "posting:default:visibility")]
    visibility: &'static str,
    #[serde(rename = "posting:default:sensitive")]
    sensitive: bool,
    #[serde(rename = "posting:default:language")]
    language: Option<String>,
    #[serde(rename = "posting:default:quote_policy")]
    quote_policy: &'static str,
    #[serde(rename = "reading:expand:media")]
    media: &'static str,
    #[serde(rename = "reading:expand:spoilers")]
    spoilers: bool,
    #[serde(rename = "reading:autoplay:gifs")]
    gifs: bool,
}

/// `GET /api/v1/preferences`
pub(crate) async fn preferences(State(cx): State<Cx>, viewer: Viewer) -> Answer {
    viewer.require("read:accounts")?;
    let user = viewer.user().id;
    let known = cx.read(move |tx| preferences::of(tx, user)).await?;
    json(&Preferences {
        visibility: visibility(known.visibility),
        sensitive: known.sensitive,
        language: known.language,
        quote_policy: "nobody",
        media: "default",
        spoilers: false,
        gifs: false,
    })
}
