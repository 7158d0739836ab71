//! Statuses shown inside other sites' pages (<https://oembed.com>).

use crate::answer::{Answer, json};
use axum::extract::State;
use domain::PostView;
use serde::{Deserialize, Serialize};
use service::{Cx, embed};
use web::{ApiError, Params};

/// How wide a frame is that nobody asked to be another.
const WIDTH: u32 = 400;
/// For how long others may keep the answer, in seconds.
const CACHE_AGE: u32 = 86_400;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    url: Option<String>,
    maxwidth: String,
    maxheight: String,
}

/// A bound; what is none bounds nothing.
fn pixels(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|pixels| *pixels > 0)
}

#[derive(Debug, Serialize)]
struct OEmbed<'a> {
    r#type: &'static str,
    version: &'static str,
    title: String,
    author_name: &'a str,
    author_url: &'a str,
    provider_name: &'a str,
    provider_url: String,
    cache_age: u32,
    html: String,
    width: u32,
    height: Option<String>,
}

/// `GET /api/oembed`
pub(crate) async fn oembed(State(cx): State<Cx>, Params(wanted): Params<Wanted>) -> Answer {
    let Wanted { url, maxwidth, maxheight } = wanted;
    let url = url.filter(|url| !url.is_empty()).ok_or_else(ApiError::not_found)?;
    let view = cx.read(move |tx| embed::post_at(tx, &url)).await?;
    let (width, height) = (pixels(&maxwidth).unwrap_or(WIDTH), pixels(&maxheight));
    let author = &view.author;
    let name = author.shown_name();
    json(&OEmbed {
        r#type: "rich",
        version: "1.0",
        title: format!("New status by {name}"),
        author_name: name,
        author_url: author.profile.url.as_deref().unwrap_or(author.actor_id.as_str()),
        provider_name: cx.names.domain().as_str(),
        provider_url: cx.names.url("/"),
        cache_age: CACHE_AGE,
        html: frame(&cx, &view, width, height),
        width,
        height: height.map(|height| height.to_string()),
    })
}

/// A frame around the page that is made for it. Names are letters, digits and
/// `_`, so nothing in it needs escaping.
fn frame(cx: &Cx, view: &PostView, width: u32, height: Option<u32>) -> String {
    let page = cx.names.post_page(&view.author.handle.name, view.post.id);
    let height = height.map(|height| format!(" height=\"{height}\"")).unwrap_or_default();
    format!(
        "<iframe src=\"{page}/embed\" style=\"max-width: 100%; border: 0\" width=\"{width}\"{height} \
         sandbox=\"allow-popups\" loading=\"lazy\" allowfullscreen=\"allowfullscreen\"></iframe>"
    )
}
