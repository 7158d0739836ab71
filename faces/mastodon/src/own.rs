//! The viewer's own account: how it looks to its owner, and changing it.

use crate::answer::{Answer, json};
use crate::entities::Dialect;
use crate::entities::account::Own;
use crate::entities::status::{visibility, visibility_of};
use crate::params::{language, not_built};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use service::account::{ProfileChange, update_local};
use service::preferences::{self, Change};
use service::{Cx, profile};
use web::{ApiError, Uploads, Viewer};

async fn show(cx: &Cx, viewer: &Viewer) -> Answer {
    let (id, user) = (viewer.account().id, viewer.user().clone());
    let own = cx
        .read(move |tx| {
            let view = profile::one(tx, id)?;
            Ok(Own {
                preferences: preferences::of(tx, user.id)?,
                requests: profile::count_requests(tx, id)?,
                fields: profile::plain_fields(&view.account),
                user: user.clone(),
                view,
            })
        })
        .await?;
    json(&Dialect::new(&cx.names).own(&own))
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
    fields_attributes: Option<Vec<FieldForm>>,
    source: Option<SourceForm>,
}

impl OwnForm {
    fn split(self) -> Result<(ProfileChange, Change), ApiError> {
        if self.hide_collections == Some(true) {
            return Err(not_built("hide_collections"));
        }
        let fields = self
            .fields_attributes
            .map(|lines| lines.into_iter().map(|line| (line.name, line.value)).collect());
        let profile = ProfileChange {
            display_name: self.display_name,
            bio: self.note,
            locked: self.locked,
            discoverable: self.discoverable,
            indexable: self.indexable,
            bot: self.bot,
            fields,
        };
        let source = self.source.unwrap_or_default();
        let privacy = source.privacy.filter(|word| !word.is_empty());
        let visibility = match privacy.as_deref().map(visibility_of) {
            Some(None) => {
                return Err(ApiError::invalid("Validation failed: privacy is not included in the list"));
            }
            Some(known) => known,
            None => None,
        };
        let written = source.language.is_some();
        let language = language(source.language)?;
        let language = written.then(|| language.unwrap_or_default());
        Ok((profile, Change { visibility, sensitive: source.sensitive, language }))
    }
}

fn is_empty(change: &ProfileChange) -> bool {
    let ProfileChange { display_name, bio, locked, discoverable, indexable, bot, fields } = change;
    let texts = display_name.is_none() && bio.is_none() && fields.is_none();
    texts && [locked, discoverable, indexable, bot].into_iter().all(Option::is_none)
}

/// `PATCH /api/v1/accounts/update_credentials`
pub(crate) async fn update(State(cx): State<Cx>, viewer: Viewer, form: Uploads<OwnForm>) -> Answer {
    viewer.require("write:accounts")?;
    if form.files.iter().any(|file| !file.bytes.is_empty()) {
        return Err(not_built("a picture"));
    }
    let (profile, change) = form.params.split()?;
    let (id, user) = (viewer.account().id, viewer.user().id);
    cx.write(move |tx| {
        if !change.is_empty() {
            preferences::change(tx, user, &change)?;
        }
        // Nobody is told of a change that is none.
        if is_empty(&profile) { Ok(()) } else { update_local(tx, id, &profile).map(drop) }
    })
    .await?;
    cx.access.forget_account(id);
    show(&cx, &viewer).await
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
