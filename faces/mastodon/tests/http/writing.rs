use crate::stage::{HOST, Person, Server, id, ids, on_each};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

#[test]
fn a_status_is_written_as_form_json_or_multipart() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let form = bob
            .post_form("/api/v1/statuses", "status=hello+%26+more&visibility=unlisted&sensitive=on")
            .await
            .ok();
        let json = bob
            .post_json("/api/v1/statuses", json!({ "status": "hello & more", "visibility": "unlisted", "sensitive": true, "media_ids": [], "poll": null, "in_reply_to_id": null }))
            .await
            .ok();
        let token = server.token("bob", "write").await;
        let body = "--X\r\nContent-Disposition: form-data; name=\"status\"\r\n\r\nhello & more\r\n--X\r\nContent-Disposition: form-data; name=\"visibility\"\r\n\r\nunlisted\r\n--X\r\nContent-Disposition: form-data; name=\"sensitive\"\r\n\r\n1\r\n--X--\r\n";
        let multipart = server
            .send(
                Some(&token),
                http::Method::POST,
                "/api/v1/statuses",
                "multipart/form-data; boundary=X",
                body.into(),
            )
            .await
            .ok();
        for status in [&form, &json, &multipart] {
            assert_eq!(status["content"], "<p>hello &amp; more</p>");
            assert_eq!((&status["visibility"], &status["sensitive"]), (&json!("unlisted"), &json!(true)));
        }
    });
}

#[test]
fn markdown_is_read_as_such_and_its_source_kept() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let status = bob
            .post_json("/api/v1/statuses", json!({ "status": "**bold**", "content_type": "text/markdown" }))
            .await
            .ok();
        assert!(status["content"].as_str().unwrap().contains("<strong>bold</strong>"), "{status}");
        let source = bob.get(&format!("/api/v1/statuses/{}/source", id(&status))).await.ok();
        assert_eq!(
            source,
            json!({ "id": id(&status), "text": "**bold**", "spoiler_text": "", "content_type": "text/markdown" })
        );
    });
}

#[test]
fn a_status_that_cannot_be_is_refused_with_the_reason() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        for (body, word) in [
            (json!({}), "status"),
            (json!({ "status": "" }), "status"),
            (json!({ "status": "   " }), "status"),
            (json!({ "status": "\u{a0}\n", "spoiler_text": " " }), "status"),
            (json!({ "status": "x".repeat(5001) }), "status"),
            (json!({ "status": "x", "visibility": "everyone" }), "visibility"),
            (json!({ "status": "x", "content_type": "text/html" }), "content_type"),
            (json!({ "status": "x", "media_ids": ["1"] }), "Media attachments 1 not found"),
            (json!({ "status": "x", "scheduled_at": "tomorrow" }), "Record invalid"),
            (json!({ "status": "x", "quoted_status_id": "1" }), "quoted_status_id"),
        ] {
            let words = bob.post_json("/api/v1/statuses", body).await.refused(422);
            assert!(words.contains(word), "{words}");
        }
        bob.post_json("/api/v1/statuses", json!({ "status": "x", "sensitive": "perhaps" }))
            .await
            .refused(422);
        bob.post_json("/api/v1/statuses", json!({ "status": "x", "in_reply_to_id": "17" }))
            .await
            .refused(404);
        bob.post_json("/api/v1/statuses", json!({ "status": "x", "in_reply_to_id": "abc" }))
            .await
            .refused(404);
        let kind = "application/json";
        let token = server.token("bob", "write").await;
        server
            .send(Some(&token), http::Method::POST, "/api/v1/statuses", kind, "{".into())
            .await
            .refused(400);
        let own = bob.get("/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!(own["statuses_count"], 0);
    });
}

async fn with_key(server: &Server, person: &Person, key: &str, text: &str) -> Value {
    let token = server.token(&person.account.handle.name, "write").await;
    let request = Request::post("/api/v1/statuses")
        .header("host", HOST)
        .header("authorization", format!("Bearer {token}"))
        .header("idempotency-key", key)
        .header("content-type", "application/json")
        .body(Body::from(json!({ "status": text }).to_string()))
        .unwrap();
    server.sent(request).await.ok()
}

#[test]
fn a_request_repeated_under_its_key_is_one_status() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let first = with_key(&server, &bob, "k1", "once").await;
        assert_eq!(id(&with_key(&server, &bob, "k1", "once").await), id(&first));
        assert_ne!(id(&with_key(&server, &bob, "k2", "once").await), id(&first));
        assert_ne!(id(&with_key(&server, &ann, "k1", "once").await), id(&first));
    });
}

#[test]
fn an_edit_keeps_its_language_and_its_history() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let first = bob
            .post_json(
                "/api/v1/statuses",
                json!({ "status": "first", "spoiler_text": "careful", "language": "en" }),
            )
            .await
            .ok();
        let path = format!("/api/v1/statuses/{}", id(&first));
        server.clock.advance(std::time::Duration::from_secs(60));
        let body = json!({ "status": "second", "spoiler_text": "careful" });
        let edited = bob.put_json(&path, body).await.ok();
        assert_eq!(
            (&edited["content"], &edited["spoiler_text"]),
            (&json!("<p>second</p>"), &json!("careful"))
        );
        assert_eq!(
            (&edited["language"], &edited["edited_at"]),
            (&json!("en"), &json!("2025-09-09T06:41:00.000Z"))
        );
        server.clock.advance(std::time::Duration::from_secs(60));
        let plain = bob.put_json(&path, json!({ "spoiler_text": "" })).await.ok();
        assert_eq!((&plain["spoiler_text"], &plain["sensitive"]), (&json!(""), &json!(false)));
        let history = server.get(&format!("{path}/history")).await.ok();
        let versions: Vec<_> = history
            .as_array()
            .unwrap()
            .iter()
            .map(|one| (one["content"].clone(), one["created_at"].clone()))
            .collect();
        assert_eq!(
            versions,
            [
                (json!("<p>first</p>"), json!("2025-09-09T06:40:00.000Z")),
                (json!("<p>second</p>"), json!("2025-09-09T06:41:00.000Z")),
                (json!("<p>second</p>"), json!("2025-09-09T06:42:00.000Z")),
            ]
        );
        for member in ["spoiler_text", "sensitive", "account", "media_attachments", "emojis", "quote"] {
            assert!(history[0].get(member).is_some(), "{member}");
        }
        bob.put_json(&path, json!({ "status": "", "spoiler_text": "" })).await.refused(422);
        bob.put_json(&path, json!({ "status": "x", "media_ids": ["1"] })).await.refused(422);
    });
}

/// P11
#[test]
fn only_its_author_edits_or_deletes_a_status() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let post = bob.writes("mine", "public").await;
        let path = format!("/api/v1/statuses/{}", id(&post));
        eve.put_json(&path, json!({ "status": "hers" })).await.refused(404);
        eve.delete(&path).await.refused(404);
        let boost = eve.post(&format!("{path}/reblog")).await.ok();
        let boosted = format!("/api/v1/statuses/{}", id(&boost));
        bob.put_json(&boosted, json!({ "status": "x" })).await.refused(404);
        bob.delete(&boosted).await.refused(404);
        assert_eq!(server.get(&path).await.ok()["content"], "<p>mine</p>");
    });
}

#[test]
fn a_deleted_status_is_handed_back_to_be_written_again() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let post = bob
            .post_json("/api/v1/statuses", json!({ "status": "*take* this", "spoiler_text": "w" }))
            .await
            .ok();
        let path = format!("/api/v1/statuses/{}", id(&post));
        let gone = bob.delete(&path).await.ok();
        assert_eq!((&gone["text"], &gone["spoiler_text"]), (&json!("*take* this"), &json!("w")));
        server.get(&path).await.refused(404);
        bob.delete(&path).await.refused(404);
        assert_eq!(bob.get("/api/v1/timelines/home").await.ok(), json!([]));
        assert_eq!(bob.get("/api/v1/accounts/verify_credentials").await.ok()["statuses_count"], 0);
    });
}

#[test]
fn a_deleted_boost_is_taken_back() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let post = bob.writes("stays", "public").await;
        let boost = ann.post(&format!("/api/v1/statuses/{}/reblog", id(&post))).await.ok();
        ann.delete(&format!("/api/v1/statuses/{}", id(&boost))).await.ok();
        let post = ann.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
        assert_eq!((&post["reblogged"], &post["reblogs_count"]), (&json!(false), &json!(0)));
    });
}

#[test]
fn a_post_that_would_reach_others_than_expected_is_not_written() {
    on_each(async |server| {
        let (ann, bob, zed) =
            (server.person("ann").await, server.person("bob").await, server.person("zed").await);
        let body =
            |expected: Value| json!({ "status": "@bob and @zed, hello", "allowed_mentions": expected });
        let refused = ann.post_json("/api/v1/statuses", body(json!([bob.id()]))).await;
        assert_eq!(refused.refused(422), "Post would be sent to unexpected accounts");
        assert_eq!(ids(&refused.json()["unexpected_accounts"]), [zed.id()]);
        ann.post_json("/api/v1/statuses", body(json!([]))).await.refused(422);
        assert_eq!(ann.get(&format!("/api/v1/accounts/{}/statuses", ann.id())).await.ok(), json!([]));
        ann.post_json("/api/v1/statuses", body(json!([bob.id(), zed.id()]))).await.ok();
        ann.post_json("/api/v1/statuses", json!({ "status": "@bob, hello" })).await.ok();
    });
}

#[test]
fn an_edit_does_not_leave_a_status_blank() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let path = format!("/api/v1/statuses/{}", id(&bob.writes("said", "public").await));
        for text in ["", " \n"] {
            bob.put_json(&path, json!({ "status": text })).await.refused(422);
        }
        assert!(bob.get(&path).await.ok()["content"].as_str().unwrap().contains("said"));
    });
}

#[test]
fn what_is_no_language_is_as_if_none_was_named() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        bob.patch_form("/api/v1/accounts/update_credentials", "source[language]=de").await.ok();
        for (written, kept) in [
            ("EN", "en"),
            ("nan", "nan"),
            ("zh-TW", "zh-TW"),
            ("english", "de"),
            ("xx-nonsense-language", "de"),
            ("no language", "de"),
        ] {
            let body = json!({ "status": "x", "language": written });
            let status = bob.post_json("/api/v1/statuses", body).await.ok();
            assert_eq!(status["language"], kept, "{written}");
        }
        let status = bob.post_json("/api/v1/statuses", json!({ "status": "x", "language": "fr" })).await.ok();
        let edit = json!({ "status": "y", "language": "french" });
        let edited = bob.put_json(&format!("/api/v1/statuses/{}", id(&status)), edit).await.ok();
        assert_eq!(edited["language"], "fr");
    });
}
