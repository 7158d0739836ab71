//! Programs register, and ask who they are.

use axum::Json;
use axum::extract::State;
use domain::Application;
use serde::Deserialize;
use serde_json::{Value, json};
use service::Cx;
use service::oauth::{self, NewApplication};
use web::limit::{Rule, Who};
use web::{ApiError, Bearer, ClientAddr, Doors, Params};

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    client_name: String,
    redirect_uris: Vec<String>,
    scopes: Vec<String>,
    website: Option<String>,
}

impl From<Form> for NewApplication {
    /// Lists come as arrays, or as one text with spaces or line ends.
    fn from(form: Form) -> Self {
        Self {
            name: form.client_name,
            redirect_uris: words(&form.redirect_uris),
            scopes: form.scopes.join(" "),
            website: form.website,
        }
    }
}

fn words(texts: &[String]) -> Vec<String> {
    texts.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
}

/// `POST /api/v1/apps`
pub(crate) async fn register(
    State(cx): State<Cx>,
    doors: Doors,
    address: ClientAddr,
    Params(form): Params<Form>,
) -> Result<Json<Value>, ApiError> {
    doors.limits.take(Rule::REGISTER, Who::at(address), cx.now()).map_err(ApiError::too_many)?;
    let new = NewApplication::from(form);
    let made = cx.write(move |tx| oauth::register(tx, &new)).await?;
    let push = service::push::key(&cx).await?;
    let mut entity = entity(&made.application, push.public());
    if let Some(members) = entity.as_object_mut() {
        members.insert("client_id".into(), made.application.client_id.into());
        members.insert("client_secret".into(), made.client_secret.into());
        members.insert("client_secret_expires_at".into(), 0.into());
    }
    Ok(Json(entity))
}

/// `GET /api/v1/apps/verify_credentials`
pub(crate) async fn verify_credentials(
    State(cx): State<Cx>,
    Bearer(caller): Bearer,
) -> Result<Json<Value>, ApiError> {
    let found = match caller.application_id {
        Some(id) => cx.read(move |tx| oauth::find_application(tx, id)).await?,
        None => None,
    };
    let push = service::push::key(&cx).await?;
    Ok(Json(match found {
        Some(application) => entity(&application, push.public()),
        // A token that was made by hand: it is all there is of a program.
        None => json!({
            "id": caller.token_id.to_string(), "name": "Command line", "website": null, "redirect_uri": "", "redirect_uris": [],
            "vapid_key": push.public(),
            "scopes": caller.scopes.iter().collect::<Vec<_>>(),
        }),
    }))
}

fn entity(application: &Application, push_key: &str) -> Value {
    json!({
        "id": application.id.to_string(),
        "name": application.name,
        "website": application.website,
        "scopes": application.scopes.iter().collect::<Vec<_>>(),
        "redirect_uri": application.redirect_uris.join("\n"),
        "redirect_uris": application.redirect_uris,
        "vapid_key": push_key,
    })
}
