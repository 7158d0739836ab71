//! How one signs in, as a person sees and changes it: password, e-mail
//! address, browsers, programs, and the end of the account.

use crate::{device, when};
use askama::Template;
use axum::RequestExt;
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::user::Role;
use domain::{TokenId, UserId};
use http::StatusCode;
use serde::Deserialize;
use service::credentials::{self, Changed};
use service::oauth::{self, TokenView};
use service::session::{self, Session};
use service::{Cx, Error, invite, totp};
use web::guess::Patience;
use web::layout::{Layout, page};
use web::limit::Who;
use web::{ApiError, Csrf, Doors, PageError, PageViewer, Params, Posted};

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
    pub(crate) password: String,
    new_password: String,
    email: String,
    id: i64,
    name: String,
    pub(crate) code: String,
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

pub(crate) fn back(word: &str) -> Response {
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
        may_invite: invite::is_allowed(cx.settings.sign_up, &viewer.user),
        may_admit: is_admin,
        done,
        problem,
    }))
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

/// A form of these pages, and who sent it.
pub(crate) struct Sent {
    pub(crate) cx: Cx,
    doors: Doors,
    pub(crate) viewer: PageViewer,
    pub(crate) csrf: Csrf,
    pub(crate) form: Form,
}

impl FromRequest<Cx> for Sent {
    type Rejection = PageError;

    async fn from_request(mut request: Request, cx: &Cx) -> Result<Self, PageError> {
        let doors: Doors = request.extract_parts_with_state(cx).await?;
        let viewer: PageViewer = request.extract_parts_with_state(cx).await?;
        let csrf: Csrf = request.extract_parts_with_state(cx).await?;
        let Posted(form) = Posted::from_request(request, cx).await?;
        Ok(Self { cx: cx.clone(), doors, viewer, csrf, form })
    }
}

impl Sent {
    pub(crate) fn user(&self) -> UserId {
        self.viewer.user.id
    }

    fn who(&self) -> Who {
        Who::Account(self.viewer.account.id)
    }

    /// Counts a try: these forms cannot be used to guess a password or code.
    pub(crate) fn begin(&self) -> Result<(), PageError> {
        let begun = self.doors.guesses.begin(Patience::AS_USER, self.who(), self.cx.now());
        Ok(begun.map_err(ApiError::too_many)?)
    }

    /// The try was right.
    pub(crate) fn right(&self) {
        self.doors.guesses.right(Patience::AS_USER, self.who());
    }

    /// Runs a verb that asks for the password. What the person may mend is said
    /// on the page.
    pub(crate) async fn attempt<T>(
        &self,
        verb: impl Future<Output = Result<T, Error>>,
        done: impl FnOnce(T) -> Response,
    ) -> Result<Response, PageError> {
        self.begin()?;
        match verb.await {
            Ok(made) => {
                self.right();
                Ok(done(made))
            }
            Err(Error::Invalid { field, problem }) => {
                let problem = Some(format!("The {field} {problem}."));
                let page = whole(&self.cx, &self.viewer, &self.csrf, None, problem).await?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            Err(other) => Err(other.into()),
        }
    }
}

/// `POST /settings/security/password`
pub(crate) async fn change_password(sent: Sent) -> Result<Response, PageError> {
    let (old, new) = (sent.form.password.clone(), sent.form.new_password.clone());
    let verb = credentials::change_password(&sent.cx, sent.user(), sent.viewer.session.id, old, new);
    sent.attempt(verb, |()| back("password")).await
}

/// `POST /settings/security/email`
pub(crate) async fn change_email(sent: Sent) -> Result<Response, PageError> {
    let password = sent.form.password.clone();
    let verb = credentials::change_email(&sent.cx, sent.user(), password, &sent.form.email);
    sent.attempt(verb, |changed| back(if changed == Changed::Done { "email" } else { "letter" })).await
}

/// `POST /settings/security/browsers`: one of them, or all others.
pub(crate) async fn end_browser(sent: Sent) -> Result<Response, PageError> {
    let (user, id) = (sent.user(), sent.form.id);
    if id == 0 {
        credentials::end_others(&sent.cx, user, sent.viewer.session.id).await?;
        return Ok(back("others"));
    }
    sent.cx.write(move |tx| session::end_one(tx, user, id)).await?;
    Ok(back("browser"))
}

/// `POST /settings/security/programs`
pub(crate) async fn end_program(sent: Sent) -> Result<Response, PageError> {
    oauth::revoke_one(&sent.cx, sent.user(), TokenId(sent.form.id)).await?;
    Ok(back("program"))
}

/// `POST /settings/security/delete`
pub(crate) async fn delete(sent: Sent) -> Result<Response, PageError> {
    let Sent { cx, viewer, form, .. } = &sent;
    let name = form.name.trim().trim_start_matches('@');
    let verb = async {
        if !name.eq_ignore_ascii_case(&viewer.account.handle.name) {
            return Err(Error::invalid("name", "is not the one of your account"));
        }
        credentials::delete(cx, viewer.user.id, viewer.account.id, form.password.clone()).await
    };
    sent.attempt(verb, |()| (crate::session::gone(cx), Redirect::to("/")).into_response()).await
}
