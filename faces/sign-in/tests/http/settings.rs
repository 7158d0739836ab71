//! What a person changes about how they sign in.

use crate::browser::{PASSWORD, With, on_each};
use domain::AccountState;

const PAGE: &str = "/settings/security";

#[test]
fn the_page_lists_browsers_and_programs_and_ends_them() {
    on_each(With::default(), async |server| {
        let (_, _) = server.user("alice").await;
        let token = server.register("read profile").await.token("alice", "read profile").await;
        let (mut here, mut there) = (server.browser(), server.browser());
        here.sign_in("alice").await;
        there.sign_in("alice").await;
        let page = here.get(PAGE).await;
        assert!(page.body.contains("Tester") && page.body.contains("from 203.0.113.7"), "{}", page.body);
        assert!(page.header("cache-control").contains("no-store"));
        let lines: Vec<&str> = page.body.split("name=\"id\" value=\"").skip(1).collect();
        let ids: Vec<&str> = lines.iter().map(|line| line.split('"').next().unwrap()).collect();
        let csrf = page.field("csrf");
        let program = ids.last().unwrap();
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
        let end = [("id", *program), ("csrf", csrf.as_str())];
        assert_eq!(here.post("/settings/security/programs", &end).await.status, 303);
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);

        let end = [("id", ids[0]), ("csrf", csrf.as_str())];
        assert_eq!(here.post("/settings/security/browsers", &end).await.status, 303);
        assert_eq!(there.get(PAGE).await.status, 303, "sent to the form");
        assert_eq!(here.get(PAGE).await.status, 200);
        there.sign_in("alice").await;
        let all = [("id", "0"), ("csrf", csrf.as_str())];
        assert_eq!(here.post("/settings/security/browsers", &all).await.status, 303);
        assert_eq!(
            (there.get(PAGE).await.status, here.get(PAGE).await.status.as_u16()),
            (303.try_into().unwrap(), 200)
        );
    });
}

/// P11
#[test]
fn a_person_ends_only_what_is_theirs() {
    on_each(With::default(), async |server| {
        let (alice, _) = server.user("alice").await;
        server.user("bob").await;
        let token = server.register("profile").await.token("alice", "profile").await;
        let id = server.cx.read(move |tx| service::oauth::list_tokens(tx, alice.id)).await.unwrap()[0].id;
        let session = server.cx.read(move |tx| service::session::list(tx, alice.id)).await.unwrap()[0].id;
        let mut bob = server.browser();
        bob.sign_in("bob").await;
        let (id, session) = (id.to_string(), session.to_string());
        for (to, id) in [("/settings/security/programs", &id), ("/settings/security/browsers", &session)] {
            assert_eq!(bob.fill_in_at(PAGE, to, &[("id", id)]).await.status, 404);
        }
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 200);
    });
}

/// N27
#[test]
fn a_new_password_needs_the_old_one_and_ends_everything_else() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let token = server.register("profile").await.token("alice", "profile").await;
        let (mut here, mut there) = (server.browser(), server.browser());
        here.sign_in("alice").await;
        there.sign_in("alice").await;
        let to = "/settings/security/password";
        for (old, new, problem) in
            [("wrong horse", "another horse", "is not the one"), (PASSWORD, "short", "8 characters")]
        {
            let answer = here.fill_in_at(PAGE, to, &[("password", old), ("new_password", new)]).await;
            assert_eq!(answer.status, 422);
            assert!(answer.body.contains(problem), "{}", answer.body);
        }
        let form = [("password", PASSWORD), ("new_password", "another horse")];
        assert_eq!(here.fill_in_at(PAGE, to, &form).await.status, 303);
        assert_eq!((here.get(PAGE).await.status.as_u16(), there.get(PAGE).await.status.as_u16()), (200, 303));
        assert_eq!(server.get_as("/oauth/userinfo", &token).await.status, 401);
        assert_eq!(server.browser().try_sign_in("alice", "another horse").await.status, 303);
    });
}

#[test]
fn without_letters_a_new_address_is_taken_at_once() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        server.user("bob").await;
        let mut here = server.browser();
        here.sign_in("alice").await;
        let to = "/settings/security/email";
        let status = async |here: &mut crate::browser::Browser, email: &str, password: &str| {
            here.fill_in_at(PAGE, to, &[("email", email), ("password", password)]).await.status.as_u16()
        };
        assert_eq!(status(&mut here, "new@mail.example", "wrong horse").await, 422);
        assert_eq!(status(&mut here, "nonsense", PASSWORD).await, 422);
        assert_eq!(status(&mut here, "new@mail.example", PASSWORD).await, 303);
        server.browser().sign_in("new@mail.example").await;
        assert_eq!(status(&mut here, "bob@mail.example", PASSWORD).await, 303, "whose it is is not told");
        assert_eq!(server.browser().try_sign_in("bob@mail.example", PASSWORD).await.status, 303);
        let bobs =
            server.cx.read(|tx| Ok(store::user::by_email(tx, "bob@mail.example")?)).await.unwrap().unwrap();
        let bob = server.cx.read(|tx| service::user::by_name(tx, "bob")).await.unwrap().unwrap();
        assert_eq!(bobs.id, bob.id);
    });
}

/// N31
#[test]
fn forms_of_the_settings_need_their_token_and_a_person() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let parts = [
            "password",
            "email",
            "browsers",
            "programs",
            "codes/begin",
            "codes",
            "codes/off",
            "codes/recovery",
            "delete",
        ];
        for part in parts {
            let path = format!("{PAGE}/{part}");
            let form = [("password", PASSWORD), ("new_password", "another horse"), ("csrf", "guessed")];
            assert_eq!(browser.post(&path, &form).await.status, 403, "{part}");
            assert_eq!(server.browser().post(&path, &form).await.status, 303, "{part}");
        }
        for path in ["/settings/invites", "/settings/invites/revoke", "/settings/sign-ups"] {
            assert_eq!(browser.post(path, &[("csrf", "guessed")]).await.status, 403, "{path}");
        }
        server.browser().sign_in("alice").await;
    });
}

#[test]
fn who_guesses_the_password_in_the_settings_has_to_wait() {
    on_each(With { rate_limit: true, ..With::default() }, async |server| {
        server.user("alice").await;
        let mut thief = server.browser();
        thief.sign_in("alice").await;
        let mut last = 0;
        for _ in 0..6 {
            let form = [("password", "wrong horse"), ("new_password", "another horse")];
            last = thief.fill_in_at(PAGE, "/settings/security/password", &form).await.status.as_u16();
        }
        assert_eq!(last, 429);
    });
}

/// N27
#[test]
fn a_person_deletes_the_own_account_with_name_and_password() {
    on_each(With::default(), async |server| {
        let (_, account) = server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let to = "/settings/security/delete";
        for form in
            [[("name", "bob"), ("password", PASSWORD)], [("name", "alice"), ("password", "wrong horse")]]
        {
            assert_eq!(browser.fill_in_at(PAGE, to, &form).await.status, 422);
        }
        let form = [("name", "@Alice"), ("password", PASSWORD)];
        let answer = browser.fill_in_at(PAGE, to, &form).await;
        assert_eq!((answer.status.as_u16(), browser.session()), (303, None));
        let state = server.cx.read(move |tx| Ok(store::account::get(tx, account.id)?.state)).await.unwrap();
        assert_eq!(state, AccountState::Deleted);
        assert_eq!(server.browser().try_sign_in("alice", PASSWORD).await.status, 401);
    });
}
