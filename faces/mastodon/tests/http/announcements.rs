//! What the administrator tells everyone here.

use crate::stage::{Server, id, ids, on_each};
use domain::{AnnouncementId, Timestamp};
use serde_json::{Value, json};
use service::announcement::{self, New};
use std::time::Duration;

async fn tell(server: &Server, new: New) -> AnnouncementId {
    server.cx.write(move |tx| Ok(announcement::create(tx, &new)?.id)).await.unwrap()
}

fn saying(text: &str) -> New {
    New { text: text.into(), ..New::default() }
}

#[test]
fn an_announcement_says_all_that_is_in_it() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let post = bob.writes("look", "public").await;
        let text = format!("**Tonight**: ask @bob about #Music, see {}", post["url"].as_str().unwrap());
        let starts_at = Some(Timestamp(1_757_500_000_000));
        let told = tell(&server, New { starts_at, ..saying(&text) }).await;
        let list = ann.get("/api/v1/announcements").await.ok();
        let one = &list[0];
        assert_eq!(
            (id(one), &one["read"], &one["all_day"]),
            (told.to_string(), &json!(false), &json!(false))
        );
        assert!(one["content"].as_str().unwrap().contains("<strong>Tonight</strong>"), "{one}");
        assert!(one["content"].as_str().unwrap().contains("https://here.example/@bob"), "{one}");
        assert_eq!((&one["starts_at"], &one["ends_at"]), (&json!("2025-09-10T10:26:40.000Z"), &Value::Null));
        assert_eq!(
            (&one["published_at"], &one["updated_at"]),
            (&one["updated_at"], &json!("2025-09-09T06:40:00.000Z"))
        );
        assert_eq!((id(&one["mentions"][0]), &one["mentions"][0]["acct"]), (bob.id(), &json!("bob")));
        assert_eq!(one["statuses"], json!([{ "id": post["id"], "url": post["url"] }]));
        assert_eq!(one["tags"], json!([{ "name": "music", "url": "https://here.example/tags/music" }]));
        assert_eq!((&one["emojis"], &one["reactions"]), (&json!([]), &json!([])));
        server.get("/api/v1/announcements").await.refused(401);
    });
}

#[test]
fn an_announcement_is_put_away_by_each_for_themselves() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let told = tell(&server, saying("Hello")).await;
        let path = format!("/api/v1/announcements/{told}/dismiss");
        assert_eq!(ann.post(&path).await.ok(), json!({}));
        assert_eq!(ann.get("/api/v1/announcements").await.ok(), json!([]));
        let all = ann.get("/api/v1/announcements?with_dismissed=true").await.ok();
        assert_eq!((ids(&all).len(), &all[0]["read"]), (1, &json!(true)));
        assert_eq!(ids(&bob.get("/api/v1/announcements").await.ok()).len(), 1);
        ann.post("/api/v1/announcements/17/dismiss").await.refused(404);
        let reader = ann.with(&server.token("ann", "read").await);
        reader.post(&path).await.refused(403);
    });
}

#[test]
fn an_announcement_ends_or_is_taken_back() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let ends_at = Some(Timestamp(1_757_400_000_000 + 60_000));
        tell(&server, New { ends_at, ..saying("short") }).await;
        let long = tell(&server, saying("long")).await;
        assert_eq!(ids(&ann.get("/api/v1/announcements").await.ok()).len(), 2);
        server.clock.advance(Duration::from_secs(61));
        assert_eq!(ids(&ann.get("/api/v1/announcements").await.ok()), [long.to_string()]);
        server.cx.write(move |tx| announcement::delete(tx, long)).await.unwrap();
        assert_eq!(ann.get("/api/v1/announcements").await.ok(), json!([]));
        assert!(server.cx.write(move |tx| announcement::delete(tx, long)).await.is_err());
        let backwards = New { starts_at: Some(Timestamp(2)), ends_at: Some(Timestamp(1)), ..saying("x") };
        for wrong in [saying(" "), backwards] {
            assert!(server.cx.write(move |tx| announcement::create(tx, &wrong)).await.is_err());
        }
    });
}

#[test]
fn people_react_with_emoji_and_take_it_back() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        server.emoji("owl").await;
        let told = tell(&server, saying("Hello")).await;
        let path = |name: &str| format!("/api/v1/announcements/{told}/reactions/{name}");
        // %F0%9F%91%8D is a thumb.
        for (person, name) in
            [(&ann, "%F0%9F%91%8D"), (&bob, "%F0%9F%91%8D"), (&ann, "%F0%9F%91%8D"), (&bob, "owl")]
        {
            assert_eq!(person.put_json(&path(name), json!({})).await.ok(), json!({}));
        }
        let list = ann.get("/api/v1/announcements").await.ok();
        let reactions = &list[0]["reactions"];
        assert_eq!(
            reactions[0],
            json!({ "name": "👍", "count": 2, "me": true, "url": null, "static_url": null })
        );
        assert_eq!(
            (&reactions[1]["name"], &reactions[1]["count"], &reactions[1]["me"]),
            (&json!("owl"), &json!(1), &json!(false))
        );
        assert!(
            reactions[1]["url"].as_str().unwrap().starts_with("https://here.example/emoji/"),
            "{reactions}"
        );
        for wrong in ["nothing", "x", "%F0%9F%91%8D%F0%9F%91%8D", "%3Cb%3E"] {
            let words = ann.put_json(&path(wrong), json!({})).await.refused(422);
            assert_eq!(words, "Validation failed: Name is not a recognized emoji", "{wrong}");
        }
        assert_eq!(bob.delete(&path("owl")).await.ok(), json!({}));
        bob.delete(&path("owl")).await.refused(404);
        assert_eq!(ann.get("/api/v1/announcements").await.ok()[0]["reactions"].as_array().unwrap().len(), 1);
        // Eight different ones, and no more.
        for emoji in ["😀", "😁", "😂", "😃", "😄", "😅", "😆"] {
            let name: String = emoji.bytes().fold(String::new(), |name, byte| name + &format!("%{byte:02X}"));
            ann.put_json(&path(&name), json!({})).await.ok();
        }
        bob.put_json(&path("owl"), json!({})).await.refused(422);
        bob.put_json(&path("%F0%9F%98%80"), json!({})).await.ok();
        let reader = ann.with(&server.token("ann", "write:accounts").await);
        reader.put_json(&path("owl"), json!({})).await.refused(403);
    });
}
