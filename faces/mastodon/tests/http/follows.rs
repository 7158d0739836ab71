use crate::stage::{Person, id, ids, on_each};
use serde_json::{Value, json};

async fn relationship(viewer: &Person, other: &Person) -> Value {
    let path = format!("/api/v1/accounts/relationships?id[]={}&with_suspended=true", other.id());
    viewer.get(&path).await.ok()[0].clone()
}

async fn act(viewer: &Person, verb: &str, other: &Person) -> Value {
    viewer.post(&format!("/api/v1/accounts/{}/{verb}", other.id())).await.ok()
}

#[test]
fn a_relationship_has_every_member() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let found = relationship(&bob, &ann).await;
        let expected = json!({
            "id": ann.id(), "following": false, "showing_reblogs": false, "notifying": false, "languages": null,
            "followed_by": false, "blocking": false, "blocked_by": false, "muting": false,
            "muting_notifications": false, "muting_expires_at": null, "requested": false, "requested_by": false,
            "domain_blocking": false, "endorsed": false, "note": ""
        });
        assert_eq!(found, expected);
    });
}

#[test]
fn relationships_come_in_order_and_know_only_whom_we_know() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        let path =
            format!("/api/v1/accounts/relationships?id[]={}&id[]=1&id[]=x&id[]={}", eve.id(), ann.id());
        assert_eq!(ids(&bob.get(&path).await.ok()), [eve.id(), ann.id()]);
        let one = format!("/api/v1/accounts/relationships?id={}", ann.id());
        assert_eq!(ids(&bob.get(&one).await.ok()), [ann.id()]);
        assert_eq!(bob.get("/api/v1/accounts/relationships").await.ok(), json!([]));
    });
}

#[test]
fn a_follow_counts_both_ways_and_is_undone() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let path = format!("/api/v1/accounts/{}/follow", ann.id());
        let now = bob.post_json(&path, json!({ "reblogs": false, "notify": true })).await.ok();
        assert_eq!((&now["following"], &now["requested"]), (&json!(true), &json!(false)));
        assert_eq!((&now["showing_reblogs"], &now["notifying"]), (&json!(false), &json!(true)));
        // Asking again changes the wishes alone.
        let now = bob.post_form(&path, "reblogs=true").await.ok();
        assert_eq!((&now["showing_reblogs"], &now["notifying"]), (&json!(true), &json!(true)));
        assert_eq!(relationship(&ann, &bob).await["followed_by"], true);
        let followers = server.get(&format!("/api/v1/accounts/{}/followers", ann.id())).await.ok();
        assert_eq!(ids(&followers), [bob.id()]);
        let following = server.get(&format!("/api/v1/accounts/{}/following", bob.id())).await.ok();
        assert_eq!(ids(&following), [ann.id()]);
        assert_eq!(followers[0]["following_count"], 1);
        assert_eq!(act(&bob, "unfollow", &ann).await["following"], false);
        assert_eq!(act(&bob, "unfollow", &ann).await["following"], false);
        assert_eq!(server.get(&format!("/api/v1/accounts/{}/followers", ann.id())).await.ok(), json!([]));
    });
}

#[test]
fn nobody_follows_themselves_or_someone_unknown() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        bob.post(&format!("/api/v1/accounts/{}/follow", bob.id())).await.refused(403);
        bob.post(&format!("/api/v1/accounts/{}/block", bob.id())).await.refused(403);
        for verb in ["follow", "unfollow", "block", "unblock", "remove_from_followers"] {
            bob.post(&format!("/api/v1/accounts/7/{verb}")).await.refused(404);
            bob.post(&format!("/api/v1/accounts/x/{verb}")).await.refused(404);
        }
    });
}

/// Capability F3.
#[test]
fn a_locked_account_lets_in_or_turns_away() {
    on_each(async |server| {
        let (ann, bob, eve) =
            (server.person("ann").await, server.person("bob").await, server.person("eve").await);
        ann.patch_form("/api/v1/accounts/update_credentials", "locked=true").await.ok();
        assert_eq!(act(&bob, "follow", &ann).await["requested"], true);
        act(&eve, "follow", &ann).await;
        assert_eq!(relationship(&ann, &bob).await["requested_by"], true);
        assert_eq!(ids(&ann.get("/api/v1/follow_requests").await.ok()), [eve.id(), bob.id()]);
        let own = ann.get("/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!(own["source"]["follow_requests_count"], 2);
        let now = ann.post(&format!("/api/v1/follow_requests/{}/authorize", bob.id())).await.ok();
        assert_eq!((&now["followed_by"], id(&now)), (&json!(true), bob.id()));
        let now = ann.post(&format!("/api/v1/follow_requests/{}/reject", eve.id())).await.ok();
        assert_eq!((&now["followed_by"], &now["requested_by"]), (&json!(false), &json!(false)));
        assert_eq!(ann.get("/api/v1/follow_requests").await.ok(), json!([]));
        ann.post(&format!("/api/v1/follow_requests/{}/authorize", eve.id())).await.refused(404);
        ann.post(&format!("/api/v1/follow_requests/{}/reject", eve.id())).await.refused(404);
    });
}

#[test]
fn a_follower_is_removed() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        bob.follows(&ann).await;
        assert_eq!(act(&ann, "remove_from_followers", &bob).await["followed_by"], false);
        assert_eq!(relationship(&bob, &ann).await["following"], false);
        assert_eq!(act(&ann, "remove_from_followers", &bob).await["followed_by"], false);
    });
}

#[test]
fn a_block_ends_follows_and_is_listed() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        bob.follows(&ann).await;
        ann.follows(&bob).await;
        let now = act(&ann, "block", &bob).await;
        assert_eq!(
            (&now["blocking"], &now["following"], &now["followed_by"]),
            (&json!(true), &json!(false), &json!(false))
        );
        assert_eq!(relationship(&bob, &ann).await["blocked_by"], true);
        assert_eq!(ids(&ann.get("/api/v1/blocks").await.ok()), [bob.id()]);
        bob.post(&format!("/api/v1/accounts/{}/follow", ann.id())).await.refused(403);
        assert_eq!(act(&ann, "unblock", &bob).await["blocking"], false);
        assert_eq!(ann.get("/api/v1/blocks").await.ok(), json!([]));
    });
}
