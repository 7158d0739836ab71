//! A server of its own for each test, a browser with cookies, and a program
//! that wants a token.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use domain::user::{Role, User};
use domain::{Account, AccountKind};
use http::{HeaderMap, Request, StatusCode, header};
use serde_json::Value;
use service::settings::SignUp;
use service::user::NewUser;
use service::{Cx, Settings};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use store::testing::Fresh;
use tower::ServiceExt;
use web::{DoorSettings, Doors};

pub(crate) const HOST: &str = "here.example";
pub(crate) const PASSWORD: &str = "correct horse";
/// The example of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const CALLBACK: &str = "https://app.example/callback";

/// How a server is set up.
#[derive(Clone, Copy, Default)]
pub(crate) struct With {
    pub(crate) rate_limit: bool,
    pub(crate) sign_up: SignUp,
    /// The port of a mail server.
    pub(crate) mail: Option<u16>,
}

#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) app: Router,
    pub(crate) cx: Cx,
    pub(crate) clock: store::Clock,
}

/// Runs a test on each database.
pub(crate) fn on_each(with: With, test: impl AsyncFn(Server)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    for fresh in [Some(Fresh::sqlite(|_| ())), Fresh::postgres(|_| ())].into_iter().flatten() {
        let config = wire::ClientConfig { user_agent: "test".into(), ..wire::ClientConfig::default() };
        let client = wire::Client::new(config).unwrap();
        let mailer = with.mail.map(|port| {
            let relay = wire::mail::Relay::parse(&format!("smtp://127.0.0.1:{port}")).unwrap();
            wire::mail::Mailer::new(relay, "Here <noreply@here.example>", HOST, &[]).unwrap()
        });
        let settings = Settings { sign_up: with.sign_up, mailer, ..Settings::default() };
        let cx = Cx::new(fresh.store.clone(), client, settings);
        let doors = Doors::new(DoorSettings { rate_limit: with.rate_limit, ..DoorSettings::default() });
        let app = web::open(sign_in::routes(), cx.clone(), doors);
        runtime.block_on(test(Server { app, cx, clock: fresh.clock.clone() }));
    }
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn error(&self) -> String {
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    /// A member of the query of `Location`.
    pub(crate) fn told(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.header("location")).ok()?;
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let at = self.body.find(&start).unwrap_or_else(|| panic!("no field {name} in {}", self.body));
        let rest = &self.body[at + start.len()..];
        rest[..rest.find('"').unwrap()].to_owned()
    }
}

impl Server {
    pub(crate) async fn user(&self, name: &str) -> (User, Account) {
        self.user_as(name, Role::Member).await
    }

    pub(crate) async fn user_as(&self, name: &str, role: Role) -> (User, Account) {
        let new = NewUser {
            name: name.into(),
            kind: AccountKind::Person,
            display_name: String::new(),
            email: Some(format!("{name}@mail.example")),
            password: Some(PASSWORD.into()),
            role,
        };
        service::user::create(&self.cx, new).await.unwrap()
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser { server: self.clone(), cookies: BTreeMap::new(), address: "203.0.113.7".parse().unwrap() }
    }

    /// A program with one redirect URI.
    pub(crate) async fn register(&self, scopes: &str) -> Program {
        self.register_at(scopes, CALLBACK).await
    }

    pub(crate) async fn register_at(&self, scopes: &str, redirect_uri: &str) -> Program {
        let form = [("client_name", "Tester"), ("redirect_uris", redirect_uri), ("scopes", scopes)];
        let answer = self.browser().post("/api/v1/apps", &form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let text = |name: &str| answer.json()[name].as_str().unwrap().to_owned();
        Program {
            id: text("client_id"),
            secret: text("client_secret"),
            redirect_uri: redirect_uri.into(),
            server: self.clone(),
        }
    }

    pub(crate) async fn get_as(&self, path: &str, token: &str) -> Answer {
        let request = Request::get(path).header("authorization", format!("Bearer {token}"));
        self.send(request.header("host", HOST).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post_as(&self, path: &str, token: &str, body: &Value) -> Answer {
        let request = Request::post(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .header("host", HOST);
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

pub(crate) fn encode(form: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish()
}

pub(crate) struct Browser {
    pub(crate) server: Server,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) address: IpAddr,
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let request = Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        self.send(request, encode(form)).await
    }

    async fn send(&mut self, request: http::request::Builder, body: String) -> Answer {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request =
            request.header("host", HOST).header("accept", "text/html").body(Body::from(body)).unwrap();
        if !jar.is_empty() {
            request.headers_mut().insert("cookie", jar.join("; ").parse().unwrap());
        }
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(self.address, 40_000)));
        let answer = self.server.send(request).await;
        for line in answer.headers.get_all(header::SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.into(), value.into()),
            };
        }
        answer
    }

    pub(crate) fn session(&self) -> Option<&String> {
        self.cookies.get("__Host-antiphon-session")
    }

    /// Fills in the sign-in form and sends it.
    pub(crate) async fn try_sign_in(&mut self, login: &str, password: &str) -> Answer {
        let csrf = self.get("/auth/sign_in").await.field("csrf");
        self.post("/auth/sign_in", &[("login", login), ("password", password), ("csrf", &csrf)]).await
    }

    /// Loads a page, fills in its form and sends it to the same place.
    pub(crate) async fn fill_in(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.fill_in_at(path, path, form).await
    }

    /// Loads a page and sends one of its forms.
    pub(crate) async fn fill_in_at(&mut self, page: &str, to: &str, form: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).await.field("csrf");
        let mut form = form.to_vec();
        form.push(("csrf", &csrf));
        self.post(to, &form).await
    }

    pub(crate) async fn sign_in(&mut self, login: &str) {
        let answer = self.try_sign_in(login, PASSWORD).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert!(self.session().is_some());
    }

    /// Opens the consent page and allows, or not.
    pub(crate) async fn decide(&mut self, path: &str, decision: &str) -> Answer {
        let page = self.get(path).await;
        assert_eq!(page.status, 200, "{} {}", page.header("location"), page.body);
        let query = path.split_once('?').unwrap().1;
        let mut form: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        form.push(("csrf".into(), page.field("csrf")));
        form.push(("decision".into(), decision.into()));
        let form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        self.post("/oauth/authorize", &form).await
    }
}

#[derive(Clone)]
pub(crate) struct Program {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) redirect_uri: String,
    pub(crate) server: Server,
}

impl Program {
    /// The link to the consent page, with changes.
    pub(crate) fn link(&self, changes: &[(&str, &str)]) -> String {
        let mut query = BTreeMap::from([
            ("response_type", "code"),
            ("client_id", &self.id),
            ("redirect_uri", &self.redirect_uri),
            ("scope", "read"),
            ("state", "xyz"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]);
        for (name, value) in changes {
            match *value {
                "" => query.remove(name),
                value => query.insert(name, value),
            };
        }
        let query: Vec<(&str, &str)> = query.into_iter().collect();
        format!("/oauth/authorize?{}", encode(&query))
    }

    /// A code that `name` agreed to.
    pub(crate) async fn code(&self, name: &str, changes: &[(&str, &str)]) -> String {
        let mut browser = self.server.browser();
        browser.sign_in(name).await;
        let answer = browser.decide(&self.link(changes), "allow").await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        answer.told("code").unwrap_or_else(|| panic!("no code in {}", answer.header("location")))
    }

    /// Trades a code, with changes to what is sent.
    pub(crate) async fn trade(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let mut form = BTreeMap::from([
            ("grant_type", "authorization_code"),
            ("client_id", &self.id),
            ("client_secret", &self.secret),
            ("redirect_uri", &self.redirect_uri),
            ("code", code),
            ("code_verifier", VERIFIER),
        ]);
        for (name, value) in changes {
            match *value {
                "" => form.remove(name),
                value => form.insert(name, value),
            };
        }
        let form: Vec<(&str, &str)> = form.into_iter().collect();
        self.server.browser().post("/oauth/token", &form).await
    }

    /// A token of the program itself.
    pub(crate) async fn own_token(&self, scope: &str) -> String {
        let changes = [("grant_type", "client_credentials"), ("scope", scope)];
        let answer = self.trade("", &changes).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn token(&self, name: &str, scope: &str) -> String {
        let code = self.code(name, &[("scope", scope)]).await;
        let answer = self.trade(&code, &[]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["access_token"].as_str().unwrap().to_owned()
    }
}
