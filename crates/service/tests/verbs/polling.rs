//! Polls, from both sides.

use crate::stage::{PUBLIC, Remote, Stage, draft, stages};
use domain::notification::NotificationKind;
use domain::poll::{Poll, PollDraft};
use domain::post::Draft;
use domain::{Account, Post, PostId, Visibility};
use serde_json::{Value, json};
use service::poll;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

fn asking(visibility: Visibility, multiple: bool) -> Draft {
    let options = vec!["yes".to_owned(), "no".to_owned()];
    let poll = PollDraft { options, open_for_s: 600, multiple, hides_totals: false };
    Draft { poll: Some(poll), ..draft("what?", visibility) }
}

impl Stage {
    async fn poll(&self, id: PostId) -> Poll {
        self.cx.read(move |tx| Ok(store::poll::find(tx, id)?)).await.unwrap().unwrap()
    }

    async fn votes(&self, id: PostId) -> (Vec<i64>, Option<i64>) {
        let poll = self.poll(id).await;
        (poll.options.iter().map(|option| option.votes).collect(), poll.voters)
    }

    async fn vote(&self, voter: &Account, id: PostId, choices: &[i64]) -> service::Result<()> {
        let (voter, choices) = (voter.clone(), choices.to_vec());
        self.cx.write(move |tx| poll::vote(tx, &voter, id, &choices)).await
    }

    async fn tell(&self) {
        for id in self.cx.read(poll::with_news).await.unwrap() {
            self.cx.write(move |tx| poll::tell(tx, id)).await.unwrap();
        }
    }

    async fn end(&self) {
        for id in self.cx.read(poll::ending).await.unwrap() {
            poll::end(&self.cx, id).await.unwrap();
        }
    }
}

impl Remote {
    fn votes(&self, question: &Post, option: &str) -> Value {
        let mut vote = self.does("Create", &Value::Null);
        vote["object"] = json!({ "id": self.new_id("votes"), "type": "Note", "attributedTo": self.id,
            "inReplyTo": question.object_id.as_str(), "name": option, "to": "https://here.example/users/alice" });
        vote["to"] = json!("https://here.example/users/alice");
        vote
    }

    fn question(&self, kind: &str, counts: [u64; 2]) -> Value {
        let mut question = self.note("what?", &[PUBLIC], &[&self.followers()]);
        question["type"] = json!("Question");
        question["endTime"] = json!("2100-01-01T00:00:00Z");
        recount(&mut question, kind, counts);
        question
    }
}

fn recount(question: &mut Value, kind: &str, counts: [u64; 2]) {
    let option = |(title, count)| json!({ "type": "Note", "name": title, "replies": { "type": "Collection", "totalItems": count } });
    question[kind] = ["yes", "no"].into_iter().zip(counts).map(option).collect();
    question["votersCount"] = json!(counts[0] + counts[1]);
}

/// Capability N14.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_of_ours_goes_out_as_a_question() {
    for stage in stages().await {
        let (alice, fan) = (stage.local("alice").await, stage.remote("fan").await);
        stage.befriend(&fan.account, &alice).await;
        for (multiple, kind) in [(false, "oneOf"), (true, "anyOf")] {
            stage.publish(&alice, asking(Visibility::Public, multiple)).await;
            let question = stage.sent("Create").await.pop().unwrap().json["object"].clone();
            assert_eq!((&question["type"], &question["votersCount"]), (&json!("Question"), &json!(0)));
            assert_eq!(question[kind][1]["name"], "no");
            assert_eq!(question[kind][1]["replies"]["totalItems"], 0);
            assert!(question["endTime"].is_string() && question["closed"].is_null());
        }
    }
}

/// Capability N14.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peers_vote_counts_once_and_is_no_post() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let post = stage.publish(&alice, asking(Visibility::Public, false)).await;
        let vote = bob.votes(&post, "yes");
        stage.take(&bob, &vote).await;
        for again in
            [vote.clone(), bob.votes(&post, "yes"), bob.votes(&post, "no"), bob.votes(&post, "maybe")]
        {
            stage.shrug(&bob, &again).await;
        }
        assert_eq!(stage.votes(post.id).await, (vec![1, 0], Some(1)));
        assert!(stage.find(&vote["object"]).await.is_none());
        assert!(stage.told(&alice).await.is_empty());
        assert_eq!(stage.counts(&post).await.replies, 0);

        let several = stage.publish(&alice, asking(Visibility::Public, true)).await;
        for option in ["yes", "no"] {
            stage.take(&bob, &bob.votes(&several, option)).await;
            stage.shrug(&bob, &bob.votes(&several, option)).await;
        }
        assert_eq!(stage.votes(several.id).await, (vec![1, 1], Some(1)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_of_whom_it_does_not_concern_or_too_late_does_not_count() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let eve = stage.remote_at(&stage.evil, "eve").await;
        let post = stage.publish(&alice, asking(Visibility::Followers, false)).await;
        stage.shrug(&bob, &bob.votes(&post, "yes")).await;
        stage.befriend(&bob.account, &alice).await;
        let mut forged = eve.votes(&post, "yes");
        forged["object"]["attributedTo"] = json!(bob.id);
        stage.shrug(&eve, &forged).await;
        let (blocker, blocked) = (alice.clone(), eve.account.clone());
        let open = stage.publish(&alice, asking(Visibility::Public, false)).await;
        stage.cx.write(move |tx| service::block::block(tx, &blocker, &blocked)).await.unwrap();
        stage.shrug(&eve, &eve.votes(&open, "yes")).await;
        stage.advance(10 * MINUTE);
        stage.shrug(&bob, &bob.votes(&post, "yes")).await;
        for id in [post.id, open.id] {
            assert_eq!(stage.votes(id).await, (vec![0, 0], Some(0)));
        }
    }
}

/// Capability N14.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_votes_make_one_update_and_the_end_another() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.local("carol").await);
        let (bob, eve) = (stage.remote("bob").await, stage.remote_at(&stage.evil, "eve").await);
        stage.befriend(&bob.account, &alice).await;
        let post = stage.publish(&alice, asking(Visibility::Public, false)).await;
        stage.take(&bob, &bob.votes(&post, "yes")).await;
        stage.take(&eve, &eve.votes(&post, "no")).await;
        stage.vote(&carol, post.id, &[0]).await.unwrap();
        stage.tell().await;
        assert!(stage.sent("Update").await.is_empty(), "it waits for more");
        stage.advance(3 * MINUTE);
        stage.tell().await;
        stage.tell().await;
        let update = stage.only_sent("Update").await;
        let question = &update.json["object"];
        assert_eq!(question["votersCount"], 3);
        assert_eq!(question["oneOf"][0]["replies"]["totalItems"], 2);
        assert!(question["updated"].is_null(), "numbers are no edit");
        let both = [stage.peer.url("/inbox"), stage.evil.url("/inbox")];
        assert_eq!(stage.inboxes(update.message.id).await, both);

        stage.advance(7 * MINUTE);
        stage.end().await;
        stage.end().await;
        let last = stage.sent("Update").await;
        assert_eq!(last.len(), 2);
        assert!(last[1].json["object"]["closed"].is_string());
        for who in [&alice, &carol] {
            assert_eq!(stage.told(who).await, [NotificationKind::Poll]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_hides_its_numbers_hides_them_elsewhere_too() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        let mut ask = asking(Visibility::Public, false);
        ask.poll.as_mut().unwrap().hides_totals = true;
        let post = stage.publish(&alice, ask).await;
        stage.take(&bob, &bob.votes(&post, "yes")).await;
        stage.advance(3 * MINUTE);
        stage.tell().await;
        assert!(stage.sent("Update").await.is_empty());
        stage.advance(7 * MINUTE);
        stage.end().await;
        let update = stage.only_sent("Update").await;
        assert_eq!(update.json["object"]["oneOf"][0]["replies"]["totalItems"], 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_vote_goes_to_the_author_alone_and_the_numbers_come_back() {
    for stage in stages().await {
        let (alice, fan) = (stage.local("alice").await, stage.remote("fan").await);
        let bob = stage.remote_at(&stage.evil, "bob").await;
        stage.befriend(&alice, &bob.account).await;
        stage.befriend(&fan.account, &alice).await;
        let mut question = bob.question("anyOf", [4, 2]);
        stage.take(&bob, &bob.creates(&question)).await;
        let post = stage.find(&question).await.unwrap();
        assert_eq!(stage.votes(post.id).await, (vec![4, 2], Some(6)));
        assert!(!post.text.content_html.contains("href"), "{}", post.text.content_html);

        stage.vote(&alice, post.id, &[0, 1]).await.unwrap();
        assert!(stage.vote(&alice, post.id, &[1]).await.is_err());
        let sent = stage.sent("Create").await;
        assert_eq!(sent.len(), 2);
        for (vote, title) in sent.iter().zip(["yes", "no"]) {
            let note = &vote.json["object"];
            assert_eq!((&note["type"], &note["name"]), (&json!("Note"), &json!(title)));
            assert_eq!((&note["inReplyTo"], &note["to"]), (&question["id"], &json!([bob.id])));
            assert!(note["content"].is_null() && !vote.json.to_string().contains("Public"));
            assert_eq!(stage.inboxes(vote.message.id).await, [format!("{}/inbox", bob.id)]);
        }
        assert_eq!(stage.votes(post.id).await, (vec![5, 3], Some(7)));

        recount(&mut question, "anyOf", [15, 7]);
        stage.take(&bob, &bob.about("Update", &question)).await;
        assert_eq!(stage.votes(post.id).await, (vec![15, 7], Some(22)));
        let after = stage.find(&question).await.unwrap();
        assert_eq!(after.edited_at, None, "numbers are no edit");
        assert!(stage.told(&alice).await.is_empty());
    }
}

/// N15
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_options_are_taken_only_with_an_edit_and_end_the_votes() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut question = bob.question("oneOf", [4, 2]);
        stage.take(&bob, &bob.creates(&question)).await;
        let post = stage.find(&question).await.unwrap();
        stage.vote(&alice, post.id, &[0]).await.unwrap();
        question["oneOf"][0]["name"] = json!("never");
        stage.deliver(&bob, &bob.about("Update", &question)).await;
        assert_eq!(stage.poll(post.id).await.titles(), ["yes", "no"]);
        question["updated"] = json!("2025-09-09T06:30:00Z");
        stage.take(&bob, &bob.about("Update", &question)).await;
        assert_eq!(stage.poll(post.id).await.titles(), ["never", "no"]);
        stage.vote(&alice, post.id, &[1]).await.unwrap();
        assert_eq!(stage.votes(post.id).await, (vec![4, 3], Some(7)));
        assert!(stage.find(&question).await.unwrap().edited_at.is_some());
        let id = post.id;
        let old = stage.cx.read(move |tx| Ok(store::post::revisions(tx, id)?)).await.unwrap();
        assert_eq!(old[0].poll.as_deref().unwrap(), ["yes", "no"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peers_poll_is_asked_for_again_when_it_is_looked_at_and_at_its_end() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        let mut question = bob.question("oneOf", [4, 2]);
        let end = stage.cx.now().plus(20 * MINUTE);
        question["endTime"] = json!(jiff_text(end.0));
        stage.take(&bob, &bob.creates(&question)).await;
        let post = stage.find(&question).await.unwrap();
        stage.vote(&alice, post.id, &[0]).await.unwrap();
        recount(&mut question, "oneOf", [9, 2]);
        stage.peer.serve(&question);
        let path = question["id"].as_str().unwrap().strip_prefix(&stage.peer.url("")).unwrap().to_owned();
        poll::refresh(&stage.cx, alice.id, post.id).await.unwrap();
        assert_eq!(stage.peer.asked_for(&path), 0, "what was told a moment ago is good");
        stage.advance(3 * MINUTE);
        for _ in 0..3 {
            poll::refresh(&stage.cx, alice.id, post.id).await.unwrap();
        }
        assert_eq!(stage.peer.asked_for(&path), 1);
        assert_eq!(stage.votes(post.id).await.0, [9, 2]);

        stage.advance(19 * MINUTE);
        recount(&mut question, "oneOf", [10, 2]);
        stage.peer.serve(&question);
        stage.end().await;
        assert_eq!(stage.votes(post.id).await.0, [10, 2]);
        assert_eq!(stage.told(&alice).await, [NotificationKind::Poll]);
        stage.end().await;
        assert_eq!(stage.told(&alice).await, [NotificationKind::Poll]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_beyond_reason_stay_numbers() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        for count in [u64::MAX, 1 << 63, (1 << 63) - 1] {
            let mut question = bob.question("oneOf", [0, 0]);
            for option in question["oneOf"].as_array_mut().unwrap() {
                option["replies"]["totalItems"] = json!(count);
            }
            question["votersCount"] = json!(count);
            stage.take(&bob, &bob.creates(&question)).await;
            let post = stage.find(&question).await.unwrap();
            let poll = stage.poll(post.id).await;
            assert!(poll.votes() > 0 && poll.voters.is_some_and(|voters| voters > 0));
            stage.vote(&alice, post.id, &[1]).await.unwrap();
            assert!(stage.poll(post.id).await.votes() > poll.votes());
        }
    }
}

fn jiff_text(ms: i64) -> String {
    jiff::Timestamp::from_millisecond(ms).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn polls_of_real_programs_are_read() {
    let Ok(root) = std::env::var("ANTIPHON_FIXTURES") else {
        println!("skipped: ANTIPHON_FIXTURES is not set");
        return;
    };
    for stage in stages().await {
        let (alice, rin) = (stage.local("alice").await, stage.remote("rin").await);
        stage.befriend(&alice, &rin.account).await;
        for (n, (file, counts)) in
            [("pleroma/poll_original", vec![4, 0]), ("bridgy-granary/question", vec![17, 6, 1])]
                .into_iter()
                .enumerate()
        {
            let text = std::fs::read(format!("{root}/real/{file}.json")).unwrap();
            let mut question: Value = serde_json::from_slice(&text).unwrap();
            question["id"] = json!(format!("{}/questions/{n}", rin.id));
            for member in ["actor", "attributedTo"] {
                question[member] = json!(rin.id);
            }
            question["to"] = json!([PUBLIC]);
            question["cc"] = json!([rin.followers()]);
            stage.take(&rin, &rin.creates(&question)).await;
            let post = stage.find(&question).await.unwrap();
            assert_eq!(stage.votes(post.id).await.0, counts, "{file}");
            let poll = stage.poll(post.id).await;
            assert!(poll.is_over(stage.cx.now()) && !poll.multiple);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_only_for_this_server_is_never_sent_or_served() {
    for stage in stages().await {
        let (alice, carol) = (stage.local("alice").await, stage.local("carol").await);
        let fan = stage.remote("fan").await;
        stage.befriend(&fan.account, &alice).await;
        stage.befriend(&fan.account, &carol).await;
        let text = format!("between us @{}", fan.account.handle);
        let ask = Draft { local_only: true, text, ..asking(Visibility::Public, false) };
        let post = stage.publish(&alice, ask).await;
        stage.vote(&carol, post.id, &[0]).await.unwrap();
        let (booster, id) = (carol.clone(), post.id);
        stage
            .cx
            .write(move |tx| {
                service::boost::boost(tx, &booster, id, Visibility::Public)?;
                service::boost::undo(tx, &booster, id)
            })
            .await
            .unwrap();
        let edit = Draft { text: "still between us".into(), ..asking(Visibility::Public, false) };
        service::post::edit(&stage.cx, &alice, post.id, service::post::Edit::text(edit)).await.unwrap();
        stage.advance(11 * MINUTE);
        stage.tell().await;
        stage.end().await;
        stage.shrug(&fan, &fan.does("Like", &json!(post.object_id.as_str()))).await;
        stage.shrug(&fan, &fan.votes(&post, "no")).await;
        stage.shrug(&fan, &fan.announces(post.object_id.as_str())).await;
        let author = alice.clone();
        stage.cx.write(move |tx| service::post::delete(tx, &author, id)).await.unwrap();
        for kind in ["Create", "Update", "Announce", "Undo", "Delete"] {
            assert!(stage.sent(kind).await.is_empty(), "{kind}");
        }
    }
}
