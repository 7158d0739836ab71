//! What we write has the documented shape, and we read it back.

use crate::written::{activities, actor_document, bob, envelope, eve, notes, post};
use activitypub::render::{self, Envelope, PageDocument};
use activitypub::{Activity, Actor, Collection, Reference, json, read, understood};
use domain::Timestamp;
use proptest::prelude::Strategy;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use std::collections::HashSet;

fn again(value: &Value) -> Value {
    read(&serde_json::to_vec(value).unwrap()).unwrap()
}

/// Capability P3.
#[test]
fn an_actor_reads_as_it_was_written() {
    let document = actor_document();
    let read = Actor::parse(&again(&render::actor(&document))).unwrap();
    assert_eq!(
        (&read.id, read.kind, read.preferred_username.as_deref()),
        (&document.id, document.kind, Some("bob"))
    );
    assert_eq!(
        (&read.inbox, &read.shared_inbox, &read.url),
        (&document.inbox, &document.shared_inbox, &document.url)
    );
    assert_eq!((&read.followers, &read.featured), (&document.followers, &document.featured));
    assert_eq!((&read.fields, &read.emojis), (&document.fields, &document.emojis));
    assert_eq!((read.published, read.updated), (document.published, document.updated));
    assert_eq!((read.discoverable, read.indexable, read.suspended), (Some(true), Some(false), true));
    assert_eq!((read.also_known_as, read.moved_to), (vec![eve()], Some(eve())));
    assert_eq!(
        read.keys.iter().map(|key| key.id.as_str()).collect::<Vec<_>>(),
        [&document.rsa_key.id, "https://us.example/users/bob#ed25519-key"]
    );
    assert!(
        read.takes_rfc9421
            && read.posting_restricted
            && read.moderators.is_some()
            && read.manually_approves_followers
    );
}

#[test]
fn every_activity_that_we_write_is_one_that_we_read() {
    for (kind, value) in activities() {
        let activity = Activity::parse(&again(&value)).unwrap();
        assert!(!matches!(activity, Activity::Unknown(_)), "{value}");
        assert_eq!((activity.kind(), activity.actor()), (kind, &bob()), "{value}");
        assert!(activity.object_id().is_some(), "{value}");
        let told = understood(&value);
        assert!(told.problems.is_empty(), "{told}");
    }
}

/// Capability F1, F2.
#[test]
fn a_follow_and_its_accept_have_the_documented_shape() {
    let follow = render::follow(&envelope(), &eve());
    let members: Vec<_> = follow.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["@context", "actor", "id", "object", "type"]);
    let accept =
        render::accept(&Envelope::new("https://them.example/users/eve#accepts/follows/1", eve()), follow);
    let inside: Vec<_> = accept["object"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(inside, ["actor", "id", "object", "type"]);
    let Ok(Activity::Accept(accept)) = Activity::parse(&accept) else { panic!("an Accept") };
    assert!(
        matches!(&accept.object, Reference::Embedded(follow) if follow.id() == Some("https://us.example/activities/1"))
    );
}

#[test]
fn collections_have_the_documented_shape() {
    let id = "https://us.example/users/bob/followers";
    let collection =
        render::ordered_collection(id, 24, Some("https://us.example/users/bob/followers?page=1"));
    let members: Vec<_> = collection.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, ["@context", "first", "id", "totalItems", "type"]);
    let page = |next: Option<&str>| {
        render::ordered_collection_page(PageDocument {
            id: format!("{id}?page=1"),
            part_of: id.to_owned(),
            total_items: 24,
            next: next.map(str::to_owned),
            prev: None,
            items: vec![Value::from(eve().as_str())],
        })
    };
    let read =
        Collection::parse(&again(&page(Some("https://us.example/users/bob/followers?page=2")))).unwrap();
    assert_eq!(
        (read.is_page, read.total_items, read.next.is_some(), read.ids().count()),
        (true, Some(24), true, 1)
    );
    assert!(page(None).get("next").is_none());
    let pins = render::ordered_collection_of(id, vec![render::actor(&actor_document())]);
    assert!(pins["orderedItems"][0].get("@context").is_none());
}

/// The terms of ActivityStreams 2.0, of the security vocabularies and of JSON-LD
/// that our documents use; all others must be defined in the document's context.
const STANDARD: &[&str] = &[
    "@context",
    "id",
    "type",
    "actor",
    "object",
    "target",
    "to",
    "cc",
    "audience",
    "published",
    "updated",
    "deleted",
    "formerType",
    "content",
    "contentMap",
    "name",
    "summary",
    "source",
    "mediaType",
    "url",
    "href",
    "icon",
    "image",
    "tag",
    "attachment",
    "attributedTo",
    "inReplyTo",
    "context",
    "replies",
    "likes",
    "shares",
    "oneOf",
    "anyOf",
    "endTime",
    "closed",
    "totalItems",
    "first",
    "next",
    "prev",
    "partOf",
    "items",
    "orderedItems",
    "width",
    "height",
    "generator",
    "inbox",
    "outbox",
    "followers",
    "following",
    "preferredUsername",
    "endpoints",
    "sharedInbox",
    "publicKey",
    "owner",
    "publicKeyPem",
    "assertionMethod",
    "controller",
    "publicKeyMultibase",
    "Multikey",
    "Follow",
    "Accept",
    "Reject",
    "Undo",
    "Create",
    "Update",
    "Delete",
    "Like",
    "Announce",
    "Block",
    "Add",
    "Remove",
    "Flag",
    "Move",
    "Note",
    "Article",
    "Page",
    "Question",
    "Tombstone",
    "Person",
    "Group",
    "Service",
    "Organization",
    "Application",
    "Image",
    "Video",
    "Audio",
    "Document",
    "Link",
    "Mention",
    "Collection",
    "OrderedCollection",
    "OrderedCollectionPage",
    "Event",
];

fn terms(value: &Value, found: &mut HashSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| terms(item, found)),
        Value::Object(members) => {
            for (name, inner) in members.iter().filter(|(name, _)| *name != "@context") {
                found.insert(name.clone());
                match inner {
                    Value::String(kind) if name == "type" => _ = found.insert(kind.clone()),
                    // The members of a language map are languages.
                    _ if name == "contentMap" => (),
                    _ => terms(inner, found),
                }
            }
        }
        _ => (),
    }
}

fn defined(document: &Value) -> HashSet<String> {
    let contexts = match &document["@context"] {
        Value::Array(contexts) => contexts.clone(),
        other => vec![other.clone()],
    };
    let terms = contexts.iter().filter_map(Value::as_object).flat_map(|context| context.keys().cloned());
    terms.chain(STANDARD.iter().map(|term| (*term).to_owned())).collect()
}

/// Capability P4.
#[test]
fn every_term_that_we_write_is_defined() {
    let mut runner = TestRunner::deterministic();
    let mut documents: Vec<Value> = activities().into_iter().map(|(_, value)| value).collect();
    documents.push(render::actor(&actor_document()));
    documents.push(render::tombstone(&post(), Some("Note"), Some(Timestamp(0))));
    for _ in 0..60 {
        let note = notes().new_tree(&mut runner).unwrap().current();
        documents.push(render::create("https://us.example/c/1", &note));
    }
    for document in documents {
        let mut used = HashSet::new();
        terms(&document, &mut used);
        let undefined: Vec<_> = used.difference(&defined(&document)).cloned().collect();
        assert!(undefined.is_empty(), "{undefined:?} in {document}");
    }
}

#[test]
fn lists_are_lists_and_blind_copies_are_never_written() {
    let note = render::note(&notes().new_tree(&mut TestRunner::deterministic()).unwrap().current());
    for name in ["to", "cc", "tag", "attachment"] {
        assert!(note[name].is_array(), "{name}");
    }
    for name in ["bto", "bcc"] {
        assert!(note.get(name).is_none(), "{name}");
    }
    assert_eq!(json::kinds(&note).len(), 1);
}
