//! A post alone, to be shown inside another site's page. It has no script, no
//! forms and no viewer: what a stranger may not see is not here.

use crate::card::PostCard;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::PostId;
use http::{HeaderValue, header};
use service::show::{self, Shown};
use service::{Cx, Error};
use web::PageError;
use web::layout::{Layout, page};

/// Of all pages, only this one may stand in a frame of another site.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src * data:; media-src *; form-action 'none'; \
     frame-ancestors *; base-uri 'none'",
);

#[derive(Template)]
#[template(path = "embed.html")]
struct EmbedPage<'a> {
    site: &'a str,
    style: String,
    url: String,
    post: PostCard,
}

/// `GET /@NAME/ID/embed`
pub(crate) async fn embed(
    State(cx): State<Cx>,
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Response, PageError> {
    let found = path.ok().and_then(|Path((name, id))| Some((name, id.parse::<PostId>().ok()?)));
    let Some((name, id)) = found else { return Err(PageError::not_found()) };
    let shown = cx
        .read(move |tx| {
            let author = show::account(tx, &name)?;
            if !author.is_ours() {
                return Err(Error::NotFound("post"));
            }
            show::post(tx, &author, id, None)
        })
        .await?;
    let Shown::Thread(thread) = shown else { return Err(PageError::not_found()) };
    let post = PostCard::new(&thread.post, &Visitor::nobody(&cx));
    let url = cx.names.url(&post.page);
    let mut response =
        page(&EmbedPage { site: &cx.settings.title, style: Layout::default().style(), url, post });
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, POLICY);
    Ok(response)
}
