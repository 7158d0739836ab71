//! What we sign ourselves, read as a peer reads it.

use super::*;

fn signed(method: &Method, url: &str, body: Option<&[u8]>, key: &str, scheme: Scheme) -> Request {
    let url = Url::parse(url).unwrap();
    let content_type = body.map(|_| "application/activity+json");
    let headers =
        sign(&ToSign { method, url: &url, body, content_type, now: NOW }, &signing_key(key), KEY_ID, scheme);
    Request {
        method: method.clone(),
        authority: headers["host"].to_str().unwrap().to_owned(),
        target: url[url::Position::BeforePath..url::Position::AfterQuery].to_owned(),
        headers,
        body: body.unwrap_or_default().to_vec(),
    }
}

fn header<'a>(request: &'a Request, name: &str) -> &'a str {
    request.headers[name].to_str().unwrap()
}

/// Capability H1.
#[test]
fn our_own_requests_are_believed_in_both_dialects() {
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        for key in ["rsa2048", "ed25519"] {
            for url in [
                "https://receiver.example/inbox",
                "https://receiver.example/u?a=%20&b#part",
                "https://receiver.example",
            ] {
                let posted = signed(&Method::POST, url, Some(BODY), key, scheme);
                assert_eq!(posted.arrive(&public_key(key)).map(|v| v.scheme()), Ok(scheme), "{url}");
                let fetched = signed(&Method::GET, url, None, key, scheme);
                assert_eq!(
                    fetched.arrive(&public_key(key)).map(|v| v.target()),
                    Ok(SignedTarget::AsSent),
                    "{url}"
                );
            }
        }
    }
}

/// Capability H1.
#[test]
fn the_old_dialect_is_what_every_peer_reads() {
    let posted =
        signed(&Method::POST, "https://receiver.example/inbox", Some(BODY), "rsa2048", Scheme::Cavage);
    let expected = format!(
        r#"keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature=""#
    );
    assert!(header(&posted, "signature").starts_with(&expected), "{}", header(&posted, "signature"));
    assert!(header(&posted, "digest").starts_with("SHA-256="));
    assert_eq!(header(&posted, "date"), DATE);
    let names: Vec<_> = posted.headers.keys().map(HeaderName::as_str).collect();
    assert_eq!(names, ["host", "date", "digest", "content-type", "signature"]);
}

#[test]
fn the_new_dialect_has_all_that_peers_ask_for() {
    let posted =
        signed(&Method::POST, "https://receiver.example/inbox", Some(BODY), "rsa2048", Scheme::Rfc9421);
    let input = header(&posted, "signature-input");
    assert_eq!(
        input,
        format!(
            "sig1=(\"@method\" \"@target-uri\" \"@authority\" \"date\" \"content-digest\" \"content-type\");\
             created=1795341600;keyid=\"{KEY_ID}\";alg=\"rsa-v1_5-sha256\""
        )
    );
    assert!(header(&posted, "content-digest").starts_with("sha-256=:"));
    assert!(!posted.headers.contains_key("digest"));
}

#[test]
fn a_fetch_has_no_digest() {
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        let fetched = signed(&Method::GET, "https://receiver.example/users/b", None, "rsa2048", scheme);
        for absent in ["digest", "content-digest", "content-type"] {
            assert!(!fetched.headers.contains_key(absent), "{absent}");
        }
    }
}

#[test]
fn the_host_is_what_the_client_sends() {
    for (url, host) in [
        ("https://receiver.example:443/", "receiver.example"),
        ("https://receiver.example:8443/", "receiver.example:8443"),
        ("http://127.0.0.1:9100/inbox", "127.0.0.1:9100"),
        ("http://[::1]:9100/inbox", "[::1]:9100"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
    ] {
        assert_eq!(header(&signed(&Method::GET, url, None, "ed25519", Scheme::Cavage), "host"), host);
    }
}

#[test]
fn a_strange_key_id_breaks_no_header() {
    let url = Url::parse("https://receiver.example/").unwrap();
    let request = ToSign { method: &Method::GET, url: &url, body: None, content_type: None, now: NOW };
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        let headers = sign(&request, &signing_key("ed25519"), "https://a.example/\"\r\nx: y\\", scheme);
        let claim = read(&headers).unwrap().remove(0);
        assert_eq!(claim.key_id, "https://a.example/x: y");
    }
}
