//! How far somebody has read.

use crate::stage::{id, ids, on_each};
use serde_json::json;

#[test]
fn a_marker_is_moved_and_counts_how_often() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let list = async |query: &str| ann.get(&format!("/api/v1/markers{query}")).await.ok();
        assert_eq!(list("?timeline[]=home&timeline[]=notifications").await, json!({}));
        let moved = ann.post_json("/api/v1/markers", json!({ "home": { "last_read_id": "17" } })).await.ok();
        assert_eq!((&moved["home"]["last_read_id"], &moved["home"]["version"]), (&json!("17"), &json!(1)));
        assert!(moved["home"]["updated_at"].as_str().unwrap().ends_with('Z'));
        assert_eq!(moved.get("notifications"), None);
        let form = "home[last_read_id]=18&notifications[last_read_id]=3";
        let moved = ann.post_form("/api/v1/markers", form).await.ok();
        assert_eq!((&moved["home"]["version"], &moved["notifications"]["version"]), (&json!(2), &json!(1)));
        assert_eq!(list("?timeline[]=home&timeline[]=notifications").await, moved);
        assert_eq!(list("?timeline[]=home").await, json!({ "home": moved["home"] }));
        assert_eq!(list("").await, json!({}));
        assert_eq!(list("?timeline[]=public").await, json!({}));
        assert_eq!(bob.get("/api/v1/markers?timeline[]=home").await.ok(), json!({}));
        ann.post_form("/api/v1/markers", "home[last_read_id]=x").await.refused(422);
        assert_eq!(ann.post_form("/api/v1/markers", "").await.ok(), json!({}));
        assert_eq!(ann.post_form("/api/v1/markers", "home=&notifications=undefined").await.ok(), json!({}));
    });
}

#[test]
fn what_was_read_does_not_count_as_unread() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let post = ann.writes("hers", "public").await;
        bob.follows(&ann).await;
        bob.post(&format!("/api/v1/statuses/{}/favourite", id(&post))).await.ok();
        let count = async || ann.get("/api/v1/notifications/unread_count").await.ok()["count"].clone();
        assert_eq!(count().await, 2);
        let told = ids(&ann.get("/api/v1/notifications").await.ok());
        let read = json!({ "notifications": { "last_read_id": told[1] } });
        ann.post_json("/api/v1/markers", read).await.ok();
        assert_eq!(count().await, 1);
    });
}
