use super::*;
use domain::{AccountId, MessageId};
use service::delivery::{Blame, Tried};
use url::Url;

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const MINUTE: Duration = Duration::from_secs(60);

fn host() -> Host {
    Host::parse("a.example").unwrap()
}

fn delivery(id: i64, order_key: i64) -> Delivery {
    Delivery {
        id: DeliveryId(id),
        message: MessageId(id),
        account: AccountId(1),
        host: host(),
        inbox: Url::parse("https://a.example/inbox").unwrap(),
        order_key,
        attempts: 0,
        created_at: NOW,
    }
}

fn found(deliveries: Vec<Delivery>) -> Waiting {
    Waiting { lane: Lane::new(host()), deliveries, next: None }
}

fn holding(deliveries: Vec<Delivery>) -> Queue {
    let mut queue = Queue::new(host());
    read(&mut queue, deliveries, NOW);
    queue
}

fn read(queue: &mut Queue, deliveries: Vec<Delivery>, now: Timestamp) {
    let asked = queue.wants(now).expect("it wants more");
    queue.reading();
    queue.take(found(deliveries), asked, now);
}

fn start(queue: &mut Queue, now: Timestamp) -> Option<i64> {
    queue.next(now).map(|delivery| delivery.id.0)
}

fn land(queue: &mut Queue, delivery: Delivery, tried: Tried, now: Timestamp) -> Option<End> {
    let landed = Landed { delivery, tried, reads_rfc9421: None };
    queue.land(&landed, now, Weather::Fair, 0.5).map(|settlement| settlement.end)
}

fn later(blame: Blame) -> Tried {
    Tried::Later { words: String::new(), asked: None, blame }
}

#[test]
fn the_same_order_key_goes_one_after_another_and_others_beside_it() {
    let mut queue = holding(vec![delivery(1, 7), delivery(2, 7), delivery(3, 8)]);
    assert_eq!(start(&mut queue, NOW), Some(1));
    assert_eq!(start(&mut queue, NOW), Some(3));
    assert_eq!(start(&mut queue, NOW), None);
    land(&mut queue, delivery(1, 7), Tried::Delivered, NOW);
    assert_eq!(start(&mut queue, NOW), Some(2));
}

/// N53
#[test]
fn no_more_than_four_requests_are_under_way() {
    let mut queue = holding((1..10).map(|id| delivery(id, id)).collect());
    let started: Vec<i64> = std::iter::from_fn(|| start(&mut queue, NOW)).collect();
    assert_eq!(started, [1, 2, 3, 4]);
}

#[test]
fn after_a_failure_it_rests_then_tries_one_that_was_not_tried() {
    let mut queue = holding(vec![delivery(1, 1), delivery(2, 2)]);
    assert_eq!(start(&mut queue, NOW), Some(1));
    land(&mut queue, delivery(1, 1), later(Blame::Host), NOW);
    queue.settled(DeliveryId(1));
    assert_eq!((queue.len(), queue.wants(NOW)), (0, None));
    let then = NOW.plus(MINUTE);
    assert!(!queue.ring(NOW) && queue.ring(then));
    let tried = Delivery { attempts: 1, ..delivery(1, 1) };
    read(&mut queue, vec![tried, delivery(2, 2)], then);
    assert_eq!(start(&mut queue, then), Some(2));
    assert_eq!(start(&mut queue, then), None, "one probe at a time");
    land(&mut queue, delivery(2, 2), Tried::Delivered, then);
    assert_eq!(start(&mut queue, then), Some(1));
    assert!(!queue.lane().is_failing());
}

#[test]
fn failures_of_requests_that_began_together_count_once() {
    let mut queue = holding((1..5).map(|id| delivery(id, id)).collect());
    while start(&mut queue, NOW).is_some() {}
    for id in 1..5 {
        land(&mut queue, delivery(id, id), later(Blame::Host), NOW);
    }
    assert_eq!(queue.lane().failures, 1);
}

#[test]
fn what_follows_a_resting_delivery_rests_although_it_was_read_before_that_was_written() {
    let mut queue = holding(vec![delivery(1, 7), delivery(2, 7), delivery(3, 8)]);
    assert_eq!(start(&mut queue, NOW), Some(1));
    assert_eq!(start(&mut queue, NOW), Some(3));
    land(&mut queue, delivery(1, 7), later(Blame::Delivery), NOW);
    land(&mut queue, delivery(3, 8), Tried::Delivered, NOW);
    // Not yet on disk: the database still offers all three.
    read(&mut queue, vec![delivery(1, 7), delivery(2, 7), delivery(3, 8)], NOW);
    assert_eq!(start(&mut queue, NOW), None);
    // Written while it is being read: what was read is old.
    queue.restock();
    let asked = queue.wants(NOW).unwrap();
    queue.reading();
    queue.settled(DeliveryId(1));
    queue.settled(DeliveryId(3));
    queue.take(found(vec![delivery(1, 7), delivery(2, 7), delivery(3, 8)]), asked, NOW);
    assert_eq!(start(&mut queue, NOW), None);
    assert!(queue.wants(NOW).is_some(), "it reads again");
}

#[test]
fn what_was_delivered_while_more_was_read_is_not_sent_again() {
    let mut queue = holding(vec![delivery(1, 1)]);
    queue.restock();
    assert_eq!(start(&mut queue, NOW), Some(1));
    let asked = queue.wants(NOW).unwrap();
    queue.reading();
    land(&mut queue, delivery(1, 1), Tried::Delivered, NOW);
    queue.settled(DeliveryId(1));
    queue.take(found(vec![delivery(1, 1), delivery(2, 2)]), asked, NOW);
    assert_eq!(start(&mut queue, NOW), Some(2));
    assert_eq!(start(&mut queue, NOW), None);
}

#[test]
fn news_that_come_while_it_reads_make_it_read_again() {
    let mut queue = Queue::new(host());
    let asked = queue.wants(NOW).unwrap();
    queue.reading();
    queue.restock();
    queue.take(found(Vec::new()), asked, NOW);
    assert!(queue.wants(NOW).is_some());
    read(&mut queue, Vec::new(), NOW);
    assert_eq!(queue.wants(NOW), None);
}

#[test]
fn a_start_begins_with_new_patience() {
    let failing = || {
        let mut lane = Lane::new(host());
        (lane.failures, lane.next_try_at) = (9, NOW.plus(60 * MINUTE));
        lane.failing_since = Some(NOW);
        Waiting { lane, deliveries: vec![delivery(1, 1)], next: None }
    };
    let mut queue = Queue::new(host());
    queue.start_fresh();
    queue.reading();
    queue.take(failing(), 64, NOW);
    assert_eq!(start(&mut queue, NOW), Some(1));
    let mut queue = Queue::new(host());
    queue.reading();
    queue.take(failing(), 64, NOW);
    assert_eq!(start(&mut queue, NOW), None, "met in the midst of things it rests on");
    assert_eq!(queue.set_alarm(), Some(NOW.plus(60 * MINUTE)));
}

#[test]
fn a_sign_of_life_hastens_the_next_try_but_not_more_than_two_a_minute() {
    let mut queue = holding(vec![delivery(1, 1)]);
    start(&mut queue, NOW);
    land(&mut queue, delivery(1, 1), later(Blame::Host), NOW);
    queue.lane.next_try_at = NOW.plus(60 * MINUTE);
    queue.hasten(NOW.plus(Duration::from_secs(10)));
    assert_eq!(queue.lane().next_try_at, NOW.plus(AFTER_FAILURE));
}

#[test]
fn trouble_of_our_own_is_no_failure_of_the_host() {
    let mut queue = holding(vec![delivery(1, 1)]);
    start(&mut queue, NOW);
    assert_eq!(land(&mut queue, delivery(1, 1), Tried::NotTried, NOW), None);
    assert!(!queue.lane().is_failing());
    assert!(queue.rests_until(NOW).is_some() && queue.rests_until(NOW.plus(MINUTE)).is_none());
}
