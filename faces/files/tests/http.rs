//! Files over HTTP, each test with a server, a shelf and a peer of its own.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test says no by breaking")]

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::response::IntoResponse;
use domain::{AccountKind, Names, Origin};
use http::{HeaderMap, Request, header};
use service::media::{Upload, prepare, spool, upload};
use service::settings::RemoteMedia;
use service::user::NewUser;
use service::{Cx, Settings};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::testing::Fresh;
use tower::ServiceExt;
use web::{DoorSettings, Doors};

/// The smallest GIF.
const GIF: &[u8] =
    b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0\x3b";

struct World {
    app: Router,
    cx: Cx,
    _folder: tempfile::TempDir,
    _fresh: Fresh,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn world(remote_media: RemoteMedia, bytes: u64) -> World {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        media_dir: folder.path().join("media"),
        remote_media,
        remote_media_bytes: bytes,
        ..Settings::default()
    };
    let fresh = Fresh::sqlite(|_| ());
    let config = wire::ClientConfig {
        peers_allow: vec!["127.0.0.1/32".parse().unwrap()],
        user_agent: "test".into(),
        ..wire::ClientConfig::default()
    };
    let cx = Cx::new(fresh.store.clone(), wire::Client::new(config).unwrap(), settings);
    let doors = Doors::new(DoorSettings { rate_limit: false, ..DoorSettings::default() });
    World { app: web::open(files::routes(), cx.clone(), doors), cx, _folder: folder, _fresh: fresh }
}

impl World {
    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().uri(path).header("host", "here.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(Body::empty()).unwrap();
        let from: SocketAddr = "203.0.113.7:4000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(from));
        let (parts, body) = self.app.clone().oneshot(request).await.unwrap().into_parts();
        let body = axum::body::to_bytes(body, 64 << 20).await.unwrap();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body: body.to_vec() }
    }

    /// Hands in a picture; its path here.
    async fn picture(&self) -> String {
        let new = NewUser {
            name: "bob".into(),
            kind: AccountKind::Person,
            display_name: String::new(),
            email: None,
            password: None,
            role: domain::user::Role::Member,
        };
        let (_, account) = service::user::create(&self.cx, new).await.unwrap();
        let mut file = spool(&self.cx).await.unwrap();
        file.write(GIF).await.unwrap();
        let about = domain::media::MediaChange::default();
        let medium = upload(&self.cx, &account, Upload { file, about, thumbnail: None }).await.unwrap();
        path(&medium.attachment.url)
    }

    /// The path under which an address is shown here.
    fn covered(&self, url: &str) -> String {
        path(&self.cx.names.shown(url))
    }
}

fn path(url: &str) -> String {
    url.strip_prefix("https://here.example").unwrap_or_else(|| panic!("not ours: {url}")).to_owned()
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(test);
}

/// X07
#[test]
fn a_file_is_served_as_what_it_is_and_can_do_no_harm() {
    run(async {
        let world = world(RemoteMedia::Link, 0);
        let path = world.picture().await;
        let answer = world.ask(&path, &[]).await;
        assert_eq!((answer.status, answer.body.as_slice()), (200, GIF));
        for (name, value) in [
            ("content-type", "image/gif"),
            ("content-length", "35"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "sandbox; default-src 'none'"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("accept-ranges", "bytes"),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
        assert!(answer.header("cache-control").contains("s-maxage=60"));
        let etag = answer.header("etag").to_owned();
        let again = world.ask(&path, &[("if-none-match", &etag), ("cookie", "a=b")]).await;
        assert_eq!((again.status, again.body.len()), (304, 0));
        let mut head = Request::head(&path).header("host", "here.example").body(Body::empty()).unwrap();
        head.extensions_mut().insert(ConnectInfo::<SocketAddr>("203.0.113.7:4000".parse().unwrap()));
        let head = world.app.clone().oneshot(head).await.unwrap();
        assert_eq!((head.status().as_u16(), head.headers()["content-length"].as_bytes()), (200, &b"35"[..]));
    });
}

#[test]
fn a_player_gets_the_part_it_asks_for() {
    run(async {
        let world = world(RemoteMedia::Link, 0);
        let path = world.picture().await;
        let part = world.ask(&path, &[("range", "bytes=0-1")]).await;
        assert_eq!(
            (part.status, part.body.as_slice(), part.header("content-range")),
            (206, &b"GI"[..], "bytes 0-1/35")
        );
        let end = world.ask(&path, &[("range", "bytes=-1")]).await;
        assert_eq!((end.status, end.body.as_slice()), (206, &b"\x3b"[..]));
        let beyond = world.ask(&path, &[("range", "bytes=35-")]).await;
        assert_eq!((beyond.status, beyond.header("content-range")), (416, "bytes */35"));
    });
}

/// H02
#[test]
fn no_other_file_is_reached() {
    run(async {
        let world = world(RemoteMedia::Link, 0);
        world.picture().await;
        for path in [
            "/media/..%2f..%2fetc/passwd",
            "/media/incoming/new-x.png",
            "/media/%2e%2e/antiphon.db",
            "/media/ab/../../antiphon.db",
            "/media/ab/abcdefghijklmnopqrstuvwx.png",
            "/media/ab/abcdefghijklmnopqrstuvwx.html",
            "/media/remote/x/y",
            "/media/",
        ] {
            assert_eq!(world.ask(path, &[]).await.status, 404, "{path}");
        }
    });
}

#[derive(Clone, Default)]
struct Peer {
    asked: Arc<AtomicUsize>,
}

/// A peer with a picture of so many bytes, a page, and something that leads on.
async fn peer() -> (String, Peer) {
    let peer = Peer::default();
    let gif = async |State(peer): State<Peer>, headers: HeaderMap| {
        peer.asked.fetch_add(1, Ordering::SeqCst);
        let mut bytes = GIF.to_vec();
        bytes.resize(1000, 0);
        match headers.get(header::RANGE) {
            Some(_) => {
                let headers = [("content-type", "image/gif"), ("content-range", "bytes 500-503/1000")];
                (http::StatusCode::PARTIAL_CONTENT, headers, bytes[500..504].to_vec()).into_response()
            }
            // Its sender lies about what it is.
            None => ([("content-type", "text/html")], bytes).into_response(),
        }
    };
    let page = async |State(peer): State<Peer>| {
        peer.asked.fetch_add(1, Ordering::SeqCst);
        ([("content-type", "image/png")], "<html><script>alert(1)</script></html>, and so on and on")
    };
    let routes = Router::new()
        .route("/a.gif", axum::routing::get(gif))
        .route("/b.gif", axum::routing::get(gif))
        .route("/page.png", axum::routing::get(page))
        .route(
            "/inside",
            axum::routing::get(async || axum::response::Redirect::to("http://10.0.0.1/secret.png")),
        )
        .with_state(peer.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (origin, peer)
}

#[test]
fn a_peers_picture_is_kept_within_the_cap_and_shown_as_what_it_is() {
    run(async {
        let world = world(RemoteMedia::Cache, 1500);
        prepare(&world.cx).await.unwrap();
        let (origin, peer) = peer().await;
        let (a, b) = (world.covered(&format!("{origin}/a.gif")), world.covered(&format!("{origin}/b.gif")));
        for _ in 0..3 {
            let answer = world.ask(&a, &[]).await;
            assert_eq!(
                (answer.status, answer.body.len(), answer.header("content-type")),
                (200, 1000, "image/gif")
            );
        }
        assert_eq!(peer.asked.load(Ordering::SeqCst), 1, "asked once, shown three times");
        let part = world.ask(&a, &[("range", "bytes=0-2")]).await;
        assert_eq!((part.status, part.body.as_slice()), (206, &b"GIF"[..]));
        // There is room for one of the two.
        assert_eq!(world.ask(&b, &[]).await.status, 200);
        let kept = world.cx.read(|tx| Ok(store::shelf::kept_bytes(tx)?)).await.unwrap();
        assert_eq!(kept, 1000);
        world.ask(&a, &[]).await;
        assert_eq!(peer.asked.load(Ordering::SeqCst), 3);
    });
}

#[test]
fn a_peers_picture_passes_through_in_parts() {
    run(async {
        let world = world(RemoteMedia::Proxy, 0);
        prepare(&world.cx).await.unwrap();
        let (origin, _) = peer().await;
        let path = world.covered(&format!("{origin}/a.gif"));
        let whole = world.ask(&path, &[]).await;
        assert_eq!((whole.status, whole.body.len(), whole.header("content-type")), (200, 1000, "image/gif"));
        assert_eq!(whole.header("content-security-policy"), "sandbox; default-src 'none'");
        let part = world.ask(&path, &[("range", "bytes=500-503")]).await;
        assert_eq!((part.status, part.body.len()), (206, 4));
        assert_eq!(part.header("content-range"), "bytes 500-503/1000");
    });
}

/// S04
#[test]
fn pages_private_addresses_and_addresses_nobody_named_are_not_fetched() {
    run(async {
        for mode in [RemoteMedia::Cache, RemoteMedia::Proxy] {
            let world = world(mode, 1 << 20);
            prepare(&world.cx).await.unwrap();
            let (origin, peer) = peer().await;
            let page = world.covered(&format!("{origin}/page.png"));
            assert_eq!(world.ask(&page, &[]).await.status, 503);
            assert_eq!(world.ask(&page, &[]).await.status, 404, "it is not asked for again soon");
            assert_eq!(peer.asked.load(Ordering::SeqCst), 1);
            for url in [
                &format!("{origin}/inside"),
                "http://169.254.169.254/latest/meta-data",
                "http://10.0.0.1/x.png",
                "https://localhost/x.png",
                "file:///etc/passwd",
                "ftp://there.example/x.png",
            ] {
                let answer = world.ask(&world.covered(url), &[]).await;
                assert!(matches!(answer.status, 404 | 503), "{url}: {}", answer.status);
            }
            let honest = world.covered(&format!("{origin}/a.gif"));
            let (mark, _) = honest.strip_prefix("/media/remote/").unwrap().split_once('/').unwrap();
            let other = page.rsplit_once('/').unwrap().1;
            assert_eq!(world.ask(&format!("/media/remote/{mark}/{other}"), &[]).await.status, 404);
        }
    });
}

/// X07
#[test]
fn files_may_have_a_host_of_their_own() {
    let origin = |text: &str| Origin::of(&url::Url::parse(text).unwrap()).unwrap();
    let names =
        Names::new(origin("https://here.example"), None).with_media(Some(origin("https://files.example")));
    assert_eq!(names.file("ab/c.png"), "https://files.example/media/ab/c.png");
    assert_eq!(names.file_name("https://files.example/media/ab/c.png"), Some("ab/c.png"));
    assert_eq!(names.shown("https://files.example/media/ab/c.png"), "https://files.example/media/ab/c.png");
}
