//! What the server says at length: what becomes of people's data, what they
//! agree to.

use crate::visitor::Visitor;
use crate::when::When;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use service::Cx;
use service::rule::{self, Name, Text};
use web::PageError;
use web::layout::{Layout, page};

#[derive(Template)]
#[template(path = "text.html")]
struct TextPage<'a> {
    layout: Layout,
    title: &'a str,
    /// Clean HTML.
    content: &'a str,
    since: When,
}

fn shown(cx: &Cx, visitor: &Visitor, title: &str, text: &Text) -> Response {
    let since = When::of(text.created_at);
    page(&TextPage { layout: visitor.layout(cx, title), title, content: &text.content_html, since })
}

/// `GET /privacy-policy`
pub(crate) async fn privacy(State(cx): State<Cx>, visitor: Visitor) -> Result<Response, PageError> {
    let text = cx.read(rule::privacy).await?;
    Ok(shown(&cx, &visitor, "Privacy", &text))
}

/// `GET /terms-of-service`
pub(crate) async fn terms(State(cx): State<Cx>, visitor: Visitor) -> Result<Response, PageError> {
    let text = cx.read(|tx| rule::text(tx, Name::Terms)).await?.ok_or_else(PageError::not_found)?;
    Ok(shown(&cx, &visitor, "Terms of service", &text))
}
