use crate::stage::{id, on_each};
use domain::PostId;
use domain::card::Card;
use serde_json::{Value, json};

#[test]
fn a_card_has_every_member_of_the_api() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let status = bob.writes("read https://news.example/story", "public").await;
        assert_eq!(status["card"], json!(null));
        server
            .cx
            .write(|tx| {
                let url = "https://news.example/story";
                let card = Card {
                    url: url.into(),
                    title: "A story".into(),
                    author_name: "Eve".into(),
                    author_url: "https://news.example/eve".into(),
                    image: Some("https://news.example/pic.png".into()),
                    width: 640,
                    published_at_ms: Some(1_757_400_000_000),
                    ..Card::default()
                };
                let later = domain::Timestamp(i64::MAX / 2);
                store::card::claim(tx, url, later)?;
                Ok(store::card::keep(tx, url, Some(&card), later)?)
            })
            .await
            .unwrap();
        let card = bob.get(&format!("/api/v1/statuses/{}", id(&status))).await.ok()["card"].clone();
        let expected: Value = json!({
            "url": "https://news.example/story", "title": "A story", "description": "", "language": null,
            "type": "link", "author_name": "Eve", "author_url": "https://news.example/eve",
            "provider_name": "", "provider_url": "", "html": "", "width": 640, "height": 0,
            "image": "https://news.example/pic.png", "image_description": "", "embed_url": "",
            "blurhash": null, "published_at": "2025-09-09T06:40:00.000Z",
            "authors": [{ "name": "Eve", "url": "https://news.example/eve", "account": null }],
            "missing_attribution": false,
        });
        assert_eq!(card, expected);
        let number: i64 = id(&status).parse().unwrap();
        let viewer = bob.account.clone();
        server.cx.write(move |tx| service::post::delete(tx, &viewer, PostId(number))).await.unwrap();
    });
}

#[test]
fn a_status_is_offered_for_other_sites_pages() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let status = bob.writes("embed me", "unlisted").await;
        for url in [&status["url"], &status["uri"]] {
            let path = format!("/api/oembed?maxwidth=300&url={}", url.as_str().unwrap());
            let offered = server.get(&path).await.ok();
            for (member, value) in [
                ("type", json!("rich")),
                ("version", json!("1.0")),
                ("title", json!("New status by bob")),
                ("author_name", json!("bob")),
                ("author_url", json!("https://here.example/@bob")),
                ("provider_name", json!("here.example")),
                ("provider_url", json!("https://here.example/")),
                ("cache_age", json!(86400)),
                ("width", json!(300)),
                ("height", json!(null)),
            ] {
                assert_eq!(offered[member], value, "{member}");
            }
            let html = offered["html"].as_str().unwrap();
            let frame = format!("<iframe src=\"https://here.example/@bob/{}/embed\"", id(&status));
            assert!(html.starts_with(&frame) && !html.contains("<script"), "{html}");
        }
    });
}

/// P05
#[test]
fn what_is_not_for_everyone_is_not_offered() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let mut hidden = vec![bob.writes("followers", "private").await, bob.writes("direct", "direct").await];
        let local = json!({ "status": "local", "local_only": true });
        hidden.push(bob.post_json("/api/v1/statuses", local).await.ok());
        for status in hidden {
            bob.get(&format!("/api/oembed?url={}", status["url"].as_str().unwrap())).await.refused(404);
        }
        for url in ["https://elsewhere.example/@bob/1", "https://here.example/@bob", "x", ""] {
            server.get(&format!("/api/oembed?url={url}")).await.refused(404);
        }
        server.get("/api/oembed").await.refused(404);
        let url = bob.writes("open", "public").await["url"].as_str().unwrap().to_owned();
        for (bounds, width) in
            [("maxwidth=-1&maxheight=x", 400), ("maxwidth=&maxheight=", 400), ("maxwidth=9", 9)]
        {
            let offered = server.get(&format!("/api/oembed?url={url}&{bounds}")).await.ok();
            assert_eq!((&offered["width"], &offered["height"]), (&json!(width), &json!(null)), "{bounds}");
        }
    });
}
