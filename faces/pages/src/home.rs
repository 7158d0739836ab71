//! Home in a browser: what those wrote whom one follows, a form to write, and
//! who waits to follow. Enough to use the server without an app.

use crate::card::{AccountCard, PostCard};
use crate::tag::{POSTS, older};
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::post::{Draft, Format};
use domain::{Page, PostId, Visibility};
use http::StatusCode;
use serde::Deserialize;
use service::{Cx, Error, post, profile, timeline};
use web::layout::{Layout, page};
use web::path::local;
use web::{ApiError, PageError, PageViewer, Paging, Posted};

/// How many follow requests are shown.
const REQUESTS: i64 = 40;

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    layout: Layout,
    csrf: &'a str,
    here: &'a str,
    requests: Vec<AccountCard>,
    posts: Vec<PostCard>,
    older: Option<i64>,
}

/// `GET /home`
pub(crate) async fn home(
    State(cx): State<Cx>,
    PageViewer { account, .. }: PageViewer,
    visitor: Visitor,
    paging: Result<Paging, ApiError>,
) -> Result<Response, PageError> {
    let window = paging?.page(POSTS, POSTS);
    let (posts, requests) = cx
        .read(move |tx| {
            let requests = profile::requests(tx, account.id, Page::newest(REQUESTS))?;
            Ok((timeline::home(tx, account.id, window)?, requests))
        })
        .await?;
    Ok(page(&HomePage {
        layout: visitor.layout(&cx, "Home"),
        csrf: visitor.csrf(),
        here: &visitor.here,
        requests: requests.items.iter().map(|view| AccountCard::new(&view.account, &visitor)).collect(),
        posts: PostCard::list(&posts.items, &visitor),
        older: older(&posts, POSTS),
    }))
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Audience {
    #[default]
    Public,
    Unlisted,
    Followers,
    Direct,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WriteForm {
    text: String,
    warning: String,
    audience: Audience,
    answers: Option<i64>,
    back: String,
}

/// `POST /home`: writes a post.
pub(crate) async fn write(
    State(cx): State<Cx>,
    PageViewer { account, .. }: PageViewer,
    Posted(form): Posted<WriteForm>,
) -> Result<Response, PageError> {
    let draft = Draft {
        text: form.text,
        format: Format::Plain,
        warning: form.warning,
        sensitive: false,
        language: None,
        visibility: match form.audience {
            Audience::Public => Visibility::Public,
            Audience::Unlisted => Visibility::Unlisted,
            Audience::Followers => Visibility::Followers,
            Audience::Direct => Visibility::Direct,
        },
        in_reply_to: form.answers.map(PostId),
        ..Draft::default()
    };
    match post::publish(&cx, &account, draft, None, None).await {
        Ok(_) => {
            Ok(Redirect::to(if form.back.is_empty() { "/home" } else { local(&form.back) }).into_response())
        }
        Err(Error::Invalid { problem, .. }) => Err(PageError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            format!("Your {problem}. Go back and change it."),
        )),
        Err(error) => Err(error.into()),
    }
}
