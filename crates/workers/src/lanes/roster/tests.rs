use super::*;
use domain::delivery::Delivery;
use domain::{AccountId, MessageId};
use service::delivery::{Blame, Tried};
use url::Url;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn host(number: usize) -> Host {
    Host::parse(&format!("h{number}.example")).unwrap()
}

fn delivery(host: &Host, id: usize) -> Delivery {
    let id = i64::try_from(id).unwrap();
    Delivery {
        id: DeliveryId(id),
        message: MessageId(id),
        account: AccountId(1),
        host: host.clone(),
        inbox: Url::parse(&format!("https://{host}/inbox")).unwrap(),
        order_key: id,
        attempts: 0,
        created_at: NOW,
    }
}

/// A roster of so many hosts with as many deliveries each as it asks for.
fn full(hosts: usize, lane: impl Fn(Host) -> Lane) -> Roster {
    let mut roster = Roster::default();
    for number in 0..hosts {
        roster.found(&host(number), Scan::All, NOW);
    }
    loop {
        let wants = roster.wants(NOW);
        if wants.is_empty() {
            return roster;
        }
        for want in wants {
            let deliveries = (0..want.limit).map(|id| delivery(&want.host, id)).collect();
            let found = Waiting { lane: lane(want.host.clone()), deliveries, next: None };
            roster.read(&want, found, NOW);
        }
    }
}

fn started(roster: &mut Roster, sockets: usize) -> Vec<Delivery> {
    std::iter::from_fn(|| roster.next(NOW, sockets)).map(|parcel| parcel.delivery).collect()
}

fn failing(host: Host) -> Lane {
    let mut lane = Lane::new(host);
    lane.fail(NOW, None, Weather::Fair, 0.5);
    lane
}

#[test]
fn hosts_take_turns() {
    let mut roster = full(3, Lane::new);
    let hosts: Vec<String> =
        started(&mut roster, 6).iter().map(|delivery| delivery.host.to_string()).collect();
    assert_eq!(hosts, ["h0", "h1", "h2", "h0", "h1", "h2"].map(|name| format!("{name}.example")));
    assert_eq!(roster.next(NOW, 6).map(|parcel| parcel.delivery), None);
}

/// N56
#[test]
fn memory_is_bounded_however_much_waits() {
    let roster = full(1000, Lane::new);
    assert!(roster.held.waiting >= MOST_WAITING, "{}", roster.held.waiting);
    assert!(roster.held.waiting <= MOST_WAITING + 64, "{}", roster.held.waiting);
    assert!(!roster.hungry.is_empty(), "the others wait for their turn to read");
}

/// N52, N56
#[test]
fn hosts_that_fail_leave_room_and_sockets_to_those_that_answer() {
    let mut roster = full(1000, failing);
    assert_eq!(roster.held.waiting, 0);
    assert!(roster.held.failing <= MOST_FAILING + 8, "{}", roster.held.failing);
    assert_eq!(started(&mut roster, 100).len(), 25);
    roster.found(&host(5000), Scan::Due, NOW);
    let want = roster.wants(NOW).into_iter().find(|want| want.host == host(5000)).unwrap();
    let deliveries = vec![delivery(&want.host, 1)];
    roster.read(&want, Waiting { lane: Lane::new(want.host.clone()), deliveries, next: None }, NOW);
    assert_eq!(started(&mut roster, 100).len(), 1);
}

#[test]
fn what_lands_gives_its_socket_back_and_a_lane_that_failed_wakes() {
    let mut roster = full(1, Lane::new);
    let first = started(&mut roster, 1).remove(0);
    let tried = Tried::Later { words: String::new(), asked: None, blame: Blame::Host };
    let id = first.id;
    let landed = Landed { delivery: first, tried, reads_rfc9421: None };
    assert!(roster.land(&landed, NOW, Weather::Fair, 0.5).is_some());
    assert_eq!((roster.flying(), roster.held.waiting, roster.held.failing), (0, 0, 0));
    assert_eq!(roster.changed([&host(0)]).len(), 1);
    roster.settled(&host(0), id, NOW);
    let wakes = roster.wake(NOW).unwrap();
    assert_eq!(wakes, NOW.plus(Duration::from_secs(30)));
    assert!(roster.wants(NOW).is_empty());
    roster.wake(wakes);
    assert_eq!(roster.wants(wakes).len(), 1);
}

/// N56
#[test]
fn lanes_that_have_nothing_to_do_are_forgotten_where_there_are_too_many() {
    let mut roster = Roster::default();
    for number in 0..=MOST_LANES {
        roster.addressed(&host(number), NOW);
    }
    loop {
        let wants = roster.wants(NOW);
        if wants.is_empty() {
            break;
        }
        for want in wants {
            let found = Waiting { lane: failing(want.host.clone()), deliveries: Vec::new(), next: None };
            roster.read(&want, found, NOW);
        }
    }
    roster.tidy();
    assert!(roster.queues.is_empty() && roster.asleep.is_empty());
}
