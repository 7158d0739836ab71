//! Making an account with a browser.

use crate::browser::{PASSWORD, With, on_each};
use service::settings::SignUp;

#[test]
fn sign_up_is_closed_unless_it_was_opened() {
    on_each(With::default(), async |server| {
        let mut browser = server.browser();
        let page = browser.get("/auth/sign_up").await;
        assert!(page.body.contains("closed") && !page.body.contains("<input type=\"password\""));
        // The form of another page has a token that fits.
        let csrf = browser.get("/auth/sign_in").await.field("csrf");
        let form =
            [("name", "mallory"), ("email", "m@mail.example"), ("password", PASSWORD), ("csrf", &csrf)];
        assert_eq!(browser.post("/auth/sign_up", &form).await.status, 403);
        let found = server.cx.read(|tx| service::user::by_name(tx, "mallory")).await.unwrap();
        assert!(found.is_none());
    });
}

#[test]
fn where_it_is_open_everybody_makes_an_account_and_is_signed_in() {
    on_each(With { sign_up: SignUp::Open, ..With::default() }, async |server| {
        let mut browser = server.browser();
        let csrf = browser.get("/auth/sign_up").await.field("csrf");
        let form =
            [("name", "Carol"), ("email", "c@mail.example"), ("password", PASSWORD), ("csrf", csrf.as_str())];
        let answer = browser.post("/auth/sign_up", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert_eq!(browser.get("/auth/sign_in").await.status, 303);
        server.browser().sign_in("carol").await;
    });
}

#[test]
fn what_cannot_be_is_said_beside_the_form() {
    on_each(With { sign_up: SignUp::Open, ..With::default() }, async |server| {
        server.user("alice").await;
        for (name, email, password, problem) in [
            ("alice", "new@mail.example", PASSWORD, "taken"),
            ("ALICE", "new@mail.example", PASSWORD, "taken"),
            ("admin", "new@mail.example", PASSWORD, "reserved"),
            ("a b", "new@mail.example", PASSWORD, "letters"),
            ("dave", "ALICE@mail.example", PASSWORD, "taken"),
            ("dave", "nonsense", PASSWORD, "e-mail"),
            ("dave", "new@mail.example", "short", "8 characters"),
        ] {
            let mut browser = server.browser();
            let csrf = browser.get("/auth/sign_up").await.field("csrf");
            let form = [("name", name), ("email", email), ("password", password), ("csrf", csrf.as_str())];
            let answer = browser.post("/auth/sign_up", &form).await;
            assert_eq!(answer.status, 422, "{name} {email} {password}");
            assert!(answer.body.contains(problem), "{problem}");
            assert!(browser.session().is_none());
        }
    });
}

#[test]
fn a_refused_sign_up_leaves_no_account_behind() {
    on_each(With { sign_up: SignUp::Open, ..With::default() }, async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        let csrf = browser.get("/auth/sign_up").await.field("csrf");
        let mut form = vec![("name", "erin"), ("email", "alice@mail.example"), ("password", PASSWORD)];
        form.push(("csrf", csrf.as_str()));
        assert_eq!(browser.post("/auth/sign_up", &form).await.status, 422);
        form[1].1 = "erin@mail.example";
        assert_eq!(browser.post("/auth/sign_up", &form).await.status, 303, "the name is still free");
    });
}
