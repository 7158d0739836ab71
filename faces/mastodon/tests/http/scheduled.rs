use crate::stage::{Person, Server, id, ids, on_each};
use http::{Method, Request};
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

pub(crate) fn ahead(server: &Server, by: Duration) -> String {
    let at = jiff::Timestamp::from_millisecond(server.clock.now().plus(by).0).unwrap();
    at.to_string()
}

async fn schedules(server: &Server, person: &Person, text: &str, by: Duration) -> Value {
    let body = json!({ "status": text, "scheduled_at": ahead(server, by) });
    person.post_json("/api/v1/statuses", body).await.ok()
}

async fn publish_what_is_due(server: &Server) {
    for due in server.cx.read(service::scheduled::due).await.unwrap() {
        service::scheduled::publish(&server.cx, due).await.unwrap();
    }
}

async fn written(person: &Person) -> Value {
    person.get(&format!("/api/v1/accounts/{}/statuses", person.id())).await.ok()
}

#[test]
fn a_scheduled_status_is_published_once_at_its_time() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let body = json!({ "status": "later #soon", "visibility": "unlisted", "spoiler_text": "cw", "language": "de",
            "poll": { "options": ["a", "b"], "expires_in": 600 }, "scheduled_at": ahead(&server, HOUR) });
        let kept = bob.post_json("/api/v1/statuses", body).await.ok();
        assert!(kept["content"].is_null() && kept["scheduled_at"].is_string(), "{kept}");
        let params = &kept["params"];
        assert_eq!((&params["text"], &params["visibility"]), (&json!("later #soon"), &json!("unlisted")));
        assert_eq!(
            params["poll"],
            json!({ "options": ["a", "b"], "expires_in": 600, "multiple": false, "hide_totals": false })
        );
        publish_what_is_due(&server).await;
        assert_eq!(written(&bob).await, json!([]));
        server.clock.advance(HOUR);
        let due = server.cx.read(service::scheduled::due).await.unwrap();
        assert_eq!(due.len(), 1);
        // Twice at the same time: as if two processes looked.
        let (one, other) = tokio::join!(
            service::scheduled::publish(&server.cx, due[0]),
            service::scheduled::publish(&server.cx, due[0])
        );
        one.unwrap();
        let _ = other;
        publish_what_is_due(&server).await;
        let all = written(&bob).await;
        assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
        assert_eq!((&all[0]["spoiler_text"], &all[0]["language"]), (&json!("cw"), &json!("de")));
        assert_eq!(all[0]["poll"]["expired"], false);
        assert_eq!(bob.get("/api/v1/scheduled_statuses").await.ok(), json!([]));
    });
}

#[test]
fn what_was_due_before_is_published_at_once() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let body = json!({ "status": "past", "scheduled_at": "2001-01-01T00:00:00Z" });
        assert_eq!(bob.post_json("/api/v1/statuses", body).await.ok()["content"], "<p>past</p>");
    });
}

#[test]
fn scheduled_statuses_are_listed_moved_and_cancelled_by_their_author_only() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let one = schedules(&server, &bob, "one", HOUR).await;
        let two = schedules(&server, &bob, "two", HOUR).await;
        let list = bob.get("/api/v1/scheduled_statuses?limit=1").await;
        assert_eq!(ids(&list.ok()), [id(&two)]);
        let next = list.link("next").unwrap();
        assert_eq!(ids(&bob.get(&next).await.ok()), [id(&one)]);
        let path = format!("/api/v1/scheduled_statuses/{}", id(&one));
        assert_eq!(bob.get(&path).await.ok(), one);
        eve.get(&path).await.refused(404);
        eve.delete(&path).await.refused(404);
        eve.put_json(&path, json!({ "scheduled_at": ahead(&server, HOUR) })).await.refused(404);
        let words =
            bob.put_json(&path, json!({ "scheduled_at": ahead(&server, HOUR / 60) })).await.refused(422);
        assert_eq!(
            words,
            "Validation failed: Scheduled at The scheduled date must be in the future, by five minutes or more"
        );
        let moved = bob.put_json(&path, json!({ "scheduled_at": ahead(&server, 2 * HOUR) })).await.ok();
        assert_ne!(moved["scheduled_at"], one["scheduled_at"]);
        server.clock.advance(HOUR);
        publish_what_is_due(&server).await;
        assert_eq!(ids(&bob.get("/api/v1/scheduled_statuses").await.ok()), [id(&one)]);
        assert_eq!(bob.delete(&path).await.ok(), json!({}));
        bob.get(&path).await.refused(404);
        server.clock.advance(2 * HOUR);
        publish_what_is_due(&server).await;
        assert_eq!(written(&bob).await.as_array().unwrap().len(), 1);
    });
}

#[test]
fn what_could_not_be_posted_cannot_be_scheduled() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let at = ahead(&server, HOUR);
        for body in [
            json!({ "status": "", "scheduled_at": at }),
            json!({ "status": "x", "poll": { "options": ["a"], "expires_in": 600 }, "scheduled_at": at }),
            json!({ "status": "x", "scheduled_at": "soon" }),
        ] {
            bob.post_json("/api/v1/statuses", body).await.refused(422);
        }
        for _ in 0..25 {
            schedules(&server, &bob, "one of many", 30 * HOUR).await;
        }
        let body = json!({ "status": "too many", "scheduled_at": ahead(&server, 30 * HOUR) });
        let words = bob.post_json("/api/v1/statuses", body).await.refused(422);
        assert!(words.contains("25 scheduled posts"), "{words}");
        schedules(&server, &bob, "another day", 60 * HOUR).await;
    });
}

#[test]
fn a_repeated_request_schedules_once() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let token = server.token("bob", "write").await;
        let body = json!({ "status": "once", "scheduled_at": ahead(&server, HOUR) }).to_string();
        let mut kept = Vec::new();
        for _ in 0..2 {
            let request = Request::builder()
                .method(Method::POST)
                .uri("/api/v1/statuses")
                .header("host", crate::stage::HOST)
                .header("authorization", format!("Bearer {token}"))
                .header("content-type", "application/json")
                .header("idempotency-key", "k1")
                .body(body.clone().into())
                .unwrap();
            kept.push(id(&server.sent(request).await.ok()));
        }
        assert_eq!(kept[0], kept[1]);
        assert_eq!(ids(&bob.get("/api/v1/scheduled_statuses").await.ok()), [kept[0].clone()]);
    });
}
