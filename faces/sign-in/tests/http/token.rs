//! Tokens: other grants, revocation, what they reach.

use crate::browser::{PASSWORD, With, on_each};
use domain::AccountState;
use domain::user::Scopes;
use http::Request;

#[test]
fn a_password_is_not_traded_for_a_token() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let program = server.register("read").await;
        let changes = [("grant_type", "password"), ("username", "alice"), ("password", PASSWORD)];
        let answer = program.trade("", &changes).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "unsupported_grant_type"));
        assert!(answer.json()["error_description"].is_string());
        let answer = program.trade("", &[("grant_type", "")]).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_request"));
    });
}

#[test]
fn a_program_that_acts_for_itself_gets_a_token_without_a_person() {
    on_each(With::default(), async |server| {
        let program = server.register("read").await;
        let answer = program.trade("", &[("grant_type", "client_credentials")]).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        assert_eq!(server.get_as("/api/v1/apps/verify_credentials", &token).await.status, 200);
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 422);
        let more = program.trade("", &[("grant_type", "client_credentials"), ("scope", "write")]).await;
        assert_eq!((more.status.as_u16(), more.error().as_str()), (400, "invalid_scope"));
        let wrong = program.trade("", &[("grant_type", "client_credentials"), ("client_secret", "x")]).await;
        assert_eq!((wrong.status.as_u16(), wrong.error().as_str()), (401, "invalid_client"));
    });
}

#[test]
fn a_revoked_token_is_refused_at_once() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let (program, other) = (server.register("read").await, server.register("read").await);
        let token = program.token("alice", "read").await;
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
        let revoke = async |id: &str, secret: &str, token: &str| {
            let form = [("client_id", id), ("client_secret", secret), ("token", token)];
            server.browser().post("/oauth/revoke", &form).await.status.as_u16()
        };
        assert_eq!(revoke(&program.id, "wrong", &token).await, 401);
        assert_eq!(revoke(&other.id, &other.secret, &token).await, 403);
        assert_eq!(revoke(&other.id, &other.secret, "unknown").await, 200);
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
        assert_eq!(revoke(&program.id, &program.secret, &token).await, 200);
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);
    });
}

#[test]
fn a_person_takes_a_token_back() {
    on_each(With::default(), async |server| {
        let (user, _) = server.user("alice").await;
        let (bob, _) = server.user("bob").await;
        let token = server.register("read").await.token("alice", "read").await;
        let id = server.cx.read(move |tx| service::oauth::list_tokens(tx, user.id)).await.unwrap()[0].id;
        assert!(service::oauth::revoke_one(&server.cx, bob.id, id).await.is_err());
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
        service::oauth::revoke_one(&server.cx, user.id, id).await.unwrap();
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);
    });
}

#[test]
fn a_token_made_by_hand_works_within_its_scopes() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let make = async |scopes: &str| {
            let scopes = Scopes::parse(scopes).unwrap();
            let made = server.cx.write(move |tx| service::oauth::create_token(tx, "alice", &scopes)).await;
            made.unwrap().text
        };
        let (wide, narrow) = (make("read write follow push").await, make("write:statuses").await);
        assert_eq!(server.get_as("/oauth/userinfo", &wide).await.status, 200);
        let program = server.get_as("/api/v1/apps/verify_credentials", &wide).await.json();
        assert!(program["id"].as_str().unwrap().parse::<i64>().unwrap() > 0, "{program}");
        let refused = server.get_as("/oauth/userinfo", &narrow).await;
        assert_eq!(
            (refused.status.as_u16(), refused.error().as_str()),
            (403, "This action is outside the authorized scopes")
        );
        let unknown =
            server.cx.write(|tx| service::oauth::create_token(tx, "nobody", &Scopes::parse("read").unwrap()));
        assert!(matches!(unknown.await, Err(service::Error::NotFound(_))));
    });
}

/// N27
#[test]
fn a_suspended_account_is_shut_out_of_both_doors() {
    on_each(With::default(), async |server| {
        let (_, account) = server.user("alice").await;
        let token = server.register("read").await.token("alice", "read").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let id = account.id;
        let suspend =
            move |tx: &mut service::Tx| Ok(store::account::set_state(tx, id, AccountState::Suspended)?);
        server.cx.write(suspend).await.unwrap();
        server.cx.access.forget_account(id);
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);
        assert_eq!(browser.get("/auth/sign_in").await.status, 200);
        assert_eq!(server.browser().try_sign_in("alice", PASSWORD).await.status, 401);
    });
}

#[test]
fn a_token_that_is_none_is_refused() {
    on_each(With::default(), async |server| {
        for token in ["x", "' OR 1=1 --", &"x".repeat(4000)] {
            let answer = server.get_as("/oauth/userinfo", token).await;
            assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer"));
            assert_eq!(answer.error(), "The access token is invalid");
        }
        let mut browser = server.browser();
        server.user("alice").await;
        browser.sign_in("alice").await;
        assert_eq!(browser.get("/oauth/userinfo").await.status, 401, "a cookie is no token");
    });
}

#[test]
fn a_program_may_name_itself_in_the_header_and_send_json() {
    on_each(With::default(), async |server| {
        use base64::Engine;
        let program = server.register("read").await;
        let basic =
            base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", program.id, program.secret));
        let request = Request::post("/oauth/token")
            .header("host", crate::browser::HOST)
            .header("authorization", format!("Basic {basic}"))
            .header("content-type", "application/json")
            .body(r#"{"grant_type":"client_credentials","scope":"read"}"#.into());
        assert_eq!(server.send(request.unwrap()).await.status, 200);
    });
}
