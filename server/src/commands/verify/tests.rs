use super::*;
use http::Method;
use url::Url;
use wire::key::SigningKey;
use wire::signature::{Scheme, ToSign, sign};

const BODY: &str = r#"{"type":"Like"}"#;

fn saved(key: &SigningKey, scheme: Scheme, now: Timestamp) -> String {
    let url = Url::parse("https://here.example/inbox").unwrap();
    let to_sign = ToSign {
        method: &Method::POST,
        url: &url,
        body: Some(BODY.as_bytes()),
        content_type: Some("application/activity+json"),
        now,
    };
    let headers = sign(&to_sign, key, "https://peer.example/users/bob#main-key", scheme);
    let line = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        format!("{name}: {}", value.to_str().unwrap())
    };
    let lines: Vec<String> = headers.iter().map(line).collect();
    format!("POST /inbox HTTP/1.1\r\n{}\r\n\r\n{BODY}", lines.join("\r\n"))
}

fn verify(text: &str, key: &SigningKey) -> Output {
    let command =
        VerifyCommand { file: "-".into(), key: Some(key.public().to_pem()), scheme: "https".to_owned() };
    command.alone(text).unwrap()
}

#[test]
fn a_good_signature_is_explained_and_holds() {
    let key = SigningKey::generate_rsa().unwrap();
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        let told = verify(&saved(&key, scheme, Clock::system().now()), &key);
        assert_eq!(told.code, 0, "{}", told.stdout);
        for part in [
            scheme.name(),
            "covers: ",
            "    | ",
            "digest of the body: good",
            "key: good, ",
            "The signature holds.",
        ] {
            assert!(told.stdout.contains(part), "{part}:\n{}", told.stdout);
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let (key, other) = (SigningKey::generate_rsa().unwrap(), SigningKey::generate_rsa().unwrap());
    let now = Clock::system().now();
    let good = saved(&key, Scheme::Cavage, now);
    let old = saved(&key, Scheme::Cavage, now.minus(std::time::Duration::from_hours(48)));
    for (text, key, part) in [
        (good.as_str(), &other, "  signature: NOT good: "),
        (&old, &key, "coverage and dates: NOT good: "),
        (&good.replace("Like", "Bite"), &key, "digest of the body: NOT good: "),
        (&good.replace("POST /inbox", "POST /other"), &key, "  signature: NOT good: "),
        (&format!("{good}\n"), &key, "was it added when saving?"),
        ("GET / HTTP/1.1\nHost: a.example\n\n", &key, "has no Signature header"),
    ] {
        let told = verify(text, key);
        assert_eq!(told.code, 1, "{}", told.stdout);
        assert!(
            told.stdout.contains(part) && told.stdout.contains("does not hold"),
            "{part}:\n{}",
            told.stdout
        );
    }
}
