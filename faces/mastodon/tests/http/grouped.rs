use crate::stage::{Person, Server, id, ids, on_each};
use domain::user::Role;
use serde_json::{Value, json};

/// Four people who like Ann's post, the last of whom boosts it and follows her.
async fn crowd(server: &Server) -> (Person, Vec<Person>, Value) {
    let ann = server.person("ann").await;
    let post = ann.writes("hers", "public").await;
    let mut others = Vec::new();
    for name in ["bob", "cid", "dan", "eve"] {
        let other = server.person(name).await;
        other.post(&format!("/api/v1/statuses/{}/favourite", id(&post))).await.ok();
        others.push(other);
    }
    others[3].post(&format!("/api/v1/statuses/{}/reblog", id(&post))).await.ok();
    others[3].follows(&ann).await;
    (ann, others, post)
}

fn types(found: &Value) -> Vec<&str> {
    let groups = found["notification_groups"].as_array().unwrap();
    groups.iter().map(|group| group["type"].as_str().unwrap()).collect()
}

#[test]
fn those_who_like_one_post_are_one_group() {
    on_each(async |server| {
        let (ann, others, post) = crowd(&server).await;
        let found = ann.get("/api/v2/notifications").await.ok();
        assert_eq!(types(&found), ["follow", "reblog", "favourite"]);
        let all = ids(&ann.get("/api/v1/notifications?types[]=favourite").await.ok());
        let likes = &found["notification_groups"][2];
        assert_eq!(likes["notifications_count"], 4);
        assert_eq!(likes["most_recent_notification_id"].to_string(), all[0]);
        assert_eq!((&likes["page_max_id"], &likes["page_min_id"]), (&json!(all[0]), &json!(all[3])));
        assert_eq!(likes["status_id"], json!(id(&post)));
        assert!(likes["latest_page_notification_at"].is_string());
        let newest_first: Vec<_> = others.iter().rev().map(Person::id).collect();
        assert_eq!(likes["sample_account_ids"], json!(newest_first));
        // Everybody and everything that is named is there once.
        assert_eq!(ids(&found["statuses"]), [id(&post)]);
        let mut named = ids(&found["accounts"]);
        named.sort();
        let mut wanted = newest_first;
        wanted.sort();
        assert_eq!(named, wanted);
        assert!(found.get("partial_accounts").is_some_and(serde_json::Value::is_null));
        // The same key stands on each of them.
        for one in ann.get("/api/v1/notifications?types[]=favourite").await.ok().as_array().unwrap() {
            assert_eq!(one["group_key"], likes["group_key"]);
        }
    });
}

#[test]
fn only_the_newest_of_a_group_is_shown_whole_where_pictures_are_enough() {
    on_each(async |server| {
        let (ann, others, _) = crowd(&server).await;
        let found = ann.get("/api/v2/notifications?expand_accounts=partial_avatars").await.ok();
        assert_eq!(ids(&found["accounts"]), [others[3].id()]);
        let partial = found["partial_accounts"].as_array().unwrap();
        assert_eq!(ids(&found["partial_accounts"]), [2, 1, 0].map(|at: usize| others[at].id()));
        for member in ["id", "acct", "locked", "bot", "url", "avatar", "avatar_static"] {
            assert!(!partial[0][member].is_null(), "{member}");
        }
        assert!(partial[0].get("note").is_none());
        ann.get("/api/v2/notifications?expand_accounts=all").await.refused(400);
    });
}

#[test]
fn a_program_says_which_kinds_it_can_group() {
    on_each(async |server| {
        let (ann, _, _) = crowd(&server).await;
        let found = ann.get("/api/v2/notifications?grouped_types[]=reblog").await.ok();
        assert_eq!(types(&found), ["follow", "reblog", "favourite", "favourite", "favourite", "favourite"]);
        let all = ids(&ann.get("/api/v1/notifications").await.ok());
        let group = &found["notification_groups"][2];
        assert_eq!(group["group_key"], json!(format!("ungrouped-{}", all[2])));
        assert_eq!((&group["page_min_id"], &group["page_max_id"]), (&json!(all[2]), &json!(all[2])));
        let count = async |query: &str| {
            ann.get(&format!("/api/v2/notifications/unread_count{query}")).await.ok()["count"].clone()
        };
        assert_eq!((count("").await, count("?grouped_types[]=reblog").await), (json!(3), json!(6)));
        assert_eq!((count("?limit=2").await, count("?types[]=favourite").await), (json!(2), json!(1)));
        let none = ann.get("/api/v2/notifications?types[]=nonsense").await.ok();
        assert_eq!(
            none,
            json!({ "accounts": [], "statuses": [], "notification_groups": [], "partial_accounts": null })
        );
    });
}

#[test]
fn groups_are_paged_without_showing_one_twice_on_a_page() {
    on_each(async |server| {
        let (ann, others, post) = crowd(&server).await;
        let second = ann.writes("another", "public").await;
        others[0].post(&format!("/api/v1/statuses/{}/favourite", id(&second))).await.ok();
        let mut seen = Vec::new();
        let mut next = Some("/api/v2/notifications?limit=2".to_owned());
        let mut prev = None;
        while let Some(path) = next {
            let page = ann.get(&path).await;
            let found = page.ok();
            seen.push(types(&found).into_iter().map(str::to_owned).collect::<Vec<_>>());
            next = page.link("next");
            prev = page.link("prev").or(prev);
        }
        assert_eq!(seen[..2], [vec!["favourite", "follow"], vec!["reblog", "favourite"]]);
        // What is left of the group of four comes on the page after.
        assert_eq!(seen[2], ["favourite"]);
        let up = ann.get(&prev.unwrap()).await.ok();
        assert_eq!(types(&up).len(), 2);
        // Since the oldest like of the first post: the rest of the group, one line.
        let all = ann.get("/api/v1/notifications?types[]=favourite").await.ok();
        let oldest = id(all.as_array().unwrap().last().unwrap());
        let since = ann.get(&format!("/api/v2/notifications?since_id={oldest}&types[]=favourite")).await.ok();
        assert_eq!(since["notification_groups"][1]["status_id"], json!(id(&post)));
        assert_ne!(since["notification_groups"][1]["page_min_id"], json!(oldest));
    });
}

#[test]
fn a_group_is_shown_listed_and_dismissed_by_its_key() {
    on_each(async |server| {
        let (ann, others, _) = crowd(&server).await;
        let found = ann.get("/api/v2/notifications").await.ok();
        let key = found["notification_groups"][2]["group_key"].as_str().unwrap().to_owned();
        let one = ann.get(&format!("/api/v2/notifications/{key}")).await.ok();
        assert_eq!(types(&one), ["favourite"]);
        assert_eq!(one["notification_groups"][0]["notifications_count"], 4);
        assert!(one["notification_groups"][0]["page_min_id"].is_null());
        let first = ann.get(&format!("/api/v2/notifications/{key}/accounts?limit=3")).await;
        assert_eq!(ids(&first.ok()), [3, 2, 1].map(|at: usize| others[at].id()));
        assert_eq!(ids(&ann.get(&first.link("next").unwrap()).await.ok()), [others[0].id()]);
        // Others have no such group.
        others[0].get(&format!("/api/v2/notifications/{key}")).await.refused(404);
        assert_eq!(others[0].post(&format!("/api/v2/notifications/{key}/dismiss")).await.ok(), json!({}));
        assert_eq!(ann.post(&format!("/api/v2/notifications/{key}/dismiss")).await.ok(), json!({}));
        ann.get(&format!("/api/v2/notifications/{key}")).await.refused(404);
        assert_eq!(types(&ann.get("/api/v2/notifications").await.ok()), ["follow", "reblog"]);
        let alone = ids(&ann.get("/api/v1/notifications").await.ok())[0].clone();
        let one = ann.get(&format!("/api/v2/notifications/ungrouped-{alone}")).await.ok();
        assert_eq!(one["notification_groups"][0]["group_key"], json!(format!("ungrouped-{alone}")));
        ann.get("/api/v2/notifications/nonsense").await.refused(404);
    });
}

#[test]
fn a_group_ends_after_twelve_hours() {
    on_each(async |server| {
        let (ann, _, post) = crowd(&server).await;
        let like = async |name: &str| {
            let other = server.person(name).await;
            other.post(&format!("/api/v1/statuses/{}/favourite", id(&post))).await.ok();
        };
        server.clock.advance(std::time::Duration::from_secs(10 * 3600));
        like("fay").await;
        assert_eq!(types(&ann.get("/api/v2/notifications?types[]=favourite").await.ok()).len(), 1);
        server.clock.advance(std::time::Duration::from_secs(3 * 3600));
        like("gus").await;
        let found = ann.get("/api/v2/notifications?types[]=favourite").await.ok();
        let groups = found["notification_groups"].as_array().unwrap().iter();
        let counts: Vec<_> = groups.map(|group| group["notifications_count"].clone()).collect();
        assert_eq!(counts, [1, 5]);
    });
}

#[test]
fn administrators_are_told_who_signed_up() {
    on_each(async |server| {
        let boss = server.person_as("boss", Role::Admin).await;
        let (ann, bob) = (server.person("ann").await, server.person("bob").await);
        let found = boss.get("/api/v2/notifications").await.ok();
        assert_eq!(types(&found), ["admin.sign_up"]);
        assert_eq!(found["notification_groups"][0]["sample_account_ids"], json!([bob.id(), ann.id()]));
        assert_eq!(types(&ann.get("/api/v2/notifications").await.ok()), [""; 0]);
    });
}

#[test]
fn administrators_are_told_of_reports_and_owners_of_follows_that_ended() {
    on_each(async |server| {
        let boss = server.person_as("boss", Role::Admin).await;
        let ann = server.person("ann").await;
        let troll = server.peer("troll").await;
        let body = json!({ "account_id": troll.id.to_string(), "comment": "a troll" });
        ann.post_json("/api/v1/reports", body).await.ok();
        let told = boss.get("/api/v1/notifications?types[]=admin.report").await.ok();
        assert_eq!(told[0]["report"]["comment"], "a troll");
        assert_eq!(told[0]["report"]["target_account"]["id"], json!(troll.id.to_string()));
        assert_eq!(id(&told[0]["account"]), ann.id());
        let group =
            &boss.get("/api/v2/notifications?types[]=admin.report").await.ok()["notification_groups"][0];
        assert_eq!(group["report"]["comment"], "a troll");
        ann.post(&format!("/api/v1/accounts/{}/follow", troll.id)).await.ok();
        ann.post_form("/api/v1/domain_blocks", "domain=there.example").await.ok();
        let told = ann.get("/api/v1/notifications").await.ok();
        let event = &told[0]["event"];
        assert_eq!(
            (&told[0]["type"], &event["target_name"]),
            (&json!("severed_relationships"), &json!("there.example"))
        );
        assert_eq!((&event["type"], &event["following_count"]), (&json!("user_domain_block"), &json!(1)));
    });
}
