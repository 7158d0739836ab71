//! The shapes of header that peers really send.

use super::*;
use proptest::prelude::*;

fn accepted(request: &Request, key: &str) -> Verified {
    request.arrive(&public_key(key)).unwrap_or_else(|refusal| panic!("{refusal}: {:?}", request.headers))
}

#[test]
fn mastodon_posts_are_believed() {
    let verified = accepted(&usual(), "rsa2048");
    assert_eq!(verified.scheme(), Scheme::Cavage);
    assert_eq!(verified.key_id(), KEY_ID);
    assert_eq!(verified.target(), SignedTarget::AsSent);
}

#[test]
fn mastodon_fetches_are_believed() {
    let headers = [("host", "receiver.example"), ("date", DATE), ("accept-encoding", "gzip")];
    let request = Request::new(Method::GET, "/users/b", &headers, b"");
    accepted(&request.cavage("(request-target) host date accept-encoding", RSA, "rsa2048"), "rsa2048");
}

#[test]
fn gotosocial_says_hs2019_and_means_rsa_with_sha256() {
    let request = post("/users/b/inbox").cavage("(request-target) host date digest", HS2019, "rsa4096");
    accepted(&request, "rsa4096");
}

#[test]
fn gotosocial_may_leave_the_query_out() {
    let request =
        Request::new(Method::GET, "/users/b/outbox", &[("host", "receiver.example"), ("date", DATE)], b"");
    let mut request = request.cavage("(request-target) host date", HS2019, "rsa2048");
    request.target = "/users/b/outbox?page=true".to_owned();
    assert_eq!(accepted(&request, "rsa2048").target(), SignedTarget::WithoutQuery);
    let whole = request.clone().cavage("(request-target) host date", HS2019, "rsa2048");
    assert_eq!(accepted(&whole, "rsa2048").target(), SignedTarget::AsSent);
    request.target = "/users/c/outbox?page=true".to_owned();
    assert_eq!(request.refused("rsa2048"), "signature_mismatch");
}

#[test]
fn friendica_orders_its_headers_in_its_own_way() {
    let request = post("/inbox").with("content-length", "57");
    accepted(&request.cavage("(request-target) date content-length digest host", RSA, "rsa2048"), "rsa2048");
}

#[test]
fn peertube_leaves_the_content_type_out() {
    let request = post("/accounts/b/inbox").cavage("(request-target) host date digest", RSA, "rsa2048");
    accepted(&request, "rsa2048");
}

#[test]
fn lemmy_signs_created_and_expires() {
    let times = format!("{HS2019}created={},expires={},", NOW.seconds(), NOW.seconds() + 300);
    let request = post("/inbox").without("date");
    accepted(
        &request.cavage("(request-target) (created) (expires) content-type digest host", &times, "rsa2048"),
        "rsa2048",
    );
}

#[test]
fn a_signature_that_names_no_algorithm_follows_its_key() {
    for key in ["rsa2048", "ed25519"] {
        accepted(&post("/inbox").cavage("(request-target) host date digest", "", key), key);
    }
}

#[test]
fn ed25519_is_hs2019_in_the_old_dialect() {
    for algorithm in [HS2019, r#"algorithm="ed25519","#] {
        accepted(
            &post("/inbox").cavage("(request-target) host date digest", algorithm, "ed25519"),
            "ed25519",
        );
    }
}

#[test]
fn a_small_odd_exponent_is_a_key_like_others() {
    accepted(&post("/inbox").cavage("(request-target) host date digest", RSA, "rsa2048_e3"), "rsa2048_e3");
}

#[test]
fn headers_sent_twice_are_joined() {
    let mut request = post("/inbox").with("x-note", "one");
    request.headers.append("x-note", HeaderValue::from_static("two"));
    let request = request.cavage("(request-target) host date digest x-note", RSA, "rsa2048");
    accepted(&request, "rsa2048");
    let claim = read(&request.headers).unwrap().remove(0);
    let text = explain(&request.parts(), &claim).unwrap().signing_string;
    assert!(text.ends_with("\nx-note: one, two"), "{text}");
}

#[test]
fn the_new_dialect_is_believed() {
    let verified = accepted(&modern(), "rsa2048");
    assert_eq!((verified.scheme(), verified.key_id()), (Scheme::Rfc9421, KEY_ID));
}

#[test]
fn path_and_query_do_for_the_whole_uri() {
    let input = |names: &str| format!(r#"({names});created={};keyid="{KEY_ID}""#, NOW.seconds());
    for (target, names) in [
        ("/inbox", r#""@method" "@path" "@authority" "digest""#),
        ("/inbox?a=1", r#""@method" "@path" "@query" "host" "digest""#),
        ("/inbox?a=1", r#""@method" "@request-target" "@authority" "digest" "date""#),
    ] {
        accepted(&post(target).rfc9421(&input(names), "ed25519"), "ed25519");
    }
    let open = post("/inbox?a=1").rfc9421(&input(r#""@method" "@path" "host" "digest""#), "ed25519");
    assert_eq!(open.refused("ed25519"), "not_covered");
}

#[test]
fn a_date_does_where_created_is_missing() {
    let request = post("/inbox")
        .rfc9421(&format!(r#"("@method" "@target-uri" "digest" "date");keyid="{KEY_ID}""#), "rsa2048");
    accepted(&request, "rsa2048");
}

#[test]
fn key_ids_of_all_peers_lead_to_a_document() {
    for (key_id, fetched) in [
        ("https://a.example/users/a#main-key", "https://a.example/users/a"),
        ("https://a.example/users/a/main-key", "https://a.example/users/a/main-key"),
        ("https://a.example/users/a/publickey", "https://a.example/users/a/publickey"),
        ("https://a.example/channel/a?operation=rsakey", "https://a.example/channel/a?operation=rsakey"),
        ("https://a.example/users/a", "https://a.example/users/a"),
        ("https://a.example/users/a/public_key_pem", "https://a.example/users/a/public_key_pem"),
        ("http://127.0.0.1:9100/a#key", "http://127.0.0.1:9100/a"),
    ] {
        assert_eq!(key_id_url(key_id).unwrap().as_str(), fetched);
    }
}

#[test]
fn an_explanation_holds_all_that_was_signed() {
    let request = post("/inbox?a=1").cavage("(request-target) host date digest", RSA, "rsa2048");
    let claim = read(&request.headers).unwrap().remove(0);
    let explained = explain(&request.parts(), &claim).unwrap();
    let digest = digest::header(BODY);
    let text = format!("host: receiver.example\ndate: {DATE}\ndigest: {digest}");
    assert_eq!(explained.signing_string, format!("(request-target): post /inbox?a=1\n{text}"));
    assert_eq!(explained.without_query, Some(format!("(request-target): post /inbox\n{text}")));
    assert_eq!(explained.algorithm.as_deref(), Some("rsa-sha256"));
    let shown = serde_json::to_value(&explained).unwrap();
    assert_eq!((&shown["scheme"], &shown["covered"][3]), (&"draft-cavage".into(), &"digest".into()));
}

fn hostile_headers() -> impl Strategy<Value = HeaderMap> {
    let names = ["signature", "signature-input", "digest", "content-digest", "date", "accept-signature"];
    let value = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..80),
        "(sig1=)?[(\"@a-z;=: 0-9,)]{0,60}".prop_map(String::into_bytes),
        Just(
            br#"keyId="https://a.example/k",signature="YQ==",headers="(request-target) host date digest""#
                .to_vec()
        ),
        Just(
            br#"sig1=("@method" "@target-uri" "digest" "date");keyid="https://a.example/k";created=1"#
                .to_vec()
        ),
        Just(b"sig1=:YQ==:".to_vec()),
    ];
    prop::collection::vec((prop::sample::select(names.to_vec()), value), 0..8).prop_map(|pairs| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        }
        headers
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_headers_make_any_step_panic(headers in hostile_headers(), target in "[/?a-z=%]{0,20}", seconds in any::<i64>()) {
        let key = public_key("ed25519");
        let parts = Parts { method: &Method::POST, scheme: "https", authority: "a.example", target: &target, headers: &headers };
        let _ = digest::check(&headers, BODY);
        let _ = wants_rfc9421(&headers);
        for claim in read(&headers).unwrap_or_default() {
            let _ = key_id_url(&claim.key_id);
            let _ = check_form(&parts, &claim, true, Timestamp(seconds));
            let _ = explain(&parts, &claim);
            prop_assert!(verify(&parts, &claim, &key).is_err());
        }
    }

    #[test]
    fn no_key_id_makes_the_reader_panic(key_id in "\\PC{0,80}") {
        let _ = key_id_url(&key_id);
    }
}
