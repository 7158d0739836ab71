use crate::stage::{id, ids, on_each};
use domain::AccountState;
use domain::user::Role;
use serde_json::{Value, json};

/// <https://docs.joinmastodon.org/entities/Account/>
const MEMBERS: [&str; 34] = [
    "id",
    "username",
    "acct",
    "display_name",
    "locked",
    "bot",
    "discoverable",
    "indexable",
    "group",
    "created_at",
    "note",
    "url",
    "uri",
    "avatar",
    "avatar_static",
    "avatar_description",
    "header",
    "header_static",
    "header_description",
    "followers_count",
    "following_count",
    "statuses_count",
    "last_status_at",
    "hide_collections",
    "noindex",
    "emojis",
    "fields",
    "roles",
    "suspended",
    "limited",
    "memorial",
    "moved",
    "feature_approval",
    "show_media",
];

#[test]
fn an_account_of_ours_has_every_member() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        bob.writes("one", "public").await;
        let account = server.get(&format!("/api/v1/accounts/{}", bob.id())).await.ok();
        for member in MEMBERS {
            assert!(account.get(member).is_some(), "{member}");
        }
        assert_eq!((&account["acct"], &account["username"]), (&json!("bob"), &json!("bob")));
        assert_eq!(account["url"], "https://here.example/@bob");
        assert_eq!(account["uri"], "https://here.example/users/bob");
        assert_eq!(account["created_at"], "2025-09-09T06:40:00.000Z");
        assert_eq!(
            (&account["statuses_count"], &account["last_status_at"]),
            (&json!(1), &json!("2025-09-09"))
        );
        assert_eq!((&account["moved"], &account["roles"]), (&Value::Null, &json!([])));
    });
}

#[test]
fn an_account_of_a_peer_carries_its_domain() {
    on_each(async |server| {
        let zoe = server.peer("zoe").await;
        let account = server.get(&format!("/api/v1/accounts/{}", zoe.id)).await.ok();
        assert_eq!(account["acct"], "zoe@there.example");
        assert_eq!(
            (&account["uri"], &account["url"]),
            (&json!(zoe.actor_id.as_str()), &json!(zoe.actor_id.as_str()))
        );
        assert_eq!((&account["roles"], &account["noindex"]), (&Value::Null, &Value::Null));
    });
}

#[test]
fn an_account_that_moved_leads_to_where_it_went() {
    on_each(async |server| {
        let (old, new) = (server.peer("old").await, server.peer("new").await);
        let (mut gone, to) = (old.clone(), new.actor_id.clone());
        gone.moved_to = Some(to);
        server.cx.write(move |tx| Ok(store::account::update(tx, &gone, 1)?)).await.unwrap();
        let account = server.get(&format!("/api/v1/accounts/{}", old.id)).await.ok();
        assert_eq!(account["moved"]["acct"], "new@there.example");
        assert_eq!(account["moved"]["moved"], Value::Null);
        // So does the author of a post.
        let post = server.peer_post(&old, domain::Visibility::Public, &[]).await;
        let post = server.get(&format!("/api/v1/statuses/{}", post.id)).await.ok();
        assert_eq!(post["account"]["moved"]["acct"], "new@there.example");
    });
}

#[test]
fn what_is_no_account_is_not_found() {
    on_each(async |server| {
        let gone = server.peer("gone").await;
        server.set_state(gone.id, AccountState::Deleted).await;
        for wrong in ["0", "1", "abc", "-1", "99999999999999999999", &gone.id.to_string()] {
            assert_eq!(
                server.get(&format!("/api/v1/accounts/{wrong}")).await.refused(404),
                "Record not found"
            );
        }
    });
}

#[test]
fn a_suspended_account_shows_nothing_of_itself() {
    on_each(async |server| {
        let zoe = server.peer("zoe").await;
        server.peer_post(&zoe, domain::Visibility::Public, &[]).await;
        server.set_state(zoe.id, AccountState::Suspended).await;
        let account = server.get(&format!("/api/v1/accounts/{}", zoe.id)).await.ok();
        assert_eq!((&account["suspended"], &account["display_name"]), (&json!(true), &json!("")));
        assert_eq!(server.get(&format!("/api/v1/accounts/{}/statuses", zoe.id)).await.ok(), json!([]));
        assert_eq!(server.get("/api/v1/timelines/public").await.ok(), json!([]));
    });
}

#[test]
fn several_accounts_come_in_the_order_asked_for_once_each() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let path =
            format!("/api/v1/accounts?id[]={}&id[]=7&id[]=x&id[]={}&id[]={}", ann.id(), bob.id(), ann.id());
        assert_eq!(ids(&server.get(&path).await.ok()), [ann.id(), bob.id()]);
        assert_eq!(server.get("/api/v1/accounts").await.ok(), json!([]));
    });
}

#[test]
fn a_handle_is_looked_up_in_all_its_forms() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        for form in ["bob", "@bob", "BOB", "bob@here.example", "acct:bob@here.example"] {
            let found = server.get(&format!("/api/v1/accounts/lookup?acct={form}")).await.ok();
            assert_eq!(id(&found), bob.id(), "{form}");
        }
        let found = server.get("/api/v1/accounts/lookup?acct=zoe@there.example").await.ok();
        assert_eq!(id(&found), zoe.id.to_string());
        for wrong in ["", "nobody", "zoe", "a/b", "bob@elsewhere.example"] {
            server.get(&format!("/api/v1/accounts/lookup?acct={wrong}")).await.refused(404);
        }
    });
}

#[test]
fn an_owner_sees_the_source_and_the_role() {
    on_each(async |server| {
        let root = server.person_as("chief", Role::Admin).await;
        let own = root.get("/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!(own["role"]["name"], "Admin");
        let source = &own["source"];
        assert_eq!((&source["privacy"], &source["sensitive"]), (&json!("public"), &json!(false)));
        assert_eq!((&source["note"], &source["follow_requests_count"]), (&json!(""), &json!(0)));
        for member in
            ["fields", "language", "hide_collections", "discoverable", "indexable", "attribution_domains"]
        {
            assert!(source.get(member).is_some(), "{member}");
        }
        for member in MEMBERS {
            assert!(own.get(member).is_some(), "{member}");
        }
    });
}

#[test]
fn an_owner_changes_the_profile_and_reads_it_back() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let form = "display_name=B%C3%B6b&note=I+like+https://a.example&locked=true&bot=1&discoverable=true\
            &fields_attributes[0][name]=Site&fields_attributes[0][value]=https://b.example\
            &source[privacy]=private&source[sensitive]=true&source[language]=de";
        let own = bob.patch_form("/api/v1/accounts/update_credentials", form).await.ok();
        assert_eq!((&own["display_name"], &own["locked"]), (&json!("Böb"), &json!(true)));
        assert_eq!((&own["bot"], &own["discoverable"]), (&json!(true), &json!(true)));
        assert!(own["note"].as_str().unwrap().contains("href=\"https://a.example"), "{own}");
        assert_eq!(own["source"]["note"], "I like https://a.example");
        assert_eq!(own["source"]["fields"][0]["value"], "https://b.example");
        assert!(own["fields"][0]["value"].as_str().unwrap().contains("<a "));
        assert_eq!(own["source"]["privacy"], "private");
        assert_eq!(bob.get("/api/v1/accounts/verify_credentials").await.ok(), own);
        let preferences = bob.get("/api/v1/preferences").await.ok();
        assert_eq!(preferences["posting:default:visibility"], "private");
        assert_eq!(preferences["posting:default:language"], "de");
        let status = bob.post_form("/api/v1/statuses", "status=hello").await.ok();
        assert_eq!((&status["visibility"], &status["language"]), (&json!("private"), &json!("de")));
        let own = bob.patch_form("/api/v1/accounts/update_credentials", "bot=false").await.ok();
        assert_eq!((&own["bot"], &own["display_name"]), (&json!(false), &json!("Böb")));
        // What a program did not set and wrote all the same.
        let form = "fields_attributes=undefined&source=undefined&display_name=Bob";
        let own = bob.patch_form("/api/v1/accounts/update_credentials", form).await.ok();
        assert_eq!((&own["display_name"], &own["source"]["privacy"]), (&json!("Bob"), &json!("private")));
        assert_eq!(own["source"]["fields"][0]["value"], "https://b.example");
    });
}

#[test]
fn a_change_that_cannot_be_is_refused_and_changes_nothing() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let long = format!("display_name={}", "x".repeat(101));
        for form in [
            long.as_str(),
            "source[privacy]=everyone",
            "source[language]=no+tag",
            "locked=perhaps",
            "attribution_domains[]=no+host",
        ] {
            bob.patch_form("/api/v1/accounts/update_credentials", &format!("note=changed&{form}"))
                .await
                .refused(422);
        }
        assert_eq!(bob.get("/api/v1/accounts/verify_credentials").await.ok()["source"]["note"], "");
    });
}

#[test]
fn the_statuses_of_an_account_can_be_narrowed() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        let hers = ann.writes("hers", "public").await;
        let mine = bob.writes("mine", "public").await;
        let reply = bob.answers(&hers, "@ann reply", "public").await;
        let boost = bob.post(&format!("/api/v1/statuses/{}/reblog", id(&hers))).await.ok();
        let list = async |query: &str| {
            ids(&server.get(&format!("/api/v1/accounts/{}/statuses{query}", bob.id())).await.ok())
        };
        assert_eq!(list("").await, [id(&boost), id(&reply), id(&mine)]);
        assert_eq!(list("?exclude_replies=true").await, [id(&boost), id(&mine)]);
        assert_eq!(list("?exclude_reblogs=1").await, [id(&reply), id(&mine)]);
        assert_eq!(list("?only_media=true").await, [""; 0]);
        assert_eq!(list("?pinned=true").await, [""; 0]);
        let direct = bob.writes("@ann hush", "direct").await;
        let own = async |query: &str| {
            ids(&bob.get(&format!("/api/v1/accounts/{}/statuses{query}", bob.id())).await.ok())
        };
        assert_eq!(own("").await, [id(&direct), id(&boost), id(&reply), id(&mine)]);
        assert_eq!(own("?exclude_direct=true").await, [id(&boost), id(&reply), id(&mine)]);
        server.get("/api/v1/accounts/7/statuses").await.refused(404);
        server.get("/api/v1/accounts/7/statuses?pinned=true").await.refused(404);
    });
}

#[test]
fn the_lines_of_a_profile_keep_the_bounds_that_the_server_tells() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let told = server.get("/api/v2/instance").await.ok()["configuration"]["accounts"].clone();
        let bound = |name: &str| usize::try_from(told[name].as_u64().unwrap()).unwrap();
        let (most, name) = (bound("max_profile_fields"), "n".repeat(bound("profile_field_name_limit")));
        let value = "v".repeat(bound("profile_field_value_limit"));
        let change = async |lines: Vec<Value>| {
            let body = json!({ "fields_attributes": lines });
            bob.send_json(http::Method::PATCH, "/api/v1/accounts/update_credentials", body).await
        };
        let line = json!({ "name": name, "value": value });
        // Lines that stay empty do not count.
        let mut lines = vec![line.clone(); most];
        lines.push(json!({ "name": "", "value": " " }));
        let own = change(lines).await.ok();
        assert_eq!(own["source"]["fields"].as_array().unwrap().len(), most);
        for (lines, words) in [
            (vec![line; most + 1], "too many"),
            (vec![json!({ "name": format!("{name}n"), "value": "v" })], "too long"),
            (vec![json!({ "name": "n", "value": format!("{value}v") })], "too long"),
        ] {
            let said = change(lines).await.refused(422);
            assert!(said.starts_with("Validation failed: Fields") && said.contains(words), "{said}");
        }
    });
}
