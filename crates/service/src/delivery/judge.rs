//! What a try means for the delivery and for the road to its host. Pure.

use super::postman::{Blame, Landed, Tried};
use domain::delivery::{
    DeliveryState, END_AFTER, GIVE_UP_AFTER, Lane, PARKED_AFTER, PARKED_PAUSE, Weather, pause,
};
use domain::{Timestamp, delivery::Delivery};
use std::time::Duration;

/// What becomes of a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// The peer took it.
    Delivered,
    /// It has come to another end.
    Over {
        /// Which.
        state: DeliveryState,
        /// The peer's words, or what was wrong.
        words: String,
    },
    /// It is tried again.
    Later {
        /// Not before, though its lane is free.
        not_before: Timestamp,
        /// The peer's words, or what was wrong.
        words: String,
    },
}

/// What becomes of the road.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The host answers.
    Works,
    /// It does not, and perhaps said for how long.
    Fails(Option<Duration>),
    /// Nothing is learned about the host.
    Nothing,
}

/// Reads a try. `None`: it was not one, and nothing is to be written.
pub fn judge(
    landed: &Landed,
    lane: &Lane,
    now: Timestamp,
    weather: Weather,
    chance: f64,
) -> (Option<End>, Effect) {
    let over = |state, words: &str| Some(End::Over { state, words: words.to_owned() });
    match &landed.tried {
        Tried::Delivered => (Some(End::Delivered), Effect::Works),
        Tried::Gone(words) => (over(DeliveryState::Gone, words), Effect::Works),
        Tried::Refused(words) => (over(DeliveryState::Refused, words), Effect::Works),
        Tried::Impossible(words) => (over(DeliveryState::Refused, words), Effect::Nothing),
        Tried::NotTried => (None, Effect::Nothing),
        Tried::Later { words, asked, blame } => {
            let delivery = &landed.delivery;
            if is_over(delivery, now, weather) {
                return (over(DeliveryState::Expired, words), Effect::Fails(*asked));
            }
            let attempts = delivery.attempts.saturating_add(1);
            let parked = asked.is_none() && attempts >= PARKED_AFTER && others_pass(delivery, lane);
            let (rest, effect) = match blame {
                _ if parked => (PARKED_PAUSE.max(pause(attempts, chance)), Effect::Nothing),
                Blame::Delivery => (pause(attempts, chance), Effect::Fails(*asked)),
                Blame::Host => (Duration::ZERO, Effect::Fails(*asked)),
            };
            (Some(End::Later { not_before: now.plus(rest), words: words.clone() }), effect)
        }
    }
}

/// A week of tries is enough, unless it was us. Two weeks are enough in any case.
fn is_over(delivery: &Delivery, now: Timestamp, weather: Weather) -> bool {
    let age = now.since(delivery.created_at);
    age >= END_AFTER || (age >= GIVE_UP_AFTER && weather == Weather::Fair)
}

fn others_pass(delivery: &Delivery, lane: &Lane) -> bool {
    lane.last_success_at.is_some_and(|at| at >= delivery.created_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{AccountId, DeliveryId, Host, MessageId};
    use url::Url;

    const NOW: Timestamp = Timestamp(1_700_000_000_000);

    fn landed(attempts: u32, tried: Tried) -> Landed {
        let delivery = Delivery {
            id: DeliveryId(1),
            message: MessageId(2),
            account: AccountId(3),
            host: Host::parse("a.example").unwrap(),
            inbox: Url::parse("https://a.example/inbox").unwrap(),
            order_key: 4,
            attempts,
            created_at: NOW,
        };
        Landed { delivery, tried, reads_rfc9421: None }
    }

    fn later(blame: Blame) -> Tried {
        Tried::Later { words: "no".into(), asked: None, blame }
    }

    fn lane(last_success_at: Option<Timestamp>) -> Lane {
        Lane { last_success_at, ..Lane::new(Host::parse("a.example").unwrap()) }
    }

    fn rest(end: Option<End>, now: Timestamp) -> Duration {
        match end {
            Some(End::Later { not_before, .. }) => not_before.since(now),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_host_that_is_down_holds_up_its_lane_and_not_the_delivery() {
        let (end, effect) = judge(&landed(3, later(Blame::Host)), &lane(None), NOW, Weather::Fair, 0.5);
        assert_eq!((rest(end, NOW), effect), (Duration::ZERO, Effect::Fails(None)));
    }

    #[test]
    fn a_delivery_that_its_host_stumbles_over_rests_longer_each_time() {
        let (end, effect) = judge(&landed(1, later(Blame::Delivery)), &lane(None), NOW, Weather::Fair, 0.5);
        assert_eq!((rest(end, NOW), effect), (Duration::from_secs(60), Effect::Fails(None)));
    }

    #[test]
    fn what_fails_five_times_while_others_pass_is_parked_without_harm_to_the_lane() {
        for blame in [Blame::Host, Blame::Delivery] {
            let (end, effect) = judge(&landed(4, later(blame)), &lane(Some(NOW)), NOW, Weather::Fair, 0.5);
            assert_eq!((rest(end, NOW), effect), (PARKED_PAUSE, Effect::Nothing));
            let before = Some(Timestamp(NOW.0 - 1));
            let (_, effect) = judge(&landed(4, later(blame)), &lane(before), NOW, Weather::Fair, 0.5);
            assert_eq!(effect, Effect::Fails(None), "nothing else has passed since");
        }
        let asked =
            Tried::Later { words: String::new(), asked: Some(Duration::from_secs(9)), blame: Blame::Host };
        let (end, effect) = judge(&landed(9, asked), &lane(Some(NOW)), NOW, Weather::Fair, 0.5);
        assert_eq!((rest(end, NOW), effect), (Duration::ZERO, Effect::Fails(Some(Duration::from_secs(9)))));
    }

    #[test]
    fn a_week_is_enough_but_not_while_most_hosts_fail() {
        let week = NOW.plus(GIVE_UP_AFTER);
        let try_at = |now, weather| judge(&landed(9, later(Blame::Host)), &lane(None), now, weather, 0.5).0;
        let expired = Some(End::Over { state: DeliveryState::Expired, words: "no".into() });
        assert_eq!(try_at(week, Weather::Fair), expired);
        assert_ne!(try_at(week, Weather::Storm), expired);
        assert_eq!(try_at(NOW.plus(END_AFTER), Weather::Storm), expired);
    }

    #[test]
    fn an_answer_shows_that_the_host_lives_whatever_it_says() {
        for tried in [Tried::Delivered, Tried::Gone(String::new()), Tried::Refused(String::new())] {
            let (end, effect) = judge(&landed(0, tried), &lane(None), NOW, Weather::Fair, 0.5);
            assert!(end.is_some());
            assert_eq!(effect, Effect::Works);
        }
        assert_eq!(
            judge(&landed(0, Tried::NotTried), &lane(None), NOW, Weather::Fair, 0.5),
            (None, Effect::Nothing)
        );
    }
}
