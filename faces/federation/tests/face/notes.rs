//! What a post's document says beside its text.

use crate::world::{ORIGIN, PUBLIC, in_world};
use domain::account::Emoji;
use domain::post::{Attachment, AttachmentKind, PostText};
use domain::{Timestamp, Visibility};
use serde_json::json;

/// Capability N9, N12.
#[test]
fn an_edit_says_when_and_keeps_warning_and_pictures() {
    in_world(async |world| {
        let post = world.post(Visibility::Public, &[]).await;
        let plain = world.get(post.object_id.as_str()).await.json();
        assert_eq!((&plain["summary"], &plain["sensitive"]), (&json!(null), &json!(false)));
        assert_eq!(plain.get("updated"), None);
        let old = post.clone();
        world
            .write(move |tx| {
                let text = PostText {
                    content_html: "<p>changed</p>".into(),
                    warning: "food".into(),
                    sensitive: true,
                    emojis: vec![Emoji {
                        shortcode: "owl".into(),
                        url: format!("{ORIGIN}/media/owl.png"),
                        id: None,
                    }],
                    attachments: vec![Attachment {
                        kind: AttachmentKind::Image,
                        url: format!("{ORIGIN}/media/1.png"),
                        media_type: Some("image/png".into()),
                        description: Some("a cheese".into()),
                        blurhash: None,
                        width: Some(640),
                        height: Some(-1),
                        ..Attachment::default()
                    }],
                    ..PostText::default()
                };
                let updated = Timestamp(old.published_at.0 + 60_000);
                assert!(store::post::edit(tx, &old, &text, updated, 1)?);
                Ok(())
            })
            .await;
        let note = world.get(post.object_id.as_str()).await.json();
        assert_eq!((&note["summary"], &note["sensitive"]), (&json!("food"), &json!(true)));
        assert_eq!((&note["content"], &note["id"]), (&json!("<p>changed</p>"), &plain["id"]));
        assert_eq!(note["published"], plain["published"]);
        assert!(note["updated"].as_str().unwrap() > note["published"].as_str().unwrap());
        let picture = &note["attachment"][0];
        assert_eq!((&picture["type"], &picture["mediaType"]), (&json!("Document"), &json!("image/png")));
        assert_eq!((&picture["name"], &picture["width"]), (&json!("a cheese"), &json!(640)));
        assert_eq!(picture.get("height"), None, "a side that is none is left out");
        assert_eq!((&note["tag"][0]["type"], &note["tag"][0]["name"]), (&json!("Emoji"), &json!(":owl:")));
        let create = world.get(&format!("{}/activity", post.object_id)).await.json();
        assert_eq!(create["object"]["content"], "<p>changed</p>", "the object is embedded as it is now");
    });
}

/// Capability N13.
#[test]
fn a_reply_names_what_it_answers_and_shares_its_conversation() {
    in_world(async |world| {
        let post = world.post(Visibility::Public, &[]).await;
        let reply = world.post_by(&world.bob, Visibility::Public, &[&world.alice], Some(&post)).await;
        let (first, second) = (
            world.get(post.object_id.as_str()).await.json(),
            world.get(reply.object_id.as_str()).await.json(),
        );
        assert_eq!(
            (&first["inReplyTo"], &second["inReplyTo"]),
            (&json!(null), &json!(post.object_id.as_str()))
        );
        assert_eq!(first["conversation"], second["conversation"]);
        assert_eq!(second["tag"][0]["href"], format!("{ORIGIN}/users/alice"), "whom it answers is told");
    });
}

/// Capability B6.
#[test]
fn a_post_to_a_group_says_so() {
    in_world(async |world| {
        let birds = world.group("birds").await;
        let id = format!("{ORIGIN}/groups/birds");
        let open = world.post(Visibility::Public, &[&birds, &world.bob]).await;
        let note = world.get(open.object_id.as_str()).await.json();
        assert_eq!((&note["to"], &note["audience"]), (&json!([PUBLIC, id]), &json!(id)));
        assert_eq!(
            note["cc"],
            json!([format!("{ORIGIN}/users/alice/followers"), format!("{ORIGIN}/users/bob")])
        );
        let create = world.get(&format!("{}/activity", open.object_id)).await.json();
        assert_eq!((&create["to"], &create["audience"]), (&note["to"], &note["audience"]));
    });
}

/// Capability P3.
#[test]
fn an_actors_profile_is_told_in_full() {
    in_world(async |world| {
        let mut alice = world.alice.clone();
        alice.profile.display_name = "Alice <b>".into();
        alice.profile.bio_html = "<p>hi</p>".into();
        alice.profile.avatar_url = Some(format!("{ORIGIN}/media/a.jpg"));
        alice.profile.header_url = Some(format!("{ORIGIN}/media/h"));
        alice.profile.fields = vec![domain::account::Field {
            name: "Blog".into(),
            value_html: "<a href=\"https://x.example\" rel=\"me\">x</a>".into(),
            verified_at: None,
        }];
        alice.also_known_as = vec!["https://old.example/users/alice".into()];
        alice.moved_to = Some(domain::ActorId::parse("https://new.example/users/alice").unwrap());
        alice.flags.locked = true;
        alice.flags.discoverable = true;
        world.write(move |tx| Ok(store::account::update(tx, &alice, 1)?)).await;
        let actor = world.get("/users/alice").await.json();
        assert_eq!((&actor["name"], &actor["summary"]), (&json!("Alice <b>"), &json!("<p>hi</p>")));
        assert_eq!(
            actor["icon"],
            json!({ "type": "Image", "mediaType": "image/jpeg", "url": format!("{ORIGIN}/media/a.jpg") })
        );
        assert_eq!(actor["image"], json!({ "type": "Image", "url": format!("{ORIGIN}/media/h") }));
        assert_eq!(actor["attachment"][0]["type"], "PropertyValue");
        assert!(actor["attachment"][0]["value"].as_str().unwrap().contains("rel=\"me\""));
        assert_eq!(actor["alsoKnownAs"], json!(["https://old.example/users/alice"]));
        assert_eq!(actor["movedTo"], "https://new.example/users/alice");
        assert_eq!(
            (&actor["manuallyApprovesFollowers"], &actor["discoverable"]),
            (&json!(true), &json!(true))
        );
    });
}
