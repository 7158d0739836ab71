//! `@context`: what the words of our documents mean to JSON-LD processors. Every
//! term that we write is defined; nothing is fetched to read others'.

use serde_json::{Value, json};

/// The vocabulary of ActivityStreams 2.0.
pub const ACTIVITY_STREAMS: &str = "https://www.w3.org/ns/activitystreams";
/// Keys and `publicKey`.
pub const SECURITY: &str = "https://w3id.org/security/v1";
/// `Multikey` and `assertionMethod` (FEP-521a).
pub const MULTIKEY: &str = "https://w3id.org/security/multikey/v1";
/// `assertionMethod` itself.
pub const DID: &str = "https://www.w3.org/ns/did/v1";

/// The document with the context of all activities and objects in front.
pub fn with_context(document: Value) -> Value {
    in_context(document, &object_context())
}

/// The document with the context of actors.
pub(crate) fn with_actor_context(document: Value) -> Value {
    in_context(document, &actor_context())
}

/// The document with the bare ActivityStreams context: for collections and
/// for activities without terms of ours.
pub fn with_plain_context(document: Value) -> Value {
    in_context(document, &json!(ACTIVITY_STREAMS))
}

fn in_context(mut document: Value, context: &Value) -> Value {
    if let Value::Object(members) = &mut document {
        members.insert("@context".to_owned(), context.clone());
    }
    document
}

/// The context of objects and of activities that embed them.
pub fn object_context() -> Value {
    json!([
        ACTIVITY_STREAMS,
        {
            "ostatus": "http://ostatus.org#",
            "atomUri": "ostatus:atomUri",
            "inReplyToAtomUri": "ostatus:inReplyToAtomUri",
            "conversation": "ostatus:conversation",
            "sensitive": "as:sensitive",
            "toot": "http://joinmastodon.org/ns#",
            "votersCount": "toot:votersCount",
            "Emoji": "toot:Emoji",
            "blurhash": "toot:blurhash",
            "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
            "Hashtag": "as:Hashtag",
            "quoteUrl": "as:quoteUrl",
            "quoteUri": "http://fedibird.com/ns#quoteUri",
            "misskey": "https://misskey-hub.net/ns#",
            "_misskey_quote": "misskey:_misskey_quote",
            "quote": {"@id": "https://w3id.org/fep/044f#quote", "@type": "@id"},
            "quoteAuthorization": {"@id": "https://w3id.org/fep/044f#quoteAuthorization", "@type": "@id"},
            "litepub": "http://litepub.social/ns#",
            "EmojiReact": "litepub:EmojiReact",
            "pt": "https://joinpeertube.org/ns#",
            "sc": "http://schema.org/",
            "commentsEnabled": {"@id": "pt:commentsEnabled", "@type": "sc:Boolean"},
            "gts": "https://gotosocial.org/ns#",
            "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
            "canLike": {"@id": "gts:canLike", "@type": "@id"},
            "canReply": {"@id": "gts:canReply", "@type": "@id"},
            "canAnnounce": {"@id": "gts:canAnnounce", "@type": "@id"},
            "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
            "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
            "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
        },
    ])
}

/// The context of actors.
pub fn actor_context() -> Value {
    json!([
        ACTIVITY_STREAMS,
        SECURITY,
        DID,
        MULTIKEY,
        {
            "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
            "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
            "movedTo": {"@id": "as:movedTo", "@type": "@id"},
            "toot": "http://joinmastodon.org/ns#",
            "featured": {"@id": "toot:featured", "@type": "@id"},
            "featuredTags": {"@id": "toot:featuredTags", "@type": "@id"},
            "discoverable": "toot:discoverable",
            "indexable": "toot:indexable",
            "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
            "showMedia": "toot:showMedia",
            "showRepliesInMedia": "toot:showRepliesInMedia",
            "showFeatured": "toot:showFeatured",
            "suspended": "toot:suspended",
            "memorial": "toot:memorial",
            "devices": {"@id": "toot:devices", "@type": "@id"},
            "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
            "Emoji": "toot:Emoji",
            "Hashtag": "as:Hashtag",
            "schema": "http://schema.org#",
            "PropertyValue": "schema:PropertyValue",
            "value": "schema:value",
            "lemmy": "https://join-lemmy.org/ns#",
            "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
            "moderators": {"@id": "lemmy:moderators", "@type": "@id"},
            "implements": {"@id": "https://w3id.org/fep/844e/implements", "@type": "@id", "@container": "@list"},
        },
    ])
}
