//! The authorization code flow (RFC 6749 §4.1, RFC 7636).

use crate::browser::{CALLBACK, CHALLENGE, PASSWORD, VERIFIER, With, on_each};
use domain::application::OUT_OF_BAND;
use std::time::Duration;

#[test]
fn a_program_gets_a_token_when_its_person_agrees() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read write").await;
        let mut browser = server.browser();

        // Nobody is signed in: first the form, and from there back.
        let link = program.link(&[("scope", "read write:statuses")]);
        let answer = browser.get(&link).await;
        assert_eq!(answer.status, 303);
        let form = browser.get(answer.header("location")).await;
        let (csrf, next) =
            (form.field("csrf"), form.field("next").replace("&amp;", "&").replace("&#38;", "&"));
        let sent = [("login", "alice"), ("password", PASSWORD), ("next", &next), ("csrf", &csrf)];
        let answer = browser.post("/auth/sign_in", &sent).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, link.as_str()));

        let page = browser.get(&link).await;
        for shown in ["Tester", "app.example", "@alice@here.example", "Post in your name"] {
            assert!(page.body.contains(shown), "{shown}");
        }
        assert!(page.header("content-security-policy").contains("form-action 'self' https://app.example;"));

        let answer = browser.decide(&link, "allow").await;
        assert_eq!(answer.told("state").as_deref(), Some("xyz"));
        let granted = program.trade(&answer.told("code").unwrap(), &[]).await;
        assert_eq!((granted.status.as_u16(), granted.header("cache-control")), (200, "no-store"));
        let granted = granted.json();
        assert_eq!(
            (&granted["token_type"], &granted["scope"]),
            (&"Bearer".into(), &"read write:statuses".into())
        );
        assert!(granted["created_at"].is_i64());

        let token = granted["access_token"].as_str().unwrap();
        let who = server.get_as("/oauth/userinfo", token).await.json();
        assert_eq!(who["preferred_username"], "alice");
        let app = server.get_as("/api/v1/apps/verify_credentials", token).await.json();
        assert_eq!(app["name"], "Tester");
    });
}

/// N30
#[test]
fn the_code_is_good_only_with_its_verifier() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        let code = program.code("alice", &[]).await;
        for verifier in ["", CHALLENGE, "wrong-verifier-wrong-verifier-wrong-verifier"] {
            let answer = program.trade(&code, &[("code_verifier", verifier)]).await;
            assert_eq!(
                (answer.status.as_u16(), answer.error().as_str()),
                (400, "invalid_grant"),
                "{verifier}"
            );
        }
        assert_eq!(program.trade(&code, &[]).await.status, 200);

        let bare = program.code("alice", &[("code_challenge", ""), ("code_challenge_method", "")]).await;
        let answer = program.trade(&bare, &[("code_verifier", VERIFIER)]).await;
        assert_eq!(answer.error(), "invalid_grant", "a stripped challenge is noticed");
        assert_eq!(program.trade(&bare, &[("code_verifier", "")]).await.status, 200);
    });
}

/// N30
#[test]
fn only_s256_is_accepted_as_a_challenge() {
    on_each(With::default(), async |server| {
        let program = server.register("read").await;
        for change in
            [("code_challenge_method", "plain"), ("code_challenge_method", ""), ("code_challenge", "short")]
        {
            let answer = server.browser().get(&program.link(&[change])).await;
            assert_eq!(answer.told("error").as_deref(), Some("invalid_request"), "{change:?}");
            assert!(answer.header("location").starts_with(CALLBACK));
            assert_eq!(answer.told("state").as_deref(), Some("xyz"));
        }
    });
}

/// H06
#[test]
fn nobody_is_sent_to_an_address_that_was_not_registered() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let foreign = [
            "https://evil.example/callback",
            "https://app.example/callback/../evil",
            "https://app.example/callback?next=https://evil.example",
            "https://app.example.evil.example/callback",
            "https://app.example@evil.example/callback",
            "http://app.example/callback",
            "javascript:alert(1)",
            OUT_OF_BAND,
        ];
        for uri in foreign {
            let answer = browser.get(&program.link(&[("redirect_uri", uri)])).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{uri}");
            let answer = browser.get(&program.link(&[("redirect_uri", uri), ("scope", "admin:write")])).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("location")),
                (400, ""),
                "{uri}, another error"
            );
        }
        for change in [("redirect_uri", ""), ("client_id", "unknown"), ("client_id", "")] {
            let answer = browser.get(&program.link(&[change])).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""), "{change:?}");
        }
    });
}

/// H06, N30
#[test]
fn a_form_that_was_changed_on_the_way_is_checked_again() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let csrf = browser.get(&program.link(&[])).await.field("csrf");
        let mut form =
            vec![("response_type", "code"), ("client_id", &program.id), ("scope", "read"), ("csrf", &csrf)];
        form.extend([("decision", "allow"), ("redirect_uri", "https://evil.example/")]);
        let answer = browser.post("/oauth/authorize", &form).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (400, ""));
        form.pop();
        form.extend([("redirect_uri", CALLBACK), ("scope", "write")]);
        let answer = browser.post("/oauth/authorize", &form).await;
        assert_eq!(answer.told("error").as_deref(), Some("invalid_scope"));
    });
}

/// H06, N30
#[test]
fn a_code_is_good_only_where_it_was_sent() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let (program, other) = (server.register("read").await, server.register("read").await);
        let code = program.code("alice", &[]).await;
        let answer = program.trade(&code, &[("redirect_uri", "https://evil.example/")]).await;
        assert_eq!(answer.error(), "invalid_grant");
        let answer = other.trade(&code, &[]).await;
        assert_eq!(answer.error(), "invalid_grant", "another program");
        let answer = program.trade(&code, &[("client_secret", "wrong")]).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, "invalid_client"));
        let answer = program.trade("unknown", &[]).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_grant"));
        assert_eq!(program.trade(&code, &[]).await.status, 200);
    });
}

/// N30
#[test]
fn a_code_used_twice_ends_the_token_it_gave() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        let code = program.code("alice", &[]).await;
        let token = program.trade(&code, &[]).await.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
        let again = program.trade(&code, &[]).await;
        assert_eq!((again.status.as_u16(), again.error().as_str()), (400, "invalid_grant"));
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);
    });
}

/// N30
#[test]
fn of_two_who_use_a_code_at_once_neither_keeps_a_token() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        for _ in 0..5 {
            let code = program.code("alice", &[]).await;
            let (one, two) = tokio::join!(program.trade(&code, &[]), program.trade(&code, &[]));
            let granted: Vec<_> = [one, two].into_iter().filter(|answer| answer.status == 200).collect();
            assert!(granted.len() <= 1);
            for answer in granted {
                let token = answer.json()["access_token"].as_str().unwrap().to_owned();
                assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);
            }
        }
    });
}

#[test]
fn a_code_ends_after_ten_minutes() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        let code = program.code("alice", &[]).await;
        server.clock.advance(Duration::from_secs(601));
        assert_eq!(program.trade(&code, &[]).await.error(), "invalid_grant");
    });
}

/// N30
#[test]
fn a_program_cannot_ask_for_more_than_it_registered() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read write:statuses").await;
        for scope in ["read write", "follow", "admin:read", "fly"] {
            let answer = server.browser().get(&program.link(&[("scope", scope)])).await;
            assert_eq!(answer.told("error").as_deref(), Some("invalid_scope"), "{scope}");
        }
        let code = program.code("alice", &[("scope", "read:accounts")]).await;
        let granted = program.trade(&code, &[("scope", "read write admin:write")]).await;
        assert_eq!(granted.json()["scope"], "read:accounts", "the person agreed to no more");
    });
}

#[test]
fn a_person_may_say_no() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let answer = browser.decide(&program.link(&[]), "deny").await;
        assert_eq!(answer.told("error").as_deref(), Some("access_denied"));
        assert_eq!((answer.told("state").as_deref(), answer.told("code")), (Some("xyz"), None));
        let answer = browser.get(&program.link(&[("response_type", "token")])).await;
        assert_eq!(answer.told("error").as_deref(), Some("unsupported_response_type"));
    });
}

#[test]
fn a_program_that_cannot_be_called_shows_its_code() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register_at("read", OUT_OF_BAND).await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let page = browser.decide(&program.link(&[]), "allow").await;
        assert_eq!((page.status.as_u16(), page.header("location")), (200, ""));
        let start = page.body.find("class=\"code\">").unwrap() + 13;
        let code = page.body[start..].split('<').next().unwrap();
        assert_eq!(program.trade(code, &[]).await.status, 200);
    });
}
