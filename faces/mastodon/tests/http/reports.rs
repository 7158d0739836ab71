//! Reports, as who makes them sees them.

use crate::stage::{id, on_each};
use serde_json::{Value, json};
use service::report::{Which, list};

#[test]
fn a_report_is_kept_for_the_administrators() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let post = ann.writes("buy this", "public").await;
        let body = json!({
            "account_id": ann.id(), "status_ids": [id(&post)], "comment": "advertising", "category": "spam",
            "forward": true
        });
        let report = bob.post_json("/api/v1/reports", body).await.ok();
        let expected = json!({
            "id": report["id"], "action_taken": false, "action_taken_at": null, "category": "spam",
            "comment": "advertising", "forwarded": false, "created_at": "2025-09-09T06:40:00.000Z",
            "status_ids": [id(&post)], "rule_ids": [], "collection_ids": [],
            "target_account": report["target_account"]
        });
        assert_eq!(report, expected);
        assert_eq!(report["target_account"]["acct"], "ann");
        let kept = server.cx.read(|tx| list(tx, Which::Open, 10)).await.unwrap();
        let [(kept, from, target)] = kept.as_slice() else { panic!("{kept:?}") };
        assert_eq!((from.id, target.id), (bob.account.id, ann.account.id));
        assert_eq!(kept.comment, "advertising");
        let number = kept.id;
        server.cx.write(move |tx| service::report::resolve(tx, number, "warned")).await.unwrap();
        assert!(server.cx.read(|tx| list(tx, Which::Open, 10)).await.unwrap().is_empty());
        assert_eq!(server.cx.read(|tx| list(tx, Which::All, 10)).await.unwrap().len(), 1);
    });
}

#[test]
fn a_report_of_a_peer_is_forwarded_when_that_is_wanted() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        for (forward, forwarded) in [("false", false), ("true", true)] {
            let form = format!("account_id={}&forward={forward}", zoe.id);
            let report = bob.post_form("/api/v1/reports", &form).await.ok();
            assert_eq!(
                (&report["forwarded"], &report["category"], &report["comment"]),
                (&json!(forwarded), &json!("other"), &json!(""))
            );
        }
    });
}

#[test]
fn a_report_is_about_one_account_and_its_posts() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        let theirs = eve.writes("hm", "public").await;
        let hidden = ann.writes("hidden", "private").await;
        let report = async |body: Value| bob.post_json("/api/v1/reports", body).await;
        report(json!({})).await.refused(404);
        report(json!({ "account_id": "7" })).await.refused(404);
        for post in [&theirs, &hidden] {
            report(json!({ "account_id": ann.id(), "status_ids": [id(post)] })).await.refused(404);
        }
        report(json!({ "account_id": ann.id(), "comment": "x".repeat(1001) })).await.refused(422);
        report(json!({ "account_id": ann.id(), "category": "rude" })).await.refused(422);
        report(json!({ "account_id": ann.id(), "rule_ids": ["1"] })).await.refused(422);
        let rule = server.cx.write(|tx| service::rule::add(tx, "Be kind.", "")).await.unwrap().to_string();
        let broken = report(json!({ "account_id": ann.id(), "rule_ids": [rule] })).await.ok();
        assert_eq!((&broken["rule_ids"], &broken["category"]), (&json!([rule]), &json!("violation")));
        let token = server.token("bob", "read").await;
        bob.with(&token).post_json("/api/v1/reports", json!({ "account_id": ann.id() })).await.refused(403);
    });
}
