use crate::stage::{id, ids, on_each};
use serde_json::json;

#[test]
fn accounts_are_found_by_the_beginning_of_their_handle() {
    on_each(async |server| {
        let (bob, bobby) = (server.person("bob").await, server.person("bobby").await);
        let boz = server.peer("bozena").await;
        bobby.follows(&bob).await;
        let found = bobby.get("/api/v2/search?q=BOB&type=accounts").await.ok();
        assert_eq!(ids(&found["accounts"]), [bob.id(), bobby.id()]);
        assert_eq!((&found["statuses"], &found["hashtags"]), (&json!([]), &json!([])));
        assert_eq!(
            ids(&bobby.get("/api/v1/accounts/search?q=bo").await.ok()),
            [bob.id(), bobby.id(), boz.id.to_string()]
        );
        assert_eq!(
            ids(&bobby.get("/api/v1/accounts/search?q=@bozena@there").await.ok()),
            [boz.id.to_string()]
        );
        assert_eq!(ids(&bobby.get("/api/v1/accounts/search?q=bo&following=true").await.ok()), [bob.id()]);
        assert_eq!(ids(&bobby.get("/api/v1/accounts/search?q=bo&limit=1&offset=1").await.ok()), [bobby.id()]);
    });
}

#[test]
fn a_handle_or_url_of_ours_leads_to_it() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let post = bob.writes("findable", "public").await;
        for text in [
            "@bob@here.example",
            "bob@here.example",
            "https://here.example/@bob",
            "https://here.example/users/bob",
        ] {
            let found = bob.get(&format!("/api/v2/search?q={text}&resolve=true")).await.ok();
            assert_eq!(ids(&found["accounts"]), [bob.id()], "{text}");
        }
        for text in [post["url"].as_str().unwrap(), post["uri"].as_str().unwrap()] {
            let found = server.get(&format!("/api/v2/search?q={text}")).await.ok();
            assert_eq!(ids(&found["statuses"]), [id(&post)], "{text}");
        }
        let other = format!("https://here.example/@ann/{}", id(&post));
        assert_eq!(
            bob.get(&format!("/api/v2/search?q={other}&resolve=true")).await.ok()["statuses"],
            json!([])
        );
    });
}

#[test]
fn a_peer_that_cannot_be_reached_is_an_empty_result() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        // The client of these tests reaches no loopback and no private network.
        for text in [
            "zoe@127.0.0.1:9",
            "https://127.0.0.1:9/users/zoe",
            "http://10.0.0.1/x",
            "https://user:pw@a.example/",
        ] {
            let found = bob.get(&format!("/api/v2/search?q={text}&resolve=true")).await.ok();
            assert_eq!(
                found,
                json!({ "accounts": [], "statuses": [], "hashtags": [], "collections": [] }),
                "{text}"
            );
        }
    });
}

#[test]
fn hashtags_are_found_by_their_beginning() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        bob.writes("#choir #choirs", "public").await;
        bob.writes("#Choirs again", "public").await;
        bob.writes("#choirsecret", "private").await;
        let names = async |query: &str| {
            let found = bob.get(&format!("/api/v2/search?q={query}")).await.ok();
            found["hashtags"]
                .as_array()
                .unwrap()
                .iter()
                .map(|tag| tag["name"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(names("%23choir").await, ["choirs", "choir"]);
        assert_eq!(names("CHOIR&type=hashtags&limit=1").await, ["choirs"]);
        assert_eq!(names("CHOIR&type=hashtags&limit=1&offset=1").await, ["choir"]);
        assert_eq!(names("choir&type=accounts").await, [""; 0]);
    });
}

#[test]
fn a_search_for_nothing_is_refused() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        bob.get("/api/v2/search").await.refused(400);
        bob.get("/api/v2/search?q=%20").await.refused(400);
        bob.get("/api/v2/search?q=x&type=people").await.refused(422);
        bob.get("/api/v2/search?q=x&account_id=1").await.refused(422);
        bob.get(&format!("/api/v2/search?q={}", "x".repeat(3000))).await.refused(422);
        bob.get("/api/v1/accounts/search").await.refused(400);
    });
}
