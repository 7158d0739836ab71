//! How one signs in, as a person sees and changes it: password, e-mail
//! address, codes, browsers, programs, and the end of the account.

use crate::{device, when};
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::TokenId;
use domain::user::Role;
use http::StatusCode;
use serde::Deserialize;
use service::credentials::{self, Changed};
use service::oauth::{self, TokenView};
use service::session::{self, Session};
use service::settings::SignUp;
use service::{Cx, Error, totp};
use web::guess::Patience;
use web::layout::{Layout, page};
use web::limit::Who;
use web::{ApiError, Csrf, Doors, PageError, PageViewer, Params};

/// A browser, as it is listed.
struct BrowserLine {
    id: i64,
    what: String,
    address: String,
    since: String,
    seen: String,
    is_this: bool,
}

/// A program, as it is listed.
struct ProgramLine {
    id: TokenId,
    name: String,
    website: Option<String>,
    scopes: String,
    since: String,
    used: String,
}

#[derive(Template)]
#[template(path = "security.html")]
struct SecurityPage<'a> {
    layout: Layout,
    csrf: &'a str,
    name: &'a str,
    email: &'a str,
    codes: totp::State,
    browsers: Vec<BrowserLine>,
    programs: Vec<ProgramLine>,
    may_invite: bool,
    may_admit: bool,
    done: Option<&'static str>,
    problem: Option<String>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    csrf: String,
    password: String,
    new_password: String,
    email: String,
    id: i64,
    name: String,
    code: String,
    done: String,
}

/// What a redirect may say was done.
fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "password" => "Your password was changed. All other browsers and programs are signed out.",
        "email" => "Your e-mail address was changed.",
        "letter" => "A letter is on its way. Open the link in it, and the address is yours.",
        "codes-off" => "No code is asked for any more.",
        "browser" => "That browser is signed out.",
        "others" => "All other browsers and programs are signed out.",
        "program" => "That program has no access any more.",
        _ => return None,
    })
}

fn back(word: &str) -> Response {
    Redirect::to(&format!("/settings/security?done={word}")).into_response()
}

/// `GET /settings/security`
pub(crate) async fn show(
    State(cx): State<Cx>,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    whole(&cx, &viewer, &csrf, done(&form.done), None).await
}

async fn whole(
    cx: &Cx,
    viewer: &PageViewer,
    csrf: &Csrf,
    done: Option<&'static str>,
    problem: Option<String>,
) -> Result<Response, PageError> {
    let user = viewer.user.id;
    let (codes, sessions, tokens) = cx
        .read(move |tx| Ok((totp::state(tx, user)?, session::list(tx, user)?, oauth::views(tx, user)?)))
        .await?;
    let is_admin = viewer.user.role == Role::Admin;
    let name = &viewer.account.handle.name;
    Ok(page(&SecurityPage {
        layout: Layout::new(cx, "Sign-in and security").seen_by(name, csrf.token()),
        csrf: csrf.token(),
        name,
        email: viewer.user.email.as_deref().unwrap_or_default(),
        codes,
        browsers: sessions.iter().map(|session| browser_line(session, &viewer.session)).collect(),
        programs: tokens.into_iter().map(program_line).collect(),
        may_invite: may_invite(cx, viewer),
        may_admit: is_admin,
        done,
        problem,
    }))
}

/// Members invite where that is the way in; administrators always.
pub(crate) fn may_invite(cx: &Cx, viewer: &PageViewer) -> bool {
    match cx.settings.sign_up {
        SignUp::Closed => false,
        SignUp::Invite => true,
        SignUp::Approval | SignUp::Open => viewer.user.role == Role::Admin,
    }
}

fn browser_line(session: &Session, this: &Session) -> BrowserLine {
    BrowserLine {
        id: session.id,
        what: device::words(session.agent.as_deref()),
        address: session.address.clone().unwrap_or_default(),
        since: when::day(session.created_at),
        seen: when::day(session.seen_at),
        is_this: session.id == this.id,
    }
}

fn program_line(view: TokenView) -> ProgramLine {
    let application = view.application;
    ProgramLine {
        id: view.token.id,
        website: application.as_ref().and_then(|application| application.website.clone()),
        name: application.map_or_else(|| "Made by hand".to_owned(), |application| application.name),
        scopes: view.token.scopes.to_string(),
        since: when::day(view.token.created_at),
        used: view.token.used_at.map_or_else(|| "never".to_owned(), when::day),
    }
}

/// What a person may mend is said on the page, everything else as an error.
async fn told(cx: &Cx, viewer: &PageViewer, csrf: &Csrf, error: Error) -> Result<Response, PageError> {
    match error {
        Error::Invalid { field, problem } => {
            let page = whole(cx, viewer, csrf, None, Some(format!("The {field} {problem}."))).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        other => Err(other.into()),
    }
}

/// Forms that ask for the password cannot be used to guess it.
fn throttle(doors: &Doors, cx: &Cx, viewer: &PageViewer) -> Result<(), ApiError> {
    let who = Who::Account(viewer.account.id);
    doors.guesses.begin(Patience::AS_USER, who, cx.now()).map_err(ApiError::too_many)
}

fn forgive(doors: &Doors, viewer: &PageViewer) {
    doors.guesses.right(Patience::AS_USER, Who::Account(viewer.account.id));
}

/// `POST /settings/security/password`
pub(crate) async fn change_password(
    State(cx): State<Cx>,
    doors: Doors,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    throttle(&doors, &cx, &viewer)?;
    let (user, session) = (viewer.user.id, viewer.session.id);
    match credentials::change_password(&cx, user, session, form.password, form.new_password).await {
        Ok(()) => {
            forgive(&doors, &viewer);
            Ok(back("password"))
        }
        Err(error) => told(&cx, &viewer, &csrf, error).await,
    }
}

/// `POST /settings/security/email`
pub(crate) async fn change_email(
    State(cx): State<Cx>,
    doors: Doors,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    throttle(&doors, &cx, &viewer)?;
    match credentials::change_email(&cx, viewer.user.id, form.password, &form.email).await {
        Ok(changed) => {
            forgive(&doors, &viewer);
            Ok(back(if changed == Changed::Done { "email" } else { "letter" }))
        }
        Err(error) => told(&cx, &viewer, &csrf, error).await,
    }
}

/// `POST /settings/security/browsers`: one of them, or all others.
pub(crate) async fn end_browser(
    State(cx): State<Cx>,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    let user = viewer.user.id;
    if form.id == 0 {
        credentials::end_others(&cx, user, viewer.session.id).await?;
        return Ok(back("others"));
    }
    cx.write(move |tx| session::end_one(tx, user, form.id)).await?;
    Ok(back("browser"))
}

/// `POST /settings/security/programs`
pub(crate) async fn end_program(
    State(cx): State<Cx>,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    oauth::revoke_one(&cx, viewer.user.id, TokenId(form.id)).await?;
    Ok(back("program"))
}

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

fn recovery(cx: &Cx, viewer: &PageViewer, csrf: &Csrf, codes: Vec<String>) -> Response {
    let layout = Layout::new(cx, "Recovery codes").seen_by(&viewer.account.handle.name, csrf.token());
    page(&RecoveryPage { layout, codes })
}

/// In groups, as people type it.
fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn codes_page(cx: &Cx, viewer: &PageViewer, csrf: &Csrf, offer: &totp::Offer, is_wrong: bool) -> Response {
    let layout = Layout::new(cx, "Codes for signing in").seen_by(&viewer.account.handle.name, csrf.token());
    let text = grouped(&offer.text);
    page(&CodesPage { layout, csrf: csrf.token(), picture: crate::qr::svg(&offer.uri), text, is_wrong })
}

/// `POST /settings/security/codes/begin`: a secret to be taken over.
pub(crate) async fn begin_codes(
    State(cx): State<Cx>,
    doors: Doors,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    throttle(&doors, &cx, &viewer)?;
    let user = viewer.user.id;
    if !credentials::is_password(&cx, user, form.password).await? {
        return told(&cx, &viewer, &csrf, Error::invalid("password", "is not the one you have now")).await;
    }
    forgive(&doors, &viewer);
    let (handle, site) = (viewer.account.handle.to_string(), cx.settings.title.clone());
    let offer = cx.write(move |tx| totp::offer(tx, user, &handle, &site)).await?;
    Ok(codes_page(&cx, &viewer, &csrf, &offer, false))
}

/// `POST /settings/security/codes`: a first code proves that the phone has it.
pub(crate) async fn codes_on(
    State(cx): State<Cx>,
    doors: Doors,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    throttle(&doors, &cx, &viewer)?;
    let user = viewer.user.id;
    if let Some(codes) = credentials::codes_on(&cx, user, form.code).await? {
        forgive(&doors, &viewer);
        return Ok(recovery(&cx, &viewer, &csrf, codes));
    }
    let (handle, site) = (viewer.account.handle.to_string(), cx.settings.title.clone());
    match cx.read(move |tx| totp::offered(tx, user, &handle, &site)).await? {
        Some(offer) => {
            let page = codes_page(&cx, &viewer, &csrf, &offer, true);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        None => Ok(Redirect::to("/settings/security").into_response()),
    }
}

/// `POST /settings/security/codes/off`
pub(crate) async fn codes_off(
    State(cx): State<Cx>,
    doors: Doors,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    throttle(&doors, &cx, &viewer)?;
    match credentials::codes_off(&cx, viewer.user.id, form.password).await {
        Ok(()) => {
            forgive(&doors, &viewer);
            Ok(back("codes-off"))
        }
        Err(error) => told(&cx, &viewer, &csrf, error).await,
    }
}

/// `POST /settings/security/codes/recovery`
pub(crate) async fn new_recovery(
    State(cx): State<Cx>,
    doors: Doors,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    throttle(&doors, &cx, &viewer)?;
    match credentials::new_recovery_codes(&cx, viewer.user.id, form.password).await {
        Ok(codes) => {
            forgive(&doors, &viewer);
            Ok(recovery(&cx, &viewer, &csrf, codes))
        }
        Err(error) => told(&cx, &viewer, &csrf, error).await,
    }
}

/// `POST /settings/security/delete`
pub(crate) async fn delete(
    State(cx): State<Cx>,
    doors: Doors,
    viewer: PageViewer,
    csrf: Csrf,
    Params(form): Params<Form>,
) -> Result<Response, PageError> {
    csrf.check(&form.csrf)?;
    throttle(&doors, &cx, &viewer)?;
    if !form.name.trim().trim_start_matches('@').eq_ignore_ascii_case(&viewer.account.handle.name) {
        return told(&cx, &viewer, &csrf, Error::invalid("name", "is not the one of your account")).await;
    }
    match credentials::delete(&cx, viewer.user.id, viewer.account.id, form.password).await {
        Ok(()) => Ok((crate::session::gone(&cx), Redirect::to("/")).into_response()),
        Err(error) => told(&cx, &viewer, &csrf, error).await,
    }
}
