//! One test for each reason to refuse, named after it. Those of the digest
//! alone stand beside it, those of the two readers beside them.

use super::*;

fn refusal(request: &Request) -> Refusal {
    request.arrive(&public_key("rsa2048")).expect_err("this must be refused")
}

fn cavage(covered: &str) -> Request {
    post("/inbox").cavage(covered, RSA, "rsa2048")
}

fn dated(date: &str) -> Request {
    post("/inbox").with("date", date).cavage("(request-target) host date digest", RSA, "rsa2048")
}

fn rfc9421(input: &str) -> Request {
    post("/inbox").with("content-digest", &digest::content_digest(BODY)).rfc9421(input, "rsa2048")
}

#[test]
fn no_signature() {
    let refusal = refusal(&post("/inbox"));
    assert_eq!(refusal, Refusal::NoSignature);
    assert_eq!(refusal.to_string(), "the request has no Signature header");
    assert_eq!(modern().without("signature").refused("rsa2048"), "no_signature");
}

#[test]
fn too_many_signatures() {
    let inputs: Vec<String> = (0..=MAX_SIGNATURES).map(|n| format!(r#"s{n}=();keyid="k""#)).collect();
    let request = post("/inbox").with("signature-input", &inputs.join(", ")).with("signature", "s0=:YQ==:");
    assert_eq!(read(&request.headers), Err(Refusal::TooManySignatures(MAX_SIGNATURES)));
}

#[test]
fn missing_parameter() {
    for (header, missing) in [(r#"signature="YQ==""#, "keyId"), (r#"keyId="k""#, "signature"), ("", "keyId")]
    {
        let request = post("/inbox").with("signature", header);
        assert_eq!(read(&request.headers), Err(Refusal::MissingParameter(missing)), "{header}");
    }
    let nameless = post("/inbox").with("signature-input", "a=();created=1").with("signature", "a=:YQ==:");
    assert_eq!(read(&nameless.headers), Err(Refusal::MissingParameter("keyid")));
    let timeless = rfc9421(&format!(r#"("@method" "@target-uri" "content-digest");keyid="{KEY_ID}""#));
    assert_eq!(refusal(&timeless), Refusal::MissingParameter("created"));
    let header =
        format!(r#"keyId="{KEY_ID}",headers="(request-target) host (created) digest",signature="YQ==""#);
    assert_eq!(refusal(&post("/inbox").with("signature", &header)), Refusal::MissingParameter("created"));
    let header =
        format!(r#"keyId="{KEY_ID}",headers="(request-target) host date (expires) digest",signature="YQ==""#);
    assert_eq!(refusal(&post("/inbox").with("signature", &header)), Refusal::MissingParameter("expires"));
}

#[test]
fn duplicate_parameter() {
    let mut request = usual();
    let header = format!(r#"{},keyid="https://b.example/k""#, request.headers["signature"].to_str().unwrap());
    request.set("signature", &header);
    assert_eq!(refusal(&request), Refusal::DuplicateParameter("keyid".to_owned()));
    // Two whole headers are one with everything twice.
    let mut request = usual();
    let second = request.headers["signature"].clone();
    request.headers.append("signature", second);
    assert_eq!(request.refused("rsa2048"), "duplicate_parameter");
}

#[test]
fn key_id() {
    let long = format!("https://a.example/{}", "k".repeat(8192));
    for bad in [
        "file:///etc/passwd",
        "data:text/plain,key",
        "javascript:alert(1)",
        "gopher://a.example/1",
        "https://[::1/key",
        "",
        "/users/a#main-key",
        "acct:a@a.example",
        "https://user:pass@a.example/key",
        "https://a.example@b.example/key",
        "https://a.example/k ey",
        &long,
    ] {
        let refusal = key_id_url(bad).expect_err(bad);
        assert_eq!(refusal.code(), "key_id", "{bad}");
    }
}

/// Capability H4.
#[test]
fn missing_digest() {
    assert_eq!(refusal(&usual().without("digest")), Refusal::MissingDigest);
    // An unknown digest under the signature and a known one beside it.
    let request = post("/inbox").with("digest", "MD5=abc");
    let request = request.cavage("(request-target) host date digest", RSA, "rsa2048");
    let forged = request.with("content-digest", &digest::content_digest(BODY));
    assert_eq!(refusal(&forged), Refusal::MissingDigest);
}

#[test]
fn not_covered() {
    for (covered, part) in [
        ("date", "(request-target)"),
        ("host date digest", "(request-target)"),
        ("(request-target) date digest", "host"),
        ("(request-target) host date", "digest"),
        ("(request-target) host digest", "date"),
    ] {
        let refusal = refusal(&cavage(covered));
        assert_eq!(refusal, Refusal::NotCovered(part), "{covered}");
        assert_eq!(refusal.to_string(), format!("the signature does not cover `{part}`"));
    }
    let created = NOW.seconds();
    for (covered, part) in [
        (r#""@target-uri" "content-digest""#, "@method"),
        (r#""@method" "content-digest""#, "@target-uri"),
        (r#""@method" "@path" "content-digest""#, "@authority"),
        (r#""@method" "@target-uri""#, "content-digest"),
    ] {
        let request = rfc9421(&format!(r#"({covered});created={created};keyid="{KEY_ID}""#));
        assert_eq!(refusal(&request), Refusal::NotCovered(part), "{covered}");
    }
}

#[test]
fn a_post_without_a_body_still_covers_a_digest() {
    let empty = Request::new(Method::POST, "/inbox", &[("host", "receiver.example"), ("date", DATE)], b"");
    let empty = empty.cavage("(request-target) host date", RSA, "rsa2048");
    assert_eq!(refusal(&empty), Refusal::NotCovered("digest"));
}

#[test]
fn a_created_that_is_not_covered_is_no_date() {
    let request = post("/inbox").cavage(
        "(request-target) host digest",
        &format!("{HS2019}created={},", NOW.seconds()),
        "rsa2048",
    );
    assert_eq!(refusal(&request), Refusal::NotCovered("date"));
}

#[test]
fn covered_header_missing() {
    assert_eq!(
        refusal(&usual().without("content-type")),
        Refusal::CoveredHeaderMissing("content-type".to_owned())
    );
    assert_eq!(refusal(&usual().without("date")), Refusal::CoveredHeaderMissing("date".to_owned()));
}

#[test]
fn unsupported_component() {
    for input in [
        r#"("@status");keyid="k""#,
        r#"("@nonsense");keyid="k""#,
        r#"("Date");keyid="k""#,
        r#"("");keyid="k""#,
    ] {
        let request =
            post("/inbox").with("signature-input", &format!("a={input}")).with("signature", "a=:YQ==:");
        let claim = read(&request.headers).unwrap().remove(0);
        let refusal = verify(&request.parts(), &claim, &public_key("rsa2048")).unwrap_err();
        assert_eq!(refusal.code(), "unsupported_component", "{input}");
    }
    for input in [r#"("content-digest";req);keyid="k""#, r#"("@query-param";name="a");keyid="k""#] {
        let request =
            post("/inbox").with("signature-input", &format!("a={input}")).with("signature", "a=:YQ==:");
        assert_eq!(read(&request.headers).unwrap_err().code(), "unsupported_component", "{input}");
    }
    let odd = post("/inbox").with("signature", r#"keyId="k",headers="(status) date",signature="YQ==""#);
    assert_eq!(read(&odd.headers), Err(Refusal::UnsupportedComponent("(status)".to_owned())));
}

#[test]
fn duplicate_component() {
    let twice = post("/inbox").with("signature", r#"keyId="k",headers="date Date",signature="YQ==""#);
    assert_eq!(read(&twice.headers), Err(Refusal::DuplicateComponent("date".to_owned())));
    let twice = post("/inbox")
        .with("signature-input", r#"a=("date" "date");keyid="k""#)
        .with("signature", "a=:YQ==:");
    assert_eq!(read(&twice.headers), Err(Refusal::DuplicateComponent("date".to_owned())));
}

#[test]
fn header_not_text() {
    let mut request = usual();
    request.headers.insert("content-type", HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(refusal(&request), Refusal::HeaderNotText("content-type".to_owned()));
    request.headers.insert("signature", HeaderValue::from_bytes(b"\xff").unwrap());
    assert_eq!(refusal(&request), Refusal::HeaderNotText("signature".to_owned()));
}

#[test]
fn date_malformed() {
    for date in ["yesterday", "2026-11-22T10:00:00Z", ""] {
        assert_eq!(refusal(&dated(date)), Refusal::DateMalformed, "{date}");
    }
    let mut twice = post("/inbox");
    twice.headers.append("date", HeaderValue::from_static("Fri, 20 Nov 2026 10:00:00 GMT"));
    assert_eq!(
        twice.cavage("(request-target) host date digest", RSA, "rsa2048").refused("rsa2048"),
        "date_malformed"
    );
}

/// Capability H4.
#[test]
fn too_old() {
    assert_eq!(dated("Sat, 21 Nov 2026 22:00:00 GMT").refused("rsa2048"), "accepted");
    assert_eq!(dated("Sat, 21 Nov 2026 21:59:59 GMT").refused("rsa2048"), "too_old");
    let refusal = refusal(&dated("Fri, 20 Nov 2026 10:00:00 GMT"));
    assert_eq!(refusal.to_string(), "the Date is 48 h old (at most 12 h)");
    let yesterday = NOW.seconds() - 86_400;
    let request = rfc9421(&format!(
        r#"("@method" "@target-uri" "content-digest" "date");created={yesterday};keyid="{KEY_ID}""#
    ));
    assert_eq!(
        request.arrive(&public_key("rsa2048")).unwrap_err().to_string(),
        "the created is 24 h old (at most 12 h)"
    );
}

#[test]
fn too_far_ahead() {
    assert_eq!(dated("Sun, 22 Nov 2026 11:00:00 GMT").refused("rsa2048"), "accepted");
    assert_eq!(dated("Sun, 22 Nov 2026 11:00:01 GMT").refused("rsa2048"), "too_far_ahead");
    let refusal = refusal(&dated("Tue, 24 Nov 2026 10:00:00 GMT"));
    assert_eq!(refusal.to_string(), "the Date is 48 h ahead of our clock (at most 1 h)");
    let far = rfc9421(&format!(
        r#"("@method" "@target-uri" "content-digest");created=999999999999999;keyid="{KEY_ID}""#
    ));
    assert_eq!(far.refused("rsa2048"), "too_far_ahead");
}

/// N06
#[test]
fn expired() {
    let (before, after) = (NOW.seconds() - 60, NOW.seconds() + 60);
    let covered = "(request-target) host date digest";
    let times =
        |expires: i64| post("/inbox").cavage(covered, &format!("{HS2019}expires={expires},"), "rsa2048");
    assert_eq!(times(after).refused("rsa2048"), "accepted");
    assert_eq!(refusal(&times(before)).to_string(), "the signature expired 1 min ago");
    let input = format!(
        r#"("@method" "@target-uri" "content-digest");created={before};expires={before};keyid="{KEY_ID}""#
    );
    assert_eq!(rfc9421(&input).refused("rsa2048"), "expired");
}

#[test]
fn unknown_algorithm() {
    for algorithm in ["rsa-sha1", "hmac-sha256", "ecdsa-sha256", "rsa-v1_5-sha256", ""] {
        let request = post("/inbox").cavage(
            "(request-target) host date digest",
            &format!(r#"algorithm="{algorithm}","#),
            "rsa2048",
        );
        assert_eq!(refusal(&request), Refusal::UnknownAlgorithm(algorithm.to_owned()));
    }
    for algorithm in ["hmac-sha256", "ecdsa-p256-sha256", "hs2019", "rsa-sha256"] {
        let created = NOW.seconds();
        let request = rfc9421(&format!(
            r#"("@method" "@target-uri" "content-digest");created={created};keyid="{KEY_ID}";alg="{algorithm}""#
        ));
        assert_eq!(refusal(&request), Refusal::UnknownAlgorithm(algorithm.to_owned()));
    }
}

/// N07
#[test]
fn algorithm_key_mismatch() {
    let covered = "(request-target) host date digest";
    let ed25519 = post("/inbox").cavage(covered, RSA, "ed25519");
    let refusal = ed25519.arrive(&public_key("ed25519")).unwrap_err();
    assert_eq!(refusal, Refusal::AlgorithmKeyMismatch { algorithm: "rsa-sha256".to_owned(), key: "Ed25519" });
    let rsa = post("/inbox").cavage(covered, r#"algorithm="ed25519","#, "rsa2048");
    assert_eq!(rsa.refused("rsa2048"), "algorithm_key_mismatch");
}

#[test]
fn signature_mismatch() {
    assert_eq!(
        refusal(&post("/inbox").cavage("(request-target) host date digest", RSA, "rsa4096")),
        Refusal::SignatureMismatch
    );
    assert_eq!(usual().refused("rsa2048_e3"), "signature_mismatch");
    assert_eq!(usual().refused("ed25519"), "algorithm_key_mismatch");
    let empty = post("/inbox").with(
        "signature",
        &format!(r#"keyId="{KEY_ID}",headers="(request-target) host date digest",signature="""#),
    );
    assert_eq!(empty.refused("rsa2048"), "signature_mismatch");
}
