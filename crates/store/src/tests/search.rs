//! The search index: what it finds, and that it may be lost.

use super::run;
use crate::search::index::{self, Entry, Window};
use crate::search::{Expression, Words};
use crate::testing::{Fresh, for_each_fresh};
use crate::{Error, Result, Store, Tx};
use domain::{AccountId, PostId};

const ALL: Window = Window { below: i64::MAX, above: 0, limit: 100 };

fn words(text: &str) -> Words {
    Words { words: text.split(' ').map(str::to_owned).collect(), is_prefix: false }
}

fn entry(text: &str, facts: &[&str]) -> Entry {
    Entry {
        words: text.split(' ').map(str::to_owned).collect(),
        facts: facts.iter().map(|fact| (*fact).to_owned()).collect(),
    }
}

fn put(store: &Store, id: i64, text: &str, facts: &[&str]) {
    let entry = entry(text, facts);
    write(store, move |tx| index::put_post(tx, PostId(id), &entry)).unwrap();
}

fn write<T: Send + 'static>(
    store: &Store,
    verb: impl FnMut(&mut Tx) -> Result<T> + Send + 'static,
) -> Result<T> {
    run(store.write_index::<T, Error, _>(verb))
}

fn find(store: &Store, expression: Expression) -> Vec<i64> {
    let found = run(store.read_index::<_, Error, _>(move |tx| index::find_posts(tx, &expression, ALL)));
    found.unwrap().into_iter().map(|id| id.0).collect()
}

fn with(text: &str) -> Expression {
    Expression { with: vec![words(text)], ..Expression::default() }
}

#[test]
fn posts_are_found_by_words_phrases_beginnings_and_facts() {
    for_each_fresh(
        |_| (),
        |fresh| {
            let store = &fresh.store;
            put(store, 1, "the quick brown fox", &["by7", "image"]);
            put(store, 2, "quick as a fox", &["by8"]);
            put(store, 3, "\u{9ed2}\u{732b} \u{732b}\u{3067} \u{3067}", &["by8"]);
            put(store, 4, "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}", &[]);
            assert_eq!(find(store, with("fox")), [2, 1]);
            assert_eq!(find(store, with("quick brown")), [1]);
            assert_eq!(find(store, with("brown quick")), [0; 0]);
            assert_eq!(find(store, with("\u{9ed2}\u{732b} \u{732b}\u{3067}")), [3]);
            assert_eq!(find(store, with("\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}")), [4]);
            let begun = Words { is_prefix: true, ..words("\u{732b}") };
            assert_eq!(find(store, Expression { with: vec![begun], ..Expression::default() }), [3]);
            let by = |fact: &str| Expression { facts: vec![fact.into()], ..Expression::default() };
            assert_eq!(find(store, by("by8")), [3, 2]);
            let not = Expression {
                without: vec![words("quick")],
                not_facts: vec!["by8".into()],
                ..Expression::default()
            };
            assert_eq!(find(store, not), [4]);
            assert_eq!(find(store, with("by8")), [0; 0], "a fact is no word");
            put(store, 1, "something else", &[]);
            assert_eq!((find(store, with("brown")), find(store, with("else"))), (vec![], vec![1]));
            write(store, |tx| index::remove_post(tx, PostId(1))).unwrap();
            assert_eq!(find(store, with("else")), [0; 0]);
        },
    );
}

#[test]
fn a_window_bounds_what_is_found() {
    for_each_fresh(
        |_| (),
        |fresh| {
            for id in 1..=9 {
                put(&fresh.store, id, "same", &[]);
            }
            let window = Window { below: 8, above: 2, limit: 3 };
            let some = [PostId(7), PostId(4), PostId(9)];
            let (all, few) = run(fresh.store.read_index::<_, Error, _>(move |tx| {
                let all = index::find_posts(tx, &with("same"), window)?;
                Ok((all, index::find_posts_among(tx, &with("same"), &some, window)?))
            }))
            .unwrap();
            assert_eq!(all, [PostId(7), PostId(6), PostId(5)]);
            assert_eq!(few, [PostId(7), PostId(4)]);
        },
    );
}

#[test]
fn accounts_are_found_by_words_of_their_names() {
    for_each_fresh(
        |_| (),
        |fresh| {
            let entry = entry("bob the builder", &[]);
            write(&fresh.store, move |tx| index::put_account(tx, AccountId(5), &entry)).unwrap();
            let begun = |text: &str| Words { is_prefix: true, ..words(text) };
            for (text, found) in [("bu", vec![AccountId(5)]), ("b", vec![AccountId(5)]), ("bx", vec![])] {
                let expression = Expression { with: vec![begun(text)], ..Expression::default() };
                let verb = move |tx: &mut Tx| index::find_accounts(tx, &expression, 10);
                assert_eq!(run(fresh.store.read_index::<_, Error, _>(verb)).unwrap(), found, "{text}");
            }
        },
    );
}

fn built_down_to(store: &Store) -> (i64, i64) {
    run(store.read_index::<_, Error, _>(index::built_down_to)).unwrap()
}

#[test]
fn an_index_outlives_a_restart_and_begins_anew_when_told() {
    for_each_fresh(
        |_| (),
        |fresh| {
            put(&fresh.store, 1, "kept", &[]);
            write(&fresh.store, |tx| index::built_posts(tx, 17)).unwrap();
            fresh.reopen();
            assert_eq!((find(&fresh.store, with("kept")), built_down_to(&fresh.store).0), (vec![1], 17));
            run(fresh.store.renew_index()).unwrap();
            assert_eq!(find(&fresh.store, with("kept")), [0; 0]);
            assert_eq!(built_down_to(&fresh.store), (i64::MAX, i64::MAX));
            put(&fresh.store, 2, "kept", &[]);
            assert_eq!(find(&fresh.store, with("kept")), [2]);
        },
    );
}

#[test]
fn a_file_that_turns_out_to_be_damaged_says_so_and_can_be_begun_anew() {
    let mut fresh = Fresh::sqlite(|_| ());
    let file = fresh.file().unwrap().with_file_name("antiphon-search.db");
    for id in 1..200 {
        put(&fresh.store, id, &format!("kept word{id}"), &[]);
    }
    fresh.store.shut_down_blocking();
    let mut bytes = std::fs::read(&file).unwrap();
    let half = bytes.len() / 4096 / 2;
    bytes.chunks_mut(4096).skip(half).for_each(|page| page.fill(0xa5));
    std::fs::write(&file, bytes).unwrap();
    fresh.reopen();
    let expression = with("kept");
    let verb = move |tx: &mut Tx| index::find_posts(tx, &expression, ALL);
    let refused = run(fresh.store.read_index::<_, Error, _>(verb)).unwrap_err();
    assert!(refused.is_index_damage(), "{refused:?}");
    assert!(!Error::Damaged(String::new()).is_index_damage(), "that one is not to be thrown away");
    run(fresh.store.renew_index()).unwrap();
    put(&fresh.store, 1, "kept", &[]);
    assert_eq!(find(&fresh.store, with("kept")), [1]);
}

#[test]
fn a_file_that_is_lost_or_damaged_is_begun_anew() {
    let mut fresh = Fresh::sqlite(|_| ());
    let file = fresh.file().unwrap().with_file_name("antiphon-search.db");
    for damage in [None, Some(b"no database at all".repeat(1000)), Some(Vec::new())] {
        put(&fresh.store, 1, "kept", &[]);
        assert_eq!(find(&fresh.store, with("kept")), [1]);
        fresh.store.shut_down_blocking();
        match damage {
            None => std::fs::remove_file(&file).unwrap(),
            Some(bytes) => std::fs::write(&file, bytes).unwrap(),
        }
        fresh.reopen();
        assert_eq!(find(&fresh.store, with("kept")), [0; 0]);
        assert_eq!(built_down_to(&fresh.store), (i64::MAX, i64::MAX));
    }
}
