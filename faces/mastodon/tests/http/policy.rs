use crate::stage::{Person, Server, id, ids, on_each};
use http::Method;
use serde_json::{Value, json};

const POLICY: &str = "/api/v2/notifications/policy";
const REQUESTS: &str = "/api/v1/notifications/requests";

async fn wishes(person: &Person, change: Value) -> Value {
    let answer = person.send_json(Method::PATCH, POLICY, change).await;
    answer.ok()
}

/// Ann, and Bob, who wrote to her alone twice, unasked.
async fn unasked(server: &Server) -> (Person, Person) {
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    bob.writes("@ann psst", "direct").await;
    bob.writes("@ann hello?", "direct").await;
    (ann, bob)
}

#[test]
fn a_policy_is_read_and_changed_part_by_part() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let summary = json!({ "pending_requests_count": 0, "pending_notifications_count": 0 });
        let mut policy = json!({
            "for_not_following": "accept", "for_not_followers": "accept", "for_new_accounts": "accept",
            "for_private_mentions": "filter", "for_limited_accounts": "filter", "for_bots": "accept",
            "summary": summary,
        });
        assert_eq!(ann.get(POLICY).await.ok(), policy);
        policy["for_bots"] = json!("drop");
        policy["for_new_accounts"] = json!("filter");
        assert_eq!(wishes(&ann, json!({ "for_bots": "drop", "for_new_accounts": "filter" })).await, policy);
        assert_eq!(ann.get(POLICY).await.ok(), policy);
        assert_eq!(wishes(&ann, json!({ "for_bots": "", "for_new_accounts": null })).await, policy);
        let words = ann.send_json(Method::PATCH, POLICY, json!({ "for_bots": "burn" })).await.refused(422);
        assert!(words.contains("\"burn\"") && words.contains("accept"), "{words}");
        for wrong in [json!({}), json!({ "accept": 1 }), json!([[]])] {
            let words = ann.send_json(Method::PATCH, POLICY, json!({ "for_bots": wrong })).await.refused(422);
            assert!(!words.contains("Written") && !words.contains("variant"), "{words}");
        }
        let old = ann.get("/api/v1/notifications/policy").await.ok();
        assert_eq!(
            (&old["filter_new_accounts"], &old["filter_not_following"]),
            (&json!(true), &json!(false))
        );
        let change = json!({ "filter_not_following": true, "filter_private_mentions": "false" });
        let old = ann.put_json("/api/v1/notifications/policy", change).await.ok();
        assert_eq!(
            (&old["filter_not_following"], &old["filter_private_mentions"]),
            (&json!(true), &json!(false))
        );
        assert_eq!(ann.get(POLICY).await.ok()["for_private_mentions"], "accept");
        let reading = ann.with(&server.token("ann", "read").await);
        reading.send_json(Method::PATCH, POLICY, json!({})).await.refused(403);
    });
}

#[test]
fn an_unasked_private_mention_is_kept_back_until_it_is_let_in() {
    on_each(async |server| {
        let (ann, bob) = unasked(&server).await;
        assert_eq!(ann.get("/api/v1/notifications").await.ok(), json!([]));
        assert_eq!(ann.get("/api/v2/notifications").await.ok()["notification_groups"], json!([]));
        assert_eq!(ann.get("/api/v1/notifications/unread_count").await.ok()["count"], 0);
        assert_eq!(ids(&ann.get("/api/v1/notifications?include_filtered=true").await.ok()).len(), 2);
        assert_eq!(
            ids(&ann.get(&format!("/api/v1/notifications?account_id={}", bob.id())).await.ok()).len(),
            2
        );
        let summary = &ann.get(POLICY).await.ok()["summary"];
        assert_eq!(summary, &json!({ "pending_requests_count": 1, "pending_notifications_count": 2 }));
        let requests = ann.get(REQUESTS).await.ok();
        let request = &requests[0];
        assert_eq!((id(&request["account"]), &request["notifications_count"]), (bob.id(), &json!("2")));
        assert!(request["last_status"]["content"].as_str().unwrap().contains("hello?"));
        assert!(request["created_at"].is_string() && request["updated_at"].is_string());
        let path = format!("{REQUESTS}/{}", id(request));
        assert_eq!(ann.get(&path).await.ok(), *request);
        bob.get(&path).await.refused(404);
        bob.post(&format!("{path}/accept")).await.refused(404);
        assert_eq!(ann.post(&format!("{path}/accept")).await.ok(), json!({}));
        assert_eq!(ann.get(&format!("{REQUESTS}/merged")).await.ok(), json!({ "merged": true }));
        assert_eq!(ids(&ann.get("/api/v1/notifications").await.ok()).len(), 2);
        assert_eq!(ann.get(REQUESTS).await.ok(), json!([]));
        // Who was let in once stays in.
        bob.writes("@ann thanks", "direct").await;
        assert_eq!(ids(&ann.get("/api/v1/notifications").await.ok()).len(), 3);
    });
}

#[test]
fn an_answer_in_a_private_talk_is_told_at_once() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let asked = ann.writes("@bob may I?", "direct").await;
        bob.answers(&asked, "@ann yes", "direct").await;
        let told = ann.get("/api/v1/notifications").await.ok();
        assert_eq!(told[0]["type"], "mention");
        // And a mention that all may read, and one of somebody she follows.
        bob.writes("@ann in public", "public").await;
        let cid = server.person("cid").await;
        ann.follows(&cid).await;
        cid.writes("@ann psst", "direct").await;
        assert_eq!(ids(&ann.get("/api/v1/notifications").await.ok()).len(), 3);
        assert_eq!(ann.get(REQUESTS).await.ok(), json!([]));
    });
}

#[test]
fn what_is_dismissed_goes_and_what_is_dropped_never_was() {
    on_each(async |server| {
        let (ann, bob) = unasked(&server).await;
        let request = id(&ann.get(REQUESTS).await.ok()[0]);
        let path = format!("{REQUESTS}/dismiss");
        assert_eq!(ann.post_form(&path, &format!("id[]={request}&id[]=17")).await.ok(), json!({}));
        assert_eq!(ann.get(REQUESTS).await.ok(), json!([]));
        assert_eq!(ann.get("/api/v1/notifications?include_filtered=true").await.ok(), json!([]));
        ann.post(&format!("{REQUESTS}/{request}/dismiss")).await.refused(404);
        // The next one asks again.
        bob.writes("@ann once more", "direct").await;
        let again = ann.get(REQUESTS).await.ok();
        assert_eq!(again[0]["notifications_count"], "1");
        ann.post_json(&format!("{REQUESTS}/accept"), json!({ "id": [id(&again[0])] })).await.ok();
        assert_eq!(ids(&ann.get("/api/v1/notifications").await.ok()).len(), 1);
        wishes(&ann, json!({ "for_not_following": "drop" })).await;
        let cid = server.person("cid").await;
        cid.writes("@ann spam", "public").await;
        cid.follows(&ann).await;
        assert_eq!(ids(&ann.get("/api/v1/notifications?include_filtered=1").await.ok()).len(), 1);
    });
}

#[test]
fn requests_are_paged_newest_first() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let mut senders = Vec::new();
        for name in ["bob", "cid", "dan"] {
            let sender = server.person(name).await;
            sender.writes("@ann psst", "direct").await;
            senders.insert(0, sender.id());
        }
        let mut seen = Vec::new();
        let mut next = Some(format!("{REQUESTS}?limit=2"));
        while let Some(path) = next {
            let page = ann.get(&path).await;
            seen.extend(page.ok().as_array().unwrap().iter().map(|request| id(&request["account"])));
            next = page.link("next");
        }
        assert_eq!(seen, senders);
    });
}
