//! Headers every answer carries: what a browser may do with it, and which
//! answers scripts of other sites may read.

use crate::doors::Front;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};

/// For pages: no script at all; pictures and films of posts come from anywhere.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src * data:; media-src *; form-action 'self'; \
                           frame-ancestors 'none'; base-uri 'none'";
/// For everything else: it is not to be shown as a page.
const OTHER_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Whatever scripts of web clients need of other sites' programs, and who our
/// people are.
const OPEN_PATHS: [&str; 9] = [
    "/api/",
    "/media/",
    "/.well-known/",
    "/nodeinfo",
    "/oauth/token",
    "/oauth/revoke",
    "/oauth/userinfo",
    "/@",
    "/users/",
];

/// The layer.
pub(crate) async fn add(State(front): State<Front>, request: Request, next: Next) -> Response {
    let open = is_open(request.uri().path());
    let preflight = open && request.method() == Method::OPTIONS;
    let personal = is_personal(&request);
    let mut response =
        if preflight { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    protect(response.headers_mut());
    say_how_it_is_written(response.headers_mut());
    if personal {
        set(response.headers_mut(), header::CACHE_CONTROL, "private, no-store");
    }
    if front.cx.names.origin().scheme() == "https" {
        set(response.headers_mut(), header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if open {
        share(response.headers_mut(), preflight);
    }
    response
}

fn is_open(path: &str) -> bool {
    OPEN_PATHS.iter().any(|open| path.starts_with(open))
}

/// Whether the answer may be for one person only: no cache on the way keeps it
/// then, unless its handler said that it may.
fn is_personal(request: &Request) -> bool {
    let path = request.uri().path();
    let headers = request.headers();
    ["/api/", "/oauth/", "/auth/"].iter().any(|part| path.starts_with(part))
        || headers.contains_key(header::AUTHORIZATION)
        || headers.contains_key(header::COOKIE)
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// A handler that set one of these knows better.
fn protect(headers: &mut HeaderMap) {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let policy = if kind.starts_with("text/html") { PAGE_POLICY } else { OTHER_POLICY };
    set(headers, header::CONTENT_SECURITY_POLICY, policy);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    let framed = headers
        .get(header::CONTENT_SECURITY_POLICY)
        .is_some_and(|policy| policy.to_str().is_ok_and(|policy| policy.contains("frame-ancestors *")));
    if !framed {
        set(headers, header::X_FRAME_OPTIONS, "DENY");
    }
    set(headers, header::REFERRER_POLICY, "same-origin");
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    );
}

/// JSON is UTF-8 anyway, but some clients look for it in the header.
fn say_how_it_is_written(headers: &mut HeaderMap) {
    if headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/json") {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    }
}

/// Any site's script may call, with a token it has, never with our cookies.
fn share(headers: &mut HeaderMap, preflight: bool) {
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(
        headers,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "Link, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset",
    );
    if preflight {
        set(headers, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE, OPTIONS");
        set(
            headers,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "Authorization, Content-Type, Idempotency-Key, Range, *",
        );
        set(headers, header::ACCESS_CONTROL_MAX_AGE, "7200");
    }
}

/// The policy of a consent page: some browsers apply `form-action` to the
/// redirect that follows the form, so it names where the program is called
/// back.
pub fn consent_policy(redirect_uri: &str) -> HeaderValue {
    let target = url::Url::parse(redirect_uri).ok().map(|url| match url.origin() {
        origin @ url::Origin::Tuple(..) => origin.ascii_serialization(),
        url::Origin::Opaque(_) => format!("{}:", url.scheme()),
    });
    // An origin or a scheme has neither spaces nor `;`, whatever the URI was.
    let policy = PAGE_POLICY
        .replace("form-action 'self'", &format!("form-action 'self' {}", target.unwrap_or_default()));
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(PAGE_POLICY))
}

/// The policy of a page whose form leads on to a server that only the answer
/// names.
pub fn onward_policy(names: &domain::Names) -> HeaderValue {
    // A server without TLS meets peers without it.
    let schemes = if names.origin().scheme() == "https" { "https:" } else { "https: http:" };
    let policy = PAGE_POLICY.replace("form-action 'self'", &format!("form-action 'self' {schemes}"));
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static(PAGE_POLICY))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_consent_page_may_lead_back_to_its_program_only() {
        let policy = |uri| consent_policy(uri).to_str().unwrap().to_owned();
        assert!(
            policy("https://app.example:8443/cb?x=1")
                .contains("form-action 'self' https://app.example:8443;")
        );
        assert!(policy("tusky://oauth;x").contains("form-action 'self' tusky:;"));
        assert!(policy("nonsense").contains("form-action 'self' ;"));
        assert!(!policy("tusky://oauth").contains("unsafe"));
    }

    #[test]
    fn what_may_be_for_one_person_is_not_kept_on_the_way() {
        let asked = |path: &str, header: Option<HeaderName>| {
            let mut request = Request::builder().uri(path);
            if let Some(name) = header {
                request = request.header(name, "x");
            }
            is_personal(&request.body(axum::body::Body::empty()).unwrap())
        };
        assert!(asked("/api/v1/timelines/home", None) && asked("/oauth/token", None));
        assert!(asked("/@bob", Some(header::COOKIE)) && asked("/users/bob", Some(header::AUTHORIZATION)));
        assert!(!asked("/@bob", None) && !asked("/users/bob", None));
    }

    #[test]
    fn other_sites_may_call_the_programs_door_but_not_the_pages() {
        assert!(is_open("/api/v1/apps") && is_open("/oauth/token") && is_open("/.well-known/webfinger"));
        assert!(!is_open("/oauth/authorize") && !is_open("/auth/sign_in") && !is_open("/"));
    }
}
