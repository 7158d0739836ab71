//! The second factor, as a person switches it on and off.

use crate::qr;
use crate::security::{Sent, back};
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use service::credentials;
use service::totp::{self, Offer};
use web::PageError;
use web::layout::{Layout, page};

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage<'a> {
    layout: Layout,
    csrf: &'a str,
    /// The picture, made by us.
    picture: String,
    text: String,
    is_wrong: bool,
}

#[derive(Template)]
#[template(path = "recovery.html")]
struct RecoveryPage {
    layout: Layout,
    codes: Vec<String>,
}

fn layout(sent: &Sent, title: &str) -> Layout {
    Layout::new(&sent.cx, title).seen_by(&sent.viewer.account.handle.name, sent.csrf.token())
}

fn offered(sent: &Sent, offer: &Offer, is_wrong: bool) -> Response {
    page(&CodesPage {
        layout: layout(sent, "Codes for signing in"),
        csrf: sent.csrf.token(),
        picture: qr::svg(&offer.uri),
        text: totp::grouped(&offer.text, " "),
        is_wrong,
    })
}

fn recovery(sent: &Sent, codes: Vec<String>) -> Response {
    page(&RecoveryPage { layout: layout(sent, "Recovery codes"), codes })
}

/// `POST /settings/security/codes/begin`: a secret to be taken over.
pub(crate) async fn begin(sent: Sent) -> Result<Response, PageError> {
    let (password, name) = (sent.form.password.clone(), sent.viewer.account.handle.to_string());
    let verb = credentials::offer_codes(&sent.cx, sent.user(), password, name);
    sent.attempt(verb, |offer| offered(&sent, &offer, false)).await
}

/// `POST /settings/security/codes`: a first code proves that the phone has it.
pub(crate) async fn switch_on(sent: Sent) -> Result<Response, PageError> {
    sent.begin()?;
    let (cx, user) = (&sent.cx, sent.user());
    if let Some(codes) = credentials::codes_on(cx, user, sent.form.code.clone()).await? {
        sent.right();
        return Ok(recovery(&sent, codes));
    }
    let (name, site) = (sent.viewer.account.handle.to_string(), cx.settings.title.clone());
    match cx.read(move |tx| totp::offered(tx, user, &name, &site)).await? {
        Some(offer) => Ok((StatusCode::UNPROCESSABLE_ENTITY, offered(&sent, &offer, true)).into_response()),
        None => Ok(Redirect::to("/settings/security").into_response()),
    }
}

/// `POST /settings/security/codes/off`
pub(crate) async fn switch_off(sent: Sent) -> Result<Response, PageError> {
    let verb = credentials::codes_off(&sent.cx, sent.user(), sent.form.password.clone());
    sent.attempt(verb, |()| back("codes-off")).await
}

/// `POST /settings/security/codes/recovery`
pub(crate) async fn new_recovery(sent: Sent) -> Result<Response, PageError> {
    let verb = credentials::new_recovery_codes(&sent.cx, sent.user(), sent.form.password.clone());
    sent.attempt(verb, |codes| recovery(&sent, codes)).await
}
