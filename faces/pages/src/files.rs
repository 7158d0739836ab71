//! Small files that browsers and robots ask for.

use axum::extract::State;
use axum::response::IntoResponse;
use http::header;
use service::Cx;

/// Two arcs that face each other: two choirs.
const FAVICON: &str = include_str!("../assets/favicon.svg");

/// `GET /favicon.svg`
pub(crate) async fn favicon() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, FAVICON)
}

/// `GET /robots.txt`: what is written for everyone may be found; forms, the
/// programs' doors and what belongs to one person are of no use to a robot.
pub(crate) async fn robots(State(cx): State<Cx>) -> impl IntoResponse {
    let text = format!(
        "# {}\nUser-agent: *\nDisallow: /api/\nDisallow: /auth/\nDisallow: /oauth/\nDisallow: /home\n\
         Disallow: /interact\nDisallow: /authorize_interaction\nDisallow: /remote_follow\nDisallow: /activities/\n",
        cx.names.origin()
    );
    (
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
        ],
        text,
    )
}
