//! Who sees a post: the condition in the lists' SQL says the same as the rule.

use crate::stage::{Stage, draft, stages};
use domain::post::Draft;
use domain::visibility::{Standing, may_see};
use domain::{Account, AccountId, Page, Post, Visibility};
use store::post::{self, Selection};

const ALL: [Visibility; 4] =
    [Visibility::Public, Visibility::Unlisted, Visibility::Followers, Visibility::Direct];

/// What a reader is to the author and the posts, beside being no-one.
#[derive(Debug, Clone, Copy)]
struct Relation {
    /// `Some(false)`: asked to follow.
    follows: Option<bool>,
    addressed: bool,
    is_blocked: bool,
    blocks: bool,
}

fn relations() -> Vec<Relation> {
    let mut all = Vec::new();
    for follows in [None, Some(false), Some(true)] {
        for bits in 0..8_u8 {
            all.push(Relation {
                follows,
                addressed: bits & 1 > 0,
                is_blocked: bits & 2 > 0,
                blocks: bits & 4 > 0,
            });
        }
    }
    all
}

async fn relate(stage: &Stage, reader: &Account, author: &Account, posts: &[Post], relation: Relation) {
    let (reader, author) = (reader.id, author.id);
    let posts: Vec<_> = posts.iter().map(|post| post.id).collect();
    stage
        .cx
        .write(move |tx| {
            if let Some(accepted) = relation.follows {
                store::follow::request(tx, reader, author, &format!("urn:{reader}"))?;
                if accepted {
                    store::follow::accept(tx, reader, author)?;
                }
            }
            for post in posts.iter().filter(|_| relation.addressed) {
                post::address(tx, *post, &[reader])?;
            }
            if relation.is_blocked {
                store::block::insert(tx, author, reader, &format!("urn:a:{reader}"))?;
            }
            if relation.blocks {
                store::block::insert(tx, reader, author, &format!("urn:b:{reader}"))?;
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// A root by another, a post of each visibility that answers it, and an open
/// answer by another to each of these.
struct Thread {
    root: Post,
    posts: Vec<Post>,
    answers: Vec<Post>,
}

async fn thread(stage: &Stage, author: &Account, other: &Account) -> Thread {
    stage.befriend(other, author).await;
    let root = stage.post(other, "root", Visibility::Public).await;
    let (mut posts, mut answers) = (Vec::new(), Vec::new());
    for visibility in ALL {
        let reply = Draft { in_reply_to: Some(root.id), ..draft("@other", visibility) };
        let post = stage.publish(author, reply).await;
        let answer = Draft { in_reply_to: Some(post.id), ..draft("answer", Visibility::Public) };
        answers.push(stage.publish(other, answer).await);
        posts.push(post);
    }
    Thread { root, posts, answers }
}

async fn check(stage: &Stage, thread: &Thread, author: &Account, reader: Option<AccountId>, what: &str) {
    let (author, root) = (author.id, thread.root.id);
    let pairs: Vec<(Post, Post)> = thread.posts.iter().cloned().zip(thread.answers.iter().cloned()).collect();
    let what = what.to_owned();
    stage
        .cx
        .read(move |tx| {
            let listed = post::by_author(tx, author, reader, Selection::default(), Page::newest(100))?;
            let below = post::descendants(tx, root, reader, 100)?;
            for (post, answer) in &pairs {
                let standing = post::standing(tx, post, reader)?;
                let expected = may_see(post.visibility, standing);
                let above = post::ancestors(tx, answer.id, reader, 100)?;
                let seen = [
                    listed.iter().any(|entry| entry.post_id == post.id),
                    below.contains(&post.id),
                    above.contains(&post.id),
                ];
                assert_eq!(seen, [expected; 3], "{:?} {what} {standing:?}", post.visibility);
            }
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_lists_show_exactly_what_the_rule_allows() {
    for stage in stages().await {
        let (author, other) = (stage.local("author").await, stage.local("other").await);
        let thread = thread(&stage, &author, &other).await;
        check(&stage, &thread, &author, None, "nobody").await;
        check(&stage, &thread, &author, Some(author.id), "the author").await;
        for (n, relation) in relations().into_iter().enumerate() {
            let reader = stage.remote(&format!("reader{n}")).await.account;
            relate(&stage, &reader, &author, &thread.posts, relation).await;
            let first = thread.posts[0].clone();
            let id = reader.id;
            let standing = stage.cx.read(move |tx| Ok(post::standing(tx, &first, Some(id))?)).await.unwrap();
            let expected = Standing {
                is_author: false,
                follows: relation.follows == Some(true),
                addressed: relation.addressed,
                blocked: relation.is_blocked || relation.blocks,
            };
            assert_eq!(standing, expected, "{relation:?}");
            check(&stage, &thread, &author, Some(reader.id), &format!("{relation:?}")).await;
        }
    }
}

/// P03, P06
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_signed_out_is_listed_only_what_is_open() {
    for stage in stages().await {
        let (alice, bob) = (stage.local("alice").await, stage.remote("bob").await);
        stage.befriend(&alice, &bob.account).await;
        for note in
            [bob.note("f", &[&bob.followers()], &[]), bob.direct_note("d", &alice), bob.public_note("p")]
        {
            stage.take(&bob, &bob.creates(&note)).await;
        }
        let author = bob.account.id;
        let seen = stage
            .cx
            .read(move |tx| Ok(post::by_author(tx, author, None, Selection::default(), Page::newest(9))?))
            .await
            .unwrap();
        assert_eq!(seen.len(), 1);
    }
}
