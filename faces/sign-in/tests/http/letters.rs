//! Letters: an address is proven, a password is set anew. A tiny mail server
//! on this machine takes them.

use crate::browser::{Browser, PASSWORD, Server, With, on_each};
use serde_json::json;
use service::settings::SignUp;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Takes letters, or refuses them with what it is told to say.
#[derive(Clone)]
struct Postbox {
    port: u16,
    taken: Arc<Mutex<Vec<String>>>,
    refusal: Arc<Mutex<Option<&'static str>>>,
}

impl Postbox {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let postbox = Self { port, taken: Arc::default(), refusal: Arc::default() };
        let inside = postbox.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away is no failure of the test.
                let _ = inside.serve(&stream);
            }
        });
        postbox
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream).lines();
        let mut out = stream;
        out.write_all(b"220 postbox\r\n")?;
        while let Some(line) = lines.next() {
            let line = line?;
            let refusal = *self.refusal.lock().unwrap();
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "RCPT" if refusal.is_some() => refusal.unwrap().to_owned(),
                "DATA" => {
                    out.write_all(b"354 go on\r\n")?;
                    let text: Vec<String> =
                        lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                    self.taken.lock().unwrap().push(text.join("\n"));
                    "250 taken".to_owned()
                }
                "QUIT" => {
                    out.write_all(b"221 bye\r\n")?;
                    return Ok(());
                }
                _ => "250 ok".to_owned(),
            };
            out.write_all(format!("{answer}\r\n").as_bytes())?;
        }
        Ok(())
    }

    /// Lets the server send, and takes what came.
    async fn collect(&self, server: &Server) -> Vec<String> {
        service::letter::send_due(&server.cx).await.unwrap();
        std::mem::take(&mut *self.taken.lock().unwrap())
    }
}

fn with(postbox: &Postbox, sign_up: SignUp) -> With {
    With { sign_up, mail: Some(postbox.port), ..With::default() }
}

/// The path of the link in a letter.
fn link(letter: &str) -> String {
    // Quoted-printable (RFC 2045 §6.7), as long lines are sent.
    let letter = letter.replace("=\n", "").replace("=3D", "=");
    let start = letter.find("https://here.example").unwrap() + "https://here.example".len();
    letter[start..].split_whitespace().next().unwrap().to_owned()
}

async fn sign_up(browser: &mut Browser, name: &str, email: &str) {
    let form = [("name", name), ("email", email), ("password", PASSWORD)];
    let page = browser.fill_in("/auth/sign_up", &form).await;
    assert_eq!((page.status.as_u16(), browser.session()), (200, None), "{}", page.body);
    assert!(page.body.contains("letter"));
}

#[test]
fn an_address_is_proven_before_the_account_is_there() {
    let postbox = Postbox::open();
    on_each(with(&postbox, SignUp::Open), async |server| {
        sign_up(&mut server.browser(), "carol", "c@mail.example").await;
        let letters = postbox.collect(&server).await;
        assert_eq!(letters.len(), 1);
        assert!(
            letters[0].contains("To: c@mail.example") && letters[0].contains("From: \"Here\" <noreply@")
                || letters[0].contains("From: Here <noreply@here.example>"),
            "{}",
            letters[0]
        );
        let answer = server.browser().try_sign_in("carol", PASSWORD).await;
        assert_eq!(answer.status, 403);
        assert!(postbox.collect(&server).await[0].contains("confirm"), "who comes back gets another one");

        let link = link(&letters[0]);
        let mut browser = server.browser();
        let page = browser.get(&link).await;
        assert!(page.body.contains("c@mail.example"), "looking at the link is not enough");
        assert_eq!(server.browser().try_sign_in("carol", PASSWORD).await.status, 403);
        let form = [("ticket", page.field("ticket")), ("csrf", page.field("csrf"))];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert!(browser.post("/auth/confirm", &form).await.body.contains("the address is yours"));
        assert_eq!(browser.post("/auth/confirm", &form).await.status, 403, "good once");
        server.browser().sign_in("c@mail.example").await;
    });
}

/// N26
#[test]
fn who_signs_up_with_anothers_address_learns_nothing() {
    let postbox = Postbox::open();
    on_each(with(&postbox, SignUp::Open), async |server| {
        server.user("alice").await;
        sign_up(&mut server.browser(), "mallory", "alice@mail.example").await;
        let letters = postbox.collect(&server).await;
        assert!(letters[0].contains("have an account already") && !letters[0].contains("ticket="));
        assert_eq!(server.browser().try_sign_in("mallory", PASSWORD).await.status, 403);
        // A week later the name is free again.
        server.clock.advance(Duration::from_hours(8 * 24));
        service::sweep::sweep(&server.cx).await.unwrap();
        sign_up(&mut server.browser(), "mallory", "m@mail.example").await;
        postbox.collect(&server).await;
    });
}

#[test]
fn a_program_asks_for_the_letter_again_and_learns_when_it_was_answered() {
    let postbox = Postbox::open();
    on_each(with(&postbox, SignUp::Open), async |server| {
        let program = server.register("read write profile").await;
        let own = program.own_token("read write").await;
        let form = json!({
            "username": "carol", "email": "wrong@mail.example", "password": PASSWORD, "agreement": true, "locale": "en",
        });
        let made = server.post_as("/api/v1/accounts", &own, &form).await;
        let token = made.json()["access_token"].as_str().unwrap().to_owned();
        postbox.collect(&server).await;
        let refused = server.get_as("/oauth/userinfo", &token).await;
        let why = "Your login is missing a confirmed e-mail address";
        assert_eq!((refused.status.as_u16(), refused.error().as_str()), (403, why));
        let confirmed = async || server.get_as("/api/v1/emails/check_confirmation", &token).await.json();
        assert_eq!(confirmed().await, json!(false));

        let again = "/api/v1/emails/confirmations";
        let wrong = server.post_as(again, &token, &json!({ "email": "a@b@c" })).await;
        assert_eq!(wrong.status, 422);
        let answer = server.post_as(again, &token, &json!({ "email": "c@mail.example" })).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({})));
        let letters = postbox.collect(&server).await;
        assert!(letters[0].contains("To: c@mail.example"), "{}", letters[0]);
        let mut browser = server.browser();
        let path = link(&letters[0]);
        let ticket = path.split('=').nth(1).unwrap().to_owned();
        browser.fill_in_at(&path, "/auth/confirm", &[("ticket", &ticket)]).await;
        assert_eq!(confirmed().await, json!(true));
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
        assert_eq!(server.post_as(again, &token, &json!({})).await.status, 403, "it is confirmed");
        assert_eq!(server.post_as(again, &own, &json!({})).await.status, 403);
    });
}

/// Asks for a letter; what the page says.
async fn forget(server: &Server, email: &str) -> String {
    let mut browser = server.browser();
    let page = browser.fill_in("/auth/password", &[("email", email)]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.body
}

/// N26, N27
#[test]
fn a_password_is_set_anew_with_a_letter_and_everything_ends() {
    let postbox = Postbox::open();
    on_each(with(&postbox, SignUp::Closed), async |server| {
        server.user("alice").await;
        let token = server.register("profile").await.token("alice", "profile").await;
        let mut old = server.browser();
        old.sign_in("alice").await;
        assert_eq!(forget(&server, "Alice@mail.example").await, forget(&server, "nobody@mail.example").await);
        let letters = postbox.collect(&server).await;
        assert_eq!(letters.len(), 1, "strangers get no letters");
        let path = link(&letters[0]);
        let ticket = path.split('=').nth(1).unwrap().to_owned();
        let mut browser = server.browser();
        let new = "/auth/password/new";
        let short = browser.fill_in_at(&path, new, &[("ticket", &ticket), ("password", "short")]).await;
        assert_eq!(short.status, 422, "and the link is still good");
        let form = [("ticket", ticket.as_str()), ("password", "another horse")];
        assert_eq!(browser.fill_in_at(&path, new, &form).await.status, 303);
        assert_eq!(browser.get(&path).await.status, 403, "good once");
        assert_eq!(old.get("/settings/security").await.status, 303);
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);
        assert_eq!(server.browser().try_sign_in("alice", PASSWORD).await.status, 401);
        assert_eq!(server.browser().try_sign_in("alice", "another horse").await.status, 303);
        assert!(postbox.collect(&server).await[0].contains("your password was changed"));
    });
}

#[test]
fn a_link_is_good_for_two_hours() {
    let postbox = Postbox::open();
    on_each(with(&postbox, SignUp::Closed), async |server| {
        server.user("alice").await;
        forget(&server, "alice@mail.example").await;
        let path = link(&postbox.collect(&server).await[0]);
        assert_eq!(server.browser().get(&path).await.status, 200);
        server.clock.advance(Duration::from_hours(2));
        assert_eq!(server.browser().get(&path).await.status, 403);
    });
}

#[test]
fn another_address_is_taken_once_it_is_proven() {
    let postbox = Postbox::open();
    on_each(with(&postbox, SignUp::Closed), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let form = [("email", "new@mail.example"), ("password", PASSWORD)];
        browser.fill_in_at("/settings/security", "/settings/security/email", &form).await;
        assert_eq!(server.browser().try_sign_in("new@mail.example", PASSWORD).await.status, 401);
        let path = link(&postbox.collect(&server).await[0]);
        let ticket = path.split('=').nth(1).unwrap().to_owned();
        browser.fill_in_at(&path, "/auth/confirm", &[("ticket", &ticket)]).await;
        server.browser().sign_in("new@mail.example").await;
        let letters = postbox.collect(&server).await;
        assert!(letters[0].contains("To: alice@mail.example") && letters[0].contains("address was changed"));
    });
}

#[test]
fn a_letter_that_cannot_be_sent_now_is_tried_again_later() {
    let postbox = Postbox::open();
    on_each(with(&postbox, SignUp::Closed), async |server| {
        server.user("alice").await;
        *postbox.refusal.lock().unwrap() = Some("451 come back later");
        forget(&server, "alice@mail.example").await;
        assert!(postbox.collect(&server).await.is_empty());
        *postbox.refusal.lock().unwrap() = None;
        assert!(postbox.collect(&server).await.is_empty(), "not at once");
        server.clock.advance(Duration::from_secs(61));
        assert_eq!(postbox.collect(&server).await.len(), 1);

        *postbox.refusal.lock().unwrap() = Some("550 no such person");
        forget(&server, "alice@mail.example").await;
        postbox.collect(&server).await;
        *postbox.refusal.lock().unwrap() = None;
        server.clock.advance(Duration::from_hours(72));
        assert!(postbox.collect(&server).await.is_empty(), "refused for good");
    });
}

/// N25
#[test]
fn letters_are_not_sent_in_numbers() {
    let postbox = Postbox::open();
    let with = With { rate_limit: true, ..with(&postbox, SignUp::Closed) };
    on_each(with, async |server| {
        let mut last = 0;
        for _ in 0..5 {
            let mut browser = server.browser();
            last =
                browser.fill_in("/auth/password", &[("email", "alice@mail.example")]).await.status.as_u16();
        }
        assert_eq!(last, 429);
        postbox.collect(&server).await;
    });
}
