//! What programs know from Mastodon beyond the documentation: what comes of
//! one thing for another.

use crate::scheduled::ahead;
use crate::stage::{Person, Server, id, ids, on_each};
use serde_json::{Value, json};

async fn act(viewer: &Person, verb: &str, status: &Value) -> Value {
    viewer.post(&format!("/api/v1/statuses/{}/{verb}", id(status))).await.ok()
}

async fn on_account(viewer: &Person, verb: &str, other: &Person) -> Value {
    viewer.post(&format!("/api/v1/accounts/{}/{verb}", other.id())).await.ok()
}

async fn show(viewer: &Person, status: &Value) -> Value {
    viewer.get(&format!("/api/v1/statuses/{}", id(status))).await.ok()
}

async fn told(viewer: &Person, kind: &str) -> Vec<Value> {
    let all = viewer.get(&format!("/api/v1/notifications?types[]={kind}")).await.ok();
    all.as_array().unwrap().iter().map(|it| it["status"]["id"].clone()).collect()
}

async fn home(viewer: &Person) -> Vec<String> {
    ids(&viewer.get("/api/v1/timelines/home").await.ok())
}

#[test]
fn what_one_did_is_taken_back_where_one_may_not_look_any_more() {
    on_each(async |server| {
        let [ann, bob] = server.people(["ann", "bob"]).await;
        let post = ann.writes("hello", "public").await;
        for verb in ["favourite", "reblog", "bookmark"] {
            act(&bob, verb, &post).await;
        }
        on_account(&ann, "block", &bob).await;
        let path = format!("/api/v1/statuses/{}", id(&post));
        bob.get(&path).await.refused(404);
        assert_eq!(act(&bob, "unfavourite", &post).await["favourites_count"], 0);
        assert_eq!(act(&bob, "unreblog", &post).await["reblogs_count"], 0);
        assert_eq!(act(&bob, "unbookmark", &post).await["bookmarked"], false);
        for verb in ["unfavourite", "unreblog", "unbookmark"] {
            bob.post(&format!("{path}/{verb}")).await.refused(404);
        }
    });
}

#[test]
fn an_edit_says_the_whole_post() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let media = bob.send_parts(http::Method::POST, "/api/v2/media", &[picture()]).await;
        let media = id(&media.json());
        let body = json!({ "status": "one", "spoiler_text": "careful", "media_ids": [media] });
        let post = bob.post_json("/api/v1/statuses", body).await.ok();
        assert_eq!((&post["sensitive"], &post["spoiler_text"]), (&json!(true), &json!("careful")));
        let path = format!("/api/v1/statuses/{}", id(&post));
        let later = || server.clock.advance(std::time::Duration::from_secs(1));
        later();
        let changed = bob.put_json(&path, json!({ "status": "two", "media_ids": [media] })).await.ok();
        assert_eq!((&changed["sensitive"], &changed["spoiler_text"]), (&json!(false), &json!("")));
        assert_eq!(changed["media_attachments"].as_array().unwrap().len(), 1);
        let about = json!({ "status": "two", "media_attributes": [{ "id": media, "description": "a dot" }] });
        later();
        let changed = bob.put_json(&path, about).await.ok();
        assert_eq!(changed["media_attachments"][0]["description"], "a dot");
        later();
        let changed = bob.put_json(&path, json!({ "status": "three" })).await.ok();
        assert_eq!(changed["media_attachments"], json!([]));
    });
}

fn picture() -> (&'static str, Option<&'static str>, &'static [u8]) {
    ("file", Some("dot.png"), crate::stage::PICTURE)
}

#[test]
fn a_warning_of_nothing_is_the_text() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let post = bob.post_json("/api/v1/statuses", json!({ "spoiler_text": "only this" })).await.ok();
        assert_eq!((&post["content"], &post["spoiler_text"]), (&json!("<p>only this</p>"), &json!("")));
        assert_eq!(post["sensitive"], true, "who warns hides what hangs on it");
        let path = format!("/api/v1/statuses/{}", id(&post));
        server.clock.advance(std::time::Duration::from_secs(1));
        let changed = bob.put_json(&path, json!({ "status": "", "spoiler_text": "or this" })).await.ok();
        assert_eq!((&changed["content"], &changed["spoiler_text"]), (&json!("<p>or this</p>"), &json!("")));
        assert_eq!(changed["sensitive"], true);
    });
}

#[test]
fn who_is_named_by_an_edit_is_told() {
    on_each(async |server| {
        let [bob, ann, eve] = server.people(["bob", "ann", "eve"]).await;
        let post = bob.writes("hello @ann", "public").await;
        let edit = json!({ "status": "hello @ann and @eve" });
        bob.put_json(&format!("/api/v1/statuses/{}", id(&post)), edit.clone()).await.ok();
        assert_eq!(told(&eve, "mention").await, [post["id"].clone()]);
        assert_eq!(told(&ann, "mention").await.len(), 1, "who was named before is not told again");
        let direct = bob.writes("hello @ann", "direct").await;
        bob.put_json(&format!("/api/v1/statuses/{}", id(&direct)), edit).await.ok();
        let talks = eve.get("/api/v1/conversations").await.ok();
        assert_eq!(talks[0]["last_status"]["id"], direct["id"]);
        assert_eq!(talks[0]["accounts"].as_array().unwrap().len(), 2, "{talks}");
    });
}

#[test]
fn nobody_meets_whom_they_block_in_what_others_write() {
    on_each(async |server| {
        let [nina, carol, ann, bob] = server.people(["nina", "carol", "ann", "bob"]).await;
        nina.follows(&ann).await;
        nina.follows(&bob).await;
        on_account(&nina, "block", &carol).await;
        let named = ann.writes("hello @carol", "public").await;
        act(&bob, "reblog", &named).await;
        assert_eq!(home(&nina).await, Vec::<String>::new());
        ann.writes("@nina @carol look", "public").await;
        let of_carol = carol.writes("me", "public").await;
        ann.answers(&of_carol, "@nina look", "public").await;
        assert_eq!(told(&nina, "mention").await, Vec::<Value>::new());
        let fine = ann.writes("@nina look", "public").await;
        assert_eq!(told(&nina, "mention").await, [fine["id"].clone()]);
    });
}

#[test]
fn lists_of_people_leave_out_whom_the_viewer_shuns() {
    on_each(async |server| {
        let [ann, bob, carol, dan] = server.people(["ann", "bob", "carol", "dan"]).await;
        let post = dan.writes("hello", "public").await;
        for fan in [&bob, &carol] {
            act(fan, "favourite", &post).await;
            act(fan, "reblog", &post).await;
            fan.follows(&dan).await;
        }
        on_account(&ann, "block", &bob).await;
        on_account(&ann, "mute", &carol).await;
        let (likers, boosters) = (
            format!("/api/v1/statuses/{}/favourited_by", id(&post)),
            format!("/api/v1/statuses/{}/reblogged_by", id(&post)),
        );
        let followers = format!("/api/v1/accounts/{}/followers", dan.id());
        for path in [likers, boosters, followers] {
            assert_eq!(ids(&ann.get(&path).await.ok()), Vec::<String>::new(), "{path}");
            assert_eq!(ids(&dan.get(&path).await.ok()).len(), 2, "{path}");
        }
    });
}

#[test]
fn a_follow_of_who_says_yes_by_itself_is_answered_so() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let peer = server.peer("peer").await;
        let path = format!("/api/v1/accounts/{}/follow", peer.id);
        let now = ann.post(&path).await.ok();
        assert_eq!((&now["following"], &now["requested"]), (&json!(true), &json!(false)));
        let truly = ann.get(&format!("/api/v1/accounts/relationships?id[]={}", peer.id)).await.ok();
        assert_eq!((&truly[0]["following"], &truly[0]["requested"]), (&json!(false), &json!(true)));
    });
}

#[test]
fn who_asks_no_more_to_be_asked_lets_in_who_waits() {
    on_each(async |server| {
        let [ann, bob] = server.people(["ann", "bob"]).await;
        let own = "/api/v1/accounts/update_credentials";
        ann.patch_form(own, "locked=true").await.ok();
        assert_eq!(on_account(&bob, "follow", &ann).await["requested"], true);
        ann.patch_form(own, "locked=false").await.ok();
        let now = bob.get(&format!("/api/v1/accounts/relationships?id[]={}", ann.id())).await.ok();
        assert_eq!((&now[0]["following"], &now[0]["requested"]), (&json!(true), &json!(false)));
        assert_eq!(ids(&ann.get("/api/v1/follow_requests").await.ok()), Vec::<String>::new());
    });
}

#[test]
fn a_draft_that_is_due_too_soon_is_refused() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let soon = ahead(&server, std::time::Duration::from_secs(240));
        let body = json!({ "status": "later", "scheduled_at": soon });
        let why = bob.post_json("/api/v1/statuses", body).await.refused(422);
        assert!(why.starts_with("Validation failed: Scheduled at"), "{why}");
        let all = bob.get(&format!("/api/v1/accounts/{}/statuses", bob.id())).await.ok();
        assert_eq!(all, json!([]));
    });
}

#[test]
fn a_boost_has_the_privacy_of_its_author() {
    on_each(async |server| {
        let [ann, bob] = server.people(["ann", "bob"]).await;
        let quiet = ann.writes("quiet", "unlisted").await;
        bob.patch_form("/api/v1/accounts/update_credentials", "source[privacy]=private").await.ok();
        assert_eq!(act(&bob, "reblog", &quiet).await["visibility"], "private");
        act(&bob, "unreblog", &quiet).await;
        let path = format!("/api/v1/statuses/{}/reblog", id(&quiet));
        let loud = bob.post_json(&path, json!({ "visibility": "public" })).await.ok();
        assert_eq!(loud["visibility"], "public");
    });
}

#[test]
fn who_goes_on_below_themself_speaks_on_to_whom_they_answered() {
    on_each(async |server| {
        let [ann, bob, fan] = server.people(["ann", "bob", "fan"]).await;
        fan.follows(&ann).await;
        let first = bob.writes("what?", "public").await;
        let second = ann.answers(&first, "this", "public").await;
        let third = ann.answers(&second, "and that", "public").await;
        assert_eq!(third["in_reply_to_account_id"], bob.id());
        let path = format!("/api/v1/accounts/{}/statuses?exclude_replies=true", ann.id());
        assert_eq!(ids(&ann.get(&path).await.ok()), Vec::<String>::new());
        assert_eq!(home(&fan).await, Vec::<String>::new(), "fan does not follow bob");
    });
}

#[test]
fn a_thread_of_one_author_stands_among_all_posts() {
    on_each(async |server| {
        let [ann, bob] = server.people(["ann", "bob"]).await;
        let first = ann.writes("one", "public").await;
        let second = ann.answers(&first, "two", "public").await;
        bob.answers(&second, "hm", "public").await;
        for path in ["/api/v1/timelines/public", "/api/v1/timelines/public?local=true"] {
            assert_eq!(ids(&server.get(path).await.ok()), [id(&second), id(&first)], "{path}");
        }
    });
}

async fn numbers(server: &Server, person: &Person) -> (Value, Value) {
    let account = server.get(&format!("/api/v1/accounts/{}", person.id())).await.ok();
    (account["statuses_count"].clone(), account["last_status_at"].clone())
}

#[test]
fn what_is_counted_is_what_may_be_told() {
    on_each(async |server| {
        let [ann, bob] = server.people(["ann", "bob"]).await;
        let post = ann.writes("hello", "public").await;
        let hushed = bob.answers(&post, "@ann psst", "direct").await;
        bob.answers(&post, "@ann hm", "private").await;
        assert_eq!(show(&ann, &post).await["replies_count"], 0);
        assert_eq!(numbers(&server, &bob).await.0, 1, "the one for followers");
        bob.delete(&format!("/api/v1/statuses/{}", id(&hushed))).await.ok();
        bob.answers(&post, "@ann yes", "unlisted").await;
        assert_eq!(show(&ann, &post).await["replies_count"], 1);
        act(&bob, "reblog", &post).await;
        let (count, last) = numbers(&server, &bob).await;
        assert_eq!((count, last.is_string()), (json!(3), true));
        act(&bob, "unreblog", &post).await;
        assert_eq!(numbers(&server, &bob).await.0, 2);
        act(&bob, "reblog", &post).await;
        ann.delete(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
        assert_eq!(numbers(&server, &bob).await.0, 2, "a boost goes with its post");
    });
}

#[test]
fn what_makes_no_sense_is_refused() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let own = "/api/v1/accounts/update_credentials";
        bob.patch_form(own, "source[privacy]=direct").await.refused(422);
        bob.patch_form(own, "fields_attributes[0][name]=&fields_attributes[0][value]=x").await.refused(422);
        bob.patch_form(own, "fields_attributes[0][name]=&fields_attributes[0][value]=").await.ok();
    });
}
