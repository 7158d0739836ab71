//! The directory, suggestions, who of those one follows follows somebody.

use crate::stage::{Person, id, ids, on_each};
use domain::Visibility;
use serde_json::{Value, json};
use std::time::Duration;

async fn wants_to_be_found(person: &Person) {
    person.patch_form("/api/v1/accounts/update_credentials", "discoverable=true").await.ok();
}

#[test]
fn the_directory_lists_who_wishes_to_be_found() {
    on_each(async |server| {
        let [bob, ann, eve, hal] = server.people(["bob", "ann", "eve", "hal"]).await;
        for person in [&bob, &ann, &eve] {
            wants_to_be_found(person).await;
        }
        server.clock.advance(Duration::from_secs(1));
        ann.writes("later", "public").await;
        server.clock.advance(Duration::from_secs(1));
        bob.writes("latest", "public").await;
        let list = async |query: &str| ids(&server.get(&format!("/api/v1/directory?{query}")).await.ok());
        assert_eq!(list("").await, [bob.id(), ann.id(), eve.id()]);
        assert_eq!(list("order=new").await, [eve.id(), ann.id(), bob.id()]);
        assert_eq!(list("order=active&offset=1&limit=1").await, [ann.id()]);
        assert_eq!(list("local=true").await.len(), 3);
        server.get("/api/v1/directory?order=best").await.refused(422);
        hal.post(&format!("/api/v1/accounts/{}/block", bob.id())).await.ok();
        hal.post(&format!("/api/v1/accounts/{}/mute", eve.id())).await.ok();
        assert_eq!(ids(&hal.get("/api/v1/directory").await.ok()), [ann.id()]);
    });
}

#[test]
fn suggested_are_friends_of_friends_then_who_is_active_here() {
    on_each(async |server| {
        let [bob, ann, eve, hal] = server.people(["bob", "ann", "eve", "hal"]).await;
        for person in [&ann, &eve, &hal] {
            wants_to_be_found(person).await;
        }
        bob.follows(&ann).await;
        ann.follows(&eve).await;
        hal.writes("here I am", "public").await;
        ann.writes("me too", "public").await;
        let found = bob.get("/api/v2/suggestions").await.ok();
        let said: Vec<(String, &Value)> =
            found.as_array().unwrap().iter().map(|it| (id(&it["account"]), &it["sources"])).collect();
        let (friends, active) = (json!(["friends_of_friends"]), json!(["most_followed"]));
        assert_eq!(said, [(eve.id(), &friends), (hal.id(), &active)]);
        assert_eq!(ids(&bob.get("/api/v1/suggestions?limit=1").await.ok()), [eve.id()]);
        assert_eq!(bob.delete(&format!("/api/v1/suggestions/{}", eve.id())).await.ok(), json!({}));
        assert_eq!(ids(&bob.get("/api/v1/suggestions").await.ok()), [hal.id()]);
        bob.delete("/api/v1/suggestions/7").await.refused(404);
        server.get("/api/v2/suggestions").await.refused(401);
    });
}

#[test]
fn familiar_followers_are_those_one_follows() {
    on_each(async |server| {
        let [bob, ann, eve, hal] = server.people(["bob", "ann", "eve", "hal"]).await;
        bob.follows(&ann).await;
        bob.follows(&hal).await;
        ann.follows(&eve).await;
        hal.follows(&eve).await;
        eve.follows(&hal).await;
        let path = format!("/api/v1/accounts/familiar_followers?id[]={}&id[]={}&id[]=7", eve.id(), hal.id());
        let found = bob.get(&path).await.ok();
        assert_eq!(ids(&found), [eve.id(), hal.id()]);
        assert_eq!(ids(&found[0]["accounts"]), [hal.id(), ann.id()]);
        assert_eq!(found[1]["accounts"], json!([]));
        hal.patch_form("/api/v1/accounts/update_credentials", "hide_collections=true").await.ok();
        assert_eq!(ids(&bob.get(&path).await.ok()[0]["accounts"]), [ann.id()]);
    });
}

#[test]
fn who_hides_follows_shows_them_to_nobody_else() {
    on_each(async |server| {
        let (bob, ann) = (server.person("bob").await, server.person("ann").await);
        bob.follows(&ann).await;
        let own = bob.patch_form("/api/v1/accounts/update_credentials", "hide_collections=true").await.ok();
        assert_eq!(
            (&own["hide_collections"], &own["source"]["hide_collections"]),
            (&json!(true), &json!(true))
        );
        let path = format!("/api/v1/accounts/{}/following", bob.id());
        assert_eq!(ann.get(&path).await.ok(), json!([]));
        assert_eq!(server.get(&path).await.ok(), json!([]));
        assert_eq!(ids(&bob.get(&path).await.ok()), [ann.id()]);
        assert_eq!(ann.get(&format!("/api/v1/accounts/{}", bob.id())).await.ok()["following_count"], 1);
    });
}

#[test]
fn the_own_profile_is_as_it_was_typed_and_changes() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let members = [
            "id",
            "display_name",
            "note",
            "fields",
            "avatar",
            "avatar_static",
            "avatar_description",
            "header",
            "header_static",
            "header_description",
            "locked",
            "bot",
            "hide_collections",
            "discoverable",
            "indexable",
            "show_media",
            "show_media_replies",
            "show_featured",
            "attribution_domains",
        ];
        let profile = bob.get("/api/v1/profile").await.ok();
        for member in members {
            assert!(profile.get(member).is_some(), "{member}");
        }
        assert_eq!((&profile["avatar"], &profile["show_media"]), (&Value::Null, &json!(true)));
        let form = "note=a+*b*+https://bob.example&show_media=false&show_featured=false&attribution_domains[]=https://Bob.example/\
                    &fields_attributes[0][name]=Site&fields_attributes[0][value]=https://bob.example/";
        let profile = bob.patch_form("/api/v1/profile", form).await.ok();
        assert_eq!(
            (&profile["note"], &profile["show_media"]),
            (&json!("a *b* https://bob.example"), &json!(false))
        );
        assert_eq!(profile["attribution_domains"], json!(["bob.example"]));
        assert_eq!(
            profile["fields"],
            json!([{ "name": "Site", "value": "https://bob.example/", "verified_at": null }])
        );
        let account = server.get(&format!("/api/v1/accounts/{}", bob.id())).await.ok();
        assert_eq!(
            (&account["show_media"], &account["show_featured"], &account["show_media_replies"]),
            (&json!(false), &json!(false), &json!(true))
        );
        let own = bob.get("/api/v1/accounts/verify_credentials").await.ok();
        assert_eq!(own["source"]["attribution_domains"], json!(["bob.example"]));
        bob.patch_form("/api/v1/profile", "attribution_domains[]=no+host").await.refused(422);
        let many = "attribution_domains[]=a.example&".repeat(11);
        bob.patch_form("/api/v1/profile", &many).await.refused(422);
        let token = server.token("bob", "read").await;
        bob.with(&token).patch_form("/api/v1/profile", "note=x").await.refused(403);
    });
}

#[test]
fn only_public_lists_leave_out_a_silenced_account() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let zoe = server.peer("zoe").await;
        server.peer_post(&zoe, Visibility::Public, &[bob.account.id]).await;
        server.set_state(zoe.id, domain::AccountState::Silenced).await;
        assert_eq!(bob.get("/api/v1/timelines/public").await.ok(), json!([]));
        assert_eq!(bob.get("/api/v1/timelines/home").await.ok().as_array().unwrap().len(), 1);
    });
}
