//! The front page, and what this server is.

use crate::card::{AccountCard, PostCard};
use crate::numbers::Numbers;
use crate::visitor::Visitor;
use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use domain::Page;
use service::Cx;
use service::instance::Overview;
use service::rule::{self, Name};
use service::settings::SignUp;
use service::timeline::{self, Origin, Selection};
use std::sync::Arc;
use web::layout::{Layout, page};
use web::{PageError, Wants};

/// How many posts the front page shows.
const POSTS: i64 = 10;

#[derive(Template)]
#[template(path = "front.html")]
struct FrontPage<'a> {
    layout: Layout,
    csrf: &'a str,
    here: &'a str,
    description: &'a str,
    domain: &'a str,
    origin: &'a str,
    overview: Arc<Overview>,
    sign_up: bool,
    posts: Vec<PostCard>,
}

/// `GET /`. Who asks for ActivityPub is shown the way to the server's actor.
pub(crate) async fn front(
    State(cx): State<Cx>,
    Extension(numbers): Extension<Numbers>,
    wants: Wants,
    visitor: Visitor,
) -> Result<Response, PageError> {
    if wants == Wants::ActivityPub {
        return Ok(Redirect::to(cx.names.instance_actor().as_str()).into_response());
    }
    let viewer = visitor.id();
    let here = Selection { origin: Origin::Here, only_media: false };
    let posts = cx.read(move |tx| timeline::public(tx, viewer, here, Page::newest(POSTS))).await?;
    Ok(page(&FrontPage {
        layout: visitor.layout(&cx, "Welcome"),
        csrf: visitor.csrf(),
        here: &visitor.here,
        description: &cx.settings.description,
        domain: cx.names.domain().as_str(),
        origin: &cx.names.origin().to_string(),
        overview: numbers.get(&cx).await?,
        sign_up: cx.settings.sign_up.takes_strangers(),
        posts: PostCard::list(&posts.items, &visitor),
    }))
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage<'a> {
    layout: Layout,
    description: &'a str,
    domain: &'a str,
    email: Option<&'a str>,
    contact: Option<AccountCard>,
    sign_up: &'static str,
    overview: Arc<Overview>,
    /// Clean HTML.
    text: Option<String>,
    version: &'static str,
    source: &'static str,
}

/// `GET /about`
pub(crate) async fn about(
    State(cx): State<Cx>,
    Extension(numbers): Extension<Numbers>,
    visitor: Visitor,
) -> Result<Response, PageError> {
    let overview = numbers.get(&cx).await?;
    let text = cx.read(|tx| rule::text(tx, Name::About)).await?;
    Ok(page(&AboutPage {
        text: text.map(|text| text.content_html),
        layout: visitor.layout(&cx, "About"),
        description: &cx.settings.description,
        domain: cx.names.domain().as_str(),
        email: cx.settings.contact_email.as_deref(),
        contact: overview.contact.as_ref().map(|view| AccountCard::new(&view.account, &visitor)),
        sign_up: match cx.settings.sign_up {
            SignUp::Closed => "Accounts are made by whoever runs this server.",
            SignUp::Approval => "Whoever runs this server lets new people in.",
            SignUp::Invite => "Members invite new people.",
            SignUp::Open => "Everyone may make an account.",
        },
        overview,
        version: env!("CARGO_PKG_VERSION"),
        source: env!("CARGO_PKG_REPOSITORY"),
    }))
}
