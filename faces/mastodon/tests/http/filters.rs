//! Word filters, both versions, and what they mark.

use crate::stage::{Person, id, ids, on_each};
use serde_json::{Value, json};

async fn filter(person: &Person, body: Value) -> Value {
    person.post_json("/api/v2/filters", body).await.ok()
}

/// A filter for one word, everywhere.
async fn word(person: &Person, word: &str, action: &str) -> Value {
    let all = ["home", "notifications", "public", "thread", "account"];
    let body = json!({ "title": word, "context": all, "filter_action": action,
        "keywords_attributes": [{ "keyword": word, "whole_word": true }] });
    filter(person, body).await
}

/// The titles of the filters that a status matches.
fn marks(status: &Value) -> Vec<&str> {
    status["filtered"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["filter"]["title"].as_str().unwrap())
        .collect()
}

#[test]
fn a_filter_is_made_shown_changed_and_deleted() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let form = "title=Sport&context[]=home&context[]=public&filter_action=hide&expires_in=60\
                    &keywords_attributes[0][keyword]=ball&keywords_attributes[0][whole_word]=false\
                    &keywords_attributes[1][keyword]=goal";
        let made = ann.post_form("/api/v2/filters", form).await.ok();
        assert_eq!((&made["title"], &made["filter_action"]), (&json!("Sport"), &json!("hide")));
        assert_eq!((&made["context"], &made["statuses"]), (&json!(["home", "public"]), &json!([])));
        assert_eq!(made["expires_at"], "2025-09-09T06:41:00.000Z");
        let words = made["keywords"].as_array().unwrap();
        assert_eq!((&words[0]["keyword"], &words[0]["whole_word"]), (&json!("ball"), &json!(false)));
        assert_eq!((&words[1]["keyword"], &words[1]["whole_word"]), (&json!("goal"), &json!(true)));
        let path = format!("/api/v2/filters/{}", id(&made));
        assert_eq!(ann.get(&path).await.ok(), made);
        assert_eq!(ann.get("/api/v2/filters").await.ok(), json!([made]));
        assert_eq!(bob.get("/api/v2/filters").await.ok(), json!([]));
        bob.get(&path).await.refused(404);
        bob.put_json(&path, json!({ "title": "x" })).await.refused(404);
        let change = json!({ "title": "Games", "expires_in": null, "keywords_attributes": [
            { "id": id(&words[0]), "keyword": "balls" }, { "id": id(&words[1]), "_destroy": true }, { "keyword": "net" } ] });
        let changed = ann.put_json(&path, change).await.ok();
        let left: Vec<&Value> =
            changed["keywords"].as_array().unwrap().iter().map(|one| &one["keyword"]).collect();
        assert_eq!(left, [&json!("balls"), &json!("net")]);
        assert_eq!((&changed["title"], &changed["expires_at"]), (&json!("Games"), &Value::Null));
        assert_eq!(
            (&changed["context"], &changed["filter_action"]),
            (&json!(["home", "public"]), &json!("hide"))
        );
        assert_eq!(ann.delete(&path).await.ok(), json!({}));
        ann.get(&path).await.refused(404);
    });
}

#[test]
fn keywords_and_statuses_have_doors_of_their_own() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let made = filter(&ann, json!({ "title": "x", "context": ["home"] })).await;
        let path = format!("/api/v2/filters/{}", id(&made));
        let added = ann.post_form(&format!("{path}/keywords"), "keyword=ball").await.ok();
        assert_eq!((&added["keyword"], &added["whole_word"]), (&json!("ball"), &json!(true)));
        let one = format!("/api/v2/filters/keywords/{}", id(&added));
        bob.get(&one).await.refused(404);
        bob.delete(&one).await.refused(404);
        let changed = ann.put_json(&one, json!({ "keyword": "balls", "whole_word": false })).await.ok();
        assert_eq!(ann.get(&one).await.ok(), changed);
        assert_eq!(ann.get(&format!("{path}/keywords")).await.ok(), json!([changed]));
        assert_eq!(ann.delete(&one).await.ok(), json!({}));
        ann.get(&one).await.refused(404);
        let post = bob.writes("anything", "public").await;
        let secret = bob.writes("secret", "private").await;
        let named = ann.post_json(&format!("{path}/statuses"), json!({ "status_id": id(&post) })).await.ok();
        assert_eq!(named["status_id"], post["id"]);
        ann.post_json(&format!("{path}/statuses"), json!({ "status_id": id(&post) })).await.refused(422);
        ann.post_json(&format!("{path}/statuses"), json!({ "status_id": id(&secret) })).await.refused(404);
        ann.post_json(&format!("{path}/statuses"), json!({})).await.refused(404);
        assert_eq!(ann.get(&format!("{path}/statuses")).await.ok(), json!([named]));
        let one = format!("/api/v2/filters/statuses/{}", id(&named));
        assert_eq!(ann.get(&one).await.ok(), named);
        bob.delete(&one).await.refused(404);
        assert_eq!(ann.delete(&one).await.ok(), named);
        assert_eq!(ann.get(&format!("{path}/statuses")).await.ok(), json!([]));
    });
}

#[test]
fn a_filter_that_makes_no_sense_is_refused() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        for (body, words) in [
            (json!({ "context": ["home"] }), "Validation failed: Title can't be blank"),
            (json!({ "title": "x" }), "Validation failed: Context can't be blank"),
            (
                json!({ "title": "x", "context": ["kitchen"] }),
                "Validation failed: Context None or invalid context supplied",
            ),
            (
                json!({ "title": "x", "context": ["home"], "filter_action": "shout" }),
                "Validation failed: Action is not included in the list",
            ),
            (
                json!({ "title": "x", "context": ["home"], "keywords_attributes": [{ "keyword": " " }] }),
                "Validation failed: Keyword can't be blank",
            ),
            (
                json!({ "title": "x", "context": ["home"], "expires_in": "soon" }),
                "Validation failed: Expires in is not a number",
            ),
        ] {
            assert_eq!(ann.post_json("/api/v2/filters", body).await.refused(422), words);
        }
        assert_eq!(ann.get("/api/v2/filters").await.ok(), json!([]), "none was made in part");
        let body = json!({ "title": "x", "context": ["home"], "keywords_attributes": "" });
        assert_eq!(ann.post_json("/api/v2/filters", body).await.ok()["keywords"], json!([]));
        let reader = ann.with(&server.token("ann", "read:statuses").await);
        reader.get("/api/v2/filters").await.refused(403);
        reader.get("/api/v1/filters").await.refused(403);
    });
}

#[test]
fn what_matches_is_marked_in_every_list() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        ann.follows(&bob).await;
        let made = word(&ann, "spoiler", "hide").await;
        let plain = bob.writes("nothing #film", "public").await;
        let post = bob.writes("@ann a Spoiler! #film", "public").await;
        let boost = bob.post(&format!("/api/v1/statuses/{}/reblog", id(&post))).await.ok();
        let list = id(&ann.post_form("/api/v1/lists", "title=x").await.ok());
        let member = json!({ "account_ids": [bob.id()] });
        ann.post_json(&format!("/api/v1/lists/{list}/accounts"), member).await.ok();
        ann.post(&format!("/api/v1/statuses/{}/favourite", id(&post))).await.ok();
        let wanted = json!([{ "filter": made, "keyword_matches": ["spoiler"], "status_matches": [] }]);
        let all = [
            "/api/v1/timelines/home".to_owned(),
            "/api/v1/timelines/public".into(),
            "/api/v1/timelines/tag/film".into(),
            format!("/api/v1/timelines/list/{list}"),
            format!("/api/v1/accounts/{}/statuses", bob.id()),
            "/api/v1/favourites".into(),
            format!("/api/v1/statuses?id[]={}", id(&post)),
        ];
        for path in all {
            let shown = ann.get(&path).await.ok();
            let of = |wanted: &Value| {
                let found = shown.as_array().unwrap().iter().find(|one| one["id"] == wanted["id"]).cloned();
                found.unwrap_or_else(|| panic!("not in {path}: {shown}"))
            };
            assert_eq!(of(&post)["filtered"], wanted, "{path}");
            if !path.contains("favourites") && !path.contains("id[]") {
                assert_eq!(of(&plain)["filtered"], json!([]), "{path}");
            }
        }
        let shown = ann.get(&format!("/api/v1/statuses/{}", id(&boost))).await.ok();
        assert_eq!((&shown["filtered"], &shown["reblog"]["filtered"]), (&wanted, &wanted));
        let told = ann.get("/api/v1/notifications").await.ok();
        assert_eq!(told[0]["status"]["filtered"], wanted);
        let found =
            ann.get(&format!("/api/v2/search?resolve=true&q={}", post["uri"].as_str().unwrap())).await.ok();
        assert_eq!(found["statuses"][0]["filtered"], wanted);
        let answer = bob.answers(&post, "no", "public").await;
        let around = ann.get(&format!("/api/v1/statuses/{}/context", id(&answer))).await.ok();
        assert_eq!(around["ancestors"][0]["filtered"], wanted);
        // Of others, and of nobody.
        assert_eq!(bob.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok()["filtered"], json!([]));
        assert_eq!(server.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok()["filtered"], json!([]));
    });
}

#[test]
fn a_change_of_a_filter_shows_at_once_and_its_end_too() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let post = bob.writes("tea and coffee", "public").await;
        let shown = async || ann.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
        assert_eq!(marks(&shown().await), [""; 0]);
        let made = word(&ann, "tea", "warn").await;
        assert_eq!(marks(&shown().await), ["tea"]);
        let path = format!("/api/v2/filters/{}", id(&made));
        ann.put_json(
            &path,
            json!({ "keywords_attributes": [{ "id": made["keywords"][0]["id"], "keyword": "milk" }] }),
        )
        .await
        .ok();
        assert_eq!(marks(&shown().await), [""; 0]);
        ann.post_json(&format!("{path}/statuses"), json!({ "status_id": id(&post) })).await.ok();
        let found = shown().await;
        assert_eq!(found["filtered"][0]["status_matches"], json!([id(&post)]));
        assert_eq!(found["filtered"][0]["keyword_matches"], json!([]));
        ann.put_json(&path, json!({ "expires_in": 30 })).await.ok();
        assert_eq!(marks(&shown().await), ["tea"]);
        server.clock.advance(std::time::Duration::from_secs(31));
        assert_eq!(marks(&shown().await), [""; 0]);
        ann.put_json(&path, json!({ "expires_in": "" })).await.ok();
        assert_eq!(marks(&shown().await), ["tea"]);
        ann.delete(&path).await.ok();
        assert_eq!(marks(&shown().await), [""; 0]);
    });
}

#[test]
fn warnings_are_looked_at_too() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        word(&ann, "politics", "blur").await;
        let body = json!({ "status": "hm", "spoiler_text": "Politics, local" });
        let post = bob.post_json("/api/v1/statuses", body).await.ok();
        let shown = ann.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
        assert_eq!(shown["filtered"][0]["filter"]["filter_action"], "blur");
    });
}

#[test]
fn version_1_sees_each_keyword_as_a_filter() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let made =
            ann.post_form("/api/v1/filters", "phrase=ball&context[]=home&irreversible=true").await.ok();
        let wanted = json!({ "id": id(&made), "phrase": "ball", "context": ["home"], "whole_word": false,
            "expires_at": null, "irreversible": true });
        assert_eq!(made, wanted);
        let path = format!("/api/v1/filters/{}", id(&made));
        assert_eq!(ann.get(&path).await.ok(), made);
        let change =
            json!({ "phrase": "balls", "whole_word": true, "context": ["public"], "irreversible": false });
        let changed = ann.put_json(&path, change).await.ok();
        assert_eq!((&changed["phrase"], &changed["context"]), (&json!("balls"), &json!(["public"])));
        let two = ann.get("/api/v2/filters").await.ok();
        assert_eq!((&two[0]["title"], &two[0]["filter_action"]), (&json!("ball"), &json!("warn")));
        assert_eq!(two[0]["keywords"][0]["id"], made["id"]);
        // With a second keyword, what they share is not for this version to change.
        let keywords = format!("/api/v2/filters/{}/keywords", id(&two[0]));
        ann.post_form(&keywords, "keyword=goal").await.ok();
        assert_eq!(ann.get("/api/v1/filters").await.ok().as_array().unwrap().len(), 2);
        ann.put_json(&path, json!({ "context": ["home"] })).await.refused(422);
        ann.put_json(&path, json!({ "phrase": "balloon" })).await.ok();
        ann.delete(&path).await.ok();
        assert_eq!(ann.get("/api/v2/filters").await.ok()[0]["keywords"].as_array().unwrap().len(), 1);
        let last = id(&ann.get("/api/v1/filters").await.ok()[0]);
        ann.delete(&format!("/api/v1/filters/{last}")).await.ok();
        assert_eq!(ann.get("/api/v2/filters").await.ok(), json!([]), "nothing is left of it");
        let refused = ann.post_form("/api/v1/filters", "context[]=home").await.refused(422);
        assert_eq!(refused, "Validation failed: Phrase can't be blank");
        ann.post_form("/api/v1/filters", "phrase=x").await.refused(422);
    });
}

#[test]
fn what_is_irreversible_is_left_out_of_home_and_notifications_but_nowhere_else() {
    on_each(async |server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        ann.follows(&bob).await;
        let kept = bob.writes("tea", "public").await;
        let post = bob.writes("@ann the match", "public").await;
        let own = ann.writes("match of mine", "public").await;
        let form = "phrase=match&context[]=home&context[]=notifications&irreversible=true";
        ann.post_form("/api/v1/filters", form).await.ok();
        assert_eq!(ids(&ann.get("/api/v1/timelines/home").await.ok()), [id(&own), id(&kept)]);
        assert_eq!(ann.get("/api/v1/notifications").await.ok(), json!([]));
        assert_eq!(marks(&ann.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok()), ["match"]);
        assert_eq!(ids(&ann.get("/api/v1/timelines/public").await.ok()).len(), 3);
        // Version 2's `hide` leaves it to the program.
        let path = format!("/api/v2/filters/{}", id(&ann.get("/api/v2/filters").await.ok()[0]));
        ann.put_json(&path, json!({ "filter_action": "hide" })).await.ok();
        let home = ann.get("/api/v1/timelines/home").await.ok();
        assert_eq!((ids(&home).len(), marks(&home[1])), (3, vec!["match"]));
        assert_eq!(ann.get("/api/v1/notifications").await.ok().as_array().unwrap().len(), 1);
    });
}
