//! Meeting an account or post across servers: where other servers send our
//! people (`/authorize_interaction`), where our visitors are sent to their own
//! (`/remote_follow`), and the deeds of who is signed in (`/interact`).

use crate::card::{AccountCard, PostCard};
use crate::profile::query_of;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::follow::Relationship;
use domain::{Account, AccountId, PostId, Visibility};
use http::{StatusCode, header};
use serde::Deserialize;
use service::follow::{self, Wishes};
use service::search::{self, Found};
use service::{Cx, Error, Tx, boost, interaction, like, post, relationship, show, thread};
use std::time::Duration;
use web::layout::{Layout, page};
use web::limit::{Rule, Who};
use web::path::local;
use web::{ApiError, ClientAddr, Csrf, Doors, PageError, PageViewer, Params, Posted};

/// Handles of visitors that are looked up, from one network.
const REMOTE: Rule = Rule { name: "remote-follow", times: 20, within: Duration::from_secs(300) };
/// What a member has us look for.
const LOOK: Rule = Rule { name: "interaction", times: 60, within: Duration::from_secs(300) };

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    uri: String,
    acct: String,
}

#[derive(Template)]
#[template(path = "interact.html")]
struct MeetPage<'a> {
    layout: Layout,
    csrf: &'a str,
    here: &'a str,
    uri: &'a str,
    account: Option<(AccountCard, Relationship, bool)>,
    post: Option<PostCard>,
}

#[derive(Template)]
#[template(path = "remote.html")]
struct RemotePage<'a> {
    layout: Layout,
    csrf: &'a str,
    uri: &'a str,
    next: String,
    handle: &'a str,
    problem: &'a str,
}

/// `GET /authorize_interaction?uri=…`
pub(crate) async fn ask(
    State(cx): State<Cx>,
    visitor: Visitor,
    doors: Doors,
    csrf: Csrf,
    Params(asked): Params<Asked>,
) -> Result<Response, PageError> {
    let uri = if asked.uri.is_empty() { asked.acct.trim() } else { asked.uri.trim() };
    let Some(viewer) = visitor.id() else {
        let page = remote_page(&cx, &csrf, uri, "", "");
        return Ok((csrf, page).into_response());
    };
    doors.limits.take(LOOK, Who::Account(viewer), cx.now()).map_err(ApiError::too_many)?;
    Box::pin(meet(&cx, &visitor, viewer, uri)).await
}

/// What the address leads to, with what the viewer can do.
async fn meet(cx: &Cx, visitor: &Visitor, viewer: AccountId, uri: &str) -> Result<Response, PageError> {
    let found =
        if uri.is_empty() { None } else { Box::pin(search::resolve(cx, Some(viewer), uri, true)).await? };
    let (mut account, mut post) = (None, None);
    match found {
        Some(Found::Account(id)) => {
            let (found, relationship) = cx.read(move |tx| account_for(tx, viewer, id)).await?;
            account = Some((AccountCard::new(&found, visitor), relationship, id == viewer));
        }
        Some(Found::Post(id)) => {
            let view = cx.read(move |tx| thread::one(tx, Some(viewer), id)).await?;
            post = Some(PostCard::new(&view, visitor));
        }
        None => (),
    }
    let status = if account.is_none() && post.is_none() && !uri.is_empty() {
        StatusCode::NOT_FOUND
    } else {
        StatusCode::OK
    };
    let (layout, here) = (visitor.layout(cx, "Follow, like, boost"), visitor.here.as_str());
    Ok((status, page(&MeetPage { layout, csrf: visitor.csrf(), here, uri, account, post })).into_response())
}

fn account_for(tx: &mut Tx, viewer: AccountId, id: AccountId) -> Result<(Account, Relationship), Error> {
    let account = show::live_account(tx, id)?;
    let relationship = relationship::with(tx, viewer, &[id])?.pop().map(|(_, relationship)| relationship);
    Ok((account, relationship.unwrap_or_default()))
}

fn remote_page(cx: &Cx, csrf: &Csrf, uri: &str, handle: &str, problem: &str) -> Response {
    let path = format!("/authorize_interaction?{}", query_of(uri));
    let next = form_urlencoded::Serializer::new(String::new()).append_pair("next", &path).finish();
    let layout = Layout::new(cx, "Go on from your own server");
    let mut response = page(&RemotePage { layout, csrf: csrf.token(), uri, next, handle, problem });
    // The form leads on to a server that only its answer names.
    let policy = web::headers::onward_policy(&cx.names);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RemoteForm {
    handle: String,
    uri: String,
}

/// `POST /remote_follow`: on to the visitor's own server, and nowhere else.
pub(crate) async fn remote_follow(
    State(cx): State<Cx>,
    doors: Doors,
    address: ClientAddr,
    csrf: Csrf,
    Posted(form): Posted<RemoteForm>,
) -> Result<Response, PageError> {
    doors.limits.take(REMOTE, Who::at(address), cx.now()).map_err(ApiError::too_many)?;
    let handle = form.handle.trim();
    let problem = match interaction::page(&cx, handle, form.uri.trim()).await {
        Ok(url) => return Ok(Redirect::to(&url).into_response()),
        Err(Error::Invalid { field, problem }) => format!("The {field} {problem}."),
        Err(Error::Fetch(_)) => "That server does not answer, or does not know this handle.".to_owned(),
        Err(error) => return Err(error.into()),
    };
    let page = remote_page(&cx, &csrf, &form.uri, handle, &problem);
    Ok((StatusCode::UNPROCESSABLE_ENTITY, csrf, page).into_response())
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Deed {
    Follow,
    Unfollow,
    Accept,
    Reject,
    Like,
    Unlike,
    Boost,
    Unboost,
    Delete,
}

#[derive(Debug, Deserialize)]
pub(crate) struct DeedForm {
    deed: Deed,
    /// Row of the account or post.
    id: i64,
    #[serde(default)]
    back: String,
}

/// `POST /interact`: one deed, and back to the page it was done on.
pub(crate) async fn interact(
    State(cx): State<Cx>,
    PageViewer { account: viewer, .. }: PageViewer,
    Posted(form): Posted<DeedForm>,
) -> Result<Response, PageError> {
    let (deed, id) = (form.deed, form.id);
    cx.write(move |tx| act(tx, &viewer, deed, id)).await?;
    // What was deleted has no page to go back to.
    let back = if matches!(deed, Deed::Delete) { "/home" } else { local(&form.back) };
    Ok(Redirect::to(back).into_response())
}

fn act(tx: &mut Tx, viewer: &Account, deed: Deed, id: i64) -> Result<(), Error> {
    let (account, liked) = (AccountId(id), PostId(id));
    match deed {
        Deed::Follow => {
            let target = show::live_account(tx, account)?;
            follow::request(tx, viewer, &target, &Wishes::default())
        }
        Deed::Unfollow => {
            let target = show::live_account(tx, account)?;
            follow::undo(tx, viewer, &target)
        }
        Deed::Accept => follow::authorize(tx, viewer, account),
        Deed::Reject => follow::reject(tx, viewer, account),
        Deed::Like => like::like(tx, viewer, liked),
        Deed::Unlike => like::undo(tx, viewer, liked),
        Deed::Boost => boost::boost(tx, viewer, liked, Visibility::Public).map(drop),
        Deed::Unboost => boost::undo(tx, viewer, liked),
        Deed::Delete => post::delete(tx, viewer, liked),
    }
}
