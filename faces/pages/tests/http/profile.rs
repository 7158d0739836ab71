//! Profiles and their feeds.

use crate::world::{EVIL, World, on_each};
use domain::account::Field;
use domain::post::PostText;
use domain::{Account, AccountState, PostId, Visibility};

async fn said_all_ways(world: &World, author: &Account) {
    for (text, visibility) in [
        ("said to all", Visibility::Public),
        ("said quietly", Visibility::Unlisted),
        ("said to followers", Visibility::Followers),
        ("said to one", Visibility::Direct),
    ] {
        world.say(author, text, visibility).await;
    }
}

#[test]
fn a_profile_shows_open_posts_and_no_others() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        said_all_ways(&world, &alice).await;
        let page = world.get("/@alice").await;
        assert_eq!(page.status, 200);
        assert!(page.has("said to all") && page.has("said quietly"));
        assert!(!page.has("said to followers") && !page.has("said to one"));
        let mut own = world.browser_of(&alice).await;
        let page = own.get("/@alice").await;
        assert!(page.has("said to followers") && page.has("said to one"));
    });
}

#[test]
fn followers_see_more_and_the_blocked_see_nothing() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        said_all_ways(&world, &alice).await;
        let mut browser = world.browser_of(&carol).await;
        assert_eq!(browser.act("follow", alice.id.0).await.status, 303);
        let page = browser.get("/@alice").await;
        assert!(page.has("said to followers") && !page.has("said to one") && page.has("Unfollow"));
        let (alice, carol) = (alice.id, carol.id);
        world
            .write(move |tx| Ok(store::block::insert(tx, alice, carol, "https://here.example/activities/9")?))
            .await;
        let page = browser.get("/@alice").await;
        assert!(!page.has("said to all") && !page.has("said to followers"), "{}", page.body);
    });
}

#[test]
fn programs_are_shown_the_way_to_the_actor() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        world.peer("bob", "b.example").await;
        for path in ["/@alice", "/@ALICE", "/@alice@here.example"] {
            let answer = world.get_document(path).await;
            assert_eq!(
                (answer.status.as_u16(), answer.header("location")),
                (303, alice.actor_id.as_str()),
                "{path}"
            );
            assert!(answer.header("vary").contains("Accept"));
        }
        for path in ["/@nobody", "/@bob@b.example", "/@bob@b.example/1"] {
            let answer = world.get_document(path).await;
            assert_eq!(answer.status, 404, "{path}");
            assert_eq!(answer.header("content-type"), "application/problem+json", "{path}");
        }
        let page = world.get("/@alice").await;
        let link = format!(
            "<link rel=\"alternate\" type=\"application/activity+json\" href=\"{}\">",
            alice.actor_id
        );
        assert!(page.has(&link));
    });
}

/// X03
#[test]
fn names_bios_and_fields_cannot_bring_scripts() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        world
            .change(&alice, |account| {
                account.profile.display_name = EVIL.into();
                account.profile.avatar_url = Some("javascript:alert(1)".into());
                account.profile.bio_html =
                    "<p>I sing. <a href=\"https://a.example/?x=1&amp;y=2\" rel=\"me\">here</a></p>".into();
                account.profile.fields = vec![Field {
                    name: EVIL.into(),
                    value_html: "<a href=\"https://a.example/?x=1&amp;y=2\" rel=\"me nofollow\">a</a>".into(),
                    verified_at: None,
                }];
            })
            .await;
        world.draft(&alice, "hi", Visibility::Public, |draft| draft.warning = "a \" b".into()).await;
        for path in ["/@alice", "/", "/@alice.rss"] {
            let page = world.get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(!page.has("<script") && !page.has("javascript:"), "{path}: {}", page.body);
        }
        let page = world.get("/@alice").await;
        assert!(page.has("<title>&#60;script&#62;"), "{}", page.body);
        assert!(page.has("<link rel=\"me\" href=\"https://a.example/?x=1&#38;y=2\">"), "{}", page.body);
        assert!(page.has("<p>I sing.") && page.has("og:description\" content=\"I sing. here\""));
    });
}

#[test]
fn a_profile_can_be_read_by_machines() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        world.say(&alice, "hello", Visibility::Public).await;
        let page = world.get("/@alice").await;
        for mark in [
            "h-card",
            "p-name",
            "u-url u-uid",
            "h-feed",
            "h-entry",
            "dt-published",
            "e-content",
            "og:title",
            "<link rel=\"canonical\" href=\"https://here.example/@alice\">",
            "application/rss+xml",
            "noindex",
        ] {
            assert!(page.has(mark), "{mark}");
        }
        world.change(&alice, |account| account.flags.discoverable = true).await;
        assert!(!world.get("/@alice").await.has("noindex"));
    });
}

#[test]
fn flags_and_moves_are_told() {
    on_each(async |world| {
        let (alice, bob) = (world.person("alice").await, world.peer("bob", "b.example").await);
        world
            .change(&alice, |account| {
                account.flags.locked = true;
                account.kind = domain::AccountKind::Service;
                account.moved_to = Some(bob.actor_id.clone());
            })
            .await;
        let page = world.get("/@alice").await;
        assert!(page.has("Approves followers by hand") && page.has("A bot") && page.has("@bob@b.example"));
    });
}

#[test]
fn older_posts_are_a_link_away_and_each_is_shown_once() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        for number in 0..25 {
            world.say(&alice, &format!("number-{number:02}"), Visibility::Public).await;
        }
        let (mut seen, mut path) = (Vec::new(), "/@alice".to_owned());
        for _ in 0..3 {
            let page = world.get(&path).await;
            assert_eq!(page.status, 200);
            for number in (0..25).rev().filter(|number| page.has(&format!("number-{number:02}"))) {
                seen.push(number);
            }
            let Some((_, rest)) = page.body.split_once("href=\"?max_id=") else { break };
            path = format!("/@alice?max_id={}", rest.split('"').next().unwrap());
        }
        assert_eq!(seen, (0..25).rev().collect::<Vec<_>>());
    });
}

#[test]
fn a_wrong_page_number_is_refused_and_a_wild_one_harmless() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        world.say(&alice, "hello", Visibility::Public).await;
        for wrong in ["abc", "-1", "1;DROP TABLE post"] {
            let page = world.get(&format!("/@alice?max_id={}", wrong.replace(' ', "%20"))).await;
            assert!(page.status.is_client_error(), "{wrong}");
            assert!(page.header("content-type").starts_with("text/html"), "{wrong}");
        }
        // A NUL is left out wherever it comes in, so this is no number at all.
        for wild in ["%00", "99999999999999999999"] {
            assert!(world.get(&format!("/@alice?max_id={wild}")).await.has("hello"), "{wild}");
        }
        assert!(world.get("/@alice?max_id=1").await.has("That was all"));
    });
}

#[test]
fn a_name_that_is_none_has_no_page() {
    on_each(async |world| {
        world.person("alice").await;
        for path in [
            "/@nobody",
            "/@",
            "/@alice%00",
            "/@alice%2F..",
            "/@%FF",
            "/@alice'--",
            "/@@alice",
            "/@a@b@c",
            "/@nobody.rss",
            "/@instance.actor.rss",
            &format!("/@{}", "x".repeat(5000)),
        ] {
            let page = world.get(path).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(page.header("content-type").starts_with("text/html"), "{path}");
        }
    });
}

#[test]
fn who_is_gone_or_shut_out_has_no_profile() {
    on_each(async |world| {
        let alice = world.person("alice").await;
        world.say(&alice, "hello", Visibility::Public).await;
        for (state, status) in [
            (AccountState::Suspended, 404),
            (AccountState::Deleted, 410),
            (AccountState::Silenced, 200),
            (AccountState::Moved, 200),
        ] {
            world.set_state(&alice, state).await;
            for path in ["/@alice", "/@alice.rss"] {
                assert_eq!(world.get(path).await.status, status, "{state:?} {path}");
            }
            assert_eq!(world.get("/").await.has("hello"), state == AccountState::Moved, "{state:?}");
        }
        world.set_state(&alice, AccountState::Suspended).await;
        assert_eq!(world.get("/@alice").await.body, world.get("/@nobody").await.body);
    });
}

#[test]
fn a_peers_account_is_shown_where_it_lives() {
    on_each(async |world| {
        let (alice, bob) = (world.person("alice").await, world.peer("bob", "b.example").await);
        let text = PostText { content_html: "<p>said elsewhere</p>".into(), ..PostText::default() };
        world.keep(&bob, Visibility::Public, None, text).await;
        let page = world.get("/@bob@b.example").await;
        assert_eq!(page.status, 200);
        assert!(page.has("href=\"https://b.example/users/bob\"") && page.has("noindex"));
        assert!(!page.has("said elsewhere") && !page.has("application/activity+json"));
        // Who is signed in sees what we know of it, and may follow.
        let page = world.browser_of(&alice).await.get("/@bob@b.example").await;
        assert!(page.has("said elsewhere") && page.has("value=\"follow\""));
        // A page that is no page of the web is not linked.
        world.change(&bob, |account| account.profile.url = Some("javascript:alert(1)".into())).await;
        let page = world.get("/@bob@b.example").await;
        assert!(!page.has("javascript:") && page.has("href=\"https://b.example/users/bob\""));
        assert_eq!(world.get("/@unknown@b.example").await.status, 404);
    });
}

#[test]
fn our_own_handle_written_out_leads_to_the_page() {
    on_each(async |world| {
        world.person("alice").await;
        let page = world.get("/@alice@here.example").await;
        assert_eq!((page.status.as_u16(), page.header("location")), (303, "/@alice"));
    });
}

#[test]
fn a_feed_has_public_posts_only() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        said_all_ways(&world, &alice).await;
        let other = world.say(&carol, "said by another", Visibility::Public).await;
        world.draft(&alice, "an answer", Visibility::Public, |draft| draft.in_reply_to = Some(other)).await;
        let boosted = alice.clone();
        world.write(move |tx| service::boost::boost(tx, &boosted, other, Visibility::Public).map(drop)).await;
        let feed = world.get("/@alice.rss").await;
        assert_eq!(feed.header("content-type"), "application/rss+xml; charset=utf-8");
        assert!(feed.has("said to all"));
        for hidden in ["said quietly", "said to followers", "said to one", "an answer", "said by another"] {
            assert!(!feed.has(hidden), "{hidden}");
        }
        assert!(feed.has("&#60;p&#62;said to all"), "HTML is text in a feed: {}", feed.body);
    });
}

#[test]
fn a_boost_names_who_boosted_and_hides_with_its_post() {
    on_each(async |world| {
        let (alice, carol) = (world.person("alice").await, world.person("carol").await);
        let said = world.say(&carol, "said by another", Visibility::Public).await;
        let booster = alice.clone();
        let boost =
            world.write(move |tx| service::boost::boost(tx, &booster, said, Visibility::Public)).await;
        let page = world.get("/@alice").await;
        assert!(page.has("said by another") && page.has("boosted") && page.has("@carol@here.example"));
        let answer = world.get(&format!("/@alice/{}", PostId::from(boost.id))).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, format!("/@carol/{said}").as_str())
        );
        world.set_state(&carol, AccountState::Suspended).await;
        assert!(!world.get("/@alice").await.has("said by another"));
    });
}
