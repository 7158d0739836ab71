//! Posts of peers arrive, or are fetched.

use crate::peer::actor_document;
use crate::stage::{PUBLIC, Stage, mention, stages};
use domain::Visibility;
use domain::notification::NotificationKind::Mention;
use serde_json::{Value, json};

/// Capability N2, N8.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_of_whom_somebody_follows_is_in_their_home() {
    for stage in stages().await {
        let (alice, carol, bob) =
            (stage.local("alice").await, stage.local("carol").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let cases = [
            (vec![PUBLIC.to_owned()], vec![bob.followers()], Visibility::Public),
            (vec![bob.followers()], vec![PUBLIC.to_owned()], Visibility::Unlisted),
            (vec!["as:Public".to_owned()], vec![], Visibility::Public),
            (vec![bob.followers()], vec![], Visibility::Followers),
        ];
        for (to, cc, visibility) in cases {
            let (to, cc): (Vec<&str>, Vec<&str>) =
                (to.iter().map(|s| &**s).collect(), cc.iter().map(|s| &**s).collect());
            let note = bob.note("hello", &to, &cc);
            stage.take(&bob, &bob.creates(&note)).await;
            let post = stage.find(&note).await.unwrap();
            assert_eq!(post.visibility, visibility);
            assert_eq!((stage.in_home(&alice, &post).await, stage.in_home(&carol, &post).await), (1, 0));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_concerns_nobody_here_is_not_kept() {
    for stage in stages().await {
        let (_, bob, carol) =
            (stage.local("alice").await, stage.remote("bob").await, stage.remote("carol").await);
        let mut notes = vec![
            bob.public_note("hello"),
            bob.note("psst", &[&carol.id], &[]),
            bob.note("to nobody", &[], &[]),
        ];
        notes[1]["inReplyTo"] = json!(carol.public_note("unknown")["id"]);
        for note in notes {
            stage.shrug(&bob, &bob.creates(&note)).await;
            stage.shrug(&bob, &bob.about("Create", &note["id"])).await;
            assert!(stage.find(&note).await.is_none());
        }
        assert_eq!(stage.peer.asked(), 0, "nor does it make us ask");
    }
}

/// Capability N6.
/// N49
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_direct_post_is_told_to_whom_it_addresses_and_to_nobody_else() {
    for stage in stages().await {
        let (alice, carol, bob) =
            (stage.local("alice").await, stage.local("carol").await, stage.remote("bob").await);
        stage.befriend(&carol, &bob.account).await;
        let mut notes = vec![bob.direct_note("psst", &alice)];
        notes.push(bob.note("without a tag", &[alice.actor_id.as_str()], &[]));
        let mut odd = bob.note("unknown audience", &["urn:everybody", alice.actor_id.as_str()], &[]);
        odd["cc"] = json!([null, 7]);
        notes.push(odd);
        for (n, note) in notes.iter().enumerate() {
            stage.take(&bob, &bob.creates(note)).await;
            let post = stage.find(note).await.unwrap();
            assert_eq!(post.visibility, Visibility::Direct);
            assert_eq!(stage.in_home(&carol, &post).await, 0);
            assert_eq!(stage.told(&alice).await.len(), n + 1);
        }
        assert!(stage.told(&carol).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mention_is_told_once_and_only_with_a_tag() {
    for stage in stages().await {
        let (alice, carol, bob) =
            (stage.local("alice").await, stage.local("carol").await, stage.remote("bob").await);
        let mut note = bob.note("hello", &[PUBLIC], &[alice.actor_id.as_str(), carol.actor_id.as_str()]);
        mention(&mut note, &alice);
        mention(&mut note, &alice);
        let create = bob.creates(&note);
        stage.take(&bob, &create).await;
        stage.shrug(&bob, &create).await;
        stage.deliver(&bob, &bob.creates(&note)).await;
        assert_eq!(stage.told(&alice).await, [Mention]);
        assert!(stage.told(&carol).await.is_empty(), "a copy alone is no mention");
    }
}

/// Capability N21.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_by_id_only_is_fetched_and_shown_like_any_other() {
    for stage in stages().await {
        let (alice, carol, bob) =
            (stage.local("alice").await, stage.local("carol").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut note = bob.public_note("hello");
        mention(&mut note, &carol);
        stage.peer.serve(&note);
        let mut create = bob.creates(&note);
        create["object"] = note["id"].clone();
        stage.take(&bob, &create).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!(stage.in_home(&alice, &post).await, 1);
        assert_eq!(stage.told(&carol).await, [Mention]);
        let missing = bob.about("Create", &json!(bob.new_id("notes")));
        stage.shrug(&bob, &missing).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_was_fetched_before_its_create_came_is_shown_when_it_comes() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.local("carol").await);
        let (bob, fan) = (stage.remote("bob").await, stage.remote_at(&stage.evil, "fan").await);
        stage.befriend(&alice, &bob.account).await;
        let reader = stage.local("reader").await;
        stage.befriend(&reader, &fan.account).await;
        let mut note = bob.public_note("hello");
        mention(&mut note, &carol);
        stage.peer.serve(&note);
        stage.take(&fan, &fan.announces(note["id"].as_str().unwrap())).await;
        let post = stage.find(&note).await.unwrap();
        assert_eq!((stage.in_home(&alice, &post).await, stage.told(&carol).await.len()), (0, 0));
        let create = bob.creates(&note);
        stage.take(&bob, &create).await;
        assert_eq!(stage.in_home(&alice, &post).await, 1);
        assert_eq!(stage.told(&carol).await, [Mention]);
        stage.shrug(&bob, &create).await;
        stage.shrug(&bob, &bob.creates(&note)).await;
        assert_eq!((stage.in_home(&alice, &post).await, stage.told(&carol).await.len()), (1, 1));
    }
}

/// O01, O02, O12
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_puts_words_into_the_mouth_of_another() {
    for stage in stages().await {
        let (local, alice, bob) =
            (stage.local("local").await, stage.remote("alice").await, stage.remote("bob").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        for followed in [&alice, &bob, &mallory] {
            stage.befriend(&local, &followed.account).await;
        }
        let ours = stage.post(&local, "mine", Visibility::Public).await;
        for liar in [&mallory, &bob] {
            let by_alice = alice.public_note("forged");
            let mut under_own_id = liar.public_note("forged");
            under_own_id["attributedTo"] = json!(alice.id);
            let mut under_her_id = alice.public_note("forged");
            under_her_id["attributedTo"] = json!(liar.id);
            let mut under_our_id = liar.public_note("forged");
            under_our_id["id"] = json!(format!("{}/statuses/12345", local.actor_id));
            let mut over_ours = liar.public_note("forged");
            over_ours["id"] = json!(ours.object_id.as_str());
            for note in [&by_alice, &under_own_id, &under_our_id, &over_ours] {
                stage.shrug(liar, &liar.creates(note)).await;
                stage.shrug(liar, &liar.about("Update", note)).await;
            }
            for note in [&by_alice, &under_own_id, &under_our_id] {
                assert!(stage.find(note).await.is_none(), "{note:#}");
            }
            if liar.id != bob.id {
                stage.shrug(liar, &liar.creates(&under_her_id)).await;
                assert!(stage.find(&under_her_id).await.is_none());
            }
        }
        assert_eq!(stage.find(&json!(ours.object_id.as_str())).await.unwrap(), ours);
    }
}

/// Capability H6.
/// O03
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_third_party_forwards_is_read_at_its_origin() {
    for stage in stages().await {
        let (local, alice) = (stage.local("local").await, stage.remote("alice").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        stage.befriend(&local, &mallory.account).await;
        let real = alice.public_note("real");
        stage.peer.serve(&real);
        let mut forged = real.clone();
        forged["content"] = json!("<p>forged</p>");
        stage.deliver(&mallory, &mallory.creates(&forged)).await;
        if let Some(post) = stage.find(&real).await {
            assert_eq!(post.text.content_html, "<p>real</p>");
        }
        let mut create = alice.creates(&forged);
        create["signature"] =
            json!({ "type": "RsaSignature2017", "creator": alice.key_id, "signatureValue": "AAAA" });
        stage.shrug(&mallory, &create).await;
        assert_ne!(
            stage.find(&real).await.map(|post| post.text.content_html).as_deref(),
            Some("<p>forged</p>"),
            "a signature inside proves nothing"
        );
    }
}

/// O25, O26
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_is_believed_only_about_its_own_origin_and_as_activity_json() {
    for stage in stages().await {
        let (local, alice) = (stage.local("local").await, stage.remote("alice").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        stage.befriend(&local, &mallory.account).await;
        let stolen = alice.public_note("forged");
        stage.evil.serve_at("/stolen", &stolen);
        stage.shrug(&mallory, &mallory.announces(&stage.evil.url("/stolen"))).await;
        assert!(stage.find(&stolen).await.is_none());
        let mut by_alice = mallory.public_note("forged");
        by_alice["attributedTo"] = json!(alice.id);
        stage.evil.serve(&by_alice);
        stage.shrug(&mallory, &mallory.announces(by_alice["id"].as_str().unwrap())).await;
        assert!(stage.find(&by_alice).await.is_none());
        for content_type in
            ["text/html", "text/plain", "application/octet-stream", "application/json", "image/png"]
        {
            let note = mallory.public_note("uploaded");
            let path = note["id"].as_str().unwrap().strip_prefix(&stage.evil.url("")).unwrap().to_owned();
            stage.evil.answer(&path, 200, content_type, &note.to_string());
            stage.shrug(&mallory, &mallory.announces(note["id"].as_str().unwrap())).await;
            assert!(stage.find(&note).await.is_none(), "{content_type}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_brings_what_it_answers() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        stage.befriend(&local, &bob.account).await;
        let (carol, _) = Stage::stranger(&stage.evil, "carol");
        let note = |n: i64, parent: Option<i64>| {
            let id = |n: i64| format!("{carol}/notes/{n}");
            json!({ "id": id(n), "type": "Note", "attributedTo": carol, "content": format!("{n}"), "to": [PUBLIC],
                "inReplyTo": parent.map(id), "published": format!("2025-09-0{n}T00:00:00Z") })
        };
        let thread = [note(1, None), note(2, Some(1)), note(3, Some(2))];
        for note in &thread {
            stage.evil.serve(note);
        }
        let mut reply = bob.public_note("answer");
        reply["inReplyTo"] = thread[2]["id"].clone();
        stage.take(&bob, &bob.creates(&reply)).await;
        let answer = stage.find(&reply).await.unwrap();
        let root = stage.find(&thread[0]).await.unwrap();
        let ancestors =
            stage.cx.read(move |tx| Ok(store::post::ancestors(tx, answer.id, None, 20)?)).await.unwrap();
        assert_eq!(ancestors.len(), 3);
        assert_eq!(stage.find(&reply).await.unwrap().conversation_id, root.conversation_id);
        let last = stage.find(&thread[2]).await.unwrap();
        assert_eq!(stage.counts(&last).await.replies, 1);
        assert_eq!(
            stage.in_home(&local, &answer_of(&stage, &reply).await).await,
            0,
            "local does not follow carol"
        );
        let descendants =
            stage.cx.read(move |tx| Ok(store::post::descendants(tx, root.id, None, 20)?)).await.unwrap();
        assert_eq!(descendants.len(), 3);
    }
}

async fn answer_of(stage: &Stage, note: &Value) -> domain::Post {
    stage.find(note).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_whose_parent_cannot_be_had_is_kept_and_adopted_later() {
    for stage in stages().await {
        let (local, bob, carol) =
            (stage.local("local").await, stage.remote("bob").await, stage.remote("carol").await);
        stage.befriend(&local, &bob.account).await;
        stage.befriend(&local, &carol.account).await;
        let parent = carol.public_note("question");
        let mut reply = bob.public_note("answer");
        reply["inReplyTo"] = parent["id"].clone();
        stage.take(&bob, &bob.creates(&reply)).await;
        assert_eq!(stage.find(&reply).await.unwrap().in_reply_to_id, None);
        stage.take(&carol, &carol.creates(&parent)).await;
        let (answer, question) = (stage.find(&reply).await.unwrap(), stage.find(&parent).await.unwrap());
        assert_eq!(answer.in_reply_to_id, Some(question.id));
        assert_eq!(answer.conversation_id, question.conversation_id);
        assert_eq!(stage.counts(&question).await.replies, 1);
    }
}

/// D06
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_endless_conversation_has_an_end() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        stage.befriend(&local, &bob.account).await;
        stage.evil.endless(|origin, path| {
            let id = format!("{origin}{path}");
            if path.starts_with("/users/") {
                return actor_document(&id, "none");
            }
            let n: u64 = path.rsplit('/').next().unwrap().parse().unwrap_or(0);
            json!({ "id": id, "type": "Note", "attributedTo": format!("{origin}/users/u{n}"), "content": "x",
                "to": [PUBLIC], "inReplyTo": format!("{origin}/notes/{}", n + 1) })
        });
        let mut reply = bob.public_note("answer");
        reply["inReplyTo"] = json!(stage.evil.url("/notes/1"));
        stage.take(&bob, &bob.creates(&reply)).await;
        let asked = stage.evil.asked();
        assert!((20..=100).contains(&asked), "{asked}");
        assert!(stage.find(&reply).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_in_a_circle_has_an_end() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        stage.befriend(&local, &bob.account).await;
        let (mut one, mut two) = (bob.public_note("one"), bob.public_note("two"));
        one["inReplyTo"] = two["id"].clone();
        two["inReplyTo"] = one["id"].clone();
        stage.peer.serve(&one);
        stage.peer.serve(&two);
        let mut own = bob.public_note("own parent");
        own["inReplyTo"] = own["id"].clone();
        stage.peer.serve(&own);
        for note in [&one, &two, &own] {
            stage.deliver(&bob, &bob.creates(note)).await;
            let post = stage.find(note).await.unwrap();
            let seen = stage
                .cx
                .read(move |tx| {
                    let up = store::post::ancestors(tx, post.id, None, 50)?;
                    let down = store::post::descendants(tx, post.id, None, 50)?;
                    Ok((up.len(), down.len()))
                })
                .await
                .unwrap();
            assert!(seen.0 <= 50 && seen.1 <= 50, "{seen:?}");
        }
        assert!(stage.peer.asked() < 20, "{}", stage.peer.asked());
    }
}

/// D05
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_names_thousands_makes_us_ask_for_none_of_them() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        let mut note = bob.direct_note("bomb", &local);
        for n in 0..3000 {
            let tag =
                json!({ "type": "Mention", "href": stage.evil.url(&format!("/users/u{n}")), "name": "@u" });
            note["tag"].as_array_mut().unwrap().push(tag);
        }
        stage.take(&bob, &bob.creates(&note)).await;
        assert_eq!((stage.evil.asked(), stage.told(&local).await.len()), (0, 1));
    }
}

/// Capability N12.
/// X01, X02
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_arrives_is_clean_when_it_is_written() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        stage.befriend(&local, &bob.account).await;
        let mut note = bob.public_note("x");
        note["content"] = json!(
            "<p onclick=a()>hi<script>evil()</script><iframe src=//x></iframe></p><a href=\"javascript:x\">y</a>"
        );
        note["summary"] = json!("<b>warning</b><script>evil()</script>");
        note["sensitive"] = json!(true);
        note["attachment"] = json!([
            { "type": "Image", "url": "javascript:evil()", "name": "<b>x" },
            { "type": "Image", "url": "https://x.example/a.png", "name": "alt" }
        ]);
        note["tag"] =
            json!([{ "type": "Emoji", "name": ":<script>:", "icon": { "url": "javascript:evil()" } }]);
        stage.take(&bob, &bob.creates(&note)).await;
        let post = stage.find(&note).await.unwrap();
        let all = format!("{:?}", post.text);
        for bad in ["<script", "javascript:", "onclick", "<iframe"] {
            assert!(!all.contains(bad), "{bad}: {all}");
        }
        assert_eq!(post.text.attachments.len(), 1);
        assert!(post.text.warning.starts_with("warning"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_is_no_post() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        let post = stage.post(&local, "tea or coffee?", Visibility::Public).await;
        let vote = json!({ "id": bob.new_id("votes"), "type": "Note", "attributedTo": bob.id, "name": "tea",
            "inReplyTo": post.object_id.as_str(), "to": [local.actor_id.as_str()] });
        stage.shrug(&bob, &bob.creates(&vote)).await;
        assert!(stage.find(&vote).await.is_none() && stage.told(&local).await.is_empty());
    }
}

/// N35
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_a_suspended_host_is_taken_or_fetched() {
    for stage in stages().await {
        let (local, bob) = (stage.local("local").await, stage.remote("bob").await);
        let mallory = stage.remote_at(&stage.evil, "mallory").await;
        stage.befriend(&local, &bob.account).await;
        let host = mallory.account.actor_id.host().clone();
        stage
            .cx
            .write(move |tx| Ok(store::host_rule::set(tx, &host, domain::moderation::HostRule::Suspend, "")?))
            .await
            .unwrap();
        assert!(stage.knock(&mallory, &mallory.follows(&local)).await.is_err());
        let theirs = mallory.public_note("hello");
        stage.evil.serve(&theirs);
        stage.shrug(&bob, &bob.announces(theirs["id"].as_str().unwrap())).await;
        let mut reply = bob.public_note("answer");
        reply["inReplyTo"] = theirs["id"].clone();
        stage.take(&bob, &bob.creates(&reply)).await;
        assert!(stage.find(&theirs).await.is_none());
        assert_eq!(stage.evil.asked(), 0);
    }
}
