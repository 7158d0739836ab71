//! Programs sign people up.

use crate::browser::{PASSWORD, Server, With, on_each};
use serde_json::{Value, json};
use service::settings::SignUp;

fn form(name: &str) -> Value {
    json!({
        "username": name, "email": format!("{name}@mail.example"), "password": PASSWORD, "agreement": true,
        "locale": "en", "date_of_birth": "1990-01-01",
    })
}

async fn own_token(server: &Server) -> String {
    server.register("read write").await.own_token("read write").await
}

#[test]
fn where_sign_up_is_open_the_token_works_at_once() {
    on_each(With { sign_up: SignUp::Open, ..With::default() }, async |server| {
        let token = own_token(&server).await;
        let answer = server.post_as("/api/v1/accounts", &token, &form("carol")).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let made = answer.json();
        assert_eq!((&made["token_type"], &made["scope"]), (&json!("Bearer"), &json!("read write")));
        assert!(made["created_at"].is_number());
        let token = made["access_token"].as_str().unwrap();
        let who = server.get_as("/oauth/userinfo", token).await;
        assert_eq!((who.status.as_u16(), &who.json()["preferred_username"]), (200, &json!("carol")));
        let known = server.get_as("/api/v1/emails/check_confirmation", token).await;
        assert_eq!((known.status.as_u16(), known.json()), (200, json!(true)));
        server.browser().sign_in("carol").await;
    });
}

#[test]
fn everything_wrong_is_told_part_by_part() {
    on_each(With { sign_up: SignUp::Open, ..With::default() }, async |server| {
        server.user("alice").await;
        let token = own_token(&server).await;
        let answer = server.post_as("/api/v1/accounts", &token, &json!({})).await;
        assert_eq!(answer.status, 422);
        let wrong = answer.json();
        assert_eq!(
            wrong["error"],
            "Validation failed: Username can't be blank, Email can't be blank, Email is invalid, \
             Password can't be blank, Agreement must be accepted"
        );
        let blank = json!([{ "error": "ERR_BLANK", "description": "can't be blank" }]);
        assert_eq!((&wrong["details"]["username"], &wrong["details"]["password"]), (&blank, &blank));
        assert_eq!(wrong["details"]["agreement"][0]["error"], "ERR_ACCEPTED");
        for (part, value, code) in [
            ("username", "Alice", "ERR_TAKEN"),
            ("username", "admin", "ERR_RESERVED"),
            ("username", "a b", "ERR_INVALID"),
            ("email", "a@b.test\r\nBcc: c@d.test", "ERR_INVALID"),
            ("password", "short", "ERR_TOO_SHORT"),
            ("invite_code", "no such", "ERR_INVALID"),
        ] {
            let mut form = form("dave");
            form[part] = json!(value);
            let answer = server.post_as("/api/v1/accounts", &token, &form).await;
            assert_eq!(
                (answer.status.as_u16(), &answer.json()["details"][part][0]["error"]),
                (422, &json!(code))
            );
        }
    });
}

#[test]
fn only_a_program_for_itself_with_the_right_scope_signs_up() {
    on_each(With { sign_up: SignUp::Open, ..With::default() }, async |server| {
        server.user("alice").await;
        let program = server.register("read write").await;
        let (narrow, person) = (program.own_token("read").await, program.token("alice", "read write").await);
        for token in [narrow.as_str(), person.as_str()] {
            assert_eq!(server.post_as("/api/v1/accounts", token, &form("dave")).await.status, 403);
        }
        assert_eq!(server.post_as("/api/v1/accounts", "none", &form("dave")).await.status, 401);
    });
    on_each(With::default(), async |server| {
        let token = own_token(&server).await;
        let answer = server.post_as("/api/v1/accounts", &token, &form("dave")).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, "This action is not allowed"));
    });
}

#[test]
fn who_waits_for_approval_has_a_token_that_works_afterwards() {
    on_each(With { sign_up: SignUp::Approval, ..With::default() }, async |server| {
        let program = server.register("read write profile").await;
        let token = program.own_token("read write").await;
        let refused = server.post_as("/api/v1/accounts", &token, &form("carol")).await;
        assert_eq!(refused.json()["details"]["reason"][0]["error"], "ERR_BLANK");
        let mut form = form("carol");
        form["reason"] = json!("I sing alto");
        let made = server.post_as("/api/v1/accounts", &token, &form).await.json();
        let token = made["access_token"].as_str().unwrap().to_owned();
        let answer = server.get_as("/oauth/userinfo", &token).await;
        let pending = "Your login is currently pending approval";
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, pending));
        server
            .cx
            .write(|tx| {
                let applicant = service::sign_up::applicant(tx, "carol")?;
                service::sign_up::approve(tx, applicant.user_id, service::settings::Mail::Off)
            })
            .await
            .unwrap();
        server.cx.access.forget_all();
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
    });
}
