use crate::stage::{Person, Server, id, ids, on_each};
use domain::Visibility;
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
        bob.get(&format!("/api/v2/search?q={}", "x".repeat(3000))).await.refused(422);
        // Of accounts alone there are none, as Mastodon says it.
        for query in ["", "?q=", "?q=%20"] {
            assert_eq!(bob.get(&format!("/api/v1/accounts/search{query}")).await.ok(), json!([]));
        }
    });
}

/// Lets the index catch up.
async fn indexed(server: &Server) {
    while service::search::fill(&server.cx).await.unwrap() == service::search::Filled::More {}
}

async fn found(person: &Person, query: &str) -> Vec<String> {
    let query: String = form_urlencoded::byte_serialize(query.as_bytes()).collect();
    ids(&person.get(&format!("/api/v2/search?type=statuses&q={query}")).await.ok()["statuses"])
}

#[test]
fn own_posts_are_found_by_their_words() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let first = bob.writes("The quick brown fox, caf\u{e9} #tree", "private").await;
        let second = bob.writes("quick as a \u{9ed2}\u{732b}\u{3067}\u{3059}", "direct").await;
        indexed(&server).await;
        for (query, wanted) in [
            ("QUICK", vec![&second, &first]),
            ("quick fox", vec![&first]),
            ("\"quick brown\"", vec![&first]),
            ("\"brown quick\"", vec![]),
            ("quick -fox", vec![&second]),
            ("cafe", vec![&first]),
            ("\u{732b}", vec![&second]),
            ("\u{9ed2}\u{732b}", vec![&second]),
            ("tree", vec![&first]),
            ("qui", vec![]),
            ("-fox", vec![]),
            ("from:me language:en quick", vec![]),
            ("from:me", vec![&second, &first]),
            ("from:@bob@here.example fox", vec![&first]),
            ("from:nobody fox", vec![]),
            ("has:media quick", vec![]),
            ("-has:media fox", vec![&first]),
            ("quick in:library", vec![&second, &first]),
            ("quick in:public", vec![]),
            ("quick before:2025-09-09", vec![]),
            ("quick during:2025-09-09", vec![&second, &first]),
            ("quick after:2025-09-08", vec![&second, &first]),
            ("quick -during:2025-09", vec![]),
            ("\u{1f389}", vec![]),
            ("\" OR 1=1 --", vec![]),
            ("words : \"fox\" NOT (", vec![]),
        ] {
            let wanted: Vec<String> = wanted.into_iter().map(id).collect();
            assert_eq!(found(&bob, query).await, wanted, "{query}");
        }
        bob.get("/api/v2/search?q=before:yesterday").await.refused(422);
        assert_eq!(
            server.get("/api/v2/search?q=quick").await.ok()["statuses"],
            json!([]),
            "nobody searches signed out"
        );
    });
}

#[test]
fn a_poll_is_found_by_what_it_lets_people_choose() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let poll = json!({ "options": ["Soprano", "Contralto"], "expires_in": 600 });
        let body = json!({ "status": "which voice?", "poll": poll });
        let asked = bob.post_json("/api/v1/statuses", body).await.ok();
        indexed(&server).await;
        assert_eq!(found(&bob, "contralto has:poll").await, [id(&asked)]);
    });
}

#[test]
fn others_posts_are_found_where_one_has_to_do_with_them_or_their_authors_agree() {
    on_each(async |server| {
        let (ann, bob, eve) =
            (server.person("ann").await, server.person("bob").await, server.person("eve").await);
        let open = bob.writes("needle in public", "public").await;
        let named = bob.writes("needle for @ann", "direct").await;
        let secret = bob.writes("needle for followers", "private").await;
        indexed(&server).await;
        assert_eq!(found(&ann, "needle").await, [id(&named)]);
        ann.post(&format!("/api/v1/statuses/{}/favourite", id(&open))).await.ok();
        assert_eq!(found(&ann, "needle").await, [id(&named), id(&open)]);
        assert_eq!(found(&eve, "needle").await, [""; 0]);
        bob.patch_form("/api/v1/accounts/update_credentials", "indexable=true").await.ok();
        indexed(&server).await;
        assert_eq!(found(&eve, "needle").await, [id(&open)]);
        assert_eq!(found(&eve, "needle in:library").await, [""; 0]);
        bob.post(&format!("/api/v1/accounts/{}/block", eve.id())).await.ok();
        assert_eq!(found(&eve, "needle").await, [""; 0]);
        assert_eq!(found(&bob, "needle").await, [id(&secret), id(&named), id(&open)]);
        bob.patch_form("/api/v1/accounts/update_credentials", "indexable=false").await.ok();
        let carl = server.person("carl").await;
        assert_eq!(found(&carl, "needle").await, [""; 0], "at once, whatever the index knows");
    });
}

#[test]
fn the_index_follows_edits_and_deletions() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let post = bob.writes("before", "public").await;
        indexed(&server).await;
        assert_eq!(found(&bob, "before").await, [id(&post)]);
        let path = format!("/api/v1/statuses/{}", id(&post));
        bob.put_json(&path, json!({ "status": "after" })).await.ok();
        indexed(&server).await;
        assert_eq!((found(&bob, "before").await, found(&bob, "after").await), (vec![], vec![id(&post)]));
        bob.delete(&path).await.ok();
        assert_eq!(found(&bob, "after").await, [""; 0]);
        indexed(&server).await;
        let (posts, accounts) = service::search::rebuild(&server.cx).await.unwrap();
        assert_eq!(posts, 0);
        assert!(accounts > 0);
    });
}

#[test]
fn an_index_built_anew_finds_what_was_there_before() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        let mut wanted = Vec::new();
        for number in 0..5 {
            wanted.insert(0, id(&bob.writes(&format!("needle {number}"), "public").await));
        }
        server.peer_post(&zoe, Visibility::Public, &[bob.account.id]).await;
        let (posts, _) = service::search::rebuild(&server.cx).await.unwrap();
        assert_eq!((posts, found(&bob, "needle").await), (6, wanted.clone()));
        let page = bob.get("/api/v2/search?q=needle&type=statuses&limit=2&offset=1").await.ok();
        assert_eq!(ids(&page["statuses"]), wanted[1..3]);
        let page = bob.get(&format!("/api/v2/search?q=needle&type=statuses&max_id={}", wanted[2])).await.ok();
        assert_eq!(ids(&page["statuses"]), wanted[3..]);
        let page = bob.get(&format!("/api/v2/search?q=needle&type=statuses&min_id={}", wanted[2])).await.ok();
        assert_eq!(ids(&page["statuses"]), wanted[..2]);
        let only = |id: &str| format!("/api/v2/search?q=needle&type=statuses&account_id={id}");
        assert_eq!(ids(&bob.get(&only(&bob.id())).await.ok()["statuses"]), wanted);
        assert_eq!(bob.get(&only(&zoe.id.to_string())).await.ok()["statuses"], json!([]));
        bob.get(&only("nonsense")).await.refused(404);
    });
}

#[test]
fn accounts_are_found_by_their_display_names_and_followed_ones_first() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let (first, second) = (server.peer("zoe").await, server.peer("yan").await);
        ann.patch_form("/api/v1/accounts/update_credentials", "display_name=Zora%20the%20Great").await.ok();
        indexed(&server).await;
        let found =
            async |query: &str| ids(&bob.get(&format!("/api/v1/accounts/search?q={query}")).await.ok());
        assert_eq!(found("great").await, [ann.id()]);
        assert_eq!(found("zora%20gr").await, [ann.id()]);
        assert_eq!(found("zo").await, [ann.id(), first.id.to_string()]);
        assert_eq!(found("there").await, [first.id.to_string(), second.id.to_string()], "zoe of there");
        assert_eq!(found("nobody").await, [""; 0]);
        bob.follows(&ann).await;
        assert_eq!(found("z").await[0], ann.id());
    });
}
