use crate::stage::{Person, Server, id, on_each};
use serde_json::{Value, json};
use std::time::Duration;

async fn asks(person: &Person, poll: Value) -> Value {
    person.post_json("/api/v1/statuses", json!({ "status": "what?", "poll": poll })).await.ok()
}

fn yes_or_no() -> Value {
    json!({ "options": ["yes", "no"], "expires_in": 600 })
}

async fn votes(person: &Person, poll: &Value, choices: Value) -> Value {
    let path = format!("/api/v1/polls/{}/votes", id(poll));
    person.post_json(&path, json!({ "choices": choices })).await.ok()
}

async fn refused(person: &Person, poll: &Value, choices: Value) -> String {
    let path = format!("/api/v1/polls/{}/votes", id(poll));
    person.post_json(&path, json!({ "choices": choices })).await.refused(422)
}

#[test]
fn a_poll_is_made_by_json_and_by_form_and_shown_with_its_status() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let form = "status=what%3F&poll%5Boptions%5D%5B%5D=yes&poll%5Boptions%5D%5B%5D=no&poll%5Boptions%5D%5B%5D=&poll%5Bexpires_in%5D=600";
        let made = [asks(&bob, yes_or_no()).await, bob.post_form("/api/v1/statuses", form).await.ok()];
        for status in made {
            let poll = &status["poll"];
            assert_eq!(
                poll["options"],
                json!([{ "title": "yes", "votes_count": 0 }, { "title": "no", "votes_count": 0 }])
            );
            for (member, value) in [
                ("expired", json!(false)),
                ("multiple", json!(false)),
                ("votes_count", json!(0)),
                ("voters_count", json!(0)),
                ("voted", json!(true)),
                ("own_votes", json!([])),
                ("emojis", json!([])),
            ] {
                assert_eq!(poll[member], value, "{member}");
            }
            assert!(poll["expires_at"].as_str().unwrap().ends_with('Z'));
            assert_eq!(bob.get(&format!("/api/v1/polls/{}", id(poll))).await.ok(), *poll);
            let stranger = server.get(&format!("/api/v1/polls/{}", id(poll))).await.ok();
            assert_eq!((&stranger["voted"], &stranger["own_votes"]), (&json!(null), &json!(null)));
        }
    });
}

#[test]
fn a_poll_that_cannot_be_is_refused_with_the_reason() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        for (poll, words) in [
            (json!({ "options": ["a"], "expires_in": 600 }), "more than one item"),
            (json!({ "options": ["a", " "], "expires_in": 600 }), "more than one item"),
            (json!({ "options": ["a", "b", "c", "d", "e"], "expires_in": 600 }), "more than 4"),
            (json!({ "options": ["a", "x".repeat(51)], "expires_in": 600 }), "longer than 50"),
            (json!({ "options": ["a", "a"], "expires_in": 600 }), "duplicate"),
            (json!({ "options": ["a", "b"], "expires_in": 299 }), "too soon"),
            (json!({ "options": ["a", "b"], "expires_in": 99_999_999 }), "too far"),
            (json!({ "options": ["a", "b"] }), "blank"),
        ] {
            let body = json!({ "status": "x", "poll": poll });
            let said = bob.post_json("/api/v1/statuses", body).await.refused(422);
            assert!(said.starts_with("Validation failed: Poll") && said.contains(words), "{said}");
        }
        let status = bob.post_form("/api/v1/statuses", "status=x&poll=&media_attributes=").await.ok();
        assert_eq!(status["poll"], Value::Null);
        bob.put_json(&format!("/api/v1/statuses/{}", id(&status)), json!({ "status": "y", "poll": "" }))
            .await
            .ok();
    });
}

#[test]
fn a_vote_counts_once_and_only_where_it_may() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let status = asks(&bob, yes_or_no()).await;
        let poll = &status["poll"];
        assert_eq!(
            refused(&bob, poll, json!([0])).await,
            "Validation failed: You cannot vote in your own polls"
        );
        assert_eq!(
            refused(&eve, poll, json!([2])).await,
            "Validation failed: The chosen vote option does not exist"
        );
        refused(&eve, poll, json!([0, 1])).await;
        refused(&eve, poll, json!(["x"])).await;
        assert_eq!(votes(&eve, poll, json!([])).await["voted"], false);
        let after = votes(&eve, poll, json!(["1"])).await;
        assert_eq!((&after["voted"], &after["own_votes"]), (&json!(true), &json!([1])));
        assert_eq!((&after["votes_count"], &after["voters_count"]), (&json!(1), &json!(1)));
        assert_eq!(
            refused(&eve, poll, json!([0])).await,
            "Validation failed: You have already voted on this poll"
        );
        let seen = bob.get(&format!("/api/v1/statuses/{}", id(&status))).await.ok();
        assert_eq!(seen["poll"]["options"][1]["votes_count"], 1);
        server.clock.advance(Duration::from_secs(600));
        let carol = server.person("carol").await;
        assert_eq!(refused(&carol, poll, json!([0])).await, "Validation failed: The poll has already ended");
        assert_eq!(carol.get(&format!("/api/v1/polls/{}", id(poll))).await.ok()["expired"], true);
    });
}

#[test]
fn of_several_choices_each_is_taken_once() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let poll = json!({ "options": ["a", "b", "c"], "expires_in": 600, "multiple": true });
        let status = asks(&bob, poll).await;
        let poll = &status["poll"];
        let after = votes(&eve, poll, json!([0, 2])).await;
        assert_eq!((&after["own_votes"], &after["votes_count"]), (&json!([0, 2]), &json!(2)));
        refused(&eve, poll, json!([2])).await;
        server.clock.advance(Duration::from_secs(1));
        let after = votes(&eve, poll, json!([1])).await;
        assert_eq!((&after["votes_count"], &after["voters_count"]), (&json!(3), &json!(1)));
        assert_eq!(after["own_votes"], json!([0, 2, 1]), "in the order of the votes");
    });
}

#[test]
fn hidden_numbers_are_shown_when_voting_has_ended() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let poll = json!({ "options": ["a", "b"], "expires_in": 600, "hide_totals": true });
        let status = asks(&bob, poll).await;
        let poll = &status["poll"];
        let after = votes(&eve, poll, json!([0])).await;
        assert_eq!(
            after["options"],
            json!([{ "title": "a", "votes_count": null }, { "title": "b", "votes_count": null }])
        );
        server.clock.advance(Duration::from_secs(600));
        let after = eve.get(&format!("/api/v1/polls/{}", id(poll))).await.ok();
        assert_eq!(after["options"][0]["votes_count"], 1);
    });
}

#[test]
fn a_poll_of_a_private_status_looks_missing() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let body = json!({ "status": "x", "visibility": "private", "poll": yes_or_no() });
        let status = bob.post_json("/api/v1/statuses", body).await.ok();
        let path = format!("/api/v1/polls/{}", id(&status["poll"]));
        eve.get(&path).await.refused(404);
        server.get(&path).await.refused(404);
        eve.post_json(&format!("{path}/votes"), json!({ "choices": [0] })).await.refused(404);
        let plain = bob.writes("no poll", "public").await;
        bob.get(&format!("/api/v1/polls/{}", id(&plain))).await.refused(404);
        assert_eq!(plain["poll"], json!(null));
    });
}

#[test]
fn an_edit_of_the_options_takes_the_votes_away() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let status = asks(&bob, yes_or_no()).await;
        let path = format!("/api/v1/statuses/{}", id(&status));
        votes(&eve, &status["poll"], json!([0])).await;
        let edit =
            |options: Value| json!({ "status": "what?", "poll": { "options": options, "expires_in": 900 } });
        let same = bob.put_json(&path, edit(json!(["yes", "no"]))).await.ok();
        assert_eq!((&same["poll"]["votes_count"], &same["edited_at"]), (&json!(1), &json!(null)));
        assert_ne!(same["poll"]["expires_at"], status["poll"]["expires_at"]);
        let other = bob.put_json(&path, edit(json!(["yes", "never"]))).await.ok();
        assert_eq!(other["poll"]["votes_count"], 0);
        votes(&eve, &other["poll"], json!([1])).await;
        let history = bob.get(&format!("{path}/history")).await.ok();
        let titles = |at: usize| history[at]["poll"]["options"].clone();
        assert_eq!(titles(0), json!([{ "title": "yes" }, { "title": "no" }]));
        assert_eq!(titles(1), json!([{ "title": "yes" }, { "title": "never" }]));
        server.clock.advance(Duration::from_secs(1));
        let gone = bob.put_json(&path, json!({ "status": "nothing" })).await.ok();
        assert_eq!(gone["poll"], json!(null));
        eve.get(&format!("/api/v1/polls/{}", id(&status["poll"]))).await.refused(404);
    });
}

async fn told(person: &Person) -> Vec<Value> {
    person.get("/api/v1/notifications?types[]=poll").await.ok().as_array().unwrap().clone()
}

async fn end_what_is_due(server: &Server) {
    for poll in server.cx.read(service::poll::ending).await.unwrap() {
        service::poll::end(&server.cx, poll).await.unwrap();
    }
}

#[test]
fn the_end_is_told_to_who_asked_and_who_voted_once() {
    on_each(async |server| {
        let (bob, eve) = (server.person("bob").await, server.person("eve").await);
        let carol = server.person("carol").await;
        let status = asks(&bob, yes_or_no()).await;
        votes(&eve, &status["poll"], json!([0])).await;
        end_what_is_due(&server).await;
        assert!(told(&bob).await.is_empty());
        server.clock.advance(Duration::from_secs(601));
        for _ in 0..2 {
            end_what_is_due(&server).await;
        }
        for (person, expected) in [(&bob, 1), (&eve, 1), (&carol, 0)] {
            let told = told(person).await;
            assert_eq!(told.len(), expected);
            for one in told {
                assert_eq!((&one["account"]["acct"], &one["status"]["id"]), (&json!("bob"), &status["id"]));
                assert_eq!(one["status"]["poll"]["expired"], true);
            }
        }
    });
}

#[test]
fn the_instance_tells_the_bounds_of_polls() {
    on_each(async |server| {
        for path in ["/api/v1/instance", "/api/v2/instance"] {
            let polls = server.get(path).await.ok()["configuration"]["polls"].clone();
            assert_eq!((&polls["max_options"], &polls["min_expiration"]), (&json!(4), &json!(300)));
        }
    });
}
