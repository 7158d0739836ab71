use crate::stage::{id, ids, on_each};
use serde_json::{Value, json};

/// <https://docs.joinmastodon.org/entities/Status/>
const MEMBERS: [&str; 34] = [
    "id",
    "created_at",
    "in_reply_to_id",
    "in_reply_to_account_id",
    "sensitive",
    "spoiler_text",
    "visibility",
    "language",
    "uri",
    "url",
    "replies_count",
    "reblogs_count",
    "favourites_count",
    "quotes_count",
    "edited_at",
    "favourited",
    "reblogged",
    "muted",
    "bookmarked",
    "pinned",
    "filtered",
    "content",
    "reblog",
    "application",
    "account",
    "media_attachments",
    "mentions",
    "tags",
    "emojis",
    "card",
    "poll",
    "quote",
    "quote_approval",
    "tagged_collections",
];

#[test]
fn a_status_has_every_member() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let form = "status=hi+@ann+%23Caf%C3%A9&spoiler_text=food&language=fr";
        let written = bob.post_form("/api/v1/statuses", form).await.ok();
        let status = server.get(&format!("/api/v1/statuses/{}", id(&written))).await.ok();
        for member in MEMBERS {
            assert!(status.get(member).is_some(), "{member}");
        }
        assert_eq!(status["text"], Value::Null);
        let number = id(&status);
        assert_eq!(status["uri"], format!("https://here.example/users/bob/statuses/{number}"));
        assert_eq!(status["url"], format!("https://here.example/@bob/{number}"));
        assert_eq!((&status["spoiler_text"], &status["sensitive"]), (&json!("food"), &json!(true)));
        assert_eq!((&status["language"], &status["visibility"]), (&json!("fr"), &json!("public")));
        let mention =
            json!({ "id": ann.id(), "username": "ann", "acct": "ann", "url": "https://here.example/@ann" });
        assert_eq!(status["mentions"], json!([mention]));
        assert_eq!(status["tags"], json!([{ "name": "café", "url": "https://here.example/tags/caf%C3%A9" }]));
        assert_eq!(
            status["quote_approval"],
            json!({ "automatic": [], "manual": [], "current_user": "denied" })
        );
        assert_eq!(
            (&status["reblog"], &status["edited_at"], &status["card"]),
            (&Value::Null, &Value::Null, &Value::Null)
        );
    });
}

#[test]
fn what_is_no_status_is_not_found() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        for wrong in ["1", "abc", "0", "18446744073709551616"] {
            for part in ["", "/context", "/history", "/source", "/reblogged_by", "/favourited_by"] {
                assert_eq!(
                    bob.get(&format!("/api/v1/statuses/{wrong}{part}")).await.refused(404),
                    "Record not found"
                );
            }
        }
    });
}

#[test]
fn several_statuses_come_in_order_without_what_is_not_for_the_viewer() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let (one, two) = (bob.writes("one", "public").await, bob.writes("two", "private").await);
        let path = format!("/api/v1/statuses?id[]={}&id[]={}&id[]={}", id(&two), id(&one), id(&two));
        assert_eq!(ids(&bob.get(&path).await.ok()), [id(&two), id(&one)]);
        assert_eq!(ids(&ann.get(&path).await.ok()), [id(&one)]);
        assert_eq!(ids(&server.get(&path).await.ok()), [id(&one)]);
    });
}

/// Capability N13.
#[test]
fn a_conversation_has_what_is_above_and_what_is_below() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let root = bob.writes("root", "public").await;
        let one = ann.answers(&root, "@bob one", "public").await;
        let two = bob.answers(&one, "@ann two", "unlisted").await;
        let three = ann.answers(&two, "@bob three", "public").await;
        let four = bob.answers(&root, "four", "public").await;
        let around = server.get(&format!("/api/v1/statuses/{}/context", id(&two))).await.ok();
        assert_eq!(ids(&around["ancestors"]), [id(&root), id(&one)]);
        assert_eq!(ids(&around["descendants"]), [id(&three)]);
        let around = server.get(&format!("/api/v1/statuses/{}/context", id(&root))).await.ok();
        // Bob goes on with his own post: that comes before what others answered.
        assert_eq!(ids(&around["descendants"]), [id(&four), id(&one), id(&two), id(&three)]);
        assert_eq!(two["in_reply_to_id"], json!(id(&one)));
        assert_eq!(two["in_reply_to_account_id"], json!(ann.id()));
        let root = server.get(&format!("/api/v1/statuses/{}", id(&root))).await.ok();
        assert_eq!(root["replies_count"], 2);
    });
}

#[test]
fn a_like_is_marked_counted_listed_and_taken_back() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let post = bob.writes("likeable", "public").await;
        let path = |part: &str| format!("/api/v1/statuses/{}/{part}", id(&post));
        for _ in 0..2 {
            let liked = ann.post(&path("favourite")).await.ok();
            assert_eq!((&liked["favourited"], &liked["favourites_count"]), (&json!(true), &json!(1)));
        }
        assert_eq!(ids(&server.get(&path("favourited_by")).await.ok()), [ann.id()]);
        assert_eq!(ids(&ann.get("/api/v1/favourites").await.ok()), [id(&post)]);
        assert_eq!(bob.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok()["favourited"], false);
        for _ in 0..2 {
            let undone = ann.post(&path("unfavourite")).await.ok();
            assert_eq!((&undone["favourited"], &undone["favourites_count"]), (&json!(false), &json!(0)));
        }
        assert_eq!(ann.get("/api/v1/favourites").await.ok(), json!([]));
    });
}

#[test]
fn a_boost_is_a_status_around_the_post() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let post = bob.writes("boostable", "public").await;
        let path = |part: &str| format!("/api/v1/statuses/{}/{part}", id(&post));
        let boost = ann.post_form(&path("reblog"), "visibility=unlisted").await.ok();
        for member in MEMBERS {
            assert!(boost.get(member).is_some(), "{member}");
        }
        assert_ne!(id(&boost), id(&post));
        assert_eq!((id(&boost["reblog"]), &boost["account"]["acct"]), (id(&post), &json!("ann")));
        assert_eq!((&boost["visibility"], &boost["reblogged"]), (&json!("unlisted"), &json!(true)));
        assert_eq!(boost["reblog"]["reblogs_count"], 1);
        assert_eq!(id(&ann.post(&path("reblog")).await.ok()), id(&boost));
        assert_eq!(ids(&server.get(&path("reblogged_by")).await.ok()), [ann.id()]);
        // What is done to the boost is done to the post.
        let liked = bob.post(&format!("/api/v1/statuses/{}/favourite", id(&boost))).await.ok();
        assert_eq!((id(&liked), &liked["favourited"]), (id(&post), &json!(true)));
        assert_eq!(
            id(&server.get(&format!("/api/v1/statuses/{}", id(&boost))).await.ok()["reblog"]),
            id(&post)
        );
        let undone = ann.post(&path("unreblog")).await.ok();
        assert_eq!(
            (id(&undone), &undone["reblogged"], &undone["reblogs_count"]),
            (id(&post), &json!(false), &json!(0))
        );
        server.get(&format!("/api/v1/statuses/{}", id(&boost))).await.refused(404);
    });
}

#[test]
fn a_boost_for_an_unknown_audience_is_refused() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let post = bob.writes("boostable", "public").await;
        for word in ["direct", "everyone"] {
            let path = format!("/api/v1/statuses/{}/reblog", id(&post));
            bob.post_json(&path, json!({ "visibility": word })).await.refused(422);
        }
    });
}

/// Capability N18.
#[test]
fn what_hangs_on_a_post_is_shown() {
    on_each(async |server| {
        let zoe = server.peer("zoe").await;
        let post = server.peer_post(&zoe, domain::Visibility::Public, &[]).await;
        let mut text = post.text.clone();
        text.attachments.push(domain::post::Attachment {
            kind: domain::post::AttachmentKind::Image,
            url: "https://there.example/a.png".into(),
            media_type: Some("image/png".into()),
            description: Some("a cat".into()),
            blurhash: None,
            width: Some(400),
            height: Some(200),
            ..domain::post::Attachment::default()
        });
        let (now, old) = (server.clock.now(), post.clone());
        server.cx.write(move |tx| Ok(store::post::edit(tx, &old, &text, now, 1)?)).await.unwrap();
        let status = server.get(&format!("/api/v1/statuses/{}", post.id)).await.ok();
        let media = &status["media_attachments"][0];
        assert_eq!((&media["type"], &media["description"]), (&json!("image"), &json!("a cat")));
        assert_eq!(
            media["meta"]["original"],
            json!({
                "width": 400, "height": 200, "size": "400x200", "aspect": 2.0,
                "frame_rate": null, "duration": null, "bitrate": null,
            })
        );
        assert_eq!(media["remote_url"], "https://there.example/a.png");
        assert!(media["id"].as_str().unwrap().bytes().all(|b| b.is_ascii_digit()));
        assert_eq!(status["edited_at"], "2025-09-09T06:40:00.000Z");
    });
}
