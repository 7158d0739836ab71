//! Making an account with a browser.

use crate::browser::{Browser, PASSWORD, Server, With, on_each};
use domain::user::Role;
use service::invite::Terms;
use service::settings::SignUp;
use std::time::Duration;

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
        let mut browser = server.browser();
        let csrf = browser.get("/auth/sign_up").await.field("csrf");
        let mut form = vec![("name", "erin"), ("email", "erin@mail.example"), ("password", PASSWORD)];
        form.extend([("invite", "no such code"), ("csrf", csrf.as_str())]);
        assert_eq!(browser.post("/auth/sign_up", &form).await.status, 422);
        form[3].1 = "";
        assert_eq!(browser.post("/auth/sign_up", &form).await.status, 303, "the name is still free");
    });
}

/// N26
#[test]
fn whose_an_e_mail_address_is_is_not_told() {
    on_each(With { sign_up: SignUp::Open, ..With::default() }, async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        let form = [("name", "dave"), ("email", "ALICE@mail.example"), ("password", "another horse")];
        assert_eq!(browser.fill_in("/auth/sign_up", &form).await.status, 303, "as with any address");
        // The address stays alice's: dave signs in by name.
        assert_eq!(server.browser().try_sign_in("alice@mail.example", "another horse").await.status, 401);
        server.browser().sign_in("alice@mail.example").await;
        assert_eq!(server.browser().try_sign_in("dave", "another horse").await.status, 303);
    });
}

/// Signs in as an administrator.
async fn admin(server: &Server) -> Browser {
    server.user_as("boss", Role::Admin).await;
    let mut browser = server.browser();
    browser.sign_in("boss").await;
    browser
}

#[test]
fn with_approval_an_administrator_reads_why_and_lets_in() {
    on_each(With { sign_up: SignUp::Approval, ..With::default() }, async |server| {
        let mut boss = admin(&server).await;
        let mut browser = server.browser();
        let form = [("name", "carol"), ("email", "c@mail.example"), ("password", PASSWORD)];
        assert_eq!(browser.fill_in("/auth/sign_up", &form).await.status, 422, "without a reason");
        let mut form = form.to_vec();
        form.push(("reason", "I sing <b>alto</b>"));
        let page = browser.fill_in("/auth/sign_up", &form).await;
        assert_eq!((page.status.as_u16(), browser.session()), (200, None));
        assert!(page.body.contains("administrator"));
        let answer = server.browser().try_sign_in("carol", PASSWORD).await;
        assert_eq!((answer.status.as_u16(), answer.header("set-cookie")), (403, ""));
        let seen = server.cx.read(|tx| service::reading::find_resource(tx, "acct:carol@here.example")).await;
        assert!(matches!(seen, Err(service::Error::NotFound(_))), "nobody sees who waits");

        assert_eq!(server.browser().get("/settings/sign-ups").await.status, 303);
        server.user("alice").await;
        let mut alice = server.browser();
        alice.sign_in("alice").await;
        assert_eq!(alice.get("/settings/sign-ups").await.status, 404, "not for members");
        let page = boss.get("/settings/sign-ups").await;
        assert!(page.body.contains("I sing &#60;b&#62;alto"), "{}", page.body);
        let (id, csrf) = (page.field("id"), page.field("csrf"));
        let yes = [("id", id.as_str()), ("decision", "approve"), ("csrf", csrf.as_str())];
        assert_eq!(alice.post("/settings/sign-ups", &yes).await.status, 403, "a form that is not hers");
        assert_eq!(boss.post("/settings/sign-ups", &yes).await.status, 303);
        server.browser().sign_in("carol").await;
        let seen = server.cx.read(|tx| service::reading::find_resource(tx, "acct:carol@here.example")).await;
        assert!(seen.is_ok());
    });
}

#[test]
fn who_is_sent_away_leaves_nothing_behind() {
    on_each(With { sign_up: SignUp::Approval, ..With::default() }, async |server| {
        let form = [("name", "carol"), ("email", "c@mail.example"), ("password", PASSWORD), ("reason", "x")];
        server.browser().fill_in("/auth/sign_up", &form).await;
        let reject = |tx: &mut service::Tx| {
            let applicant = service::sign_up::applicant(tx, "carol")?;
            service::sign_up::reject(tx, applicant.user_id)
        };
        server.cx.write(reject).await.unwrap();
        assert_eq!(server.browser().try_sign_in("carol", PASSWORD).await.status, 401);
        assert!(server.cx.write(reject).await.is_err(), "only who waits can be sent away");
        let again = server.browser().fill_in("/auth/sign_up", &form).await;
        assert_eq!(again.status, 200, "the name is free: {}", again.body);
    });
}

#[test]
fn an_invitation_lets_in_as_many_as_it_says() {
    on_each(With { sign_up: SignUp::Invite, ..With::default() }, async |server| {
        server.user("alice").await;
        let mut alice = server.browser();
        alice.sign_in("alice").await;
        let form = [("uses", "1"), ("days", "7")];
        assert_eq!(alice.fill_in_at("/settings/invites", "/settings/invites", &form).await.status, 303);
        let page = alice.get("/settings/invites").await;
        let start = page.body.find("/auth/sign_up?invite=").unwrap();
        let link = page.body[start..].split('<').next().unwrap().to_owned();
        let code = link.split('=').nth(1).unwrap();

        let none = [("name", "dave"), ("email", "d@mail.example"), ("password", PASSWORD)];
        assert_eq!(server.browser().fill_in("/auth/sign_up", &none).await.status, 422);
        let mut form = none.to_vec();
        form.push(("invite", code));
        let answer = server.browser().fill_in_at(&link, "/auth/sign_up", &form).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        form[0].1 = "erin";
        assert_eq!(server.browser().fill_in("/auth/sign_up", &form).await.status, 422, "used up");
        assert!(server.browser().get(&link).await.body.contains("not good any more"));
    });
}

#[test]
fn an_invitation_ends_with_its_time_or_when_it_is_taken_back() {
    on_each(With { sign_up: SignUp::Invite, ..With::default() }, async |server| {
        let make = async || {
            let terms = Terms { max_uses: None, lasts: Some(Duration::from_hours(24)) };
            server.cx.write(move |tx| service::invite::create(tx, None, terms)).await.unwrap().code
        };
        let (late, back) = (make().await, make().await);
        let taken = back.clone();
        server.cx.write(move |tx| service::invite::revoke(tx, &taken)).await.unwrap();
        let status = async |name: &str, code: &str| {
            let email = format!("{name}@mail.example");
            let form = [("name", name), ("email", &email), ("password", PASSWORD), ("invite", code)];
            server.browser().fill_in("/auth/sign_up", &form).await.status.as_u16()
        };
        assert_eq!(status("dave", &back).await, 422);
        assert_eq!(status("dave", &late).await, 303);
        server.clock.advance(Duration::from_hours(25));
        assert_eq!(status("erin", &late).await, 422);
    });
}
