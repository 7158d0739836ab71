//! A code in addition to the password.

use crate::browser::{Browser, PASSWORD, Server, With, on_each};
use aws_lc_rs::hmac;
use domain::totp::{step_at, truncate};
use std::time::Duration;

fn bytes(base32: &str) -> Vec<u8> {
    let (mut buffer, mut bits, mut bytes) = (0_u32, 0, Vec::new());
    for c in base32.bytes().filter(u8::is_ascii_alphanumeric) {
        let value = if c.is_ascii_digit() { c - b'2' + 26 } else { c - b'A' };
        buffer = (buffer << 5 | u32::from(value)) & 0xffff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xff).unwrap());
        }
    }
    bytes
}

/// What the phone shows.
fn code(server: &Server, secret: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step_at(server.cx.now()).to_be_bytes());
    truncate(&tag.as_ref().try_into().unwrap())
}

/// Sets it up as a person would: the secret and the recovery codes.
async fn set_up(server: &Server, browser: &mut Browser) -> (Vec<u8>, Vec<String>) {
    let begin = [("password", PASSWORD)];
    let page = browser.fill_in_at("/settings/security", "/settings/security/codes/begin", &begin).await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert!(page.body.contains("<svg"));
    let text = page.body.split("<span class=\"code\">").nth(1).unwrap().split('<').next().unwrap().to_owned();
    let secret = bytes(&text);
    assert_eq!(secret.len(), 20);
    let csrf = page.field("csrf");
    let wrong = browser.post("/settings/security/codes", &[("code", "000000"), ("csrf", &csrf)]).await;
    assert_eq!(wrong.status, 422);
    let right = code(server, &secret);
    let page = browser.post("/settings/security/codes", &[("code", &right), ("csrf", &csrf)]).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let codes: Vec<String> =
        page.body.split("<li>").skip(1).map(|item| item.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), 10);
    (secret, codes)
}

/// Gives the password; the page that asks for the code.
async fn first_step(browser: &mut Browser) -> (String, String) {
    let page = browser.try_sign_in("alice", PASSWORD).await;
    assert_eq!((page.status.as_u16(), browser.session()), (200, None), "not signed in yet");
    (page.field("step"), page.field("csrf"))
}

async fn second_step(browser: &mut Browser, step: &str, csrf: &str, code: &str) -> u16 {
    let form = [("login", "alice"), ("step", step), ("csrf", csrf), ("code", code)];
    browser.post("/auth/sign_in/code", &form).await.status.as_u16()
}

#[test]
fn a_code_is_asked_for_and_good_once() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let (secret, _) = set_up(&server, &mut browser).await;
        server.clock.advance(Duration::from_secs(60));
        let shown = code(&server, &secret);

        let mut phone = server.browser();
        let (step, csrf) = first_step(&mut phone).await;
        assert_eq!(second_step(&mut phone, &step, &csrf, "123456").await, 401);
        assert_eq!(second_step(&mut phone, &step, &csrf, &shown).await, 303);
        assert!(phone.session().is_some());
        // Whoever looked over the shoulder is too late, in either way.
        let mut thief = server.browser();
        let (other, csrf) = first_step(&mut thief).await;
        assert_eq!(second_step(&mut thief, &other, &csrf, &shown).await, 401, "the code was used");
        assert_eq!(second_step(&mut thief, &step, &csrf, &code(&server, &secret)).await, 401, "the step too");
        server.clock.advance(Duration::from_secs(30));
        assert_eq!(second_step(&mut thief, &other, &csrf, &code(&server, &secret)).await, 303);
    });
}

#[test]
fn five_wrong_codes_or_five_minutes_and_the_password_is_asked_for_again() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let (secret, _) = set_up(&server, &mut browser).await;
        server.clock.advance(Duration::from_secs(60));
        let mut phone = server.browser();
        let (step, csrf) = first_step(&mut phone).await;
        for _ in 0..5 {
            assert_eq!(second_step(&mut phone, &step, &csrf, "123456").await, 401);
        }
        assert_eq!(second_step(&mut phone, &step, &csrf, &code(&server, &secret)).await, 401);
        let (step, csrf) = first_step(&mut phone).await;
        server.clock.advance(Duration::from_secs(301));
        assert_eq!(second_step(&mut phone, &step, &csrf, &code(&server, &secret)).await, 401);
        assert!(phone.session().is_none());
    });
}

#[test]
fn recovery_codes_are_good_once_each_however_they_are_typed() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        let (_, codes) = set_up(&server, &mut browser).await;
        let typed = codes[0].to_uppercase().replace('-', " ");
        for (code, status) in [(codes[1].as_str(), 303), (codes[1].as_str(), 401), (typed.as_str(), 303)] {
            let mut phone = server.browser();
            let (step, csrf) = first_step(&mut phone).await;
            assert_eq!(second_step(&mut phone, &step, &csrf, code).await, status);
        }
        assert!(browser.get("/settings/security").await.body.contains("8 recovery codes left"));
    });
}

#[test]
fn codes_end_with_the_password_or_by_the_administrator() {
    on_each(With::default(), async |server| {
        let (user, _) = server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        set_up(&server, &mut browser).await;
        let off = "/settings/security/codes/off";
        let wrong = browser.fill_in_at("/settings/security", off, &[("password", "wrong horse")]).await;
        assert_eq!(wrong.status, 422);
        first_step(&mut server.browser()).await;
        let right = browser.fill_in_at("/settings/security", off, &[("password", PASSWORD)]).await;
        assert_eq!(right.status, 303);
        server.browser().sign_in("alice").await;
        set_up(&server, &mut browser).await;
        server.cx.write(move |tx| service::totp::switch_off(tx, user.id)).await.unwrap();
        server.browser().sign_in("alice").await;
    });
}

/// N26
#[test]
fn whether_codes_are_asked_for_is_told_to_nobody_without_the_password() {
    on_each(With::default(), async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        set_up(&server, &mut browser).await;
        let answer = server.browser().try_sign_in("alice", "wrong horse").await;
        assert_eq!(answer.status, 401);
        assert!(!answer.body.contains("name=\"step\""));
    });
}

#[test]
fn who_guesses_codes_has_to_wait_although_they_know_the_password() {
    on_each(With { rate_limit: true, ..With::default() }, async |server| {
        server.user("alice").await;
        let mut browser = server.browser();
        browser.sign_in("alice").await;
        set_up(&server, &mut browser).await;
        let mut last = 0;
        for number in 0..4_u8 {
            let mut thief = server.browser();
            thief.address = format!("198.51.100.{number}").parse().unwrap();
            let page = thief.try_sign_in("alice", PASSWORD).await;
            last = page.status.as_u16();
            if last != 200 {
                break;
            }
            let (step, csrf) = (page.field("step"), page.field("csrf"));
            last = second_step(&mut thief, &step, &csrf, "123456").await;
        }
        assert_eq!(last, 429, "a new first step does not begin anew");
    });
}
