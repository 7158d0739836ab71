//! Signing in with a browser.

use crate::browser::{PASSWORD, With, on_each};
use std::time::Duration;

#[test]
fn a_person_signs_in_with_name_handle_or_e_mail_address() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        for login in ["alice", " Alice ", "@alice", "alice@here.example", "alice@MAIL.example"] {
            server.browser().sign_in(login).await;
        }
        for login in ["", "bob", "alice@elsewhere.example", "alice' OR 1=1 --", "*", "ali%"] {
            let answer = server.browser().try_sign_in(login, PASSWORD).await;
            assert_eq!(answer.status, 401, "{login}");
        }
    });
}

/// N26
#[test]
fn a_wrong_password_and_an_unknown_user_look_the_same() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut answers = Vec::new();
        for login in ["alice", "nobob"] {
            let mut browser = server.browser();
            let answer = browser.try_sign_in(login, "wrong password").await;
            assert!(browser.session().is_none());
            let body = answer.body.replace(login, "LOGIN").replace(&answer.field("csrf"), "CSRF");
            answers.push((answer.status, body));
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0].0, 401);
    });
}

/// H07
#[test]
fn the_cookie_is_for_this_site_and_no_script() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let answer = server.browser().try_sign_in("alice", PASSWORD).await;
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-antiphon-session="), "{cookie}");
        for flag in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(cookie.contains(flag), "{flag}");
        }
    });
}

/// N31
#[test]
fn signing_in_begins_a_new_session_whatever_was_there_before() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        // Planted by an attacker: never adopted.
        let mut victim = server.browser();
        victim.cookies.insert("__Host-antiphon-session".into(), "planted".into());
        victim.sign_in("alice").await;
        assert_ne!(victim.session().unwrap(), "planted");
        let mut attacker = server.browser();
        attacker.cookies.insert("__Host-antiphon-session".into(), "planted".into());
        assert_eq!(attacker.get("/auth/sign_in").await.status, 200, "still a form: not signed in");

        // Signed in again, the session before ends.
        let first = victim.session().unwrap().clone();
        let csrf = {
            let program = server.register("read").await;
            victim.get(&program.link(&[])).await.field("csrf")
        };
        let form = [("login", "alice"), ("password", PASSWORD), ("csrf", &csrf)];
        assert_eq!(victim.post("/auth/sign_in", &form).await.status, 303);
        assert_ne!(victim.session().unwrap(), &first);
        attacker.cookies.insert("__Host-antiphon-session".into(), first);
        assert_eq!(attacker.get("/auth/sign_in").await.status, 200);
    });
}

/// N31
#[test]
fn a_form_without_its_token_is_refused() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.get("/auth/sign_in").await;
        for csrf in ["", "guessed"] {
            let form = [("login", "alice"), ("password", PASSWORD), ("csrf", csrf)];
            assert_eq!(browser.post("/auth/sign_in", &form).await.status, 403);
            assert!(browser.session().is_none());
        }
        let others = server.browser().get("/auth/sign_in").await.field("csrf");
        let form = [("login", "alice"), ("password", PASSWORD), ("csrf", others.as_str())];
        assert_eq!(browser.post("/auth/sign_in", &form).await.status, 403, "the token of another browser");

        browser.sign_in("alice").await;
        let program = server.register("read").await;
        let link = program.link(&[]);
        let form: Vec<(String, String)> =
            url::form_urlencoded::parse(link.split_once('?').unwrap().1.as_bytes()).into_owned().collect();
        let mut form: Vec<(&str, &str)> = form.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        form.push(("decision", "allow"));
        let answer = browser.post("/oauth/authorize", &form).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (403, ""));
        assert_eq!(browser.post("/auth/sign_out", &[]).await.status, 403);
        assert_eq!(browser.get("/auth/sign_in").await.status, 303, "still signed in");
    });
}

#[test]
fn signing_out_ends_the_session_everywhere() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let mut thief = server.browser();
        thief.cookies.clone_from(&browser.cookies);
        let program = server.register("read").await;
        let csrf = browser.get(&program.link(&[])).await.field("csrf");
        let answer = browser.post("/auth/sign_out", &[("csrf", &csrf)]).await;
        assert_eq!(answer.status, 303);
        assert!(browser.session().is_none());
        assert_eq!(thief.get(&program.link(&[])).await.status, 303, "sent to the form");
    });
}

#[test]
fn a_session_ends_after_ninety_days() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        server.clock.advance(Duration::from_hours(89 * 24));
        assert_eq!(browser.get("/auth/sign_in").await.status, 303);
        server.clock.advance(Duration::from_hours(2 * 24));
        assert_eq!(browser.get("/auth/sign_in").await.status, 200);
    });
}

/// N27
#[test]
fn a_new_password_ends_all_sessions_and_tokens() {
    on_each(With::default(), async |server| {
        let (user, _) = server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let token = server.register("read").await.token("alice", "read").await;
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
        service::user::set_password(&server.cx, user.id, "another horse".into()).await.unwrap();
        assert_eq!(browser.get("/auth/sign_in").await.status, 200);
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);
        assert_eq!(server.browser().try_sign_in("alice", PASSWORD).await.status, 401);
        assert_eq!(server.browser().try_sign_in("alice", "another horse").await.status, 303);
    });
}

/// P11
#[test]
fn a_user_may_see_and_end_the_own_sessions_only() {
    on_each(With::default(), async |server| {
        let (alice, _) = server.user("alice").await;
        let (bob, _) = server.user("bob").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let id = alice.id;
        let sessions = server.cx.read(move |tx| service::session::list(tx, id)).await.unwrap();
        assert_eq!(sessions.len(), 1);
        let (session, other) = (sessions[0].id, bob.id);
        let refused = server.cx.write(move |tx| service::session::end_one(tx, other, session)).await;
        assert!(matches!(refused, Err(service::Error::NotFound(_))));
        server.cx.write(move |tx| service::session::end_one(tx, id, session)).await.unwrap();
        assert_eq!(browser.get("/auth/sign_in").await.status, 200);
    });
}

/// N24
#[test]
fn nobody_is_sent_to_another_site_after_signing_in() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"] {
            let mut browser = server.browser();
            let csrf = browser.get("/auth/sign_in").await.field("csrf");
            let form = [("login", "alice"), ("password", PASSWORD), ("next", next), ("csrf", csrf.as_str())];
            assert_eq!(browser.post("/auth/sign_in", &form).await.header("location"), "/", "{next}");
        }
    });
}

#[test]
fn who_guesses_passwords_has_to_wait() {
    on_each(With { rate_limit: true, ..With::default() }, async |server| {
        server.user("alice").await;
        server.user("bob").await;
        let mut addresses = (1..).map(|end| format!("198.51.100.{end}").parse().unwrap());
        let mut last = None;
        for _ in 0..11 {
            let mut browser = server.browser();
            browser.address = addresses.next().unwrap();
            last = Some(browser.try_sign_in("Alice", "wrong password").await);
        }
        let answer = last.unwrap();
        assert_eq!(answer.status, 429, "one user from many addresses");
        assert!(answer.header("retry-after").parse::<u64>().unwrap() <= 301);
        let mut browser = server.browser();
        browser.address = addresses.next().unwrap();
        browser.sign_in("bob").await;
        server.clock.advance(Duration::from_secs(301));
        browser.cookies.clear();
        browser.sign_in("alice").await;
    });
}

/// N25
#[test]
fn one_network_that_tries_many_users_has_to_wait() {
    on_each(With { rate_limit: true, ..With::default() }, async |server| {
        let mut last = 0;
        for number in 0..26 {
            let mut browser = server.browser();
            browser.address = format!("2001:db8:1:2::{number:x}").parse().unwrap();
            last = browser.try_sign_in(&format!("user{number}"), "wrong password").await.status.as_u16();
        }
        assert_eq!(last, 429, "all of them in one /64");
    });
}
