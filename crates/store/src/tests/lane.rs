//! What is known of the road to a host.

use crate::lane::{find, keep};
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
