//! Emoji of this server: offered, found in what people write, shown.

use crate::stage::{PICTURE, id, on_each};
use serde_json::{Value, json};
use service::emoji;

fn shortcodes(entity: &Value) -> Vec<&str> {
    entity["emojis"].as_array().unwrap().iter().map(|one| one["shortcode"].as_str().unwrap()).collect()
}

#[test]
fn offered_emoji_are_listed_with_pictures_that_are_there() {
    on_each(async |server| {
        assert_eq!(server.get("/api/v1/custom_emojis").await.ok(), json!([]));
        server.emoji("owl").await;
        server.cx.write(|tx| emoji::add(tx, ":Ant:", Some("Animals"), PICTURE)).await.unwrap();
        let list = server.get("/api/v1/custom_emojis").await.ok();
        assert_eq!((&list[0]["shortcode"], &list[0]["category"]), (&json!("Ant"), &json!("Animals")));
        assert_eq!((&list[1]["shortcode"], &list[1]["category"]), (&json!("owl"), &Value::Null));
        assert_eq!((&list[1]["visible_in_picker"], &list[1]["url"]), (&json!(true), &list[1]["static_url"]));
        let url = list[1]["url"].as_str().unwrap().strip_prefix("https://here.example").unwrap().to_owned();
        let picture = server.get(&url).await;
        assert_eq!(picture.status, 200);
        let header = |name: &str| picture.headers[name].to_str().unwrap().to_owned();
        assert_eq!(
            (header("content-type").as_str(), header("x-content-type-options").as_str()),
            ("image/png", "nosniff")
        );
        assert_eq!(header("content-security-policy"), "sandbox; default-src 'none'");
        assert!(header("cache-control").contains("immutable"));
        for missing in ["/emoji/17.png", "/emoji/x.png", "/emoji/..%2Fx", "/emoji/.png"] {
            server.get(missing).await.refused(404);
        }
    });
}

#[test]
fn an_emoji_is_taken_only_where_it_is_one() {
    on_each(async |server| {
        let long = vec![0; emoji::MAX_BYTES + 1];
        let big = [PICTURE, &long].concat();
        for (name, bytes) in
            [("o", PICTURE.to_vec()), ("a b", PICTURE.to_vec()), ("owl", b"<svg/>".to_vec()), ("owl", big)]
        {
            let added = server.cx.write(move |tx| emoji::add(tx, name, None, &bytes)).await;
            assert!(matches!(added, Err(service::Error::Invalid { .. })), "{added:?}");
        }
        assert!(server.cx.write(|tx| emoji::remove(tx, "owl")).await.is_err());
    });
}

#[test]
fn emoji_are_found_in_posts_names_and_bios() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        server.emoji("owl").await;
        server.emoji("ant").await;
        let body = json!({ "status": "an :owl: and :nothing:, not 12:owl:30", "spoiler_text": ":ant:" });
        let post = bob.post_json("/api/v1/statuses", body).await.ok();
        assert_eq!(shortcodes(&post), ["ant", "owl"]);
        assert_eq!(post["emojis"][0]["visible_in_picker"], true);
        let edited =
            bob.put_json(&format!("/api/v1/statuses/{}", id(&post)), json!({ "status": "an :ant:" })).await;
        assert_eq!(shortcodes(&edited.ok()), ["ant"]);
        let profile = "display_name=Bob+:owl:&note=I+like+:ant:+and+:what:";
        let account = bob.patch_form("/api/v1/accounts/update_credentials", profile).await.ok();
        assert_eq!(shortcodes(&account), ["owl", "ant"]);
        let shown = server.get(&format!("/api/v1/accounts/{}", bob.id())).await.ok();
        assert_eq!(shortcodes(&shown), ["owl", "ant"]);
    });
}

#[test]
fn what_is_offered_no_longer_is_still_seen_where_it_was_used() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        server.emoji("owl").await;
        let post = bob.writes(":owl:", "public").await;
        server.cx.write(|tx| emoji::remove(tx, ":owl:")).await.unwrap();
        assert_eq!(server.get("/api/v1/custom_emojis").await.ok(), json!([]));
        let shown = server.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
        let url = shown["emojis"][0]["url"].as_str().unwrap().strip_prefix("https://here.example").unwrap();
        assert_eq!(server.get(url).await.status, 200);
        assert_eq!(shortcodes(&bob.writes(":owl:", "public").await), [""; 0]);
        // A new picture has a new address.
        server.emoji("owl").await;
        let again = bob.writes(":owl:", "public").await;
        assert_ne!(again["emojis"][0]["url"], shown["emojis"][0]["url"]);
    });
}
