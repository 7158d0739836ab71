//! Documents of ours: any post, one actor, one of each activity.

use activitypub::PUBLIC;
use activitypub::note::{Attachment, AttachmentKind, Emoji, Kind, Mention, Poll, PollOption, Quote, Source};
use activitypub::render::{
    self, ActorDocument, Counted, Envelope, HashtagLink, NoteDocument, Picture, PublicKey,
};
use domain::{ActorId, ObjectId, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

pub(crate) fn bob() -> ActorId {
    ActorId::parse("https://us.example/users/bob").unwrap()
}

pub(crate) fn eve() -> ActorId {
    ActorId::parse("https://them.example/users/eve").unwrap()
}

pub(crate) fn post() -> ObjectId {
    ObjectId::parse("https://us.example/users/bob/statuses/1").unwrap()
}

pub(crate) fn envelope() -> Envelope {
    Envelope::new("https://us.example/activities/1", bob())
}

pub(crate) fn actor_document() -> ActorDocument {
    let under = |path: &str| format!("https://us.example/users/bob{path}");
    let picture = |name: &str| Picture {
        url: under(name),
        media_type: Some("image/png".to_owned()),
        description: Some("a picture".to_owned()),
    };
    ActorDocument {
        id: bob(),
        kind: activitypub::ActorKind::Group,
        preferred_username: "bob".to_owned(),
        name: "Bob".to_owned(),
        summary_html: "<p>hello</p>".to_owned(),
        url: Some("https://us.example/@bob".to_owned()),
        inbox: under("/inbox"),
        outbox: under("/outbox"),
        followers: Some(under("/followers")),
        following: Some(under("/following")),
        featured: Some(under("/collections/featured")),
        featured_tags: Some(under("/collections/tags")),
        devices: Some(under("/collections/devices")),
        shared_inbox: Some("https://us.example/inbox".to_owned()),
        manually_approves_followers: true,
        discoverable: true,
        indexable: false,
        attribution_domains: vec!["bob.example".into()],
        show_media: true,
        show_media_replies: false,
        show_featured: true,
        suspended: true,
        memorial: false,
        published: Some(Timestamp(1_688_292_900_000)),
        updated: Some(Timestamp(1_688_292_901_000)),
        icon: Some(picture("/icon.png")),
        image: Some(picture("/image.png")),
        fields: vec![(
            "Web".to_owned(),
            "<a href=\"https://bob.example/\" rel=\"me\">bob.example</a>".to_owned(),
        )],
        emojis: vec![Emoji {
            shortcode: "blob".to_owned(),
            url: under("/blob.png"),
            id: Some(under("/blob")),
        }],
        hashtags: vec![HashtagLink {
            name: "cats".to_owned(),
            href: "https://us.example/tags/cats".to_owned(),
        }],
        also_known_as: vec![eve().as_str().to_owned()],
        moved_to: Some(eve().as_str().to_owned()),
        rsa_key: PublicKey { id: under("#main-key"), text: "-----BEGIN PUBLIC KEY-----\n".to_owned() },
        ed25519_key: Some(PublicKey { id: under("#ed25519-key"), text: "z6MkrJ".to_owned() }),
        moderators: Some(under("/moderators")),
        posting_restricted: true,
        takes_rfc9421: true,
    }
}

/// One of each activity that we write.
pub(crate) fn activities() -> Vec<(&'static str, Value)> {
    let follow = render::follow(&envelope(), &eve());
    let like = render::like(&envelope(), &post());
    let to = || envelope().to(vec![PUBLIC.to_owned()], vec![]).at(Timestamp(1_688_292_900_000));
    vec![
        ("Accept", render::accept(&envelope(), follow.clone())),
        ("Reject", render::reject(&envelope(), follow.clone())),
        ("Undo", render::undo(&envelope(), like.clone())),
        ("Undo", render::undo(&envelope(), render::announce(&to(), &post()))),
        ("Update", render::update(&to(), render::actor(&actor_document()))),
        ("Delete", render::delete(&to(), &post())),
        ("Delete", render::delete_actor(&to())),
        ("EmojiReact", render::emoji_react(&envelope(), &post(), "🐄")),
        ("Announce", render::announce(&to(), &post())),
        ("Announce", render::announce_activity(&to(), render::undo(&envelope(), like.clone()))),
        (
            "Announce",
            render::announce_activity(&to(), render::update(&to(), render::actor(&actor_document()))),
        ),
        ("Block", render::block(&envelope(), &eve())),
        ("Add", render::add(&to(), &post(), "https://us.example/users/bob/collections/featured")),
        ("Remove", render::remove(&to(), &post(), "https://us.example/users/bob/collections/featured")),
        ("Flag", render::flag(&envelope(), &[eve().into(), post()], "spam")),
        ("Move", render::move_account(&to(), &eve())),
        ("Create", render::vote("https://us.example/votes/1", &bob(), &post(), &eve(), "yes")),
        ("Follow", follow),
        ("Like", like),
    ]
}

pub(crate) fn word() -> impl Strategy<Value = String> {
    "[a-z]{1,8}"
}

pub(crate) fn id() -> impl Strategy<Value = ObjectId> {
    "[a-z0-9/#?=-]{1,20}".prop_map(|path| ObjectId::parse(&format!("https://us.example/{path}")).unwrap())
}

pub(crate) fn maybe<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(of)
}

pub(crate) fn time() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_000_000_000_000).prop_map(Timestamp)
}

pub(crate) fn attachment() -> impl Strategy<Value = Attachment> {
    let kinds = vec![AttachmentKind::Image, AttachmentKind::Video, AttachmentKind::Audio];
    (prop::sample::select(kinds), id(), maybe("[a-z ]{1,9}"), maybe(1_u32..9000), any::<bool>()).prop_map(
        |(kind, url, description, width, sensitive)| Attachment {
            kind,
            url: url.as_str().to_owned(),
            media_type: None,
            description,
            blurhash: Some("LEHV6nWB2yk8pyo0adR*.7kCMdnj".to_owned()),
            width,
            height: width,
            preview: None,
            focal_point: Some((0.5, -0.25)),
            sensitive,
        },
    )
}

pub(crate) fn poll() -> impl Strategy<Value = Poll> {
    (prop::collection::vec(("[a-z]{1,9}", 0_u64..99), 1..5), any::<bool>(), maybe(time()), maybe(0_u64..99))
        .prop_map(|(options, multiple, ends, voters)| Poll {
            options: options
                .into_iter()
                .map(|(title, votes)| PollOption { title, votes: Some(votes) })
                .collect(),
            multiple,
            ends,
            is_closed: false,
            voters,
        })
}

prop_compose! {
    pub(crate) fn notes()(
        (id, author, page, parent) in (id(), id(), maybe(id()), maybe(id())),
        kind in prop::sample::select(vec![Kind::Note, Kind::Article, Kind::Question]),
        followers in any::<bool>(),
        (content, title, summary, source) in ("[ -~]{1,60}", maybe(word()), maybe(word()), maybe("[ -~]{1,9}")),
        (sensitive, spoken) in (any::<bool>(), any::<bool>()),
        (published, updated) in (time(), maybe(time())),
        mentions in prop::collection::btree_set(word(), 0..4),
        hashtags in prop::collection::btree_set(word(), 0..4),
        attachments in prop::collection::vec(attachment(), 0..3),
        poll in maybe(poll()),
        quote in maybe((id(), maybe(id()))),
    ) -> NoteDocument {
        let us = |path: &str| format!("https://us.example/{path}");
        NoteDocument {
            to: if followers { vec![us("followers")] } else { vec![PUBLIC.to_owned()] },
            cc: mentions.iter().map(|name| us(name)).collect(),
            audience: None,
            content_html: content,
            title, summary, sensitive,
            language: spoken.then(|| "en".to_owned()),
            source: source.map(|content| Source { content, media_type: Some("text/markdown".to_owned()) }),
            in_reply_to: parent,
            url: page.map(|page| page.as_str().to_owned()),
            published, updated,
            mentions: mentions.iter().map(|name| Mention { href: ActorId::parse(&us(name)).unwrap(), name: Some(format!("@{name}")) }).collect(),
            hashtags: hashtags.iter().map(|name| HashtagLink { name: name.clone(), href: us(name) }).collect(),
            emojis: vec![Emoji { shortcode: "blob".to_owned(), url: us("blob.png"), id: Some(us("emoji/1")) }],
            attachments, poll,
            quote: quote.map(|(id, authorization)| Quote { id, authorization }),
            replies: Some(Counted { id: format!("{id}/replies"), total: 3, first: Some(format!("{id}/replies?page=1")) }),
            likes: Some(Counted { id: format!("{id}/likes"), total: 0, first: None }),
            shares: None,
            conversation: Some("tag:us.example,2026:thread=1".to_owned()),
            context: None,
            comments_enabled: Some(true),
            interaction_policy: Some(serde_json::json!({"canQuote": {"automaticApproval": [PUBLIC], "manualApproval": []}})),
            attributed_to: author.into(),
            id, kind,
        }
    }
}
