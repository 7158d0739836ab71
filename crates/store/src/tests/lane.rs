//! What is known of the road to a host.

use crate::lane::{counts, find, forget, keep};
use crate::testing::{NOW, for_each_database};
use domain::delivery::Lane;
use domain::{Host, Timestamp};

/// N67
#[test]
fn a_failure_of_the_future_was_one_of_the_clock() {
    for_each_database(|store| {
        let host = Host::parse("a.example").unwrap();
        for (since, next) in [(-60_000, 60_000), (86_400_000, 2 * 86_400_000)] {
            let lane = Lane {
                host: host.clone(),
                failures: 3,
                next_try_at: Timestamp(NOW.0 + next),
                failing_since: Some(Timestamp(NOW.0 + since)),
                last_success_at: None,
                reads_rfc9421: false,
            };
            let kept = lane.clone();
            store.write_blocking(move |tx| keep(tx, &kept)).unwrap();
            let asked = host.clone();
            let found = store.read_blocking(move |tx| find(tx, &asked)).unwrap().unwrap();
            let tried_at_once = Lane { next_try_at: NOW, failing_since: Some(NOW), ..lane.clone() };
            assert_eq!(found, if since > 0 { tried_at_once } else { lane });
        }
    });
}

/// N56
#[test]
fn hosts_that_failed_long_ago_and_are_owed_nothing_are_forgotten() {
    for_each_database(|store| {
        let lane = |number: usize, failing_since: Timestamp, last_success_at: Option<Timestamp>| Lane {
            host: Host::parse(&format!("h{number}.example")).unwrap(),
            failures: 1,
            next_try_at: NOW,
            failing_since: Some(failing_since),
            last_success_at,
            reads_rfc9421: false,
        };
        let old = Timestamp(NOW.0 - 1000);
        let mut lanes: Vec<Lane> = (0..250).map(|number| lane(number, old, None)).collect();
        lanes.push(lane(1000, NOW, None));
        lanes.push(lane(1001, old, Some(NOW)));
        store.write_blocking(move |tx| lanes.iter().try_for_each(|lane| keep(tx, lane))).unwrap();
        for gone in [100, 100, 50, 0] {
            assert_eq!(store.write_blocking(|tx| forget(tx, NOW, 100)), Ok(gone));
        }
        assert_eq!(store.read_blocking(counts), Ok((2, 2)));
    });
}
