//! Accounts, conversations and servers that somebody does not want to meet.

use crate::stage::{Person, id, ids, on_each};
use domain::Visibility;
use serde_json::{Value, json};
use std::time::Duration;

async fn relationship(viewer: &Person, other: &str) -> Value {
    viewer.get(&format!("/api/v1/accounts/relationships?id[]={other}")).await.ok()[0].clone()
}

#[test]
fn a_muted_account_is_met_in_no_list_and_comes_back() {
    on_each(async |server| {
        let (bob, ann, eve) =
            (server.person("bob").await, server.person("ann").await, server.person("eve").await);
        bob.follows(&ann).await;
        bob.follows(&eve).await;
        let root = bob.writes("root", "public").await;
        let post = ann.writes("loud #choir", "public").await;
        let answer = ann.answers(&root, "loud too", "public").await;
        let other = eve.writes("quiet #choir", "public").await;
        let boost = eve.post(&format!("/api/v1/statuses/{}/reblog", id(&post))).await.ok();
        let lists = async || {
            let mut seen = Vec::new();
            for path in [
                "/api/v1/timelines/home".to_owned(),
                "/api/v1/timelines/public".to_owned(),
                "/api/v1/timelines/tag/choir".to_owned(),
                format!("/api/v1/accounts/{}/statuses", eve.id()),
            ] {
                seen.push(ids(&bob.get(&path).await.ok()));
            }
            let around = bob.get(&format!("/api/v1/statuses/{}/context", id(&root))).await.ok();
            seen.push(ids(&around["descendants"]));
            seen
        };
        let before = lists().await;
        assert!(before[0].contains(&id(&post)) && before[3].contains(&id(&boost)), "{before:?}");
        let now = bob.post(&format!("/api/v1/accounts/{}/mute", ann.id())).await.ok();
        assert_eq!(
            (&now["muting"], &now["muting_notifications"], &now["muting_expires_at"], &now["following"]),
            (&json!(true), &json!(true), &Value::Null, &json!(true))
        );
        for list in lists().await {
            for hidden in [&post, &answer, &boost] {
                assert!(!list.contains(&id(hidden)), "{list:?}");
            }
        }
        assert!(lists().await[0].contains(&id(&other)));
        // What is asked for by itself is shown.
        bob.get(&format!("/api/v1/statuses/{}", id(&post))).await.ok();
        let own = ids(&bob.get(&format!("/api/v1/accounts/{}/statuses", ann.id())).await.ok());
        assert!(own.contains(&id(&post)), "a profile that is opened is shown");
        let muted = bob.get("/api/v1/mutes").await.ok();
        assert_eq!((ids(&muted), &muted[0]["mute_expires_at"]), (vec![ann.id()], &Value::Null));
        assert_eq!(muted[0]["acct"], "ann");
        let now = bob.post(&format!("/api/v1/accounts/{}/unmute", ann.id())).await.ok();
        assert_eq!(now["muting"], false);
        assert_eq!(lists().await, before);
    });
}

#[test]
fn a_mute_ends_by_itself() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        bob.follows(&ann).await;
        let post = ann.writes("hello", "public").await;
        let path = format!("/api/v1/accounts/{}/mute", ann.id());
        let now = bob.post_json(&path, json!({ "duration": 3600, "notifications": false })).await.ok();
        assert_eq!(
            (&now["muting_notifications"], &now["muting_expires_at"]),
            (&json!(false), &json!("2025-09-09T07:40:00.000Z"))
        );
        assert_eq!(bob.get("/api/v1/timelines/home").await.ok(), json!([]));
        let muted = bob.get("/api/v1/mutes").await.ok();
        assert_eq!(muted[0]["mute_expires_at"], "2025-09-09T07:40:00.000Z");
        server.clock.advance(Duration::from_secs(3600));
        assert_eq!(ids(&bob.get("/api/v1/timelines/home").await.ok()), [id(&post)]);
        assert_eq!(bob.get("/api/v1/mutes").await.ok(), json!([]));
        assert_eq!(relationship(&bob, &ann.id()).await["muting"], false);
        service::sweep::sweep(&server.cx).await.unwrap();
        bob.post_form(&path, "duration=-1").await.refused(422);
        bob.post("/api/v1/accounts/7/mute").await.refused(404);
        let now = bob.post(&format!("/api/v1/accounts/{}/mute", bob.id())).await.ok();
        assert_eq!(now["muting"], false, "nobody mutes themselves");
    });
}

#[test]
fn who_is_muted_is_not_told_of_unless_that_is_wanted() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let post = bob.writes("root", "public").await;
        ann.answers(&post, "@bob one", "public").await;
        assert_eq!(bob.get("/api/v1/notifications").await.ok().as_array().unwrap().len(), 1);
        let path = format!("/api/v1/accounts/{}/mute", ann.id());
        bob.post(&path).await.ok();
        assert_eq!(bob.get("/api/v1/notifications").await.ok(), json!([]), "what was told is gone");
        ann.answers(&post, "@bob two", "public").await;
        ann.post(&format!("/api/v1/statuses/{}/favourite", id(&post))).await.ok();
        assert_eq!(bob.get("/api/v1/notifications").await.ok(), json!([]));
        bob.post_form(&path, "notifications=false").await.ok();
        ann.post(&format!("/api/v1/statuses/{}/reblog", id(&post))).await.ok();
        assert_eq!(bob.get("/api/v1/notifications").await.ok()[0]["type"], "reblog");
    });
}

#[test]
fn a_conversation_that_is_left_tells_nothing_more() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let post = bob.writes("root", "public").await;
        let other = bob.writes("another", "public").await;
        let path = |verb: &str| format!("/api/v1/statuses/{}/{verb}", id(&post));
        assert_eq!(bob.post(&path("mute")).await.ok()["muted"], true);
        let answer = ann.answers(&post, "@bob hm", "public").await;
        ann.post(&path("favourite")).await.ok();
        assert_eq!(bob.get("/api/v1/notifications").await.ok(), json!([]));
        assert_eq!(bob.get(&format!("/api/v1/statuses/{}", id(&answer))).await.ok()["muted"], true);
        assert_eq!(bob.get(&format!("/api/v1/statuses/{}", id(&other))).await.ok()["muted"], false);
        assert_eq!(ann.get(&path("context")).await.ok()["descendants"][0]["muted"], false);
        assert_eq!(bob.post(&path("unmute")).await.ok()["muted"], false);
        ann.answers(&post, "@bob still", "public").await;
        assert_eq!(bob.get("/api/v1/notifications").await.ok()[0]["type"], "mention");
        let secret = bob.writes("for few", "private").await;
        ann.post(&format!("/api/v1/statuses/{}/mute", id(&secret))).await.refused(404);
    });
}

#[test]
fn mutes_page_by_their_time() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        for name in ["a", "b", "c"] {
            let other = server.peer(name).await;
            bob.post(&format!("/api/v1/accounts/{}/mute", other.id)).await.ok();
        }
        let first = bob.get("/api/v1/mutes?limit=2").await;
        let names = |list: &Value| {
            list.as_array()
                .unwrap()
                .iter()
                .map(|a| a["username"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&first.ok()), ["c", "b"]);
        let next = bob.get(&first.link("next").unwrap()).await;
        assert_eq!(names(&next.ok()), ["a"]);
    });
}

#[test]
fn a_blocked_server_is_met_nowhere_and_loses_its_followers() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let (zoe, far) = (server.peer("zoe").await, server.peer_at("zoe", "far.example").await);
        for other in [&zoe, &far] {
            let (other, me) = (other.id, bob.account.id);
            let follows = move |tx: &mut service::Tx| {
                for (one, two) in [(me, other), (other, me)] {
                    store::follow::request(tx, one, two, &format!("https://x.example/{one}/{two}"))?;
                    store::follow::accept(tx, one, two)?;
                }
                Ok(())
            };
            server.cx.write(follows).await.unwrap();
        }
        let post = server.peer_post(&zoe, Visibility::Public, &[bob.account.id]).await;
        let other = server.peer_post(&far, Visibility::Public, &[bob.account.id]).await;
        assert_eq!(bob.post_form("/api/v1/domain_blocks", "domain=There.example").await.ok(), json!({}));
        assert_eq!(bob.get("/api/v1/domain_blocks").await.ok(), json!(["there.example"]));
        for path in ["/api/v1/timelines/home", "/api/v1/timelines/public"] {
            assert_eq!(ids(&bob.get(path).await.ok()), [other.id.to_string()], "{path}");
        }
        let now = relationship(&bob, &zoe.id.to_string()).await;
        assert_eq!(
            (&now["domain_blocking"], &now["following"], &now["followed_by"]),
            (&json!(true), &json!(false), &json!(false))
        );
        assert_eq!(relationship(&bob, &far.id.to_string()).await["followed_by"], true);
        bob.post(&format!("/api/v1/accounts/{}/follow", zoe.id)).await.refused(403);
        let news = service::notify::News {
            to: bob.account.id,
            kind: domain::notification::NotificationKind::Follow,
            from: zoe.id,
            about: domain::notification::About::Sender,
        };
        server.cx.write(move |tx| service::notify::tell(tx, &news)).await.unwrap();
        assert_eq!(bob.get("/api/v1/notifications?types[]=follow").await.ok(), json!([]));
        assert_eq!(bob.delete("/api/v1/domain_blocks?domain=there.example").await.ok(), json!({}));
        assert_eq!(bob.get("/api/v1/domain_blocks").await.ok(), json!([]));
        assert!(ids(&bob.get("/api/v1/timelines/public").await.ok()).contains(&post.id.to_string()));
        for wrong in ["", "here.example", "no host"] {
            bob.post_json("/api/v1/domain_blocks", json!({ "domain": wrong })).await.refused(422);
        }
    });
}

#[test]
fn a_note_is_for_its_writers_eyes() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let path = format!("/api/v1/accounts/{}/note", ann.id());
        assert_eq!(bob.post_form(&path, "comment=sings+well").await.ok()["note"], "sings well");
        assert_eq!(relationship(&bob, &ann.id()).await["note"], "sings well");
        assert_eq!(relationship(&ann, &bob.id()).await["note"], "");
        assert_eq!(bob.post_form(&path, "comment=").await.ok()["note"], "");
        bob.post_json(&path, json!({ "comment": "x".repeat(2001) })).await.refused(422);
    });
}

#[test]
fn a_follow_for_some_languages_brings_only_these() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let path = format!("/api/v1/accounts/{}/follow", ann.id());
        let now = bob.post_form(&path, "languages[]=de&languages[]=fr").await.ok();
        assert_eq!(now["languages"], json!(["de", "fr"]));
        let writes = async |text: &str, language: &str| {
            ann.post_json("/api/v1/statuses", json!({ "status": text, "language": language })).await.ok()
        };
        let german = writes("ja", "de").await;
        writes("yes", "en").await;
        assert_eq!(ids(&bob.get("/api/v1/timelines/home").await.ok()), [id(&german)]);
        assert_eq!(bob.post_form(&path, "notify=true").await.ok()["languages"], json!(["de", "fr"]));
        assert_eq!(bob.post_form(&path, "languages[]=").await.ok()["languages"], Value::Null);
        let english = writes("yes again", "en").await;
        assert_eq!(ids(&bob.get("/api/v1/timelines/home").await.ok()), [id(&english), id(&german)]);
        assert_eq!(bob.get("/api/v1/notifications").await.ok()[0]["type"], "status");
        bob.post_form(&path, "languages[]=%3Cb%3E").await.refused(422);
    });
}
