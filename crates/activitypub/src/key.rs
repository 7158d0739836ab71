//! Public keys: in an actor, or in a document of their own.

use crate::{ParseError, json};
use serde_json::Value;

/// The most keys of one document that are read.
pub const MAX_KEYS: usize = 16;
/// The longest key, in bytes; a 4096-bit RSA key is under 1 KiB.
const MAX_KEY_BYTES: usize = 16 * 1024;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// What signatures name it by (`keyId`), any URI: with a fragment, a path,
    /// a query, or the actor's own id (Hubzilla).
    pub id: String,
    /// Whose it is, by the document's word. The owner must say the same.
    pub owner: String,
    /// The key itself, not yet checked.
    pub form: KeyForm,
}

/// How a key is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyForm {
    /// PEM: SPKI, or PKCS-1 (Misskey, Mobilizon, Funkwhale).
    Pem(String),
    /// Multibase of a multicodec key (FEP-521a).
    Multibase(String),
}

/// A document that was fetched for a key: an actor, a stub of one (GoToSocial
/// to strangers), or the bare key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDocument {
    /// The document's own id, any URI.
    pub id: Option<String>,
    /// The keys in it. Never empty.
    pub keys: Vec<Key>,
}

impl KeyDocument {
    /// Reads the keys of a document.
    pub fn parse(value: &Value) -> Result<Self, ParseError> {
        if !value.is_object() {
            return Err(ParseError::NotAnObject);
        }
        let id = json::own_id(value);
        let mut keys = keys(value, id.as_deref().unwrap_or_default());
        if keys.is_empty() {
            keys.extend(key(value, None));
        }
        if keys.is_empty() {
            return Err(ParseError::Missing("publicKey"));
        }
        Ok(Self { id, keys })
    }

    /// The key that a signature named. Where the document holds one key and is
    /// itself what was named, that one: its `id` can differ from its address.
    pub fn find(&self, key_id: &str) -> Option<&Key> {
        let named = self.keys.iter().find(|key| key.id == key_id);
        named.or_else(|| match self.keys.as_slice() {
            [only] if self.id.as_deref() == Some(key_id) => Some(only),
            _ => None,
        })
    }
}

/// The keys that an actor lists: `publicKey`, `assertionMethod`, `authentication`.
pub(crate) fn keys(value: &Value, owner: &str) -> Vec<Key> {
    let mut found: Vec<Key> = Vec::new();
    for name in ["publicKey", "assertionMethod", "authentication"] {
        for key in json::objects(value, name).filter_map(|it| key(it, Some(owner))).take(MAX_KEYS) {
            // Mitra lists each key twice more; an RSA key is the same in both forms.
            let known = found.iter().any(|other| other.id == key.id);
            if !known && found.len() < MAX_KEYS {
                found.push(key);
            }
        }
    }
    found
}

fn key(value: &Value, owner: Option<&str>) -> Option<Key> {
    let pem = json::plain(value, "publicKeyPem", MAX_KEY_BYTES).map(KeyForm::Pem);
    let form =
        pem.or_else(|| json::plain(value, "publicKeyMultibase", MAX_KEY_BYTES).map(KeyForm::Multibase))?;
    let stated = json::first_string(value, "owner").or_else(|| json::first_string(value, "controller"));
    let owner = stated.or(owner).filter(|owner| !owner.is_empty())?;
    Some(Key { id: json::own_id(value)?, owner: owner.to_owned(), form })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BOB: &str = "https://a.example/bob";

    fn ids(value: &Value) -> Vec<String> {
        keys(value, BOB).into_iter().map(|key| key.id).collect()
    }

    #[test]
    fn keys_stand_alone_in_lists_and_under_both_standards() {
        let rsa = json!({"id": "https://a.example/bob#main-key", "publicKeyPem": "PEM"});
        let multikey = json!({"id": "https://a.example/bob#ed25519-key", "type": "Multikey", "controller": BOB, "publicKeyMultibase": "z6Mk"});
        assert_eq!(ids(&json!({ "publicKey": rsa })), ["https://a.example/bob#main-key"]);
        assert_eq!(keys(&json!({ "publicKey": [rsa] }), BOB)[0].owner, BOB);
        let both = json!({"publicKey": rsa, "assertionMethod": [multikey], "authentication": [multikey, "https://a.example/x"]});
        assert_eq!(ids(&both), ["https://a.example/bob#main-key", "https://a.example/bob#ed25519-key"]);
        assert!(ids(&json!({"publicKey": null, "assertionMethod": "x"})).is_empty());
    }

    #[test]
    fn a_key_document_is_an_actor_a_stub_or_the_key_itself() {
        let stub = json!({"id": BOB, "type": "Person", "publicKey": {"id": "https://a.example/bob/main-key", "owner": BOB, "publicKeyPem": "PEM"}});
        assert!(KeyDocument::parse(&stub).unwrap().find("https://a.example/bob/main-key").is_some());
        let bare = json!({"id": "https://a.example/keys/1", "type": "CryptographicKey", "owner": BOB, "publicKeyPem": "PEM"});
        assert_eq!(KeyDocument::parse(&bare).unwrap().keys[0].owner, BOB);
        let nameless = json!({"id": "https://a.example/keys/1", "publicKeyPem": "PEM"});
        assert_eq!(KeyDocument::parse(&nameless), Err(ParseError::Missing("publicKey")));
        // Hubzilla and Osada name the actor itself.
        let own = json!({"id": BOB, "publicKey": {"id": "https://a.example/bob#k", "publicKeyPem": "PEM"}});
        assert!(KeyDocument::parse(&own).unwrap().find(BOB).is_some());
        assert!(KeyDocument::parse(&own).unwrap().find("https://a.example/eve").is_none());
    }
}
