//! Every covered part, changed on its way.

use super::*;

fn changed(request: &Request, change: impl Fn(&mut Request)) -> &'static str {
    assert_eq!(request.refused("rsa2048"), "accepted");
    let mut request = request.clone();
    change(&mut request);
    request.refused("rsa2048")
}

fn both() -> [Request; 2] {
    [usual(), modern()]
}

#[test]
fn another_body_is_refused() {
    for request in both() {
        assert_eq!(changed(&request, |r| r.body = b"{}".to_vec()), "digest_mismatch");
    }
}

#[test]
fn another_body_with_its_own_digest_is_refused() {
    for request in both() {
        let code = changed(&request, |r| {
            r.body = b"{}".to_vec();
            for (name, digest) in
                [("digest", digest::header(b"{}")), ("content-digest", digest::content_digest(b"{}"))]
            {
                if r.headers.contains_key(name) {
                    r.set(name, &digest);
                }
            }
        });
        assert_eq!(code, "signature_mismatch");
    }
}

#[test]
fn a_right_digest_beside_the_signed_one_is_refused() {
    let code = changed(&usual(), |r| {
        r.body = b"{}".to_vec();
        r.set("content-digest", &digest::content_digest(b"{}"));
    });
    assert_eq!(code, "digest_mismatch");
}

#[test]
fn another_method_is_refused() {
    for request in both() {
        assert_eq!(changed(&request, |r| r.method = Method::PUT), "signature_mismatch");
    }
}

#[test]
fn another_target_is_refused() {
    for request in both() {
        for target in ["/users/b/inbox", "/inbox/", "/INBOX"] {
            assert_eq!(
                changed(&request, |r| target.clone_into(&mut r.target)),
                "signature_mismatch",
                "{target}"
            );
        }
    }
    assert_eq!(changed(&modern(), |r| r.target.push_str("?a=1")), "signature_mismatch");
}

#[test]
fn another_host_is_refused() {
    for request in both() {
        assert_eq!(changed(&request, |r| r.authority = "other.example".to_owned()), "signature_mismatch");
    }
}

/// Capability H2.
#[test]
fn another_date_or_type_is_refused() {
    assert_eq!(changed(&usual(), |r| r.set("date", "Sun, 22 Nov 2026 10:00:01 GMT")), "signature_mismatch");
    assert_eq!(changed(&usual(), |r| r.set("content-type", "text/html")), "signature_mismatch");
}

#[test]
fn another_header_of_the_same_name_is_refused() {
    let code = changed(&usual(), |r| {
        r.headers.append("content-type", HeaderValue::from_static("text/html"));
    });
    assert_eq!(code, "signature_mismatch");
}

#[test]
fn other_parameters_are_refused() {
    let input = format!("created={}", NOW.seconds());
    for (from, to) in [
        (input.as_str(), "created=1795341601"),
        ("keyid=", "nonce=\"1\";keyid="),
        (r#""@method" "@target-uri""#, r#""@target-uri" "@method""#),
        (r#""content-digest""#, r#""content-digest" "date""#),
    ] {
        let code = changed(&modern(), |r| {
            let header = r.headers["signature-input"].to_str().unwrap().to_owned();
            assert!(header.contains(from), "{header}");
            r.set("signature-input", &header.replace(from, to));
        });
        assert_eq!(code, "signature_mismatch", "{to}");
    }
}

#[test]
fn every_flipped_bit_of_a_signature_is_refused() {
    let request = post("/inbox").cavage("(request-target) host date digest", HS2019, "ed25519");
    let key = public_key("ed25519");
    let claim = read(&request.headers).unwrap().remove(0);
    verify(&request.parts(), &claim, &key).expect("unchanged, it fits");
    for place in 0..claim.signature.len() {
        let mut claim = claim.clone();
        claim.signature[place] ^= 1;
        assert_eq!(verify(&request.parts(), &claim, &key), Err(Refusal::SignatureMismatch), "byte {place}");
    }
}
