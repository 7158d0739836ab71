//! The files face: pictures, films and recordings, and nothing else. Whatever
//! a file is, it is served as one of the types we know, is never looked into
//! by a browser for another one, and could run nothing if it were.

mod range;
mod send;

use axum::Router;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::{Host, Names};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use service::media::Peers;
use service::{Cx, media};
use web::ApiError;

/// All of its doors.
pub fn routes() -> Router<Cx> {
    Router::new()
        .route("/media/{folder}/{file}", get(one))
        .route("/media/remote/{mark}/{url}", get(of_peer))
        .method_not_allowed_fallback(async || ApiError::not_found())
}

/// `GET /media/:folder/:file`
async fn one(
    State(cx): State<Cx>,
    Path((folder, file)): Path<(String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    if let Some(elsewhere) = elsewhere(&cx.names, &request) {
        return Ok(elsewhere);
    }
    let name = format!("{folder}/{file}");
    let shown = media::open(&cx, &name).await?;
    let headers = request.headers().clone();
    Ok(send::file(shown, &file, &headers).await)
}

/// `GET /media/remote/:mark/:url`
async fn of_peer(
    State(cx): State<Cx>,
    Path((mark, url)): Path<(String, String)>,
    request: Request,
) -> Result<Response, ApiError> {
    if let Some(elsewhere) = elsewhere(&cx.names, &request) {
        return Ok(elsewhere);
    }
    let headers = request.headers().clone();
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    Ok(match media::peers(&cx, &mark, &url, range).await? {
        Peers::Kept(shown) => send::file(shown, &mark, &headers).await,
        Peers::Passing(flow) => send::flow(*flow),
    })
}

/// Where files have a host of their own, the main one leads there.
fn elsewhere(names: &Names, request: &Request) -> Option<Response> {
    let origin = names.media_origin();
    if origin == names.origin() || asked(request.headers()).as_ref() == Some(origin.host()) {
        return None;
    }
    let path = request.uri().path_and_query()?;
    let location = HeaderValue::try_from(format!("{origin}{path}")).ok()?;
    Some((StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response())
}

fn asked(headers: &HeaderMap) -> Option<Host> {
    Host::parse(headers.get(header::HOST)?.to_str().ok()?).ok()
}
