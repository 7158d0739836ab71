//! Conversations: direct posts by who is in them.

use crate::stage::{Person, id, ids, on_each};
use serde_json::{Value, json};

async fn conversations(person: &Person) -> Value {
    person.get("/api/v1/conversations").await.ok()
}

#[test]
fn a_direct_post_opens_a_conversation_on_both_sides() {
    on_each(async |server| {
        let (ann, bob, zed) =
            (server.person("ann").await, server.person("bob").await, server.person("zed").await);
        let post = bob.writes("@ann psst", "direct").await;
        let hers = conversations(&ann).await;
        assert_eq!((&hers[0]["unread"], ids(&hers[0]["accounts"])), (&json!(true), vec![bob.id()]));
        assert_eq!(hers[0]["last_status"]["id"], post["id"]);
        let his = conversations(&bob).await;
        assert_eq!((&his[0]["unread"], ids(&his[0]["accounts"])), (&json!(false), vec![ann.id()]));
        assert_eq!(conversations(&zed).await, json!([]));
        // Reading is for the reader.
        zed.post(&format!("/api/v1/conversations/{}/read", id(&hers[0]))).await.refused(404);
        let read = ann.post(&format!("/api/v1/conversations/{}/read", id(&hers[0]))).await.ok();
        assert_eq!((&read["unread"], &read["id"]), (&json!(false), &hers[0]["id"]));
        let again = ann.post(&format!("/api/v1/conversations/{}/unread", id(&hers[0]))).await.ok();
        assert_eq!((&again["unread"], &again["id"]), (&json!(true), &hers[0]["id"]));
        ann.post(&format!("/api/v1/conversations/{}/read", id(&hers[0]))).await.ok();
        // An answer stays in it, and makes it unread on the other side.
        let answer = ann.answers(&post, "@bob what?", "direct").await;
        let his = conversations(&bob).await;
        assert_eq!((his.as_array().unwrap().len(), &his[0]["unread"]), (1, &json!(true)));
        assert_eq!(his[0]["last_status"]["id"], answer["id"]);
        assert_eq!(conversations(&ann).await[0]["unread"], false);
    });
}

#[test]
fn other_people_are_another_conversation() {
    on_each(async |server| {
        let (ann, bob, zed) =
            (server.person("ann").await, server.person("bob").await, server.person("zed").await);
        let post = bob.writes("@ann psst", "direct").await;
        bob.answers(&post, "@ann @zed all of you", "direct").await;
        let hers = conversations(&ann).await;
        let sizes: Vec<usize> =
            hers.as_array().unwrap().iter().map(|one| ids(&one["accounts"]).len()).collect();
        assert_eq!(sizes, [2, 1]);
        assert_eq!(conversations(&zed).await.as_array().unwrap().len(), 1);
        // To nobody: the account itself stands in it.
        ann.writes("to myself", "direct").await;
        assert_eq!(ids(&conversations(&ann).await[0]["accounts"]), [ann.id()]);
    });
}

#[test]
fn what_is_deleted_leaves_the_post_before_it() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let first = bob.writes("@ann one", "direct").await;
        let second = bob.answers(&first, "@ann two", "direct").await;
        bob.delete(&format!("/api/v1/statuses/{}", id(&second))).await.ok();
        assert_eq!(conversations(&ann).await[0]["last_status"]["id"], first["id"]);
        assert_eq!(ids(&ann.get("/api/v1/timelines/direct").await.ok()), [id(&first)]);
        bob.delete(&format!("/api/v1/statuses/{}", id(&first))).await.ok();
        assert_eq!(conversations(&ann).await, json!([]));
        assert_eq!(conversations(&bob).await, json!([]));
    });
}

#[test]
fn a_conversation_can_be_put_away_and_comes_back_with_news() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let first = bob.writes("@ann one", "direct").await;
        let path = format!("/api/v1/conversations/{}", id(&conversations(&ann).await[0]));
        bob.delete(&path).await.refused(404);
        assert_eq!(ann.delete(&path).await.ok(), json!({}));
        assert_eq!(conversations(&ann).await, json!([]));
        assert_eq!(conversations(&bob).await.as_array().unwrap().len(), 1);
        let second = bob.answers(&first, "@ann two", "direct").await;
        assert_eq!(conversations(&ann).await[0]["last_status"]["id"], second["id"]);
        assert_eq!(ids(&ann.get("/api/v1/timelines/direct").await.ok()), [id(&second), id(&first)]);
    });
}

#[test]
fn who_is_blocked_opens_no_conversation() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        ann.post(&format!("/api/v1/accounts/{}/block", bob.id())).await.ok();
        bob.writes("@ann let me", "direct").await;
        assert_eq!(conversations(&ann).await, json!([]));
        assert_eq!(ann.get("/api/v1/timelines/direct").await.ok(), json!([]));
    });
}

#[test]
fn a_block_takes_away_the_conversations_with_who_is_blocked() {
    on_each(async |server| {
        let [ann, bob, cid] = server.people(["ann", "bob", "cid"]).await;
        bob.writes("@ann alone", "direct").await;
        bob.writes("@ann @cid together", "direct").await;
        let other = cid.writes("@ann without him", "direct").await;
        ann.post(&format!("/api/v1/accounts/{}/block", bob.id())).await.ok();
        let left = conversations(&ann).await;
        assert_eq!((left.as_array().unwrap().len(), &left[0]["last_status"]["id"]), (1, &other["id"]));
        assert_eq!(conversations(&bob).await.as_array().unwrap().len(), 2, "his stay with him");
        ann.post(&format!("/api/v1/accounts/{}/unblock", bob.id())).await.ok();
        assert_eq!(ids(&conversations(&ann).await), ids(&left));
        bob.writes("@ann again", "direct").await;
        assert_eq!(conversations(&ann).await.as_array().unwrap().len(), 2);
    });
}

#[test]
fn conversations_are_paged_by_their_newest_posts() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let mut all = Vec::new();
        for number in 0..5 {
            bob.writes(&format!("@ann {number}"), "direct").await;
            all.insert(0, id(&conversations(&ann).await[0]));
        }
        let mut seen = Vec::new();
        let mut next = Some("/api/v1/conversations?limit=2".to_owned());
        while let Some(path) = next {
            let page = ann.get(&path).await;
            seen.extend(ids(&page.ok()));
            next = page.link("next");
        }
        assert_eq!(seen, all);
        let reader = ann.with(&server.token("ann", "read:accounts").await);
        reader.get("/api/v1/conversations").await.refused(403);
        reader.post(&format!("/api/v1/conversations/{}/read", all[0])).await.refused(403);
    });
}
