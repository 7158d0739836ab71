use crate::stage::{id, ids, on_each};
use domain::{AccountState, Visibility};
use serde_json::json;

/// Capability B3.
#[test]
fn home_has_what_followed_accounts_and_oneself_wrote_and_boosted() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        bob.follows(&ann).await;
        let hers = ann.writes("hers", "private").await;
        let mine = bob.writes("mine", "public").await;
        let strange = eve.writes("strange", "public").await;
        let boost = ann.post(&format!("/api/v1/statuses/{}/reblog", id(&strange))).await.ok();
        let home = bob.get("/api/v1/timelines/home").await.ok();
        assert_eq!(ids(&home), [id(&boost), id(&mine), id(&hers)]);
        assert_eq!(home[0]["reblog"]["account"]["acct"], "eve");
    });
}

#[test]
fn the_public_timeline_is_local_remote_or_both() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        let ours = bob.writes("ours", "public").await;
        bob.writes("hidden", "unlisted").await;
        server.person("ann").await.answers(&ours, "an answer", "public").await;
        let theirs = server.peer_post(&zoe, Visibility::Public, &[]).await.id.to_string();
        let list =
            async |query: &str| ids(&server.get(&format!("/api/v1/timelines/public{query}")).await.ok());
        assert_eq!(list("").await, [theirs.clone(), id(&ours)]);
        assert_eq!(list("?local=true").await, [id(&ours)]);
        assert_eq!(list("?remote=true").await, std::slice::from_ref(&theirs));
        assert_eq!(list("?local=true&remote=true").await, [id(&ours)]);
        assert_eq!(list("?only_media=true").await, [""; 0]);
        server.set_state(zoe.id, AccountState::Silenced).await;
        assert_eq!(list("").await, [id(&ours)]);
    });
}

#[test]
fn hashtags_are_combined() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let mut posts = Vec::new();
        for text in ["#alto", "#alto #bass", "#bass", "#alto #bass #song"] {
            posts.insert(0, id(&bob.writes(text, "public").await));
        }
        // Which of them are listed: 0 is the newest, that has all three.
        let list = async |query: &str| -> Vec<usize> {
            let found = ids(&server.get(&format!("/api/v1/timelines/tag/alto{query}")).await.ok());
            found.iter().map(|id| posts.iter().position(|post| post == id).unwrap()).collect()
        };
        assert_eq!(list("").await, [0, 2, 3]);
        assert_eq!(list("?any[]=Bass").await, [0, 1, 2, 3]);
        assert_eq!(list("?any[]=bass&limit=2").await, [0, 1]);
        assert_eq!(list(&format!("?any[]=bass&limit=2&min_id={}", posts[3])).await, [1, 2]);
        assert_eq!(list("?all[]=bass").await, [0, 2]);
        assert_eq!(list("?all[]=bass&all[]=song").await, [0]);
        assert_eq!(list("?none[]=bass").await, [3]);
        assert_eq!(list("?all[]=bass&none[]=song").await, [2]);
    });
}

#[test]
fn a_hashtag_is_found_in_any_case() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let post = bob.writes("about #Choirs", "public").await;
        bob.writes("hidden #choirs", "unlisted").await;
        for name in ["choirs", "CHOIRS", "%23choirs"] {
            assert_eq!(
                ids(&server.get(&format!("/api/v1/timelines/tag/{name}")).await.ok()),
                [id(&post)],
                "{name}"
            );
        }
        assert_eq!(server.get("/api/v1/timelines/tag/choirs?remote=true").await.ok(), json!([]));
        assert_eq!(server.get("/api/v1/timelines/tag/other").await.ok(), json!([]));
        let tag = server.get("/api/v1/tags/Choirs").await.ok();
        assert_eq!(
            (&tag["name"], &tag["url"]),
            (&json!("choirs"), &json!("https://here.example/tags/choirs"))
        );
        assert_eq!(tag["history"].as_array().unwrap().len(), 7);
        assert_eq!(tag["history"][0], json!({ "day": "1757376000", "uses": "1", "accounts": "1" }));
        assert_eq!(tag["history"][1]["uses"], "0");
        server.get("/api/v1/tags/%20").await.refused(404);
    });
}

#[test]
fn home_forgets_whom_one_unfollows() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        bob.follows(&ann).await;
        ann.writes("hers", "public").await;
        assert_eq!(ids(&bob.get("/api/v1/timelines/home").await.ok()).len(), 1);
        bob.post(&format!("/api/v1/accounts/{}/unfollow", ann.id())).await.ok();
        assert_eq!(bob.get("/api/v1/timelines/home").await.ok(), json!([]));
    });
}
