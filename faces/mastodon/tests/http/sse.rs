use crate::stage::{Server, id, on_each};

#[test]
fn events_come_as_lines() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        let live = server.live().await;
        let mut events = live.events(&ann, "/api/v1/streaming/user").await;
        let head = events.until(":)\n").await;
        assert!(
            head.starts_with("HTTP/1.1 200") && head.contains("content-type: text/event-stream"),
            "{head}"
        );
        assert!(head.contains("cache-control: private, no-store"), "{head}");
        let post = ann.writes("hello", "public").await;
        let event = events.until("}\n\n").await;
        assert!(event.contains("event: update\ndata: {\"id\":\""), "{event}");
        ann.delete(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
        events.until(&format!("event: delete\ndata: {}\n\n", id(&post))).await;
    });
}

#[test]
fn each_path_is_a_stream() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        let live = server.live().await;
        let mut all = Vec::new();
        for path in ["user", "public", "public/local", "hashtag?tag=x", "hashtag/local?tag=x"] {
            let mut events = live.events(&ann, &format!("/api/v1/streaming/{path}")).await;
            events.until(":)\n").await;
            all.push(events);
        }
        let mut others = Vec::new();
        for path in ["public/remote", "public?only_media=true", "direct", "user/notification"] {
            let mut events = live.events(&ann, &format!("/api/v1/streaming/{path}")).await;
            events.until(":)\n").await;
            others.push(events);
        }
        ann.writes("hello #x", "public").await;
        for events in &mut all {
            events.until("event: update\n").await;
        }
        live.stop.send(true).unwrap();
        for events in others {
            let rest = events.rest().await;
            assert!(!rest.contains("event:"), "{rest}");
        }
    });
}

/// P10
#[test]
fn what_cannot_be_watched_is_refused_in_words() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        assert_eq!(server.get("/api/v1/streaming/health").await.body, "OK");
        assert_eq!(server.get("/api/v1/streaming/user").await.refused(401), "Missing access token");
        server.get("/api/v1/streaming/public").await.refused(401);
        assert_eq!(ann.get("/api/v1/streaming/hashtag").await.refused(400), "Missing tag name parameter");
        ann.get("/api/v1/streaming/everything").await.refused(404);
    });
}
