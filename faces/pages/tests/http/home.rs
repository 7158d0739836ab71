//! Using the server with a browser alone.

use crate::world::{EVIL, on_each};
use domain::Visibility;

#[test]
fn home_is_for_who_is_signed_in() {
    on_each(async |world| {
        let page = world.get("/home").await;
        assert_eq!((page.status.as_u16(), page.header("location")), (303, "/auth/sign_in?next=%2Fhome"));
        let mut browser = world.browser();
        for path in ["/home", "/interact"] {
            let answer = browser.post(path, &[("deed", "like"), ("id", "1"), ("text", "x")]).await;
            assert_eq!(answer.status, 303, "{path}");
            assert!(answer.header("location").starts_with("/auth/sign_in"), "{path}");
        }
    });
}

#[test]
fn a_person_writes_and_reads_at_once() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let mut browser = world.browser_of(&alice).await;
        let csrf = browser.get("/home").await.field("csrf");
        for (audience, seen) in
            [("public", true), ("unlisted", true), ("followers", false), ("direct", false)]
        {
            let text = format!("for {audience} <b>x</b>");
            let form = [("csrf", csrf.as_str()), ("text", &text), ("audience", audience), ("warning", "")];
            let answer = browser.post("/home", &form).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("location")),
                (303, "/home"),
                "{}",
                answer.body
            );
            let words = format!("for {audience} &lt;b&gt;");
            assert!(browser.get("/home").await.has(&words), "{audience}");
            assert_eq!(world.get("/@alice").await.has(&words), seen, "{audience}");
        }
    });
}

#[test]
fn what_cannot_be_posted_is_refused_with_a_reason() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        let mut browser = world.browser_of(&alice).await;
        let csrf = browser.get("/home").await.field("csrf");
        let long = "x".repeat(6000);
        for (field, value) in [
            ("text", ""),
            ("text", long.as_str()),
            ("audience", "nobody"),
            ("answers", "x"),
            ("answers", "7"),
        ] {
            let mut form = vec![("csrf", csrf.as_str()), (field, value)];
            if field != "text" {
                form.push(("text", "hello"));
            }
            let answer = browser.post("/home", &form).await;
            assert!(answer.status.is_client_error(), "{field} {}", answer.status);
            assert!(answer.header("content-type").starts_with("text/html"), "{field}");
        }
        let answer = browser.post("/home", &[("csrf", EVIL), ("text", "hello")]).await;
        assert_eq!(answer.status, 403);
        assert!(!world.get("/@alice").await.has("hello"));
    });
}

#[test]
fn likes_boosts_and_answers_are_buttons() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        let said = world.say(&carol, "said by carol", Visibility::Public).await;
        let mut browser = world.browser_of(&alice).await;
        let path = format!("/@carol/{said}");
        for (deed, sign) in
            [("like", "1 like<"), ("boost", "1 boost<"), ("unlike", "0 likes<"), ("unboost", "0 boosts<")]
        {
            let answer = browser.act(deed, said.0).await;
            assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/home"), "{deed}");
            assert!(browser.get(&path).await.has(sign), "{deed}");
        }
        let csrf = browser.get(&path).await.field("csrf");
        let id = said.to_string();
        let form = [("csrf", csrf.as_str()), ("text", "@carol well said"), ("answers", &id), ("back", &path)];
        let answer = browser.post("/home", &form).await;
        assert_eq!(answer.header("location"), path);
        assert!(world.get(&path).await.has("well said"));
    });
}

#[test]
fn a_deed_needs_its_token_and_a_deed_that_exists() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        let secret = world.say(&carol, "a secret", Visibility::Direct).await;
        let mut browser = world.browser_of(&alice).await;
        let csrf = browser.get("/home").await.field("csrf");
        let id = carol.id.to_string();
        let form = [("deed", "follow"), ("id", id.as_str()), ("csrf", "")];
        assert_eq!(browser.post("/interact", &form).await.status, 403);
        for (deed, id) in
            [("explode", id.as_str()), ("follow", "x"), ("follow", "-5"), ("like", "99"), ("", "")]
        {
            let answer =
                browser.post("/interact", &[("csrf", csrf.as_str()), ("deed", deed), ("id", id)]).await;
            assert!(answer.status.is_client_error(), "{deed} {id}: {}", answer.status);
        }
        for deed in ["like", "boost", "delete"] {
            assert_eq!(browser.act(deed, secret.0).await.status, 404, "{deed}");
        }
        assert!(browser.act("follow", alice.id.0).await.status.is_client_error(), "not oneself");
        let sent = [("csrf", csrf.as_str()), ("deed", "follow"), ("id", &id), ("back", "//evil.example")];
        assert_eq!(browser.post("/interact", &sent).await.header("location"), "/");
    });
}

#[test]
fn requests_to_follow_are_let_in_or_turned_away() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        let alice = world.change(&alice, |account| account.flags.locked = true).await;
        let mut hers = world.browser_of(&carol).await;
        let mut browser = world.browser_of(&alice).await;
        for deed in ["reject", "accept"] {
            hers.act("follow", alice.id.0).await;
            assert!(hers.get("/@alice").await.has("Take the request back"));
            assert!(browser.get("/home").await.has("They ask to follow you"));
            assert_eq!(browser.act(deed, carol.id.0).await.status, 303);
            assert!(!browser.get("/home").await.has("They ask to follow you"), "{deed}");
            assert_eq!(hers.get("/@alice").await.has("Unfollow"), deed == "accept");
        }
    });
}

#[test]
fn an_own_post_can_be_deleted_and_only_an_own_one() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        let said = world.say(&carol, "said by carol", Visibility::Public).await;
        let path = format!("/@carol/{said}");
        let mut browser = world.browser_of(&alice).await;
        assert!(!browser.get(&path).await.has("value=\"delete\""));
        assert!(browser.act("delete", said.0).await.status.is_client_error());
        let mut own = world.browser_of(&carol).await;
        assert!(own.get(&path).await.has("value=\"delete\""));
        assert_eq!(own.act("delete", said.0).await.header("location"), "/home");
        assert_eq!(world.get(&path).await.status, 410);
    });
}
