use crate::stage::{Person, Server, id, on_each};
use domain::Visibility;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio_tungstenite::tungstenite::Message;

#[test]
fn a_token_is_taken_wherever_a_program_can_put_it() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        let (live, token) = (server.live().await, ann.token().to_owned());
        let bearer = format!("Bearer {token}");
        assert!(live.socket(&format!("access_token={token}"), &[]).await.is_ok());
        assert!(live.socket("stream=user", &[("authorization", &bearer)]).await.is_ok());
        let (_, headers) = live.socket("", &[("sec-websocket-protocol", &token)]).await.unwrap();
        assert_eq!(headers["sec-websocket-protocol"], token, "a browser closes it otherwise");
        for (query, headers) in [
            ("", &[][..]),
            ("access_token=wrong", &[]),
            ("", &[("authorization", "Bearer wrong")]),
            ("", &[("sec-websocket-protocol", "wrong")]),
        ] {
            assert_eq!(live.socket(query, headers).await.map(drop), Err(401), "{query}");
        }
        assert_eq!(ann.get("/api/v1/streaming").await.refused(400), "Unknown channel requested");
    });
}

#[test]
fn what_enters_home_is_told_at_once_and_as_the_timeline_shows_it() {
    on_each(async |server: Server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        ann.follows(&bob).await;
        let live = server.live().await;
        let mut socket = live.watch(&ann, "stream=user").await;
        let post = bob.writes("hello #there <&\"", "private").await;
        let (stream, event, payload) = socket.event().await;
        assert_eq!((stream, event.as_str()), (json!(["user"]), "update"));
        assert_eq!(payload, ann.get("/api/v1/timelines/home").await.ok()[0]);
        let boost = json!({ "visibility": "public" });
        let open = bob.writes("to be boosted", "public").await;
        socket.expect("update").await;
        ann.post(&format!("/api/v1/statuses/{}/favourite", id(&open))).await.ok();
        let carl = server.person("carl").await;
        ann.follows(&carl).await;
        ann.post(&format!("/api/v1/accounts/{}/unfollow", bob.id())).await.ok();
        carl.post_json(&format!("/api/v1/statuses/{}/reblog", id(&open)), boost).await.ok();
        let boosted = socket.expect("update").await;
        assert_eq!((id(&boosted["reblog"]), &boosted["favourited"]), (id(&open), &json!(true)));
        carl.post(&format!("/api/v1/statuses/{}/unreblog", id(&open))).await.ok();
        assert_eq!(socket.expect("delete").await.to_string(), id(&boosted));
        assert_ne!(id(&post), id(&open));
    });
}

#[test]
fn only_who_may_see_a_post_hears_of_it() {
    on_each(async |server: Server| {
        let (ann, bob, eve) =
            (server.person("ann").await, server.person("bob").await, server.person("eve").await);
        let live = server.live().await;
        let mut sockets = Vec::new();
        for stream in ["user", "public", "hashtag&tag=x", "direct", "public:local"] {
            sockets.push(live.watch(&eve, &format!("stream={stream}")).await);
        }
        bob.writes("@ann between us #x", "direct").await;
        bob.writes("for followers #x", "private").await;
        bob.post(&format!("/api/v1/accounts/{}/block", eve.id())).await.ok();
        bob.writes("for all but those I block #x", "public").await;
        for socket in &mut sockets {
            socket.is_silent().await;
        }
        let mut told = live.watch(&ann, "stream=user:notification").await;
        bob.writes("@ann again", "public").await;
        let (stream, event, payload) = told.event().await;
        assert_eq!((stream, event.as_str()), (json!(["user:notification"]), "notification"));
        assert_eq!((&payload["type"], &payload["account"]["username"]), (&json!("mention"), &json!("bob")));
    });
}

#[test]
fn everyones_posts_are_told_by_side_media_and_hashtag() {
    on_each(async |server: Server| {
        let (ann, zoe) = (server.person("ann").await, server.peer("zoe").await);
        let live = server.live().await;
        let mut all = live.watch(&ann, "stream=public").await;
        let mut here = live.watch(&ann, "stream=public:local").await;
        let mut there = live.watch(&ann, "stream=public:remote").await;
        let mut media = live.watch(&ann, "stream=public:media").await;
        let mut tag = live.watch(&ann, "stream=hashtag&tag=%23Choir").await;
        let ours = ann.writes("here #choir", "public").await;
        let theirs = server.peer_post(&zoe, Visibility::Public, &[]).await;
        let told = theirs.id;
        server
            .cx
            .write(move |tx| {
                tx.tell(domain::Event::Posted(told));
                Ok(())
            })
            .await
            .unwrap();
        assert_eq!(id(&all.expect("update").await), id(&ours));
        assert_eq!(id(&all.expect("update").await), theirs.id.to_string());
        assert_eq!(id(&here.expect("update").await), id(&ours));
        assert_eq!(id(&there.expect("update").await), theirs.id.to_string());
        let (stream, _, payload) = tag.event().await;
        assert_eq!((stream, id(&payload)), (json!(["hashtag", "#Choir"]), id(&ours)));
        let bob = server.person("bob").await;
        bob.answers(&ours, "an answer #choir", "public").await;
        assert_eq!(tag.expect("update").await["in_reply_to_id"], ours["id"]);
        ann.writes("unlisted #choir", "unlisted").await;
        for socket in [&mut all, &mut here, &mut there, &mut media, &mut tag] {
            socket.is_silent().await;
        }
    });
}

#[test]
fn edits_and_deletions_follow_a_post() {
    on_each(async |server: Server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        ann.follows(&bob).await;
        let live = server.live().await;
        let mut home = live.watch(&ann, "stream=user").await;
        let mut public = live.watch(&ann, "stream=public").await;
        let post = bob.writes("first", "public").await;
        let path = format!("/api/v1/statuses/{}", id(&post));
        bob.put_json(&path, json!({ "status": "second" })).await.ok();
        bob.delete(&path).await.ok();
        for socket in [&mut home, &mut public] {
            socket.expect("update").await;
            let edited = socket.expect("status.update").await;
            assert_eq!((id(&edited), &edited["content"]), (id(&post), &json!("<p>second</p>")));
            let message = socket.json().await;
            assert_eq!((&message["event"], &message["payload"]), (&json!("delete"), &post["id"]));
        }
        let hidden = bob.writes("for few", "private").await;
        bob.delete(&format!("/api/v1/statuses/{}", id(&hidden))).await.ok();
        home.expect("update").await;
        home.expect("delete").await;
        public.is_silent().await;
    });
}

#[test]
fn one_connection_carries_many_streams() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        let live = server.live().await;
        let mut socket = live.watch(&ann, "").await;
        socket.subscribe("user").await;
        socket.subscribe("user").await;
        socket.subscribe("public").await;
        socket.say(&json!({ "type": "subscribe", "stream": "hashtag", "tag": "a" })).await;
        socket.say(&json!({ "type": "subscribe", "stream": "nonsense" })).await;
        let refused: Value = socket.json().await;
        assert_eq!(refused, json!({ "error": "Unknown stream type", "status": 400 }));
        ann.writes("x #a", "public").await;
        let mut streams: Vec<String> = Vec::new();
        for _ in 0..3 {
            streams.push(socket.event().await.0.to_string());
        }
        streams.sort();
        assert_eq!(streams, [r#"["hashtag","a"]"#, r#"["public"]"#, r#"["user"]"#]);
        socket.say(&json!({ "type": "unsubscribe", "stream": "public" })).await;
        socket.say(&json!({ "type": "unsubscribe", "stream": "hashtag", "tag": "a" })).await;
        socket.say(&json!({ "type": "subscribe", "stream": "hashtag" })).await;
        assert_eq!(socket.json().await["error"], "Missing tag name parameter");
        ann.writes("y #a", "public").await;
        assert_eq!(socket.event().await.0, json!(["user"]));
        socket.is_silent().await;
    });
}

#[test]
fn what_is_no_message_is_refused_and_what_is_no_text_ends_it() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        let live = server.live().await;
        let mut socket = live.watch(&ann, "stream=nothing").await;
        assert_eq!(socket.json().await["status"], 400);
        socket.say(&json!("no object")).await;
        assert_eq!(socket.json().await["status"], 400);
        socket.say(&json!({ "type": "dance", "stream": "user" })).await;
        assert_eq!(socket.json().await["status"], 400);
        futures_util::SinkExt::send(&mut socket.0, Message::binary(vec![1, 2])).await.unwrap();
        assert_eq!(socket.closed().await, 1003);
    });
}

#[test]
fn a_token_reaches_as_far_as_its_scopes() {
    on_each(async |server: Server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let live = server.live().await;
        let told = ann.with(&server.token("ann", "read:notifications").await);
        let posts = ann.with(&server.token("ann", "read:statuses").await);
        let none = ann.with(&server.token("ann", "write").await);
        for (person, stream) in
            [(&told, "user"), (&told, "public"), (&posts, "user:notification"), (&none, "user")]
        {
            let mut socket = live.watch(person, &format!("stream={stream}")).await;
            let refused = socket.json().await;
            assert_eq!(refused["status"], 401, "{stream}: {refused}");
        }
        let mut socket = live.watch(&posts, "stream=user").await;
        bob.writes("@ann hello", "public").await;
        socket.is_silent().await;
        assert_eq!(told.get("/api/v1/streaming/user").await.status, 401);
    });
}

/// N34
#[test]
fn one_person_has_so_many_idle_sockets_and_no_more() {
    on_each(async |server: Server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let live = server.live().await;
        let mut open = Vec::new();
        let refused = loop {
            match live.socket(&format!("access_token={}", ann.token()), &[]).await {
                Ok(socket) => open.push(socket),
                Err(status) => break status,
            }
            assert!(open.len() < 200, "there is no end");
        };
        assert_eq!(refused, 429);
        live.watch(&bob, "stream=user").await;
        let held = server.cx.streams.count();
        drop(open);
        while server.cx.streams.count() + 60 > held {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        live.watch(&ann, "stream=user").await;
    });
}

/// N27
#[test]
fn a_stream_ends_when_its_token_does() {
    on_each(async |server: Server| {
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let live = server.live().await;
        let mut revoked = live.watch(&ann, "stream=user").await;
        let mut other = live.watch(&bob, "stream=user").await;
        let token = server.cx.access.caller(&server.cx, ann.token()).await.unwrap().unwrap().token_id;
        server
            .cx
            .write(move |tx| {
                let now = tx.now();
                Ok(store::oauth::revoke(tx, token, now)?)
            })
            .await
            .unwrap();
        assert_eq!(revoked.closed().await, 1008);
        bob.writes("still here", "public").await;
        other.expect("update").await;
    });
}

/// N27
#[test]
fn a_new_password_and_the_end_of_an_account_end_open_streams() {
    let ways = ["password", "suspended", "deleted"];
    on_each(async |server: Server| {
        let bob = server.person("bob").await;
        let live = server.live().await;
        let mut other = live.watch(&bob, "stream=user").await;
        for way in ways {
            let ann = server.person(&format!("ann_{way}")).await;
            let mut socket = live.watch(&ann, "stream=user").await;
            let mut events = live.events(&ann, "/api/v1/streaming/user").await;
            events.until(":)\n").await;
            ann.get("/api/v1/timelines/home").await.ok();
            let began = Instant::now();
            shut_out(&server, &ann, way).await;
            assert_eq!(socket.closed().await, 1008, "{way}");
            events.rest().await;
            assert_eq!(ann.get("/api/v1/timelines/home").await.status, 401, "{way}");
            assert!(began.elapsed() < Duration::from_secs(5), "{way}: {:?}", began.elapsed());
            assert_eq!(live.socket(&format!("access_token={}", ann.token()), &[]).await.err(), Some(401));
        }
        bob.writes("still here", "public").await;
        other.expect("update").await;
    });
}

async fn shut_out(server: &Server, person: &Person, way: &str) {
    let (cx, id) = (&server.cx, person.account.id);
    match way {
        "suspended" => cx.write(move |tx| service::moderation::suspend(tx, id)).await.map(drop).unwrap(),
        "deleted" => cx.write(move |tx| service::moderation::delete(tx, id)).await.map(drop).unwrap(),
        _ => {
            let name = person.account.handle.name.clone();
            let user = cx.read(move |tx| service::user::by_name(tx, &name)).await.unwrap().unwrap();
            service::user::set_password(cx, user.id, "another horse".into()).await.unwrap();
        }
    }
    cx.access.forget_account(id);
}

#[test]
fn a_server_that_stops_says_so() {
    on_each(async |server: Server| {
        let ann = server.person("ann").await;
        let mut live = server.live().await;
        let mut socket = live.watch(&ann, "stream=user").await;
        let mut events = live.events(&ann, "/api/v1/streaming/user").await;
        events.until("text/event-stream").await;
        live.stop.send(true).unwrap();
        assert_eq!(socket.closed().await, 1001);
        events.rest().await;
        (&mut live.hub).await.unwrap();
        assert!(server.cx.streams.is_empty());
    });
}
