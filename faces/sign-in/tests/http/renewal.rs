//! Tokens are renewed, and consent is asked for anew.

use crate::browser::{Answer, Program, With, on_each};
use serde_json::Value;

async fn renew(program: &Program, refresh: &str, more: &[(&str, &str)]) -> Answer {
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("client_id", &program.id),
        ("client_secret", &program.secret),
    ];
    form.extend_from_slice(more);
    program.server.browser().post("/oauth/token", &form).await
}

fn text(answer: &Value, name: &str) -> String {
    answer[name].as_str().unwrap().to_owned()
}

#[test]
fn a_refresh_token_is_good_once_and_replaces_both() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read write").await;
        let first = program.trade(&program.code("alice", &[("scope", "read write")]).await, &[]).await.json();
        let second = renew(&program, &text(&first, "refresh_token"), &[("scope", "read")]).await;
        assert_eq!(second.status, 200, "{}", second.body);
        let second = second.json();
        assert_eq!(second["scope"], "read");
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        let works = async |token: &Value| {
            server.get_as("/api/v1/apps/verify_credentials", &text(token, "access_token")).await.status == 200
        };
        assert!(works(&second).await && !works(&first).await);

        // Somebody else has the first one too: everything ends.
        let again = renew(&program, &text(&first, "refresh_token"), &[]).await;
        assert_eq!((again.status.as_u16(), again.error().as_str()), (400, "invalid_grant"));
        assert!(!works(&second).await);
        assert_eq!(renew(&program, &text(&second, "refresh_token"), &[]).await.status, 400);
    });
}

#[test]
fn a_refresh_token_is_for_its_program_and_its_scopes() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let (program, other) = (server.register("read write").await, server.register("read write").await);
        let made = program.trade(&program.code("alice", &[]).await, &[]).await.json();
        let refresh = text(&made, "refresh_token");
        assert_eq!(renew(&other, &refresh, &[]).await.error(), "invalid_grant");
        assert_eq!(renew(&program, &refresh, &[("scope", "write")]).await.error(), "invalid_scope");
        assert_eq!(renew(&program, "unknown", &[]).await.error(), "invalid_grant");
        assert_eq!(renew(&program, &refresh, &[]).await.status, 200, "none of these used it up");
    });
}

#[test]
fn a_refresh_token_ends_with_what_it_renews() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        let made = program.trade(&program.code("alice", &[]).await, &[]).await.json();
        let refresh = text(&made, "refresh_token");
        let form =
            [("client_id", program.id.as_str()), ("client_secret", &program.secret), ("token", &refresh)];
        assert_eq!(server.browser().post("/oauth/revoke", &form).await.status, 200);
        let token = text(&made, "access_token");
        assert_eq!(server.get_as("/api/v1/apps/verify_credentials", &token).await.status, 401);
        assert_eq!(renew(&program, &refresh, &[]).await.error(), "invalid_grant");

        // A code that is used twice ends what was renewed since, too.
        let code = program.code("alice", &[]).await;
        let made = program.trade(&code, &[]).await.json();
        let renewed = renew(&program, &text(&made, "refresh_token"), &[]).await.json();
        assert_eq!(program.trade(&code, &[]).await.error(), "invalid_grant");
        let token = text(&renewed, "access_token");
        assert_eq!(server.get_as("/api/v1/apps/verify_credentials", &token).await.status, 401);
    });
}

#[test]
fn a_program_may_ask_that_the_person_signs_in_again() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        server.user("bob").await;
        let program = server.register("read").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let answer = browser.get(&program.link(&[("force_login", "true")])).await;
        assert_eq!(answer.status, 303);
        let form = browser.get(answer.header("location")).await;
        assert_eq!(form.status, 200, "although alice is signed in");
        let (csrf, next) = (form.field("csrf"), form.field("next").replace("&#38;", "&"));
        assert!(!next.contains("force_login") && next.contains("state=xyz"), "{next}");
        let form =
            [("login", "bob"), ("password", crate::browser::PASSWORD), ("next", &next), ("csrf", &csrf)];
        let answer = browser.post("/auth/sign_in", &form).await;
        let page = browser.get(answer.header("location")).await;
        assert!(page.body.contains("@bob@here.example") && page.status == 200);
    });
}
