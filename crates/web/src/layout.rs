//! How our pages look: the base template that all faces extend, the
//! stylesheet, and the page that says what went wrong. No page needs a script.
//!
//! A face extends `base.html` with a template struct that has a field
//! `layout: Layout`; its `askama.toml` lists this crate's `templates` folder.

use crate::error::ApiError;
use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use http::{StatusCode, header};
use service::Cx;

const STYLE: &str = include_str!("../assets/style.css");

/// What the base template shows around a page.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// Of the page, without the name of the server.
    pub title: String,
    /// The name of the server.
    pub site: String,
    /// Who is signed in: the name of the account.
    pub viewer: Option<String>,
    /// For the form that signs out.
    pub csrf: String,
}

impl Layout {
    /// A page for someone who is not signed in.
    pub fn new(cx: &Cx, title: impl Into<String>) -> Self {
        Self { title: title.into(), site: cx.settings.title.clone(), ..Self::default() }
    }

    /// The same page for someone who is.
    #[must_use]
    pub fn seen_by(mut self, name: &str, csrf: &str) -> Self {
        self.viewer = Some(name.to_owned());
        csrf.clone_into(&mut self.csrf);
        self
    }

    /// Where the stylesheet is: its name changes with its content.
    pub fn style(&self) -> String {
        format!("/assets/style.{STYLE_HASH:016x}.css")
    }
}

/// FNV-1a: tells versions of the stylesheet apart.
const fn hash(bytes: &[u8]) -> u64 {
    let (mut hash, mut rest) = (0xcbf2_9ce4_8422_2325_u64, bytes);
    while let [byte, tail @ ..] = rest {
        hash = (hash ^ *byte as u64).wrapping_mul(0x0100_0000_01b3);
        rest = tail;
    }
    hash
}

const STYLE_HASH: u64 = hash(STYLE.as_bytes());

/// A template as a response.
pub fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    layout: Layout,
    message: &'a str,
}

/// The page that says what went wrong.
pub fn error_page(status: StatusCode, message: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error").to_owned();
    let layout = Layout { title, site: "Antiphon".to_owned(), ..Layout::default() };
    page(&ErrorPage { layout, message })
}

/// `/assets/style….css`
pub(crate) fn routes() -> Router<Cx> {
    Router::new().route("/assets/{file}", get(asset))
}

/// A named version never changes; `style.css` is the newest.
async fn asset(Path(file): Path<String>) -> Result<impl IntoResponse, ApiError> {
    let lasts = if file == format!("style.{STYLE_HASH:016x}.css") {
        "public, max-age=31536000, immutable"
    } else if file == "style.css" {
        "public, max-age=300"
    } else {
        return Err(ApiError::not_found());
    };
    Ok(([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, lasts)], STYLE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_escapes_what_it_shows_and_links_the_stylesheet() {
        let response = error_page(StatusCode::NOT_FOUND, "<script>x</script>");
        let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&body);
        assert!(!text.contains("<script") && text.contains("Not Found"));
        assert!(text.contains(&Layout::default().style()));
    }

    #[tokio::test]
    async fn the_stylesheet_is_kept_for_ever_under_its_own_name_only() {
        let name = Layout::default().style();
        let file = name.strip_prefix("/assets/").unwrap().to_owned();
        let response = asset(Path(file)).await.into_response();
        assert!(response.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(asset(Path("../x".into())).await.into_response().status(), StatusCode::NOT_FOUND);
    }
}
