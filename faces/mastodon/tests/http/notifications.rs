use crate::stage::{Person, Server, id, ids, on_each};
use serde_json::{Value, json};

/// Ann is told of a follow, a like, a boost and a mention by Bob, and follows him.
async fn told(server: &Server) -> (Person, Person, Value) {
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let post = ann.writes("hers", "public").await;
    bob.follows(&ann).await;
    bob.post(&format!("/api/v1/statuses/{}/favourite", id(&post))).await.ok();
    bob.post(&format!("/api/v1/statuses/{}/reblog", id(&post))).await.ok();
    bob.answers(&post, "@ann look", "unlisted").await;
    (ann, bob, post)
}

fn kinds(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect()
}

#[test]
fn a_notification_says_who_did_what_to_what() {
    on_each(async |server| {
        let (ann, bob, post) = told(&server).await;
        let list = ann.get("/api/v1/notifications").await.ok();
        assert_eq!(kinds(&list), ["mention", "reblog", "favourite", "follow"]);
        for one in list.as_array().unwrap() {
            assert_eq!(id(&one["account"]), bob.id());
            for member in ["id", "created_at", "group_key", "status", "report", "event", "moderation_warning"]
            {
                assert!(one.get(member).is_some(), "{member}");
            }
        }
        assert_eq!((id(&list[2]["status"]), &list[3]["status"]), (id(&post), &Value::Null));
        let one = ann.get(&format!("/api/v1/notifications/{}", id(&list[0]))).await.ok();
        assert_eq!(one, list[0]);
        assert_eq!(bob.get("/api/v1/notifications").await.ok(), json!([]));
        bob.get(&format!("/api/v1/notifications/{}", id(&list[0]))).await.refused(404);
    });
}

#[test]
fn notifications_are_chosen_by_kind_and_sender() {
    on_each(async |server| {
        let (ann, bob, _) = told(&server).await;
        let list = async |query: &str| ann.get(&format!("/api/v1/notifications?{query}")).await.ok();
        assert_eq!(kinds(&list("types[]=mention&types[]=follow").await), ["mention", "follow"]);
        assert_eq!(
            kinds(&list("exclude_types[]=mention&exclude_types[]=reblog").await),
            ["favourite", "follow"]
        );
        assert_eq!(list("types[]=poll").await, json!([]));
        assert_eq!(list("types[]=nonsense").await, json!([]));
        assert_eq!(kinds(&list("exclude_types[]=nonsense").await).len(), 4);
        assert_eq!(kinds(&list(&format!("account_id={}", bob.id())).await).len(), 4);
        assert_eq!(list(&format!("account_id={}", ann.id())).await, json!([]));
        assert_eq!(list("account_id=x").await, json!([]));
        assert_eq!(ann.get("/api/v1/notifications/unread_count").await.ok(), json!({ "count": 4 }));
        assert_eq!(ann.get("/api/v1/notifications/unread_count?limit=3").await.ok(), json!({ "count": 3 }));
        assert_eq!(
            ann.get("/api/v1/notifications/unread_count?types[]=follow").await.ok(),
            json!({ "count": 1 })
        );
    });
}

#[test]
fn notifications_are_dismissed_one_by_one_or_all() {
    on_each(async |server| {
        let (ann, bob, _) = told(&server).await;
        let list = ids(&ann.get("/api/v1/notifications").await.ok());
        bob.post(&format!("/api/v1/notifications/{}/dismiss", list[1])).await.refused(404);
        assert_eq!(ann.post(&format!("/api/v1/notifications/{}/dismiss", list[1])).await.ok(), json!({}));
        ann.post(&format!("/api/v1/notifications/{}/dismiss", list[1])).await.refused(404);
        assert_eq!(
            ids(&ann.get("/api/v1/notifications").await.ok()),
            [&list[0], &list[2], &list[3]].map(Clone::clone)
        );
        assert_eq!(ann.post("/api/v1/notifications/clear").await.ok(), json!({}));
        assert_eq!(ann.get("/api/v1/notifications").await.ok(), json!([]));
    });
}

#[test]
fn what_is_undone_is_not_told_any_more() {
    on_each(async |server| {
        let (ann, bob, post) = told(&server).await;
        bob.post(&format!("/api/v1/statuses/{}/unfavourite", id(&post))).await.ok();
        bob.post(&format!("/api/v1/statuses/{}/unreblog", id(&post))).await.ok();
        bob.post(&format!("/api/v1/accounts/{}/unfollow", ann.id())).await.ok();
        assert_eq!(kinds(&ann.get("/api/v1/notifications").await.ok()), ["mention"]);
        ann.post(&format!("/api/v1/accounts/{}/block", bob.id())).await.ok();
        assert_eq!(ann.get("/api/v1/notifications").await.ok(), json!([]));
    });
}
