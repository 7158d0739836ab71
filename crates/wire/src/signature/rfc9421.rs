//! RFC 9421, HTTP Message Signatures: `Signature-Input` says what is covered,
//! `Signature` holds the bytes, both are dictionaries by label.
//!
//! Components may not have parameters (`;sf`, `;key`, `;req`, …): no peer
//! uses them, and what is not understood is not believed.

use super::MAX_SIGNATURES;
use super::claim::{Claim, Form, Parts, Scheme};
use crate::headers;
use crate::refusal::{Refusal, quoted};
use crate::structured::{self, Bare, InnerList, Item, Member};
use http::{HeaderMap, HeaderName};
use std::fmt::Write as _;

/// The header that tells this dialect from the other.
pub(super) const SIGNATURE_INPUT: &str = "signature-input";

/// What we ask for with a 401: the value of an `Accept-Signature` header.
pub const ACCEPT_SIGNATURE: &str = r#"sig1=("@method" "@target-uri" "content-digest");created;keyid"#;

/// Whether an answer asks for this dialect (`Accept-Signature`, §5.1).
pub fn wants_rfc9421(headers: &HeaderMap) -> bool {
    let asked = headers::text(headers, "accept-signature").ok().flatten();
    let members = asked.and_then(|text| structured::dictionary(&text).ok());
    members.is_some_and(|members| members.iter().any(|(_, member)| matches!(member, Member::List(_))))
}

/// Reads all signatures. A label without a key (a proxy's, perhaps) is passed
/// over as long as another one is whole.
pub(super) fn read(message: &HeaderMap) -> Result<Vec<Claim>, Refusal> {
    let inputs = headers::text(message, SIGNATURE_INPUT)?.unwrap_or_default();
    let inputs =
        structured::dictionary(&inputs).map_err(|wrong| Refusal::SignatureInputMalformed(wrong.0))?;
    let signatures = headers::text(message, "signature")?.ok_or(Refusal::NoSignature)?;
    let signatures =
        structured::dictionary(&signatures).map_err(|wrong| Refusal::SignatureMalformed(wrong.0))?;
    if inputs.len() > MAX_SIGNATURES {
        return Err(Refusal::TooManySignatures(MAX_SIGNATURES));
    }
    let mut claims = Vec::new();
    let mut first_refusal = None;
    for (label, input) in inputs {
        match claim(&label, input, &signatures) {
            Ok(claim) => claims.push(claim),
            Err(refusal) => first_refusal = first_refusal.or(Some(refusal)),
        }
    }
    if claims.is_empty() { Err(first_refusal.unwrap_or(Refusal::NoSignature)) } else { Ok(claims) }
}

fn claim(label: &str, input: Member, signatures: &[(String, Member)]) -> Result<Claim, Refusal> {
    let Member::List(components) = input else {
        return Err(Refusal::SignatureInputMalformed("a label has no list of components"));
    };
    let signature = match signatures.iter().find(|(known, _)| known == label) {
        Some((_, Member::Item(Item { bare: Bare::Bytes(bytes), .. }))) => bytes.clone(),
        Some(_) => return Err(Refusal::SignatureMalformed("a signature is not bytes between colons")),
        None => return Err(Refusal::SignatureMalformed("a label of Signature-Input is missing in it")),
    };
    Ok(Claim {
        scheme: Scheme::Rfc9421,
        label: Some(label.to_owned()),
        key_id: string(&components, "keyid")?.ok_or(Refusal::MissingParameter("keyid"))?,
        algorithm: string(&components, "alg")?,
        covered: covered(&components)?,
        created: integer(&components, "created")?,
        expires: integer(&components, "expires")?,
        signature,
        form: Form::Rfc9421(components),
    })
}

fn string(components: &InnerList, name: &str) -> Result<Option<String>, Refusal> {
    match components.params.find(name) {
        None => Ok(None),
        Some(Bare::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::SignatureInputMalformed("keyid or alg is no string")),
    }
}

fn integer(components: &InnerList, name: &str) -> Result<Option<i64>, Refusal> {
    match components.params.find(name) {
        None => Ok(None),
        Some(Bare::Integer(seconds)) => Ok(Some(*seconds)),
        Some(_) => Err(Refusal::SignatureInputMalformed("created or expires is no whole number")),
    }
}

/// The names of the components, each once.
fn covered(components: &InnerList) -> Result<Vec<String>, Refusal> {
    let mut covered: Vec<String> = Vec::new();
    for item in &components.items {
        let Bare::String(name) = &item.bare else {
            return Err(Refusal::SignatureInputMalformed("a component is no string"));
        };
        if !item.params.0.is_empty() {
            return Err(Refusal::UnsupportedComponent(quoted(&item.to_string())));
        }
        if covered.contains(name) {
            return Err(Refusal::DuplicateComponent(quoted(name)));
        }
        covered.push(name.clone());
    }
    Ok(covered)
}

/// The signature base (§2.5).
pub(super) fn signing_string(parts: &Parts<'_>, components: &InnerList) -> Result<String, Refusal> {
    let mut text = String::new();
    for name in covered(components)? {
        let value = component(parts, &name)?;
        let _ = writeln!(text, "\"{name}\": {value}");
    }
    let _ = write!(text, "\"@signature-params\": {components}");
    Ok(text)
}

/// The value of one component (§2.1, §2.2).
fn component(parts: &Parts<'_>, name: &str) -> Result<String, Refusal> {
    let path = if parts.path().is_empty() { "/" } else { parts.path() };
    Ok(match name {
        "@method" => parts.method.as_str().to_owned(),
        "@scheme" => parts.scheme.to_ascii_lowercase(),
        "@authority" => authority(parts),
        "@path" => path.to_owned(),
        "@query" => format!("?{}", parts.query().unwrap_or_default()),
        "@request-target" => parts.target.to_owned(),
        "@target-uri" => {
            let rest = if parts.target.starts_with('/') { "" } else { "/" };
            format!("{}://{}{rest}{}", parts.scheme.to_ascii_lowercase(), authority(parts), parts.target)
        }
        "host" => parts.authority.to_owned(),
        name => header(parts, name)?,
    })
}

fn header(parts: &Parts<'_>, name: &str) -> Result<String, Refusal> {
    let proper = name.bytes().all(|byte| !byte.is_ascii_uppercase())
        && HeaderName::from_bytes(name.as_bytes()).is_ok();
    if !proper || name.starts_with('@') {
        return Err(Refusal::UnsupportedComponent(quoted(name)));
    }
    headers::text(parts.headers, name)?.ok_or_else(|| Refusal::CoveredHeaderMissing(quoted(name)))
}

/// Lower case, without the port that its scheme implies (§2.2.3).
fn authority(parts: &Parts<'_>) -> String {
    let host = parts.authority.to_ascii_lowercase();
    let implied = if parts.scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    host.strip_suffix(implied).map(str::to_owned).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderValue, Method};
    use proptest::prelude::*;

    fn message(input: &str, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(SIGNATURE_INPUT, HeaderValue::from_str(input).expect("visible characters"));
        headers.insert("signature", HeaderValue::from_str(signature).expect("visible characters"));
        headers
    }

    #[test]
    fn each_label_is_a_signature() {
        let claims = read(&message(
            r#"a=("@method");created=1;keyid="k1", b=("date");keyid="k2";alg="ed25519", proxy=("date");created=2"#,
            "a=:YQ==:, b=:Yg==:, proxy=:Yw==:",
        ))
        .expect("two whole signatures");
        let seen: Vec<_> =
            claims.iter().map(|c| (c.label.as_deref(), c.key_id.as_str(), &c.signature[..])).collect();
        assert_eq!(seen, [(Some("a"), "k1", &b"a"[..]), (Some("b"), "k2", b"b")]);
    }

    #[test]
    fn components_follow_the_examples_of_the_rfc() {
        let headers = HeaderMap::new();
        let parts = |scheme, authority, target| Parts {
            method: &Method::POST,
            scheme,
            authority,
            target,
            headers: &headers,
        };
        let value = |parts: Parts<'_>, name| component(&parts, name).expect(name);
        let long = parts("https", "WWW.Example.com:443", "/path?param=value");
        assert_eq!(value(long, "@method"), "POST");
        assert_eq!(value(long, "@target-uri"), "https://www.example.com/path?param=value");
        assert_eq!(value(long, "@authority"), "www.example.com");
        assert_eq!(value(long, "@scheme"), "https");
        assert_eq!(value(long, "@request-target"), "/path?param=value");
        assert_eq!(value(long, "@path"), "/path");
        assert_eq!(value(long, "@query"), "?param=value");
        let short = parts("http", "127.0.0.1:8080", "");
        assert_eq!(value(short, "@target-uri"), "http://127.0.0.1:8080/");
        assert_eq!(value(short, "@authority"), "127.0.0.1:8080");
        assert_eq!(value(short, "@path"), "/");
        assert_eq!(value(short, "@query"), "?");
    }

    #[test]
    fn signature_input_malformed() {
        for input in [
            "sig1=(",
            "sig1=1;keyid=\"k\"",
            "sig1=(date);keyid=\"k\"",
            "sig1=();keyid=k",
            "sig1=();keyid=\"k\";created=1.5",
        ] {
            let refusal = read(&message(input, "sig1=:YQ==:")).expect_err(input);
            assert_eq!(refusal.code(), "signature_input_malformed", "{input}");
        }
    }

    #[test]
    fn a_signature_without_its_bytes_is_malformed() {
        for signature in ["sig2=:YQ==:", "sig1=1", "sig1", "sig1=:YQ==", "keyId=\"cavage\""] {
            let refusal = read(&message(r#"sig1=();keyid="k""#, signature)).expect_err(signature);
            assert_eq!(refusal.code(), "signature_malformed", "{signature}");
        }
    }

    #[test]
    fn an_answer_that_names_components_asks_for_this_dialect() {
        let asked = |value: &'static str| {
            wants_rfc9421(&HeaderMap::from_iter([(
                HeaderName::from_static("accept-signature"),
                HeaderValue::from_static(value),
            )]))
        };
        assert!(asked(ACCEPT_SIGNATURE));
        assert!(asked(r#"sig=("@method" "@authority");created;keyid="k";tag="t""#));
        assert!(!asked("yes"));
        assert!(!asked("sig=("));
        assert!(!wants_rfc9421(&HeaderMap::new()));
    }

    proptest! {
        #[test]
        fn no_headers_make_the_reader_panic(input in "[ -~]{0,120}", signature in "[ -~]{0,60}") {
            let _ = read(&message(&input, &signature));
        }
    }
}
