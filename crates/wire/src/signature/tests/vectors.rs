//! Signatures made by others: the examples of the specifications, and those
//! of two independent programs.

use super::*;
use aws_lc_rs::signature::{RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};

/// `test-key-rsa-pss` of RFC 9421, appendix B.1.2.
const RSA_PSS_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----";

/// `test-key-ed25519` of RFC 9421, appendix B.1.4, and its private half.
const ED25519_KEY: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----";
const ED25519_PRIVATE: &str = "MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF";

/// The key of draft-cavage, appendix C: of 1024 bits, and so refused.
const CAVAGE_KEY: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----";

const EXAMPLE_BODY: &[u8] = br#"{"hello": "world"}"#;

/// The request of RFC 9421, appendix B.2.
fn rfc_request(input: &str, signature: &str) -> Request {
    let digest =
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";
    let headers = [
        ("host", "example.com"),
        ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
        ("content-type", "application/json"),
        ("content-digest", digest),
        ("content-length", "18"),
        ("signature-input", input),
        ("signature", signature),
    ];
    let mut request = Request::new(Method::POST, "/foo?param=Value&Pet=dog", &headers, EXAMPLE_BODY);
    request.authority = "example.com".to_owned();
    request
}

fn rfc_verified(request: &Request, key: &str, algorithm: Option<&str>) -> Result<Verified, Refusal> {
    let mut claim = read(&request.headers)?.remove(0);
    // The examples name no `alg`: the algorithm is agreed beforehand.
    claim.algorithm = algorithm.map(str::to_owned);
    verify(&request.parts(), &claim, &PublicKey::from_pem(key).unwrap())
}

#[test]
fn rfc_9421_b_2_1_with_nothing_covered() {
    let request = rfc_request(
        r#"sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd""#,
        "sig-b21=:d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVrogUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ98Xw9Q==:",
    );
    rfc_verified(&request, RSA_PSS_KEY, Some("rsa-pss-sha512")).expect("the RFC's own example");
    // What is right is not enough: it covers nothing of the request.
    let claim = read(&request.headers).unwrap().remove(0);
    let then = Timestamp(1_618_884_473_000);
    assert_eq!(check_form(&request.parts(), &claim, true, then), Err(Refusal::NotCovered("@method")));
}

#[test]
fn rfc_9421_b_2_3_with_everything_covered() {
    let request = rfc_request(
        r#"sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss""#,
        "sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:",
    );
    rfc_verified(&request, RSA_PSS_KEY, Some("rsa-pss-sha512")).expect("the RFC's own example");
    digest::check(&request.headers, EXAMPLE_BODY).expect("the RFC's own digest");
    let claim = read(&request.headers).unwrap().remove(0);
    check_form(&request.parts(), &claim, true, Timestamp(1_618_884_480_000)).expect("it covers all");
    assert_eq!(rfc_verified(&request, RSA_PSS_KEY, None), Err(Refusal::SignatureMismatch));
}

#[test]
fn rfc_9421_section_3_2() {
    let request = rfc_request(
        r#"sig1=("@method" "@authority" "@path" "content-digest" "content-length" "content-type");created=1618884473;keyid="test-key-rsa-pss""#,
        "sig1=:HIbjHC5rS0BYaa9v4QfD4193TORw7u9edguPh0AW3dMq9WImrlFrCGUDih47vAxi4L2YRZ3XMJc1uOKk/J0ZmZ+wcta4nKIgBkKq0rM9hs3CQyxXGxHLMCy8uqK488o+9jrptQ+xFPHK7a9sRL1IXNaagCNN3ZxJsYapFj+JXbmaI5rtAdSfSvzPuBCh+ARHBmWuNo1UzVVdHXrl8ePL4cccqlazIJdC4QEjrF+Sn4IxBQzTZsL9y9TP5FsZYzHvDqbInkTNigBcE9cKOYNFCn4D/WM7F6TNuZO9EgtzepLWcjTymlHzK7aXq6Am6sfOrpIC49yXjj3ae6HRalVc/g==:",
    );
    rfc_verified(&request, RSA_PSS_KEY, Some("rsa-pss-sha512")).expect("the RFC's own example");
}

#[test]
fn rfc_9421_b_2_6_with_ed25519() {
    let signature =
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==";
    let request = rfc_request(
        r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#,
        &format!("sig-b26=:{signature}:"),
    );
    rfc_verified(&request, ED25519_KEY, None).expect("the RFC's own example");
    // Ed25519 gives the same signature each time: ours is the RFC's.
    let claim = read(&request.headers).unwrap().remove(0);
    let text = explain(&request.parts(), &claim).unwrap().signing_string;
    assert_eq!(
        text,
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@authority\": example.com\n\
         \"content-type\": application/json\n\"content-length\": 18\n\"@signature-params\": (\"date\" \"@method\" \
         \"@path\" \"@authority\" \"content-type\" \"content-length\");created=1618884473;keyid=\"test-key-ed25519\""
    );
    let key = SigningKey::from_pkcs8_der(&crate::encoding::from_base64(ED25519_PRIVATE).unwrap()).unwrap();
    assert_eq!(base64(&key.sign(text.as_bytes())), signature);
}

/// The signing string of a draft-cavage example, after the draft's own key
/// has agreed to it. We refuse that key; the string is what counts.
fn cavage_string(covered: Option<&str>, signature: &str) -> String {
    let covered = covered.map(|names| format!(r#",headers="{names}""#)).unwrap_or_default();
    let header = format!(r#"keyId="Test",algorithm="rsa-sha256"{covered},signature="{signature}""#);
    let headers = [
        ("host", "example.com"),
        ("date", "Sun, 05 Jan 2014 21:31:40 GMT"),
        ("content-type", "application/json"),
        ("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
        ("content-length", "18"),
        ("signature", header.as_str()),
    ];
    let mut request = Request::new(Method::POST, "/foo?param=value&pet=dog", &headers, EXAMPLE_BODY);
    request.authority = "example.com".to_owned();
    let claim = read(&request.headers).unwrap().remove(0);
    let text = explain(&request.parts(), &claim).unwrap().signing_string;
    let spki: String = CAVAGE_KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let spki = crate::encoding::from_base64(&spki).unwrap();
    UnparsedPublicKey::new(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, spki)
        .verify(text.as_bytes(), &claim.signature)
        .unwrap_or_else(|_| panic!("the draft signed something else than:\n{text}"));
    text
}

#[test]
fn draft_cavage_c_1_default() {
    let text = cavage_string(
        None,
        "SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5WozsbM=",
    );
    assert_eq!(text, "date: Sun, 05 Jan 2014 21:31:40 GMT");
}

#[test]
fn draft_cavage_c_2_basic() {
    let text = cavage_string(
        Some("(request-target) host date"),
        "qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=",
    );
    assert_eq!(
        text,
        "(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: Sun, 05 Jan 2014 21:31:40 GMT"
    );
}

#[test]
fn draft_cavage_c_3_all_headers() {
    cavage_string(
        Some("(request-target) host date content-type digest content-length"),
        "vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaERZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE=",
    );
}

#[test]
fn the_key_of_the_draft_is_too_small_for_us() {
    assert_eq!(PublicKey::from_pem(CAVAGE_KEY), Err(crate::key::KeyError::TooSmall(1024)));
}

#[test]
fn requests_made_by_other_programs_are_believed() {
    assert_eq!(FIXTURE.requests.len(), 7);
    for made in &FIXTURE.requests {
        let headers: Vec<_> =
            made.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let body =
            made.body.as_deref().map(|text| crate::encoding::from_base64(text).unwrap()).unwrap_or_default();
        let method = Method::from_bytes(made.method.as_bytes()).unwrap();
        let request = Request::new(method, &made.target, &headers, &body);
        let verified = request.arrive(&public_key(&made.key));
        assert!(verified.is_ok(), "{}: {verified:?}", made.name);
    }
}
