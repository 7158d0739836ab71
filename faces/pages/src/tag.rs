//! Public posts with a hashtag, as far as they are known here.

use crate::card::PostCard;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use service::Cx;
use service::timeline::{self, Selection, Tags};
use web::layout::{Layout, page};
use web::{ApiError, PageError, Paging};

/// How many posts a page shows.
pub(crate) const POSTS: i64 = 20;

#[derive(Template)]
#[template(path = "tag.html")]
struct TagPage<'a> {
    layout: Layout,
    csrf: &'a str,
    here: &'a str,
    posts: Vec<PostCard>,
    older: Option<i64>,
}

/// `GET /tags/NAME`
pub(crate) async fn tag(
    State(cx): State<Cx>,
    visitor: Visitor,
    paging: Result<Paging, ApiError>,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, PageError> {
    let Ok(Path(name)) = name else { return Err(PageError::not_found()) };
    let (window, viewer) = (paging?.page(POSTS, POSTS), visitor.id());
    let (name, posts) = cx
        .read(move |tx| {
            // What cannot be a hashtag has no page.
            let tag = service::tag::find(tx, None, &name)?.ok_or(service::Error::NotFound("hashtag"))?;
            let posts =
                timeline::tagged(tx, viewer, &tag.name, &Tags::default(), Selection::default(), window)?;
            Ok((tag.name, posts))
        })
        .await?;
    Ok(page(&TagPage {
        layout: visitor.layout(&cx, format!("#{name}")),
        csrf: visitor.csrf(),
        here: &visitor.here,
        older: older(&posts, POSTS),
        posts: PostCard::list(&posts.items, &visitor),
    }))
}

/// The bound of the next page, where there may be one. What was left out of a
/// page does not end the list.
pub(crate) fn older<T>(posts: &service::Listed<T>, most: i64) -> Option<i64> {
    let (first, last) = posts.ends?;
    let full = posts.items.len() >= usize::try_from(most).unwrap_or(usize::MAX);
    (full || first != last).then_some(last)
}
