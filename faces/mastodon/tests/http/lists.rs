//! Lists of accounts, and their timelines.

use crate::stage::{Person, Server, id, ids, on_each};
use domain::Visibility;
use serde_json::{Value, json};

async fn list(owner: &Person, body: Value) -> String {
    id(&owner.post_json("/api/v1/lists", body).await.ok())
}

async fn put_in(owner: &Person, list: &str, members: &[&Person]) {
    let ids: Vec<String> = members.iter().map(|member| member.id()).collect();
    let path = format!("/api/v1/lists/{list}/accounts");
    assert_eq!(owner.post_json(&path, json!({ "account_ids": ids })).await.ok(), json!({}));
}

async fn timeline(owner: &Person, list: &str) -> Vec<String> {
    ids(&owner.get(&format!("/api/v1/timelines/list/{list}")).await.ok())
}

async fn home(owner: &Person) -> Vec<String> {
    ids(&owner.get("/api/v1/timelines/home").await.ok())
}

/// Ann follows Bob and Zed; nobody follows Yan.
async fn four(server: &Server) -> (Person, Person, Person, Person) {
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let (zed, yan) = (server.person("zed").await, server.person("yan").await);
    ann.follows(&bob).await;
    ann.follows(&zed).await;
    (ann, bob, zed, yan)
}

#[test]
fn a_list_is_made_shown_changed_and_deleted() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let made = ann.post_form("/api/v1/lists", "title=Friends").await.ok();
        let wanted =
            json!({ "id": id(&made), "title": "Friends", "replies_policy": "list", "exclusive": false });
        assert_eq!(made, wanted);
        let path = format!("/api/v1/lists/{}", id(&made));
        assert_eq!(ann.get(&path).await.ok(), made);
        let change = json!({ "title": "Others", "replies_policy": "none", "exclusive": true });
        let changed = ann.put_json(&path, change).await.ok();
        let wanted =
            json!({ "id": id(&made), "title": "Others", "replies_policy": "none", "exclusive": true });
        assert_eq!(changed, wanted);
        assert_eq!(ann.put_json(&path, json!({ "exclusive": false })).await.ok()["title"], "Others");
        assert_eq!(ann.get("/api/v1/lists").await.ok().as_array().unwrap().len(), 1);
        assert_eq!(bob.get("/api/v1/lists").await.ok(), json!([]));
        bob.get(&path).await.refused(404);
        bob.put_json(&path, json!({ "title": "x" })).await.refused(404);
        bob.delete(&path).await.refused(404);
        bob.get(&format!("/api/v1/timelines/list/{}", id(&made))).await.refused(404);
        assert_eq!(ann.delete(&path).await.ok(), json!({}));
        ann.get(&path).await.refused(404);
    });
}

#[test]
fn a_list_that_makes_no_sense_is_refused() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        for (body, words) in [
            (json!({}), "Validation failed: Title can't be blank"),
            (json!({ "title": "  " }), "Validation failed: Title can't be blank"),
            (
                json!({ "title": "x", "replies_policy": "all" }),
                "Validation failed: Replies policy is not included in the list",
            ),
            (
                json!({ "title": "x".repeat(257) }),
                "Validation failed: Title is too long (maximum is 256 characters)",
            ),
        ] {
            assert_eq!(ann.post_json("/api/v1/lists", body).await.refused(422), words);
        }
        for number in 0..50 {
            list(&ann, json!({ "title": format!("list {number}") })).await;
        }
        ann.post_json("/api/v1/lists", json!({ "title": "one more" })).await.refused(422);
    });
}

#[test]
fn only_who_is_followed_can_be_put_into_a_list() {
    on_each(async |server| {
        let (ann, bob, zed, yan) = four(&server).await;
        let friends = list(&ann, json!({ "title": "Friends" })).await;
        let path = format!("/api/v1/lists/{friends}/accounts");
        let name = async |ids: Value| ann.post_json(&path, json!({ "account_ids": ids })).await;
        assert_eq!(name(json!([bob.id(), yan.id()])).await.refused(404), "Record not found");
        // All or none.
        assert_eq!(ann.get(&path).await.ok(), json!([]));
        name(json!(["nobody"])).await.refused(404);
        put_in(&ann, &friends, &[&bob, &zed, &ann]).await;
        assert_eq!(
            name(json!([bob.id()])).await.refused(422),
            "Validation failed: Account has already been taken"
        );
        let wanted = [zed.id(), bob.id(), ann.id()];
        let mut sorted = wanted.to_vec();
        sorted.sort_by_key(|id| std::cmp::Reverse(id.parse::<i64>().unwrap()));
        assert_eq!(ids(&ann.get(&path).await.ok()), sorted);
        assert_eq!(
            ids(&ann.get(&format!("/api/v1/accounts/{}/lists", bob.id())).await.ok()),
            std::slice::from_ref(&friends)
        );
        assert_eq!(ann.get(&format!("/api/v1/accounts/{}/lists", yan.id())).await.ok(), json!([]));
        ann.delete_json(&path, json!({ "account_ids": [bob.id()] })).await.ok();
        assert_eq!(ann.get(&format!("/api/v1/accounts/{}/lists", bob.id())).await.ok(), json!([]));
        // Who is not followed any more is in no list.
        ann.post(&format!("/api/v1/accounts/{}/unfollow", zed.id())).await.ok();
        assert_eq!(ids(&ann.get(&path).await.ok()), [ann.id()]);
        yan.get(&path).await.refused(404);
    });
}

#[test]
fn members_are_paged_or_shown_all_at_once() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let friends = list(&ann, json!({ "title": "Friends" })).await;
        let mut all = Vec::new();
        for name in ["p1", "p2", "p3", "p4", "p5"] {
            let other = server.person(name).await;
            ann.follows(&other).await;
            put_in(&ann, &friends, &[&other]).await;
            all.insert(0, other.id());
        }
        let mut seen = Vec::new();
        let mut next = Some(format!("/api/v1/lists/{friends}/accounts?limit=2"));
        while let Some(path) = next {
            let page = ann.get(&path).await;
            seen.extend(ids(&page.ok()));
            next = page.link("next");
        }
        assert_eq!(seen, all);
        let whole = ann.get(&format!("/api/v1/lists/{friends}/accounts?limit=0")).await;
        assert_eq!((ids(&whole.ok()), whole.link("next")), (all, None));
    });
}

#[test]
fn a_list_shows_its_members_only_and_a_new_member_brings_posts_along() {
    on_each(async |server| {
        let (ann, bob, zed, yan) = four(&server).await;
        let before = id(&bob.writes("before", "public").await);
        let answer = id(&bob.answers(&yan.writes("yan's", "public").await, "no", "public").await);
        let friends = list(&ann, json!({ "title": "Friends" })).await;
        put_in(&ann, &friends, &[&bob]).await;
        assert_eq!(timeline(&ann, &friends).await, std::slice::from_ref(&before), "not {answer}");
        zed.writes("of zed", "public").await;
        let after = id(&bob.writes("after", "private").await);
        bob.writes("@ann to you", "direct").await;
        bob.writes("@zed to another", "direct").await;
        assert_eq!(timeline(&ann, &friends).await, [after.clone(), before.clone()], "no direct post");
        let boost = bob
            .post(&format!("/api/v1/statuses/{}/reblog", id(&yan.writes("boosted", "public").await)))
            .await;
        let boost = id(&boost.ok());
        assert_eq!(timeline(&ann, &friends).await[0], boost);
        bob.delete(&format!("/api/v1/statuses/{after}")).await.ok();
        assert!(!timeline(&ann, &friends).await.contains(&after));
        let path = format!("/api/v1/lists/{friends}/accounts");
        ann.delete_json(&path, json!({ "account_ids": [bob.id()] })).await.ok();
        assert_eq!(timeline(&ann, &friends).await, [""; 0]);
    });
}

#[test]
fn answers_are_in_a_list_as_its_policy_says() {
    on_each(async |server| {
        let (ann, bob, zed, yan) = four(&server).await;
        let mut lists = Vec::new();
        for policy in ["list", "followed", "none"] {
            let made = list(&ann, json!({ "title": policy, "replies_policy": policy })).await;
            put_in(&ann, &made, &[&bob]).await;
            lists.push(made);
        }
        let mut answers = Vec::new();
        for parent in [&bob, &ann, &zed, &yan] {
            let parent = parent.writes("begins", "public").await;
            answers.push(id(&bob.answers(&parent, "goes on", "public").await));
        }
        let [own, to_owner, to_followed, to_stranger] = answers.try_into().unwrap();
        let mut shown = Vec::new();
        for made in &lists {
            let all = timeline(&ann, made).await;
            shown.push([&own, &to_owner, &to_followed, &to_stranger].map(|answer| all.contains(answer)));
        }
        assert_eq!(
            shown,
            [[true, true, false, false], [true, true, true, false], [true, true, false, false]]
        );
        // Among members.
        put_in(&ann, &lists[0], &[&zed]).await;
        let parent = zed.writes("of a member", "public").await;
        let answer = id(&bob.answers(&parent, "among us", "public").await);
        assert!(timeline(&ann, &lists[0]).await.contains(&answer));
        assert!(!timeline(&ann, &lists[2]).await.contains(&answer));
    });
}

#[test]
fn members_of_an_exclusive_list_leave_home_and_come_back() {
    on_each(async |server| {
        let (ann, bob, zed, _) = four(&server).await;
        let first = id(&bob.writes("first", "public").await);
        let other = id(&zed.writes("other", "public").await);
        let loud = list(&ann, json!({ "title": "Loud", "exclusive": true })).await;
        put_in(&ann, &loud, &[&bob]).await;
        assert_eq!(home(&ann).await, std::slice::from_ref(&other));
        let second = id(&bob.writes("second", "public").await);
        bob.post(&format!("/api/v1/statuses/{other}/reblog")).await.ok();
        assert_eq!(home(&ann).await, std::slice::from_ref(&other));
        assert_eq!(timeline(&ann, &loud).await.len(), 3);
        let path = format!("/api/v1/lists/{loud}");
        ann.put_json(&path, json!({ "title": "Loud", "exclusive": false })).await.ok();
        assert!(home(&ann).await.contains(&first) && home(&ann).await.contains(&second));
        ann.put_json(&path, json!({ "title": "Loud", "exclusive": true })).await.ok();
        assert_eq!(home(&ann).await, std::slice::from_ref(&other));
        ann.delete(&path).await.ok();
        assert!(home(&ann).await.contains(&second));
    });
}

#[test]
fn what_a_new_member_brings_along_is_what_would_have_come() {
    on_each(async |server| {
        let (ann, bob, cid, dan) = four(&server).await;
        let xan = server.person("xan").await;
        let far = xan.writes("by a stranger", "public").await;
        let said = cid.writes("worth a boost", "public").await;
        let plain = dan.writes("plain", "public").await;
        dan.writes("@ann psst", "direct").await;
        dan.answers(&far, "@xan an answer to a stranger", "public").await;
        let foreign =
            dan.post_json("/api/v1/statuses", json!({ "status": "moi", "language": "fi" })).await.ok();
        for booster in [&bob, &dan] {
            booster.post(&format!("/api/v1/statuses/{}/reblog", id(&said))).await.ok();
        }
        let follow = async |body: Value| {
            ann.post(&format!("/api/v1/accounts/{}/unfollow", dan.id())).await.ok();
            ann.post_json(&format!("/api/v1/accounts/{}/follow", dan.id()), body).await.ok();
            home(&ann).await.into_iter().filter(|id| *id != self::id(&said)).collect::<Vec<_>>()
        };
        assert_eq!(follow(json!({})).await.len(), 2, "a boost of what is there already stays out");
        let english = follow(json!({ "languages": ["en"], "reblogs": false })).await;
        assert!(english.contains(&id(&plain)) && !english.contains(&id(&foreign)), "{english:?}");
        let list = list(&ann, json!({ "title": "Loud" })).await;
        put_in(&ann, &list, &[&dan]).await;
        assert_eq!(timeline(&ann, &list).await, [id(&plain)]);
        dan.writes("@ann psst again", "direct").await;
        assert_eq!(timeline(&ann, &list).await, [id(&plain)], "a list has no direct posts");
    });
}

#[test]
fn a_list_is_paged_like_every_timeline() {
    on_each(async |server| {
        let (ann, bob, ..) = four(&server).await;
        let friends = list(&ann, json!({ "title": "Friends" })).await;
        put_in(&ann, &friends, &[&bob]).await;
        let mut all = Vec::new();
        for number in 0..7 {
            all.insert(0, id(&bob.writes(&format!("post {number}"), "public").await));
        }
        let mut seen = Vec::new();
        let mut next = Some(format!("/api/v1/timelines/list/{friends}?limit=3"));
        while let Some(path) = next {
            let page = ann.get(&path).await;
            seen.extend(ids(&page.ok()));
            next = page.link("next");
        }
        assert_eq!(seen, all);
        let upward = ann.get(&format!("/api/v1/timelines/list/{friends}?limit=2&min_id={}", all[4])).await;
        assert_eq!(ids(&upward.ok()), all[2..4]);
    });
}

#[test]
fn a_list_needs_its_scopes() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let reader = ann.with(&server.token("ann", "read:statuses").await);
        reader.get("/api/v1/lists").await.refused(403);
        reader.post_json("/api/v1/lists", json!({ "title": "x" })).await.refused(403);
        server.get("/api/v1/lists").await.refused(401);
        let reader = ann.with(&server.token("ann", "read:lists").await);
        assert_eq!(reader.get("/api/v1/lists").await.ok(), json!([]));
    });
}

#[test]
fn a_peers_post_for_its_followers_stays_out_of_the_lists_of_those_who_only_asked() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let zoe = server.peer("zoe").await;
        ann.post(&format!("/api/v1/accounts/{}/follow", zoe.id)).await.ok();
        let friends = list(&ann, json!({ "title": "Friends" })).await;
        let path = format!("/api/v1/lists/{friends}/accounts");
        ann.post_json(&path, json!({ "account_ids": [zoe.id.to_string()] })).await.ok();
        server.peer_post(&zoe, Visibility::Public, &[]).await;
        assert_eq!(timeline(&ann, &friends).await, [""; 0]);
    });
}
