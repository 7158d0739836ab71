use crate::stage::{Person, Server, id, on_each};
use http::Method;
use serde_json::{Value, json};

const PATH: &str = "/api/v1/push/subscription";
/// Of the program of RFC 8291, Appendix A.
const P256DH: &str =
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4=";
const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg==";

async fn phone(server: &Server, name: &str) -> Person {
    server.person(name).await.with(&server.token(name, "read write follow push").await)
}

fn subscription(change: impl FnOnce(&mut Value)) -> Value {
    let mut body = json!({
        "subscription": { "endpoint": "https://push.example/send/1", "keys": { "p256dh": P256DH, "auth": AUTH } },
        "data": { "alerts": { "mention": true, "admin.sign_up": "1", "follow": false, "nonsense": true } },
    });
    change(&mut body);
    body
}

#[test]
fn a_program_subscribes_asks_changes_and_leaves() {
    on_each(async |server| {
        let ann = phone(&server, "ann").await;
        ann.get(PATH).await.refused(404);
        ann.put_json(PATH, json!({ "data": {} })).await.refused(404);
        let made = ann.post_json(PATH, subscription(|_| ())).await.ok();
        assert_eq!(made["endpoint"], "https://push.example/send/1");
        assert_eq!((&made["standard"], &made["policy"]), (&json!(false), &json!("all")));
        let alert = |entity: &Value, kind: &str| entity["alerts"][kind].clone();
        assert_eq!((alert(&made, "mention"), alert(&made, "admin.sign_up")), (json!(true), json!(true)));
        for kind in
            ["favourite", "reblog", "follow", "follow_request", "poll", "status", "update", "admin.report"]
        {
            assert_eq!(alert(&made, kind), json!(false), "{kind}");
        }
        // The key is the one that programs are told elsewhere.
        let instance = server.get("/api/v2/instance").await.ok();
        assert_eq!(instance["configuration"]["vapid"]["public_key"], made["server_key"]);
        assert_eq!(made["server_key"].as_str().unwrap().len(), 87);
        assert_eq!(ann.get(PATH).await.ok(), made);
        let form = "data[alerts][favourite]=true&data[alerts][admin.report]=1&data[policy]=followed";
        let answer = ann.send_form(Method::PUT, PATH, form).await;
        let changed = answer.ok();
        assert_eq!(id(&changed), id(&made));
        assert_eq!((alert(&changed, "mention"), alert(&changed, "favourite")), (json!(false), json!(true)));
        assert_eq!((alert(&changed, "admin.report"), &changed["policy"]), (json!(true), &json!("followed")));
        // Subscribing again replaces; another token has its own.
        let again =
            ann.post_json(PATH, subscription(|body| body["subscription"]["standard"] = json!(true))).await;
        assert_ne!(id(&again.ok()), id(&made));
        assert_eq!(again.json()["standard"], true);
        let tablet = ann.with(&server.token("ann", "push").await);
        tablet.get(PATH).await.refused(404);
        // N32: nor does anybody else's program see or change it.
        let bob = phone(&server, "bob").await;
        bob.get(PATH).await.refused(404);
        bob.put_json(PATH, json!({ "data": { "policy": "none" } })).await.refused(404);
        assert_eq!(bob.delete(PATH).await.ok(), json!({}));
        assert_eq!(id(&ann.get(PATH).await.ok()), id(&again.json()));
        assert_eq!(tablet.delete(PATH).await.ok(), json!({}));
        assert_eq!(ann.delete(PATH).await.ok(), json!({}));
        ann.get(PATH).await.refused(404);
    });
}

#[test]
fn a_subscription_that_cannot_work_is_refused() {
    on_each(async |server| {
        let ann = phone(&server, "ann").await;
        let refused =
            async |change: fn(&mut Value)| ann.post_json(PATH, subscription(change)).await.refused(422);
        for endpoint in [
            "",
            "push",
            "http://push.example/1",
            "https://127.0.0.1/x",
            "https://localhost/x",
            "https://u:p@push.example/",
        ] {
            let body = subscription(|body| body["subscription"]["endpoint"] = json!(endpoint));
            let words = ann.post_json(PATH, body).await.refused(422);
            assert!(words.contains("Endpoint"), "{endpoint}: {words}");
        }
        assert!(
            refused(|body| body["subscription"]["keys"]["p256dh"] = json!("AAAA")).await.contains("p256dh")
        );
        assert!(refused(|body| body["subscription"]["keys"]["auth"] = json!("AAAA")).await.contains("auth"));
        refused(|body| body["data"]["policy"] = json!("friends")).await;
        refused(|body| body["subscription"] = Value::Null).await;
        let reading = ann.with(&server.token("ann", "read write").await);
        reading.post_json(PATH, subscription(|_| ())).await.refused(403);
        reading.get(PATH).await.refused(403);
        server.get(PATH).await.refused(401);
    });
}

/// What waits to be sent to Ann.
async fn waiting(server: &Server) -> usize {
    server.cx.read(|tx| Ok(store::push::due(tx, tx.now(), 100)?)).await.unwrap().len()
}

#[test]
fn only_what_was_asked_for_waits_to_be_sent() {
    on_each(async |server| {
        let (ann, bob) = (phone(&server, "ann").await, server.person("bob").await);
        let post = ann.writes("hers", "public").await;
        let like = format!("/api/v1/statuses/{}/favourite", id(&post));
        ann.post_json(PATH, subscription(|_| ())).await.ok();
        bob.post(&like).await.ok();
        assert_eq!(waiting(&server).await, 0);
        bob.writes("@ann hello", "public").await;
        assert_eq!(waiting(&server).await, 1);
        // What is kept back is not pushed either.
        bob.writes("@ann psst", "direct").await;
        assert_eq!(waiting(&server).await, 1);
        for (policy, more) in [("none", 0), ("followed", 0), ("follower", 0), ("all", 1)] {
            let before = waiting(&server).await;
            ann.put_json(PATH, json!({ "data": { "alerts": { "mention": true }, "policy": policy } }))
                .await
                .ok();
            bob.writes("@ann again", "public").await;
            assert_eq!(waiting(&server).await, before + more, "{policy}");
        }
        bob.follows(&ann).await;
        ann.put_json(PATH, json!({ "data": { "alerts": { "mention": true }, "policy": "follower" } }))
            .await
            .ok();
        let before = waiting(&server).await;
        bob.writes("@ann as your follower", "public").await;
        assert_eq!(waiting(&server).await, before + 1);
        ann.delete(PATH).await.ok();
        assert_eq!(waiting(&server).await, 0);
    });
}

#[test]
fn a_token_in_the_query_subscribes_like_one_in_the_header() {
    on_each(async |server| {
        let (ann, bob) = (phone(&server, "ann").await, server.person("bob").await);
        let body = subscription(|_| ()).to_string();
        for name in ["access_token", "bearer_token"] {
            let path = format!("{PATH}?{name}={}", ann.token());
            server.send(None, Method::POST, &path, "application/json", body.clone()).await.ok();
            bob.writes("@ann hello", "public").await;
            let due = server.cx.read(|tx| Ok(store::push::due(tx, tx.now(), 100)?)).await.unwrap();
            let kept = &due.first().unwrap().subscription.access_token;
            assert_eq!(kept, ann.token(), "the message names the token that it is for");
        }
    });
}
