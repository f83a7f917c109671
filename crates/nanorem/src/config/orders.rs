//! How the shop is asked about its orders, and when.

use app::schedule::Cron;
use domain::lang::Text;
use domain::text;
use gateways::shop::StateWords;
use jiff::SignedDuration;
use secrecy::ExposeSecret;

use super::reader::Reader;

/// How the shop is asked about its orders.
#[derive(Debug, Clone)]
pub(crate) struct Orders {
    /// What its words for their state mean.
    pub(crate) words: StateWords,
    /// Whether it can list them.
    pub(crate) can_list: bool,
    /// When those that may still change are asked about; `None`: never.
    pub(crate) poll: Option<Cron>,
    /// When all are compared; `None`: only by hand.
    pub(crate) reconcile: Option<Cron>,
    /// How far back.
    pub(crate) age: SignedDuration,
}

const USUAL_DAYS: i64 = 30;

impl Reader {
    pub(super) fn orders(&mut self) -> Orders {
        let usual = StateWords::default();
        let mut words = |key: &str, usual: Vec<String>| {
            let told: Vec<String> =
                self.list(key).iter().map(|word| word.expose_secret().to_owned()).collect();
            if told.is_empty() { usual } else { told }
        };
        let words = StateWords {
            created: words("shop.api.order.when_created", usual.created),
            paid: words("shop.api.order.when_paid", usual.paid),
            cancelled: words("shop.api.order.when_cancelled", usual.cancelled),
            refunded: words("shop.api.order.when_refunded", usual.refunded),
        };
        let days = self.read("shop.orders.days", |text: &str| {
            let days = text.parse::<i64>().ok().filter(|days| (1..=366).contains(days));
            days.ok_or_else(|| -> Text {
                text!("{text:?}: дней от 1 до 366", "{text:?}: use 1 to 366 days")
            })
        });
        Orders {
            words,
            can_list: self.word("shop.orders.list", &[("no", false), ("yes", true)]).unwrap_or(false),
            poll: self.read("shop.orders.poll", str::parse::<Cron>),
            reconcile: self.read("shop.orders.reconcile", str::parse::<Cron>),
            age: SignedDuration::from_hours(24 * days.unwrap_or(USUAL_DAYS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::order::OrderState;
    use jiff::SignedDuration;

    use super::super::tests::{mistakes, read};

    #[test]
    fn nobody_is_asked_unless_the_settings_say_so() {
        let orders = read("").expect("defaults are right").shop.orders;
        assert!(orders.poll.is_none() && orders.reconcile.is_none() && !orders.can_list);
        assert_eq!(orders.age, SignedDuration::from_hours(24 * 30));
    }

    #[test]
    fn the_shops_words_are_the_owners_to_explain() {
        let orders = read(
            "[shop.api.order]\nwhen_paid = [\"F\", \"Выдан\"]\n[shop.orders]\nlist = \"yes\"\npoll = \"*/15 * * * *\"\nreconcile = \"30 5 * * *\"\ndays = 7",
        )
        .expect("right")
        .shop
        .orders;
        assert_eq!(orders.words.state("выдан"), Some(OrderState::Paid));
        assert_eq!(orders.words.state("paid"), None, "what the owner says stands instead of the usual");
        assert_eq!(orders.words.state("cancelled"), Some(OrderState::Cancelled));
        assert!(orders.can_list && orders.poll.is_some() && orders.reconcile.is_some());
        assert_eq!(orders.age, SignedDuration::from_hours(24 * 7));
    }

    #[test]
    fn every_mistake_is_told_with_its_name() {
        let told = mistakes("[shop.orders]\nlist = \"maybe\"\npoll = \"часто\"\nreconcile = \"x\"\ndays = 0");
        for name in ["shop.orders.list", "shop.orders.poll", "shop.orders.reconcile", "shop.orders.days"] {
            assert!(told.contains(&format!("{name} (")), "{name}: {told}");
        }
    }
}
