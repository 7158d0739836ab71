//! The page of a post, among what it answers and what answers it.

use crate::card::{PostCard, post_page};
use crate::profile::{excerpt, query_of};
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{AccountId, PostId};
use http::StatusCode;
use service::show::{self, Shown, Thread};
use service::{Cx, Error, Tx};
use web::layout::{Layout, page};
use web::{PageError, Problem, Wants};

/// Longest part of a text that stands in a title, in characters.
const TITLE: usize = 60;

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage<'a> {
    layout: Layout,
    csrf: &'a str,
    here: &'a str,
    above: Vec<PostCard>,
    post: PostCard,
    below: Vec<PostCard>,
    edits: usize,
    /// Whom an answer names at its beginning.
    answer_to: String,
    url: String,
    uri: String,
    /// What asks for the post by its page.
    oembed: String,
    is_open: bool,
    is_here: bool,
    description: String,
    picture: Option<String>,
}

/// `GET /@NAME/ID`
pub(crate) async fn thread(
    State(cx): State<Cx>,
    wants: Wants,
    visitor: Visitor,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, PageError> {
    let Some((name, id)) = path.ok().and_then(|Path((name, id))| Some((name, id.parse::<PostId>().ok()?)))
    else {
        return Ok(missing(wants));
    };
    if wants == Wants::ActivityPub {
        return Ok(document(&cx, name, id).await);
    }
    let viewer = visitor.id();
    match cx.read(move |tx| find(tx, &name, id, viewer)).await? {
        Shown::Boost(view) => Ok(Redirect::to(&post_page(&view, &visitor)).into_response()),
        Shown::Thread(thread) => Ok(shown(&cx, &thread, &visitor)),
    }
}

fn find(tx: &mut Tx, name: &str, id: PostId, viewer: Option<AccountId>) -> Result<Shown, Error> {
    let author = show::account(tx, name)?;
    // Strangers are not shown what lives elsewhere: there it may be gone by now.
    if !author.is_ours() && viewer.is_none() {
        return Err(Error::NotFound("post"));
    }
    show::post(tx, &author, id, viewer)
}

fn missing(wants: Wants) -> Response {
    match wants {
        Wants::ActivityPub => {
            Problem::new(StatusCode::NOT_FOUND, "there is nothing at this URL").into_response()
        }
        Wants::Html => PageError::not_found().into_response(),
    }
}

/// The way to the document. It is made without a look at the post: whether
/// there is one, and for whom, is told under its id only.
async fn document(cx: &Cx, name: String, id: PostId) -> Response {
    match cx.read(move |tx| show::account(tx, &name)).await {
        Ok(account) if account.is_ours() => {
            Redirect::to(cx.names.post(&account.actor_id, id).as_str()).into_response()
        }
        Ok(_) => missing(Wants::ActivityPub),
        Err(error) => Problem::from(error).into_response(),
    }
}

fn shown(cx: &Cx, thread: &Thread, visitor: &Visitor) -> Response {
    let (view, author) = (&thread.post, &thread.post.author);
    let post = PostCard::new(view, visitor).focused();
    let is_own = visitor.id() == Some(author.id);
    let url = if author.is_ours() { cx.names.url(&post.page) } else { post.page.clone() };
    page(&ThreadPage {
        oembed: form_urlencoded::Serializer::new(String::new()).append_pair("url", &url).finish(),
        layout: visitor.layout(cx, title(thread)),
        csrf: visitor.csrf(),
        here: &visitor.here,
        above: PostCard::list(&thread.above, visitor),
        below: PostCard::list(&thread.below, visitor),
        edits: thread.edits,
        answer_to: if is_own { String::new() } else { format!("@{} ", author.handle) },
        url,
        uri: query_of(&post.address),
        is_open: view.post.visibility.is_open() && !view.post.local_only,
        is_here: author.is_ours(),
        description: description(thread),
        picture: picture(&post),
        post,
    })
}

/// Behind a warning nothing of the text is told.
fn title(thread: &Thread) -> String {
    let (text, name) = (&thread.post.post.text, thread.post.author.shown_name());
    let said = match (&text.title, text.warning.as_str()) {
        (Some(title), _) => title.clone(),
        (None, "") => show::plain(&text.content_html),
        (None, warning) => warning.to_owned(),
    };
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(TITLE).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    if short.is_empty() { name.to_owned() } else { format!("{name}: {short}") }
}

fn description(thread: &Thread) -> String {
    let text = &thread.post.post.text;
    if text.warning.is_empty() { excerpt(&text.content_html) } else { text.warning.clone() }
}

fn picture(post: &PostCard) -> Option<String> {
    let open = post.warning.is_empty() && !post.hides_media;
    let image = post.media.iter().find(|medium| medium.kind == "image" && open);
    image.map(|medium| medium.url.clone()).or_else(|| post.author.avatar.clone())
}
