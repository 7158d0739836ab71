//! Custom emoji, ours on their way out and those of peers on their way in.

use crate::stage::stages;
use domain::Visibility;
use serde_json::json;
use service::account::{ProfileChange, update_local};
use service::{documents, emoji};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\nand so on";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_emoji_go_out_as_tags_with_picture_and_id() {
    for stage in stages().await {
        let alice = stage.local("alice").await;
        let owl = stage.cx.write(|tx| emoji::add(tx, "owl", None, PICTURE)).await.unwrap();
        let post = stage.post(&alice, "an :owl: and :none:", Visibility::Public).await;
        let tag = json!({
            "type": "Emoji",
            "id": format!("https://here.example/emojis/{}", owl.id),
            "name": ":owl:",
            "icon": { "type": "Image", "mediaType": "image/png", "url": format!("https://here.example/emoji/{}.png", owl.id) },
        });
        let author = alice.clone();
        let note = stage.cx.read(move |tx| documents::note(tx, &post, &author)).await.unwrap();
        assert_eq!(note["tag"], json!([tag]));
        let id = alice.id;
        let change = ProfileChange { display_name: Some("Alice :owl:".into()), ..ProfileChange::default() };
        let changed = stage.cx.write(move |tx| update_local(tx, id, &change)).await.unwrap();
        let actor = stage.cx.read(move |tx| documents::actor(tx, &changed)).await.unwrap();
        assert_eq!(actor["tag"], json!([tag]));
        let document = stage.cx.read(move |tx| emoji::document(tx, owl.id)).await.unwrap();
        let document: serde_json::Value = serde_json::from_slice(&document).unwrap();
        assert_eq!((&document["name"], &document["icon"]), (&tag["name"], &tag["icon"]));
        assert!(document["updated"].is_string() && document["@context"].is_array(), "{document}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn emoji_of_peers_keep_their_pictures() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut note = bob.public_note("a :blob: here");
        let icon = json!({ "type": "Image", "mediaType": "image/gif", "url": "https://b.example/blob.gif" });
        note["tag"] =
            json!([{ "type": "Emoji", "id": "https://b.example/emojis/1", "name": ":blob:", "icon": icon }]);
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note["id"]).await.unwrap();
        let known = &post.text.emojis[0];
        assert_eq!((known.shortcode.as_str(), known.url.as_str()), ("blob", "https://b.example/blob.gif"));
        assert_eq!(known.id.as_deref(), Some("https://b.example/emojis/1"));
        // Ours are not found in what others write.
        stage.cx.write(|tx| emoji::add(tx, "owl", None, PICTURE)).await.unwrap();
        let note = bob.public_note("an :owl: of ours");
        stage.take(&bob, &bob.creates(&note)).await;
        assert!(stage.find(&note["id"]).await.unwrap().text.emojis.is_empty());
    }
}
