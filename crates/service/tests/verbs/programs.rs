//! What other programs send, each in its own shape, comes in through the door
//! and has the effect that it is meant to have. The documents are ours.

use crate::peer::{Peer, actor_document};
use crate::stage::{PUBLIC, Remote, Stage, stages};
use domain::Visibility;
use domain::post::AttachmentKind;
use serde_json::{Value, json};
use wire::key::SigningKey;
use wire::signature::Scheme;

/// An actor in the shape of a program, and its Follow.
struct Dialect {
    program: &'static str,
    actor: Value,
    follow: Value,
}

impl Dialect {
    fn actor(&self) -> &str {
        self.actor["id"].as_str().unwrap()
    }
}

/// The members that every program's actor has.
fn person(id: &str, name: &str, key: &SigningKey, inbox: &str) -> Value {
    json!({
        "id": id, "type": "Person", "preferredUsername": name, "inbox": inbox,
        "publicKey": { "id": format!("{id}#main-key"), "owner": id, "publicKeyPem": key.public().to_pem() },
    })
}

/// `base` with more members.
fn with(mut base: Value, more: Value) -> Value {
    let Value::Object(more) = more else { panic!("an object") };
    base.as_object_mut().unwrap().extend(more);
    base
}

fn mastodon(peer: &Peer, key: &SigningKey, target: &str) -> Dialect {
    let id = peer.url("/users/ada");
    Dialect {
        program: "Mastodon",
        actor: with(
            person(&id, "ada", key, &format!("{id}/inbox")),
            json!({
                "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1", {
                    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers", "toot": "http://joinmastodon.org/ns#",
                    "featured": { "@id": "toot:featured", "@type": "@id" } }],
                "followers": format!("{id}/followers"), "featured": format!("{id}/collections/featured"),
                "manuallyApprovesFollowers": false, "endpoints": { "sharedInbox": peer.url("/inbox") },
            }),
        ),
        follow: json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": peer.url("/0f6c1b1e-5a43-4e5e-9a55-2f3f5a2d9c11"),
            "type": "Follow", "actor": id, "object": target,
        }),
    }
}

/// Everything ends with a slash, and the page lies on another host.
fn threads(peer: &Peer, key: &SigningKey, target: &str) -> Dialect {
    let id = peer.url("/ap/users/17841400000000001/");
    Dialect {
        program: "Threads",
        actor: with(
            person(&id, "eve", key, &format!("{id}inbox/")),
            json!({
                "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
                "outbox": format!("{id}outbox/"), "followers": format!("{id}followers/"),
                "url": [{ "type": "Link", "href": "https://www.threads.test/@eve" }],
                "published": "2024-03-01T00:00:00+0000", "endpoints": { "sharedInbox": peer.url("/ap/inbox/") },
            }),
        ),
        follow: json!({
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": format!("{id}follows/18009999999999999/"),
            "type": "Follow", "actor": id, "object": target,
        }),
    }
}

/// Terms written out in the context, the shared inbox in two places.
fn misskey(peer: &Peer, key: &SigningKey, target: &str) -> Dialect {
    let id = peer.url("/users/9c5kzq3w1a");
    let context = json!(["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1", {
        "misskey": "https://misskey-hub.net/ns#", "isCat": "misskey:isCat", "_misskey_summary": "misskey:_misskey_summary",
        "vcard": "http://www.w3.org/2006/vcard/ns#" }]);
    let mut actor = with(
        person(&id, "mei", key, &format!("{id}/inbox")),
        json!({
            "@context": context, "sharedInbox": peer.url("/inbox"), "endpoints": { "sharedInbox": peer.url("/inbox") },
            "url": peer.url("/@mei"), "isCat": true, "_misskey_summary": null, "summary": null, "icon": null, "tag": [],
        }),
    );
    actor["publicKey"]["type"] = json!("Key");
    Dialect {
        program: "Misskey",
        actor,
        follow: json!({
            "@context": context,
            "id": peer.url("/follows/9c5kzq3w1a/9d0000000b"),
            "type": "Follow", "actor": id, "object": target,
        }),
    }
}

/// A context of its own, and more members than a Follow needs.
fn pleroma(peer: &Peer, key: &SigningKey, target: &str) -> Dialect {
    let id = peer.url("/users/lain");
    let context = json!(["https://www.w3.org/ns/activitystreams", peer.url("/schemas/litepub-0.1.jsonld"), { "@language": "und" }]);
    Dialect {
        program: "Pleroma",
        actor: with(
            person(&id, "lain", key, &format!("{id}/inbox")),
            json!({
                "@context": context, "capabilities": { "acceptsChatMessages": true }, "attachment": [], "tag": [],
                "endpoints": { "oauthTokenEndpoint": peer.url("/oauth/token"), "sharedInbox": peer.url("/inbox") },
            }),
        ),
        follow: json!({
            "@context": context, "actor": id, "bcc": [], "bto": [], "cc": [],
            "id": peer.url("/activities/3c6f9a52-6b1d-4f0e-8b3b-0c5e6a7d8f90"),
            "object": target, "state": "pending", "to": [target], "type": "Follow",
        }),
    }
}

/// Says which program it is with each activity.
fn friendica(peer: &Peer, key: &SigningKey, target: &str) -> Dialect {
    let id = peer.url("/profile/fritz");
    Dialect {
        program: "Friendica",
        actor: with(
            person(&id, "fritz", key, &peer.url("/inbox/fritz")),
            json!({
                "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1",
                    { "dfrn": "http://purl.org/macgirvin/dfrn/1.0/", "diaspora": "https://diasporafoundation.org/ns/" }],
                "diaspora:guid": "0123456789abcdef", "followers": peer.url("/followers/fritz"), "url": id,
                "vcard:hasAddress": { "@type": "vcard:Home" }, "endpoints": { "sharedInbox": peer.url("/inbox") },
            }),
        ),
        follow: json!({
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": peer.url("/activity/0123-4567"),
            "type": "Follow", "actor": id, "object": target, "to": [target],
            "instrument": { "type": "Service", "name": "Friendica 'Yellow Archangel' 2024.12", "url": peer.url("") },
        }),
    }
}

/// Says to whom, as a list of one.
fn lemmy(peer: &Peer, key: &SigningKey, target: &str) -> Dialect {
    let id = peer.url("/u/kim");
    let context = json!(["https://join-lemmy.org/context.json", "https://www.w3.org/ns/activitystreams"]);
    Dialect {
        program: "Lemmy",
        actor: with(
            person(&id, "kim", key, &format!("{id}/inbox")),
            json!({
                "@context": context, "outbox": format!("{id}/outbox"), "published": "2024-03-01T09:00:00.123456Z",
                "source": null, "endpoints": { "sharedInbox": peer.url("/inbox") },
            }),
        ),
        follow: json!({
            "@context": context, "actor": id, "to": [target], "object": target, "type": "Follow",
            "id": peer.url("/activities/follow/7d1e6c1a-33bb-4a1e-9a53-8a0a3f4f6a20"),
        }),
    }
}

/// Capability F8.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follow_in_the_words_of_each_program_is_accepted() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        let key = SigningKey::generate_ed25519().unwrap();
        for (n, dialect) in [mastodon, threads, misskey, pleroma, friendica, lemmy].iter().enumerate() {
            let dialect = dialect(&stage.peer, &key, alice.actor_id.as_str());
            stage.peer.serve(&dialect.actor);
            let key_id = format!("{}#main-key", dialect.actor());
            stage.knock_with(&key, &key_id, &dialect.follow, Scheme::Cavage).await.unwrap();
            stage.settle().await;
            assert_eq!(stage.end_of(&dialect.follow).await, "processed", "{}", dialect.program);
            let follower = stage.account(dialect.actor()).await.unwrap();
            assert_eq!(stage.follows(&follower, &alice).await, Some(true), "{}", dialect.program);
            let accept = stage.sent("Accept").await.remove(n);
            let inside = &accept.json["object"];
            assert_eq!(
                (&inside["id"], &inside["actor"], &inside["object"]),
                (&dialect.follow["id"], &dialect.actor["id"], &json!(alice.actor_id.as_str())),
                "{}",
                dialect.program
            );
            assert_eq!(
                stage.inboxes(accept.message.id).await,
                [dialect.actor["inbox"].as_str().unwrap()],
                "{}",
                dialect.program
            );
        }
        assert_eq!(stage.numbers(&alice).await, (6, 0));
    }
}

/// A post of bob's as he sends it, with other members than a usual note.
async fn arrives(stage: &Stage, bob: &Remote, more: Value) -> domain::Post {
    let note = with(bob.public_note("x"), more);
    stage.take(bob, &bob.creates(&note)).await;
    stage.find(&note).await.unwrap()
}

/// Capability N19.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_inside_the_text_of_a_post_become_its_attachments() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let html = "<h1>Owls</h1><p>One <img src=\"https://blog.test/owl.jpg\" alt=\"An owl\"> and another \
            <a href=\"https://blog.test/big\"><img src='https://blog.test/owl2.jpg'></a>, the first again \
            <img src=\"https://blog.test/owl.jpg\">, <img src=\"data:image/png;base64,AAAA\"> \
            <img class=\"emoji\" src=\"https://blog.test/smile.png\" alt=\":smile:\"></p>";
        let attached = json!([{ "type": "Document", "mediaType": "image/jpeg", "url": "https://blog.test/owl2.jpg", "name": "The second" }]);
        for kind in ["Note", "Article"] {
            let post =
                arrives(&stage, &bob, json!({ "type": kind, "content": html, "attachment": attached })).await;
            assert!(!post.text.content_html.contains("<img"), "{}", post.text.content_html);
            let shown: Vec<_> = post
                .text
                .attachments
                .iter()
                .map(|it| (it.kind, it.url.as_str(), it.description.as_deref()))
                .collect();
            assert_eq!(
                shown,
                [
                    (AttachmentKind::Image, "https://blog.test/owl2.jpg", Some("The second")),
                    (AttachmentKind::Image, "https://blog.test/owl.jpg", Some("An owl")),
                ],
                "each once, {kind}"
            );
        }
    }
}

/// Capability N20.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_note_is_shown_by_what_is_understood_and_a_link() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let page = "https://blog.test/2026/owls";
        let cases = [
            (
                json!({ "type": "Article", "name": "On <b>owls</b> & mice", "summary": "<p>In short.</p>",
                    "content": "<p>At length.</p>", "url": page }),
                vec!["<strong>On owls &amp; mice</strong>", "<p>At length.</p>", page],
                vec!["In short"],
            ),
            (
                json!({ "type": "Article", "name": "Owls", "summary": "<p>In short.</p>", "content": null, "url": page }),
                vec!["<strong>Owls</strong>", "<p>In short.</p>", page],
                vec![],
            ),
            (
                json!({ "type": "Video", "name": "An owl flies", "content": "<p>Filmed at night.</p>", "duration": "PT30S",
                    "url": [{ "type": "Link", "mediaType": "text/html", "href": page },
                        { "type": "Link", "mediaType": "video/mp4", "href": "https://blog.test/owl.mp4", "height": 720 }] }),
                vec!["<strong>An owl flies</strong>", "<p>Filmed at night.</p>", page],
                vec![],
            ),
            (
                json!({ "type": "Event", "name": "Owl night", "content": "<p>Bring a torch.</p>",
                    "startTime": "2026-12-01T18:00:00Z", "location": { "type": "Place", "name": "The wood" }, "url": page }),
                vec!["<strong>Owl night</strong>", "<p>Bring a torch.</p>", page],
                vec![],
            ),
            (
                json!({ "type": "Sighting", "name": "Strix aluco", "summary": "<p>Seen at dusk.</p><script>x</script>",
                    "content": null, "wingspanCm": 98, "url": page }),
                vec!["<strong>Strix aluco</strong>", "<p>Seen at dusk.</p>", page],
                vec!["script"],
            ),
            (
                json!({ "type": ["Sighting", "Object"], "content": "<p>Only text.</p>", "url": null }),
                vec!["<p>Only text.</p>", "/notes/"],
                vec!["strong"],
            ),
        ];
        for (more, shown, hidden) in cases {
            let kind = more["type"].to_string();
            let post = arrives(&stage, &bob, more).await;
            let html = &post.text.content_html;
            for part in shown {
                let link = format!("href=\"{part}\"");
                assert!(
                    html.contains(part) && (part != page || html.contains(&link)),
                    "{kind} {part}: {html}"
                );
            }
            for part in hidden {
                assert!(!html.contains(part), "{kind} {part}: {html}");
            }
            assert_eq!(
                (post.visibility, stage.in_home(&alice, &post).await),
                (Visibility::Public, 1),
                "{kind}"
            );
            assert!(post.text.warning.is_empty(), "{kind}: a summary is no warning");
        }
    }
}

/// Capability N16.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blog_spread_over_hosts_is_believed_about_what_lies_on_its_own() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        let (site, service, mirror) = (&stage.peer, &stage.evil, Peer::at(4).await);
        let (id, key) = (site.url("/activitypub/blog"), SigningKey::generate_ed25519().unwrap());
        let key_id = format!("{id}#key");
        let mut actor = actor_document(&id, &key.public().to_pem());
        actor["publicKey"]["id"] = json!(key_id);
        for (member, path) in [("inbox", "inbox"), ("outbox", "outbox"), ("followers", "followers")] {
            actor[member] = json!(service.url(&format!("/activitypub/blog/{path}")));
        }
        actor["endpoints"]["sharedInbox"] = json!(service.url("/activitypub/shared/inbox"));
        site.serve(&actor);
        let create = |n: u32, note: String| {
            json!({
                "object": {
                    "id": note, "type": "Note", "content": "<p>Hello</p>", "attributedTo": id,
                    "url": "https://www.blog.test/2026/03/01/hello.html", "published": "2026-03-01T09:00:00+00:00",
                    "to": [PUBLIC, alice.actor_id.as_str()], "cc": [service.url("/activitypub/blog/followers")],
                },
                "@context": ["https://www.w3.org/ns/activitystreams"],
                "id": service.url(&format!("/{n}")), "type": "Create", "actor": id,
                "to": [PUBLIC, alice.actor_id.as_str()], "cc": [service.url("/activitypub/blog/followers")],
            })
        };
        // Its id lies on a third host, which nothing ties to the author.
        let third = create(4533, mirror.url("/2026/03/01/hello.html"));
        mirror.serve(&third["object"]);
        stage.knock_with(&key, &key_id, &third, Scheme::Cavage).await.unwrap();
        stage.settle().await;
        let end = stage.end_of(&third).await;
        assert!(end.starts_with("ignored: the post could not be had"), "{end}");
        assert!(end.contains("the id does not belong to the actor's origin"), "{end}");
        assert!(stage.find(&third["object"]).await.is_none());

        // The same with an id beside its author: inbox, activity and page may lie anywhere.
        let own = create(4534, site.url("/2026/03/01/hello.html"));
        stage.knock_with(&key, &key_id, &own, Scheme::Cavage).await.unwrap();
        stage.settle().await;
        assert_eq!(stage.end_of(&own).await, "processed");
        let post = stage.find(&own["object"]).await.unwrap();
        assert_eq!(post.url.as_deref(), Some("https://www.blog.test/2026/03/01/hello.html"));
        assert_eq!(post.visibility, Visibility::Public);
    }
}
