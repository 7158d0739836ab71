//! Keys in all the forms that peers write, and those we refuse.

use super::*;
use proptest::prelude::*;
use serde_json::Value;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

static FIXTURE: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../fixtures/signatures.json")).expect("our own fixture")
});

fn text(key: &str, form: &str) -> &'static str {
    FIXTURE["keys"][key][form].as_str().unwrap()
}

fn bytes(key: &str, form: &str) -> Vec<u8> {
    from_base64(text(key, form)).unwrap()
}

/// PKCS-1 around numbers of our choice.
fn rsa(modulus: &[u8], exponent: &[u8]) -> Result<PublicKey, KeyError> {
    PublicKey::from_der(&der::rsa_pkcs1(modulus, exponent))
}

fn odd_modulus(bits: usize) -> Vec<u8> {
    vec![0xff; bits / 8]
}

#[test]
fn spki_and_pkcs1_are_one_key() {
    for key in ["rsa2048", "rsa4096", "rsa2048_e3"] {
        let spki = PublicKey::from_pem(text(key, "spki")).unwrap();
        assert_eq!(PublicKey::from_pem(text(key, "pkcs1")).unwrap(), spki);
        assert_eq!(spki.to_pem(), text(key, "spki"));
    }
    let ed25519 = PublicKey::from_pem(text("ed25519", "spki")).unwrap();
    assert_eq!(ed25519.to_pem(), text("ed25519", "spki"));
}

#[test]
fn line_ends_of_a_pem_do_not_matter() {
    let pem = text("rsa2048", "spki");
    let key = PublicKey::from_pem(pem).unwrap();
    let one_line = pem.replace('\n', "");
    for other in [
        pem.replace('\n', "\r\n"),
        pem.replace('\n', " "),
        pem.replace('\n', "\\n"),
        pem.replace('\n', "\\r\\n"),
        format!("\n\n  {pem}\n"),
        format!("a comment\n{pem}"),
        pem.replace("BEGIN PUBLIC", "BEGIN RSA PUBLIC"),
        one_line,
    ] {
        assert_eq!(PublicKey::from_pem(&other), Ok(key.clone()), "{other}");
    }
}

#[test]
fn signatures_made_elsewhere_fit() {
    let message = FIXTURE["message"].as_str().unwrap().as_bytes();
    let all = [
        (Algorithm::RsaSha256, "rsa_sha256"),
        (Algorithm::RsaSha512, "rsa_sha512"),
        (Algorithm::RsaPssSha512, "rsa_pss_sha512"),
        (Algorithm::Ed25519, "ed25519"),
    ];
    for name in ["rsa2048", "rsa4096", "rsa2048_e3", "ed25519"] {
        let key = PublicKey::from_pem(text(name, "spki")).unwrap();
        for (algorithm, form) in all.into_iter().filter(|(algorithm, _)| key.suits(*algorithm)) {
            let signature = bytes(name, form);
            assert!(key.verifies(algorithm, message, &signature), "{name} {form}");
            assert!(!key.verifies(algorithm, b"another message", &signature), "{name} {form}");
            for (other, _) in all.into_iter().filter(|(other, _)| *other != algorithm) {
                assert!(!key.verifies(other, message, &signature), "{name} {form} as {other:?}");
            }
        }
    }
}

#[test]
fn what_we_sign_fits_our_public_half() {
    for name in ["rsa2048", "ed25519"] {
        let key = SigningKey::from_pkcs8_der(&bytes(name, "pkcs8")).unwrap();
        assert_eq!(key.public(), &PublicKey::from_pem(text(name, "spki")).unwrap());
        let algorithm = if name == "ed25519" { Algorithm::Ed25519 } else { Algorithm::RsaSha256 };
        assert!(key.public().verifies(algorithm, b"hello", &key.sign(b"hello")));
    }
}

#[test]
fn made_keys_survive_being_stored() {
    for key in [SigningKey::generate_rsa().unwrap(), SigningKey::generate_ed25519().unwrap()] {
        let stored = SigningKey::from_pkcs8_der(&key.to_pkcs8_der().unwrap()).unwrap();
        assert_eq!(stored.public(), key.public());
        assert_eq!(stored.sign(b"hello"), key.sign(b"hello"));
    }
}

/// Capability P7.
#[test]
fn a_signing_key_is_never_shown() {
    let key = SigningKey::from_pkcs8_der(&bytes("rsa2048", "pkcs8")).unwrap();
    assert_eq!(format!("{key:?}"), "SigningKey of RsaPublicKey(2048 bits)");
}

#[test]
fn ed25519_multikeys_are_read_and_written() {
    let key = PublicKey::from_pem(text("ed25519", "spki")).unwrap();
    let multikey = key.to_multibase();
    assert!(multikey.starts_with("z6Mk"), "{multikey}");
    assert_eq!(PublicKey::from_multibase(&multikey), Ok(key));
    // The example key of the did:key specification.
    let known = "z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp";
    assert_eq!(PublicKey::from_multibase(known).unwrap().to_multibase(), known);
}

#[test]
fn rsa_multikeys_are_read_and_written() {
    for name in ["rsa2048", "rsa4096"] {
        let key = PublicKey::from_pem(text(name, "spki")).unwrap();
        let multikey = key.to_multibase();
        assert!(multikey.starts_with(if name == "rsa2048" { "z4MX" } else { "zgg" }), "{multikey}");
        assert_eq!(PublicKey::from_multibase(&multikey), Ok(key));
    }
}

#[test]
fn not_multikey() {
    for text in
        ["", "z", "6MkiTBz1", "u6MkiTBz1", "z0OIl", "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"]
    {
        assert_eq!(PublicKey::from_multibase(text), Err(KeyError::NotMultikey), "{text}");
    }
    let short = format!("z{}", base58(&[0xed, 0x01, 1, 2, 3]));
    assert_eq!(PublicKey::from_multibase(&short), Err(KeyError::Damaged));
}

#[test]
fn not_pem() {
    let unclosed = text("rsa2048", "spki").replace("-----END", "");
    for text in [
        "",
        "MIIB",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        &unclosed,
    ] {
        assert_eq!(PublicKey::from_pem(text), Err(KeyError::NotPem), "{text}");
    }
    let long = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", "A".repeat(MAX_PEM_BYTES));
    assert_eq!(PublicKey::from_pem(&long), Err(KeyError::NotPem));
}

#[test]
fn a_private_key_in_public_is_refused() {
    let pem = format!(
        "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
        text("rsa2048", "pkcs8")
    );
    assert_eq!(PublicKey::from_pem(&pem), Err(KeyError::Private));
}

#[test]
fn damaged() {
    let pem = text("rsa2048", "spki");
    for text in
        [pem.replacen("MII", "???", 1), pem.replacen("MIIB", "MIIA", 1), pem.replacen("MIIB", "AIIB", 1)]
    {
        assert_eq!(PublicKey::from_pem(&text), Err(KeyError::Damaged), "{text}");
    }
    let mut even = odd_modulus(2048);
    even[255] = 0xfe;
    assert_eq!(rsa(&even, &[1, 0, 1]), Err(KeyError::Damaged));
    assert_eq!(SigningKey::from_pkcs8_der(b"no key").map(|_| ()), Err(KeyError::Damaged));
}

#[test]
fn unknown_kind() {
    assert_eq!(PublicKey::from_pem(text("p256", "spki")), Err(KeyError::UnknownKind));
}

/// N07
#[test]
fn too_small() {
    assert_eq!(PublicKey::from_pem(text("rsa1024", "spki")), Err(KeyError::TooSmall(1024)));
    assert_eq!(rsa(&odd_modulus(512), &[1, 0, 1]), Err(KeyError::TooSmall(512)));
    let mut one_bit_less = odd_modulus(2048);
    one_bit_less[0] = 0x7f;
    assert_eq!(rsa(&one_bit_less, &[1, 0, 1]), Err(KeyError::TooSmall(2047)));
}

/// N07
#[test]
fn too_large() {
    assert_eq!(rsa(&odd_modulus(16384), &[1, 0, 1]), Err(KeyError::TooLarge(16384)));
    assert_eq!(rsa(&odd_modulus(4104), &[1, 0, 1]), Err(KeyError::TooLarge(4104)));
}

/// N07
#[test]
fn exponent() {
    for exponent in [&[1][..], &[2], &[1, 0, 0], &[], &[1, 0, 0, 0, 1], &[0xff; 256]] {
        assert_eq!(rsa(&odd_modulus(2048), exponent), Err(KeyError::Exponent), "{exponent:?}");
    }
    assert!(rsa(&odd_modulus(2048), &[3]).is_ok());
}

/// N07
#[test]
fn the_slowest_key_is_checked_in_time() {
    // The largest modulus and exponent that are accepted.
    let key = rsa(&odd_modulus(4096), &[0xff; 4]).unwrap();
    let signature = [0x7f; 512];
    let started = Instant::now();
    for algorithm in [Algorithm::RsaSha256, Algorithm::RsaSha512, Algorithm::RsaPssSha512] {
        assert!(!key.verifies(algorithm, b"hello", &signature));
    }
    assert!(started.elapsed() < Duration::from_millis(3 * 50), "{:?}", started.elapsed());
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = PublicKey::from_der(&bytes);
        let _ = PublicKey::from_multibase(&format!("z{}", base58(&bytes)));
    }

    #[test]
    fn no_changed_byte_makes_the_reader_panic(place in 0..290_usize, to in any::<u8>()) {
        let pem = text("rsa2048", "spki");
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let mut der = from_base64(&body).unwrap();
        der[place] = to;
        let _ = PublicKey::from_der(&der);
    }

    #[test]
    fn no_text_makes_the_pem_reader_panic(text in "(-----BEGIN )?[A-Z ]{0,16}(-----)?\\PC{0,40}(-----END)?") {
        let _ = PublicKey::from_pem(&text);
    }
}

/// Every text under this name, however deep.
fn collect(document: &Value, name: &str, found: &mut Vec<String>) {
    match document {
        Value::Object(members) => {
            found.extend(members.get(name).and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect(member, name, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, name, found)),
        _ => (),
    }
}

fn documents(folder: &std::path::Path, found: &mut Vec<Value>) {
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            documents(&path, found);
        } else if let Ok(document) =
            std::fs::read(&path).map_err(drop).and_then(|b| serde_json::from_slice(&b).map_err(drop))
        {
            found.push(document);
        }
    }
}

#[test]
fn keys_of_real_actors_are_read() {
    // The collected documents are not part of the source.
    let Ok(folder) = std::env::var("ANTIPHON_FIXTURES") else { return };
    let (mut all, mut pems, mut multikeys) = (Vec::new(), Vec::new(), Vec::new());
    documents(std::path::Path::new(&folder), &mut all);
    for document in &all {
        collect(document, "publicKeyPem", &mut pems);
        collect(document, "publicKeyMultibase", &mut multikeys);
    }
    let refused: Vec<KeyError> = pems.iter().filter_map(|pem| PublicKey::from_pem(pem).err()).collect();
    // A few were cut short when they were collected; no whole one is refused.
    assert!(refused.iter().all(|error| matches!(error, KeyError::NotPem | KeyError::Damaged)), "{refused:?}");
    assert!(refused.len() * 10 < pems.len(), "{} of {} under {folder}", refused.len(), pems.len());
    for multikey in multikeys {
        if let Err(error) = PublicKey::from_multibase(&multikey) {
            panic!("{error}: {multikey}");
        }
    }
}
