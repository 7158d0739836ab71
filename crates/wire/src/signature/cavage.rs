//! draft-cavage-http-signatures: one header of parameters, and a signing
//! string of `name: value` lines. Drafts 6 to 12 are read alike; what peers
//! make of them differs more than the drafts do.

use super::claim::{Claim, Form, Parts, Scheme, Times};
use crate::encoding::from_base64;
use crate::headers;
use crate::refusal::{Refusal, quoted};
use http::{HeaderMap, HeaderName};

/// The component of method and target.
pub(super) const REQUEST_TARGET: &str = "(request-target)";
/// The component of the parameter `created`.
pub(super) const CREATED: &str = "(created)";
/// The component of the parameter `expires`.
pub(super) const EXPIRES: &str = "(expires)";

/// The longest header we read, in bytes.
const MAX_BYTES: usize = 16 * 1024;
/// The most parameters we read.
const MAX_PARAMETERS: usize = 32;
/// The most parts a signature may cover.
const MAX_COVERED: usize = 64;

/// Reads the `Signature` header.
pub(super) fn read(message: &HeaderMap) -> Result<Claim, Refusal> {
    let text = headers::text(message, "signature")?.ok_or(Refusal::NoSignature)?;
    let parameters = Parameters::read(&text)?;
    let key_id = parameters.find("keyId").ok_or(Refusal::MissingParameter("keyId"))?;
    let signature = parameters.find("signature").ok_or(Refusal::MissingParameter("signature"))?;
    let times = Times {
        created: parameters.find("created").map(str::to_owned),
        expires: parameters.find("expires").map(str::to_owned),
    };
    Ok(Claim {
        scheme: Scheme::Cavage,
        label: None,
        key_id: key_id.to_owned(),
        algorithm: parameters.find("algorithm").map(str::to_owned),
        covered: covered(parameters.find("headers"))?,
        created: seconds(times.created.as_deref(), "created")?,
        expires: seconds(times.expires.as_deref(), "expires")?,
        signature: from_base64(signature)
            .ok_or(Refusal::SignatureMalformed("the signature is not base64"))?,
        form: Form::Cavage(times),
    })
}

/// The text that is signed. `target` is the one of `parts`, or the part of
/// it that some peers sign.
pub(super) fn signing_string(
    parts: &Parts<'_>,
    claim: &Claim,
    times: &Times,
    target: &str,
) -> Result<String, Refusal> {
    let mut lines = Vec::with_capacity(claim.covered.len());
    for name in &claim.covered {
        let value = match name.as_str() {
            REQUEST_TARGET => format!("{} {target}", parts.method.as_str().to_ascii_lowercase()),
            // Some drafts forbid these two with rsa-sha256; peers send them.
            CREATED => times.created.clone().ok_or(Refusal::MissingParameter("created"))?,
            EXPIRES => times.expires.clone().ok_or(Refusal::MissingParameter("expires"))?,
            "host" => parts.authority.to_owned(),
            name => headers::text(parts.headers, name)?
                .ok_or_else(|| Refusal::CoveredHeaderMissing(quoted(name)))?,
        };
        lines.push(format!("{name}: {value}"));
    }
    Ok(lines.join("\n"))
}

/// The parts of `headers="…"`; without it, `date` alone (draft 12 §2.1.6).
fn covered(list: Option<&str>) -> Result<Vec<String>, Refusal> {
    let mut covered: Vec<String> = Vec::new();
    for name in list.unwrap_or("date").split_ascii_whitespace() {
        let name = name.to_ascii_lowercase();
        let special = [REQUEST_TARGET, CREATED, EXPIRES].contains(&name.as_str());
        if !special && HeaderName::from_bytes(name.as_bytes()).is_err() {
            return Err(Refusal::UnsupportedComponent(quoted(&name)));
        }
        if covered.contains(&name) {
            return Err(Refusal::DuplicateComponent(quoted(&name)));
        }
        if covered.len() == MAX_COVERED {
            return Err(Refusal::SignatureMalformed("it covers too many headers"));
        }
        covered.push(name);
    }
    Ok(covered)
}

/// Seconds since 1970; `expires` may have a fraction, which is dropped.
fn seconds(text: Option<&str>, name: &'static str) -> Result<Option<i64>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let wrong = || {
        Refusal::SignatureMalformed(if name == "created" {
            "created is no number"
        } else {
            "expires is no number"
        })
    };
    whole.parse().map(Some).map_err(|_| wrong())
}

/// `keyId="…",algorithm="…",created=1,…`
struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn find(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn read(text: &str) -> Result<Self, Refusal> {
        if text.len() > MAX_BYTES {
            return Err(Refusal::SignatureMalformed("it is longer than 16 KiB"));
        }
        let mut parameters = Self(Vec::new());
        let mut rest = skip_separators(text);
        while !rest.is_empty() {
            let (name, after) =
                rest.split_once('=').ok_or(Refusal::SignatureMalformed("a parameter has no value"))?;
            let name = name.trim_end();
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
                return Err(Refusal::SignatureMalformed("a parameter has no proper name"));
            }
            if parameters.find(name).is_some() {
                return Err(Refusal::DuplicateParameter(quoted(name)));
            }
            if parameters.0.len() == MAX_PARAMETERS {
                return Err(Refusal::SignatureMalformed("it has too many parameters"));
            }
            let (value, after) = value(after.trim_start())?;
            parameters.0.push((name.to_owned(), value));
            rest = skip_separators(after);
        }
        Ok(parameters)
    }
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', ','])
}

/// A value with or without quotes, and what comes after it.
fn value(text: &str) -> Result<(String, &str), Refusal> {
    let Some(quoted) = text.strip_prefix('"') else {
        let (bare, after) = text.split_once(',').unwrap_or((text, ""));
        return Ok((bare.trim().to_owned(), after));
    };
    let mut value = String::new();
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                let after = characters.as_str();
                return if after.is_empty() || after.starts_with([' ', '\t', ',']) {
                    Ok((value, after))
                } else {
                    Err(Refusal::SignatureMalformed("a comma is missing"))
                };
            }
            '\\' => value.extend(characters.next()),
            other => value.push(other),
        }
    }
    Err(Refusal::SignatureMalformed("a quote is not closed"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use proptest::prelude::*;

    fn claim(signature: &str) -> Result<Claim, Refusal> {
        let mut headers = HeaderMap::new();
        headers.insert("signature", HeaderValue::from_str(signature).expect("visible characters"));
        read(&headers)
    }

    #[test]
    fn quotes_spaces_order_and_unknown_parameters_do_not_matter() {
        let claim = claim(
            r#"signature="aGk=" , headers="(Request-Target)  Host date",created=17 ,keyid = "https://a.example/k",
               expires="18.5", x="a\"b,c""#.replace('\n', "").as_str(),
        )
        .expect("a tolerant reader");
        assert_eq!(claim.key_id, "https://a.example/k");
        assert_eq!(claim.covered, ["(request-target)", "host", "date"]);
        assert_eq!((claim.created, claim.expires), (Some(17), Some(18)));
        assert_eq!(claim.algorithm, None);
    }

    #[test]
    fn without_headers_only_the_date_is_covered() {
        assert_eq!(claim(r#"keyId="k",signature="aGk=""#).expect("draft 12").covered, ["date"]);
    }

    #[test]
    fn signature_malformed() {
        for text in [
            r#"keyId="k",signature="not base64""#,
            r#"keyId="k",signature="aGk="#,
            r#"keyId="k"signature="aGk=""#,
            r#"keyId="k",signature="aGk=",created=soon"#,
            r#"keyId="k",signature="aGk=",="x""#,
            "keyId",
            r#""keyId"="k""#,
        ] {
            let refusal = claim(text).expect_err(text);
            assert_eq!(refusal.code(), "signature_malformed", "{text}");
        }
        let long = format!(r#"keyId="{}",signature="aGk=""#, "k".repeat(MAX_BYTES));
        assert_eq!(claim(&long).map_err(|refusal| refusal.code()), Err("signature_malformed"));
        let many = (0..=MAX_PARAMETERS).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join(",");
        assert_eq!(claim(&many).map_err(|refusal| refusal.code()), Err("signature_malformed"));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "[ -~]{0,200}") {
            let _ = claim(&text);
        }

        #[test]
        fn nearly_right_text_never_panics(text in "(keyId|signature|headers|a)=[\"a-z=\\\\, ]{0,40}") {
            let _ = claim(&text);
        }
    }
}
