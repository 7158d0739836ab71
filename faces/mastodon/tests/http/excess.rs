//! What is far too large is refused, wherever it is written.

use crate::stage::{Answer, Person, Server, id, on_each};
use http::Method;
use serde_json::{Value, json};

/// Refused for what the client did, and not for what became of us.
fn is_no(answer: &Answer, what: &str) {
    let status = answer.status.as_u16();
    assert!((400..500).contains(&status), "{what}: {status}");
}

/// A method, a path, and what is sent there with a text in it.
type Door = (Method, String, fn(&str) -> Value);

fn doors(filter: &Value, list: &Value, status: &Value) -> Vec<Door> {
    let (filter, list, status) = (id(filter), id(list), id(status));
    vec![
        (Method::POST, "/api/v2/filters".into(), |x| json!({ "title": x, "context": ["home"] })),
        (Method::PUT, format!("/api/v2/filters/{filter}"), |x| json!({ "title": x })),
        (
            Method::POST,
            "/api/v2/filters".into(),
            |x| json!({ "title": "t", "context": ["home"], "keywords_attributes": [{ "keyword": x }] }),
        ),
        (Method::POST, format!("/api/v2/filters/{filter}/keywords"), |x| json!({ "keyword": x })),
        (Method::POST, "/api/v1/filters".into(), |x| json!({ "phrase": x, "context": ["home"] })),
        (Method::POST, "/api/v1/lists".into(), |x| json!({ "title": x })),
        (Method::PUT, format!("/api/v1/lists/{list}"), |x| json!({ "title": x })),
        (
            Method::POST,
            "/api/v1/statuses".into(),
            |x| json!({ "status": "?", "poll": { "options": ["a", x], "expires_in": 600 } }),
        ),
        (Method::POST, "/api/v1/statuses".into(), |x| json!({ "status": x })),
        (Method::POST, "/api/v1/statuses".into(), |x| json!({ "status": "?", "spoiler_text": x })),
        (Method::PUT, format!("/api/v1/statuses/{status}"), |x| json!({ "status": x })),
        (Method::PATCH, "/api/v1/accounts/update_credentials".into(), |x| json!({ "display_name": x })),
        (Method::PATCH, "/api/v1/accounts/update_credentials".into(), |x| json!({ "note": x })),
        (Method::PATCH, "/api/v1/accounts/update_credentials".into(), |x| json!({ "avatar_description": x })),
        (
            Method::PATCH,
            "/api/v1/accounts/update_credentials".into(),
            |x| json!({ "attribution_domains": [x] }),
        ),
        (Method::POST, "/api/v1/domain_blocks".into(), |x| json!({ "domain": x })),
        (
            Method::PATCH,
            "/api/v1/accounts/update_credentials".into(),
            |x| json!({ "fields_attributes": [{ "name": "n", "value": x }] }),
        ),
    ]
}

/// N33
#[test]
fn texts_of_a_megabyte_are_refused_and_nothing_of_them_is_kept() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        let filter =
            ann.post_json("/api/v2/filters", json!({ "title": "short", "context": ["home"] })).await.ok();
        let list = ann.post_json("/api/v1/lists", json!({ "title": "short" })).await.ok();
        let status = ann.writes("short", "public").await;
        let text = "x".repeat(1_000_000);
        for (method, path, body) in doors(&filter, &list, &status) {
            let answer = ann.send_json(method.clone(), &path, body(&text)).await;
            is_no(&answer, &format!("{method} {path} {}", body("x")));
        }
        // As people see it, each is one character.
        for one in ["\u{301}".repeat(90_000), "\u{200d}👨".repeat(45_000)] {
            for body in [json!({ "status": one }), json!({ "status": "?", "spoiler_text": one })] {
                is_no(&ann.post_json("/api/v1/statuses", body).await, "one character without end");
            }
        }
        all_is_short(&ann).await;
    });
}

async fn all_is_short(ann: &Person) {
    for path in ["/api/v2/filters", "/api/v1/lists"] {
        let kept = ann.get(path).await.ok();
        assert_eq!(kept.as_array().unwrap().len(), 1, "{path}");
        assert_eq!(kept[0]["title"], "short", "{path}");
    }
    assert_eq!(ann.get("/api/v2/filters").await.ok()[0]["keywords"], json!([]));
    let path = format!("/api/v1/accounts/{}/statuses", ann.id());
    let statuses = ann.get(&path).await.ok();
    assert_eq!((statuses.as_array().unwrap().len(), &statuses[0]["content"]), (1, &json!("<p>short</p>")));
    assert!(ann.get("/api/v1/accounts/verify_credentials").await.body.len() < 10_000);
}

/// N33
#[test]
fn a_filter_has_so_many_keywords_and_no_more() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        let many: Vec<Value> =
            (0..1999).map(|number| json!({ "keyword": format!("word {number}") })).collect();
        let body = json!({ "title": "t", "context": ["home"], "keywords_attributes": many });
        is_no(&ann.post_json("/api/v2/filters", body).await, "thousands of keywords");
        assert_eq!(ann.get("/api/v2/filters").await.ok(), json!([]));
    });
}
