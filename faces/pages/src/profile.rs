//! The page of an account, and its feed.

use crate::card::{AccountCard, PostCard, home_page, http_url};
use crate::tag::{POSTS, older};
use crate::visitor::Visitor;
use crate::when;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::follow::Relationship;
use domain::{Account, AccountId, AccountKind, Page, PostView};
use http::{StatusCode, header};
use service::profile::AccountView;
use service::timeline::{self, OfAuthor};
use service::{Cx, Error, Listed, Tx, profile as accounts, relationship, show};
use web::layout::{Layout, page};
use web::{ApiError, PageError, Paging, Problem, Wants};

/// Longest description that is handed to other sites, in characters.
const DESCRIPTION: usize = 300;
/// How many posts the feed has.
const FEED: i64 = 20;

#[derive(Template)]
#[template(path = "profile.html")]
struct ProfilePage<'a> {
    layout: Layout,
    csrf: &'a str,
    here: &'a str,
    card: AccountCard,
    account: &'a Account,
    view: &'a AccountView,
    /// Absolute, for other sites.
    url: String,
    description: String,
    joined: String,
    me: Vec<String>,
    moved_to: Option<AccountCard>,
    /// What the viewer is to the account; none for itself and for strangers.
    relationship: Option<Relationship>,
    is_own: bool,
    posts: Vec<PostCard>,
    older: Option<i64>,
    is_first: bool,
    is_here: bool,
}

#[derive(Template)]
#[template(path = "elsewhere.html")]
struct ElsewherePage {
    layout: Layout,
    card: AccountCard,
    host: String,
    uri: String,
}

/// All that a profile page shows.
struct Shown {
    view: AccountView,
    posts: Listed<PostView>,
    relationship: Option<Relationship>,
}

/// `GET /@NAME`, `/@NAME@HOST`, `/@NAME.rss`
pub(crate) async fn profile(
    State(cx): State<Cx>,
    wants: Wants,
    visitor: Visitor,
    paging: Result<Paging, ApiError>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, PageError> {
    let Ok(Path(name)) = name else { return Err(PageError::not_found()) };
    if let Some(name) = name.strip_suffix(".rss").filter(|name| !name.contains('@')) {
        return feed(&cx, name.to_owned()).await;
    }
    if wants == Wants::ActivityPub {
        return Ok(document(&cx, name).await);
    }
    let (window, viewer) = (paging?.page(POSTS, POSTS), visitor.id());
    let written = name.clone();
    let shown = cx.read(move |tx| shown(tx, &written, viewer, &OfAuthor::default(), window)).await?;
    let account = &shown.view.account;
    if account.kind == AccountKind::Application && account.is_ours() {
        return Ok(Redirect::to("/about").into_response());
    }
    if account.is_ours() && name.contains('@') {
        return Ok(Redirect::to(&format!("/@{}", account.handle.name)).into_response());
    }
    if !account.is_ours() && viewer.is_none() {
        return Ok(elsewhere(&cx, account, &visitor));
    }
    Ok(full(&cx, &shown, &visitor, window))
}

/// `GET /@NAME/tagged/TAG`: what an account of ours wrote with a hashtag.
pub(crate) async fn tagged(
    State(cx): State<Cx>,
    visitor: Visitor,
    paging: Result<Paging, ApiError>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, PageError> {
    let Ok(Path((name, tag))) = path else { return Err(PageError::not_found()) };
    let (window, viewer) = (paging?.page(POSTS, POSTS), visitor.id());
    let selection = OfAuthor { tagged: Some(tag), ..OfAuthor::default() };
    let shown = cx.read(move |tx| shown(tx, &name, viewer, &selection, window)).await?;
    if !shown.view.account.is_ours() && viewer.is_none() {
        return Ok(elsewhere(&cx, &shown.view.account, &visitor));
    }
    Ok(full(&cx, &shown, &visitor, window))
}

fn shown(
    tx: &mut Tx,
    name: &str,
    viewer: Option<AccountId>,
    selection: &OfAuthor,
    window: Page,
) -> Result<Shown, Error> {
    let account = show::account(tx, name)?;
    // A stranger is only told where a peer's account lives.
    let posts = if account.is_ours() || viewer.is_some() {
        timeline::of_author(tx, viewer, account.id, selection, window)?
    } else {
        Listed::empty()
    };
    let relationship = match viewer.filter(|viewer| *viewer != account.id) {
        Some(viewer) => {
            relationship::with(tx, viewer, &[account.id])?.pop().map(|(_, relationship)| relationship)
        }
        None => None,
    };
    Ok(Shown { view: accounts::one(tx, account.id)?, posts, relationship })
}

fn full(cx: &Cx, shown: &Shown, visitor: &Visitor, window: Page) -> Response {
    let account = &shown.view.account;
    let card = AccountCard::new(account, visitor);
    let title = format!("{} ({})", card.name, card.handle);
    page(&ProfilePage {
        layout: visitor.layout(cx, title),
        csrf: visitor.csrf(),
        here: &visitor.here,
        url: if account.is_ours() { cx.names.profile_page(&account.handle.name) } else { home_page(account) },
        description: excerpt(&account.profile.bio_html),
        joined: when::month(account.created_at),
        me: me(account),
        moved_to: shown.view.moved_to.as_ref().map(|view| AccountCard::new(&view.account, visitor)),
        relationship: shown.relationship.clone(),
        is_own: visitor.id() == Some(account.id),
        posts: PostCard::list(&shown.posts.items, visitor),
        older: older(&shown.posts, POSTS),
        is_first: window.max_id.is_none(),
        is_here: account.is_ours(),
        view: &shown.view,
        account,
        card,
    })
}

fn elsewhere(cx: &Cx, account: &Account, visitor: &Visitor) -> Response {
    let card = AccountCard::new(account, visitor);
    page(&ElsewherePage {
        layout: visitor.layout(cx, format!("{} ({})", card.name, card.handle)),
        host: account.actor_id.host().to_string(),
        uri: query_of(account.actor_id.as_str()),
        card,
    })
}

/// The way to the actor, for programs. Peers' actors are not ours to show.
async fn document(cx: &Cx, name: String) -> Response {
    match cx.read(move |tx| show::account(tx, &name)).await {
        Ok(account) if account.is_ours() => Redirect::to(account.actor_id.as_str()).into_response(),
        Ok(_) => Problem::new(StatusCode::NOT_FOUND, "this actor lives elsewhere").into_response(),
        Err(error) => Problem::from(error).into_response(),
    }
}

/// Plain text of some clean HTML, not longer than other sites show it.
pub(crate) fn excerpt(html: &str) -> String {
    if html.is_empty() {
        return String::new();
    }
    let text = show::plain(html);
    let mut words: String = text.chars().take(DESCRIPTION).collect();
    if words.len() < text.len() {
        words.push('…');
    }
    words
}

/// `uri=…`, for a link.
pub(crate) fn query_of(uri: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("uri", uri).finish()
}

/// The links of a profile, for `rel=me` in the head.
fn me(account: &Account) -> Vec<String> {
    let fields = account.profile.fields.iter();
    let links = fields.filter_map(|field| field.value_html.split_once("href=\""));
    let urls = links.filter_map(|(_, rest)| rest.split('"').next());
    urls.map(|url| url.replace("&amp;", "&")).filter(|url| http_url(url).is_some()).collect()
}

#[derive(Template)]
#[template(path = "feed.xml", escape = "html")]
struct Feed<'a> {
    site: &'a str,
    card: AccountCard,
    url: String,
    description: String,
    avatar: Option<&'a str>,
    items: Vec<Item>,
}

/// An entry of a feed.
struct Item {
    url: String,
    title: String,
    published: String,
    content_html: String,
    media: Vec<String>,
}

/// What an account wrote for everyone, as RSS 2.0.
async fn feed(cx: &Cx, name: String) -> Result<Response, PageError> {
    let (account, posts) = cx
        .read(move |tx| {
            let account = show::account(tx, &name)?;
            if !account.is_ours() || account.kind == AccountKind::Application {
                return Err(Error::NotFound("account"));
            }
            let posts = show::feed_of(tx, account.id, FEED)?;
            Ok((account, posts))
        })
        .await?;
    let nobody = Visitor::nobody(cx);
    let text = Feed {
        site: &cx.settings.title,
        card: AccountCard::new(&account, &nobody),
        url: cx.names.profile_page(&account.handle.name),
        description: excerpt(&account.profile.bio_html),
        avatar: account.profile.avatar_url.as_deref().and_then(http_url),
        items: posts.iter().map(|view| item(cx, view)).collect(),
    }
    .render();
    let text = text.map_err(|error| Error::Internal(error.to_string()))?;
    // Characters that XML has no place for.
    let text: String = text.chars().filter(|c| !c.is_control() || "\n\t".contains(*c)).collect();
    Ok(([(header::CONTENT_TYPE, "application/rss+xml; charset=utf-8")], text).into_response())
}

fn item(cx: &Cx, view: &PostView) -> Item {
    let text = &view.post.text;
    let title = match (&text.title, text.warning.as_str()) {
        (Some(title), _) => title.clone(),
        (None, "") => String::new(),
        (None, warning) => warning.to_owned(),
    };
    Item {
        url: cx.names.post_page(&view.author.handle.name, view.post.id),
        title,
        published: when::in_feed(view.post.published_at),
        content_html: text.content_html.clone(),
        media: text.attachments.iter().filter_map(|one| http_url(&one.url)).map(str::to_owned).collect(),
    }
}
