use crate::stage::{Person, id, ids, on_each};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

/// Twelve posts of Bob, newest first.
async fn twelve(bob: &Person) -> Vec<String> {
    let mut all = Vec::new();
    for number in 0..12 {
        all.insert(0, id(&bob.writes(&format!("post {number}"), "public").await));
    }
    all
}

#[test]
fn the_links_lead_through_the_whole_list_and_back() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let all = twelve(&bob).await;
        for list in [
            "/api/v1/timelines/home?limit=5".to_owned(),
            format!("/api/v1/accounts/{}/statuses?limit=5&exclude_replies=false", bob.id()),
            "/api/v1/timelines/public?limit=5&local=true".into(),
        ] {
            let mut seen = Vec::new();
            let mut next = Some(list.clone());
            let mut last = None;
            while let Some(path) = next {
                let page = bob.get(&path).await;
                seen.extend(ids(&page.ok()));
                next = page.link("next");
                last = page.link("prev").or(last);
            }
            assert_eq!(seen, all, "{list}");
            // From the oldest page upwards.
            let newer = bob.get(&last.unwrap()).await;
            assert_eq!(ids(&newer.ok()), all[5..10], "{list}");
        }
    });
}

#[test]
fn the_links_keep_what_else_was_asked() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        twelve(&bob).await;
        let page = bob.get("/api/v1/timelines/public?local=true&limit=2&since_id=1").await;
        let next = page.link("next").unwrap();
        assert!(
            next.contains("local=true") && next.contains("limit=2") && !next.contains("since_id"),
            "{next}"
        );
    });
}

#[test]
fn an_empty_page_leads_nowhere() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let page = bob.get("/api/v1/timelines/home").await;
        assert_eq!((page.ok(), page.link("next"), page.link("prev")), (json!([]), None, None));
    });
}

#[test]
fn limits_have_bounds_and_ids_must_be_numbers() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        for number in 0..45 {
            bob.writes(&format!("post {number}"), "public").await;
        }
        let count =
            async |query: &str| ids(&bob.get(&format!("/api/v1/timelines/home{query}")).await.ok()).len();
        assert_eq!(count("").await, 20);
        assert_eq!(count("?limit=100").await, 40);
        assert_eq!(count("?limit=0").await, 1);
        assert_eq!(count("?limit=-4").await, 1);
        assert_eq!(count("?limit=many").await, 20);
        assert_eq!(count("?max_id=99999999999999999999999").await, 20);
        for wrong in ["max_id=abc", "since_id=-1", "min_id=1.5"] {
            bob.get(&format!("/api/v1/timelines/home?{wrong}")).await.refused(422);
        }
    });
}

/// What a page must be, said plainly over the whole list.
fn expected(all: &[i64], max: Option<i64>, since: Option<i64>, min: Option<i64>, limit: usize) -> Vec<i64> {
    let inside = |id: &i64| {
        max.is_none_or(|m| *id < m) && since.is_none_or(|s| *id > s) && min.is_none_or(|m| *id > m)
    };
    let mut page: Vec<i64> = all.iter().copied().filter(inside).collect();
    if min.is_some() {
        page = page[page.len().saturating_sub(limit)..].to_vec();
    } else {
        page.truncate(limit);
    }
    page
}

#[test]
fn every_combination_of_bounds_cuts_the_right_page() {
    on_each(async |server| {
        let bob = server.person("bob").await;
        let all: Vec<i64> = twelve(&bob).await.iter().map(|id| id.parse().unwrap()).collect();
        let bound = prop::option::of((0..all.len(), -1_i64..=1));
        let at = |bound: Option<(usize, i64)>| bound.map(|(index, off)| all[index] + off);
        // The cases are chosen first: a test inside a runtime cannot block on one.
        let mut runner = TestRunner::new(Config::with_cases(1));
        let strategy = (bound.clone(), bound.clone(), bound, 1_usize..8);
        for _ in 0..150 {
            let (max, since, min, limit) = strategy.new_tree(&mut runner).unwrap().current();
            let (max, since, min) = (at(max), at(since), at(min));
            let mut path = format!("/api/v1/timelines/home?limit={limit}");
            for (name, bound) in [("max_id", max), ("since_id", since), ("min_id", min)] {
                if let Some(bound) = bound {
                    path = format!("{path}&{name}={bound}");
                }
            }
            let page = bob.get(&path).await;
            let got: Vec<i64> = ids(&page.ok()).iter().map(|id| id.parse().unwrap()).collect();
            assert_eq!(got, expected(&all, max, since, min, limit), "{path}");
            let ends = got.first().zip(got.last());
            let link = |rel: &str| {
                page.link(rel).map(|link| link.rsplit('=').next().unwrap().parse::<i64>().unwrap())
            };
            assert_eq!((link("prev"), link("next")), (ends.map(|e| *e.0), ends.map(|e| *e.1)), "{path}");
        }
    });
}

#[test]
fn accounts_are_paged_by_the_links_too() {
    on_each(async |server| {
        let ann = server.person("ann").await;
        let mut all = Vec::new();
        for name in ["f1", "f2", "f3", "f4", "f5"] {
            let follower = server.person(name).await;
            follower.follows(&ann).await;
            all.insert(0, follower.id());
        }
        let mut seen = Vec::new();
        let mut next = Some(format!("/api/v1/accounts/{}/followers?limit=2", ann.id()));
        let mut pages = 0;
        while let Some(path) = next {
            let page = server.get(&path).await;
            seen.extend(ids(&page.ok()));
            next = page.link("next");
            pages += 1;
        }
        assert_eq!(seen, all);
        assert_eq!(pages, 3, "a page that is not full is the last");
        let newest = server.get(&format!("/api/v1/accounts/{}/followers?limit=9", ann.id())).await;
        assert!(newest.link("next").is_none() && newest.link("prev").is_some());
    });
}
