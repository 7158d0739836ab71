//! What the API shows of accounts and posts of other servers.

use crate::stage::{id, on_each};
use domain::{AccountState, Visibility};
use serde_json::json;

#[test]
fn a_post_of_a_peer_keeps_its_own_addresses() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        let post = server.peer_post(&zoe, Visibility::Unlisted, &[bob.account.id]).await;
        let home = bob.get("/api/v1/timelines/home").await.ok();
        assert_eq!(id(&home[0]), post.id.to_string());
        assert_eq!(
            (&home[0]["uri"], &home[0]["url"]),
            (&json!(post.object_id.as_str()), &json!(post.object_id.as_str()))
        );
        assert_eq!(
            (&home[0]["account"]["acct"], &home[0]["visibility"]),
            (&json!("zoe@there.example"), &json!("unlisted"))
        );
        assert_eq!(home[0]["application"], json!(null));
        let source = bob.get(&format!("/api/v1/statuses/{}/source", post.id)).await.ok();
        assert_eq!(source["text"], "from there");
    });
}

#[test]
fn a_follow_of_a_peer_waits_for_its_answer() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        let path = |verb: &str| format!("/api/v1/accounts/{}/{verb}", zoe.id);
        bob.post(&path("follow")).await.ok();
        let asked = bob.get(&format!("/api/v1/accounts/relationships?id[]={}", zoe.id)).await.ok();
        assert_eq!((&asked[0]["following"], &asked[0]["requested"]), (&json!(false), &json!(true)));
        let now = bob.post(&path("unfollow")).await.ok();
        assert_eq!((&now["following"], &now["requested"]), (&json!(false), &json!(false)));
    });
}

#[test]
fn a_mention_of_a_peer_has_its_handle() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        let status = bob.writes("hi @zoe@there.example", "public").await;
        let mention = json!({ "id": zoe.id.to_string(), "username": "zoe", "acct": "zoe@there.example", "url": zoe.actor_id.as_str() });
        assert_eq!(status["mentions"], json!([mention]));
    });
}

#[test]
fn what_a_suspended_account_left_behind_is_not_shown() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        let post = server.peer_post(&zoe, Visibility::Public, &[bob.account.id]).await;
        bob.post(&format!("/api/v1/statuses/{}/favourite", post.id)).await.ok();
        for state in [AccountState::Suspended, AccountState::Deleted] {
            server.set_state(zoe.id, state).await;
            assert_eq!(bob.get("/api/v1/timelines/home").await.ok(), json!([]));
            assert_eq!(bob.get("/api/v1/favourites").await.ok(), json!([]));
            bob.get(&format!("/api/v1/statuses/{}", post.id)).await.refused(404);
            assert_eq!(bob.get("/api/v1/accounts/search?q=zoe").await.ok(), json!([]));
        }
    });
}
