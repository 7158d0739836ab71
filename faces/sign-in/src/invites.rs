//! Pages of those who let others in: invitations of members, and who waits
//! for an administrator.

use crate::when;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::user::Role;
use domain::{Timestamp, UserId};
use serde::Deserialize;
use service::invite::{self, Invite};
use service::{Cx, sign_up};
use web::layout::{Layout, page};
use web::{Csrf, PageError, PageViewer, Posted};

struct InviteLine {
    id: i64,
    link: String,
    uses: String,
    until: String,
    is_good: bool,
}

#[derive(Template)]
#[template(path = "invites.html")]
struct InvitesPage<'a> {
    layout: Layout,
    csrf: &'a str,
    invites: Vec<InviteLine>,
}

#[derive(Debug, Deserialize, Default)]
#[serde(default)]
pub(crate) struct Form {
    id: i64,
    uses: u32,
    days: u32,
    decision: String,
}

fn line(cx: &Cx, invite: &Invite, now: Timestamp) -> InviteLine {
    let spent = invite.max_uses.is_some_and(|most| invite.uses >= most);
    let over = invite.expires_at.is_some_and(|end| now >= end);
    InviteLine {
        id: invite.id,
        link: cx.names.url(&format!("/auth/sign_up?invite={}", invite.code)),
        uses: match invite.max_uses {
            Some(most) => format!("{} of {most}", invite.uses),
            None => invite.uses.to_string(),
        },
        until: invite.expires_at.map_or_else(|| "for ever".to_owned(), when::day),
        is_good: invite.revoked_at.is_none() && !spent && !over,
    }
}

fn allowed(cx: &Cx, viewer: &PageViewer) -> Result<(), PageError> {
    if invite::is_allowed(cx.settings.sign_up, &viewer.user) { Ok(()) } else { Err(PageError::not_found()) }
}

/// `GET /settings/invites`
pub(crate) async fn show(
    State(cx): State<Cx>,
    viewer: PageViewer,
    csrf: Csrf,
) -> Result<Response, PageError> {
    allowed(&cx, &viewer)?;
    let user = viewer.user.id;
    let invites = cx.read(move |tx| invite::of_user(tx, user)).await?;
    Ok(page(&InvitesPage {
        layout: Layout::new(&cx, "Invitations").seen_by(&viewer.account.handle.name, csrf.token()),
        csrf: csrf.token(),
        invites: invites.iter().map(|invite| line(&cx, invite, cx.now())).collect(),
    }))
}

/// `POST /settings/invites`
pub(crate) async fn create(
    State(cx): State<Cx>,
    viewer: PageViewer,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    allowed(&cx, &viewer)?;
    let user = viewer.user.id;
    cx.write(move |tx| invite::create_own(tx, user, form.uses, form.days)).await?;
    Ok(Redirect::to("/settings/invites").into_response())
}

/// `POST /settings/invites/revoke`
pub(crate) async fn revoke(
    State(cx): State<Cx>,
    viewer: PageViewer,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    let user = viewer.user.id;
    cx.write(move |tx| invite::revoke_own(tx, user, form.id)).await?;
    Ok(Redirect::to("/settings/invites").into_response())
}

struct ApplicantLine {
    id: UserId,
    name: String,
    email: String,
    reason: String,
    since: String,
    unproven: bool,
}

#[derive(Template)]
#[template(path = "applicants.html")]
struct ApplicantsPage<'a> {
    layout: Layout,
    csrf: &'a str,
    applicants: Vec<ApplicantLine>,
}

/// What is only for administrators is not there for others.
fn administrator(viewer: &PageViewer) -> Result<(), PageError> {
    if viewer.user.role == Role::Admin { Ok(()) } else { Err(PageError::not_found()) }
}

/// `GET /settings/sign-ups`
pub(crate) async fn applicants(
    State(cx): State<Cx>,
    viewer: PageViewer,
    csrf: Csrf,
) -> Result<Response, PageError> {
    administrator(&viewer)?;
    let waiting = cx.read(sign_up::waiting).await?;
    let waiting = waiting.into_iter().filter(|applicant| applicant.waiting.approval);
    Ok(page(&ApplicantsPage {
        layout: Layout::new(&cx, "Who asks to be let in").seen_by(&viewer.account.handle.name, csrf.token()),
        csrf: csrf.token(),
        applicants: waiting
            .map(|applicant| ApplicantLine {
                id: applicant.user_id,
                name: applicant.name,
                email: applicant.email.unwrap_or_default(),
                reason: applicant.reason.unwrap_or_default(),
                since: when::day(applicant.created_at),
                unproven: applicant.waiting.confirmation,
            })
            .collect(),
    }))
}

/// `POST /settings/sign-ups`
pub(crate) async fn decide(
    State(cx): State<Cx>,
    viewer: PageViewer,
    Posted(form): Posted<Form>,
) -> Result<Response, PageError> {
    administrator(&viewer)?;
    let (user, mail, yes) = (UserId(form.id), cx.settings.mail(), form.decision == "approve");
    cx.write(
        move |tx| if yes { sign_up::approve(tx, user, mail).map(drop) } else { sign_up::reject(tx, user) },
    )
    .await?;
    cx.access.forget_all();
    Ok(Redirect::to("/settings/sign-ups").into_response())
}
