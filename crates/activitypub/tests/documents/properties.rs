//! What holds for any bytes and any JSON, and for any post that we write.

use crate::written::notes;
use activitypub::render::{self, NoteDocument};
use activitypub::{Activity, Actor, Collection, KeyDocument, Note, Object, read, understood};
use domain::ObjectId;
use proptest::prelude::*;
use serde_json::{Map, Value};

/// Member names that the readers look for, so that random documents reach far.
const NAMES: &[&str] = &[
    "id",
    "@id",
    "type",
    "@type",
    "actor",
    "object",
    "target",
    "to",
    "cc",
    "bto",
    "attributedTo",
    "content",
    "contentMap",
    "name",
    "summary",
    "sensitive",
    "inReplyTo",
    "url",
    "href",
    "mediaType",
    "published",
    "tag",
    "attachment",
    "icon",
    "image",
    "oneOf",
    "anyOf",
    "closed",
    "endTime",
    "votersCount",
    "replies",
    "totalItems",
    "items",
    "orderedItems",
    "first",
    "next",
    "source",
    "publicKey",
    "publicKeyPem",
    "assertionMethod",
    "owner",
    "inbox",
    "endpoints",
    "sharedInbox",
    "alsoKnownAs",
    "movedTo",
    "focalPoint",
    "blurhash",
    "width",
    "language",
    "quote",
    "value",
    "@value",
    "as:sensitive",
    "preferredUsername",
    "generator",
    "implements",
];
/// Texts that mean something to the readers.
const TEXTS: &[&str] = &[
    "https://a.example/bob",
    "http://[::1]:8/x",
    "https://a.example/1",
    "urn:uuid:1",
    "Public",
    "as:Public",
    "",
    "Note",
    "Question",
    "Create",
    "Undo",
    "Announce",
    "Like",
    "Follow",
    "Delete",
    "Person",
    "Group",
    "Tombstone",
    "OrderedCollection",
    "CollectionPage",
    "Mention",
    "as:Hashtag",
    "Emoji",
    "Image",
    "Link",
    "Document",
    "PropertyValue",
    "Key",
    "#tag",
    ":blob:",
    "2023-07-02T10:15:00+0000",
    "2023.",
    "true",
    "7",
    "text/html",
    "\u{0}",
    "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![3 => prop::sample::select(TEXTS).prop_map(str::to_owned), 1 => any::<String>()]
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        8 => text().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 8, |inner| {
        let name = prop_oneof![6 => prop::sample::select(NAMES).prop_map(str::to_owned), 1 => text()];
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            3 => prop::collection::vec((name, inner), 0..10).prop_map(|members| {
                Value::Object(members.into_iter().collect::<Map<_, _>>())
            }),
        ]
    })
}

/// Puts every reader to a value. They may refuse it; they may not panic.
fn read_in_every_way(value: &Value) {
    if let Ok(activity) = Activity::parse(value) {
        let _ = (activity.id(), activity.actor(), activity.kind(), activity.object_id(), activity.audience());
    }
    let _ = (Object::parse(value), Note::parse(value), Actor::parse(value));
    let _ = (Collection::parse(value), KeyDocument::parse(value));
    let told = understood(value).to_string();
    assert!(told.chars().all(|c| c == '\n' || !c.is_control()));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_json_panics(value in anything()) {
        let bytes = serde_json::to_vec(&value).unwrap();
        if let Ok(document) = read(&bytes) {
            prop_assert!(!document.to_string().contains("\\u0000"));
            read_in_every_way(&document);
        }
        read_in_every_way(&value);
    }

    #[test]
    fn a_post_reads_as_it_was_written(note in notes()) {
        let value = again(&render::note(&note));
        let Ok(Object::Note(found)) = Object::parse(&value) else { panic!("no post: {value}") };
        agree(&note, &found);
        let create = Activity::parse(&again(&render::create("https://us.example/c/1", &note))).unwrap();
        prop_assert_eq!(create.audience(), &found.audience);
        let Activity::Create(create) = create else { panic!("no Create") };
        let Some(Object::Note(within)) = create.object.embedded() else { panic!("no post inside") };
        agree(&note, within);
    }
}

fn again(value: &Value) -> Value {
    read(&serde_json::to_vec(value).unwrap()).unwrap()
}

fn agree(written: &NoteDocument, read: &Note) {
    assert_eq!(
        (&read.id, &read.kind, &read.attributed_to),
        (&written.id, &written.kind, &written.attributed_to)
    );
    assert_eq!((&read.audience.to, &read.audience.cc), (&written.to, &written.cc));
    assert_eq!(
        (&read.content_html, &read.title, &read.summary),
        (&written.content_html, &written.title, &written.summary)
    );
    assert_eq!(
        (read.sensitive, &read.language, &read.source),
        (written.sensitive, &written.language, &written.source)
    );
    assert_eq!((&read.in_reply_to, &read.url), (&written.in_reply_to, &written.url));
    assert_eq!((read.published, read.updated), (Some(written.published), written.updated));
    assert_eq!(
        (&read.mentions, &read.emojis, &read.attachments),
        (&written.mentions, &written.emojis, &written.attachments)
    );
    let hashtags: Vec<_> = written.hashtags.iter().map(|tag| tag.name.clone()).collect();
    assert_eq!((&read.hashtags, &read.poll, &read.quote), (&hashtags, &written.poll, &written.quote));
    assert_eq!(
        read.replies.as_ref().map(ObjectId::as_str),
        written.replies.as_ref().map(|it| it.id.as_str())
    );
    assert_eq!(&read.conversation, &written.conversation);
}
