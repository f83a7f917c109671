//! Words that are stored stay what they are, and bounds lie where they are said to lie.

use domain::accrual::{Accruals, Breakage, BreakageReason, RuleId, Share};
use domain::activity::FeeKind;
use domain::actor::StaffLogin;
use domain::catalog::{Sku, Volume};
use domain::ids::PartnerId;
use domain::lang::{Lang, Text};
use domain::ledger::{Balance, CompanyAccount, TransferKind};
use domain::money::{Money, Rate, Rounding};
use domain::payout::PayoutState;
use domain::period::Period;

fn kopecks(amount: i64) -> Money {
    Money::from_minor(amount)
}

#[test]
fn the_sign_of_money() {
    let signs = [-1, 0, 1].map(|amount| (kopecks(amount).is_positive(), kopecks(amount).is_zero()));
    assert_eq!(signs, [(false, false), (false, true), (true, false)]);
}

#[test]
fn money_times_a_count_stays_within_the_accepted_amounts() {
    assert_eq!(kopecks(7).times(3), Some(kopecks(21)));
    assert_eq!(kopecks(-7).times(3), Some(kopecks(-21)));
    assert_eq!(Money::LARGEST.times(1), Some(Money::LARGEST));
    assert_eq!((-Money::LARGEST).times(1), Some(-Money::LARGEST));
    assert_eq!(Money::LARGEST.times(2), None);
    assert_eq!((-Money::LARGEST).times(2), None);
}

#[test]
fn logins_and_skus_are_of_1_to_64_signs() {
    assert_eq!(StaffLogin::parse("El.e-na_1@office").expect("all allowed").to_string(), "el.e-na_1@office");
    assert!(StaffLogin::parse(&"a".repeat(64)).is_ok());
    for wrong in ["", "elena!", "élena", "a b", &"a".repeat(65)] {
        assert!(StaffLogin::parse(wrong).is_err(), "{wrong:?}");
    }
    assert_eq!(Sku::parse("RVS-1/а").ok(), None, "only ASCII");
    assert_eq!(Sku::parse("RVS-1/~").expect("visible").as_str(), "RVS-1/~");
    assert!(Sku::parse(&"A".repeat(64)).is_ok());
    for wrong in ["", "A B", "A\t", &"A".repeat(65)] {
        assert!(Sku::parse(wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn points_are_kept_in_hundredths() {
    assert_eq!(Volume::parse("60.25"), Ok(Volume(6_025)));
    assert_eq!(Volume::parse("60"), Ok(Volume(6_000)));
}

#[test]
fn the_kinds_of_fees_are_read_as_they_are_written() {
    let read = ["monthly", "annual"].map(|word| word.parse::<FeeKind>().expect("known").as_str());
    assert_eq!(read, ["monthly", "annual"]);
    assert!("weekly".parse::<FeeKind>().is_err());
}

#[test]
fn the_words_of_the_ledger() {
    let codes = CompanyAccount::ALL.map(CompanyAccount::code);
    let expected = [
        "company:commissions",
        "company:breakage",
        "company:payouts_in_transit",
        "company:bank",
        "company:adjustments",
    ];
    assert_eq!(codes, expected);
    let words = [
        "accrual",
        "breakage",
        "refund_reversal",
        "cancel_reversal",
        "correction_reversal",
        "payout_request",
        "payout_settlement",
        "payout_return",
        "adjustment",
    ];
    let again = words.map(|word| TransferKind::parse(word).map(TransferKind::as_str));
    assert_eq!(again, words.map(Some));
    assert_eq!(TransferKind::parse("gift"), None);
    let balance = Balance { total: kopecks(500), available: kopecks(120) };
    assert_eq!(balance.on_hold(), kopecks(380));
}

#[test]
fn a_text_is_told_in_the_language_asked_for() {
    let text = Text::new("да", "yes");
    assert_eq!([text.in_lang(Lang::Ru), text.in_lang(Lang::En)], ["да", "yes"]);
}

#[test]
fn what_an_order_pays_and_does_not_is_summed() {
    let rule = RuleId::new("levels");
    assert_eq!(rule.as_str(), "levels");
    let earner = PartnerId::new(uuid::Uuid::from_u128(1));
    let (base, rate) = (kopecks(1_000), Rate::from_ppm(100_000));
    let share = |level, paid| {
        let paid = kopecks(paid);
        Share { rule: rule.clone(), earner, level, base, rate, raw: paid, paid }
    };
    let lost = |level, amount| {
        let reason = BreakageReason::NoSponsor;
        Breakage { rule: rule.clone(), level, reason, amount: kopecks(amount) }
    };
    let accruals = Accruals {
        shares: vec![share(1, 100), share(2, 30)],
        breakage: vec![lost(3, 20), lost(4, 7)],
        ..Accruals::default()
    };
    assert_eq!((accruals.paid(), accruals.broken()), (kopecks(130), kopecks(27)));
}

#[test]
fn fractions_are_rounded_as_each_way_says() {
    let rounded = |way: Rounding| {
        [(0, 4), (5, 4), (6, 4), (7, 4), (10, 4), (8, 4), (5, 3), (4, 3)].map(|(of, by)| way.divide(of, by))
    };
    assert_eq!(rounded(Rounding::Down), [0, 1, 1, 1, 2, 2, 1, 1]);
    assert_eq!(rounded(Rounding::HalfUp), [0, 1, 2, 2, 3, 2, 2, 1]);
    assert_eq!(rounded(Rounding::HalfEven), [0, 1, 2, 2, 2, 2, 2, 1]);
}

#[test]
fn money_is_taken_away() {
    let mut rest = kopecks(5);
    rest -= kopecks(7);
    assert_eq!((rest, -rest), (kopecks(-2), kopecks(2)));
}

#[test]
fn months_follow_each_other_over_the_year() {
    let month = |text: &str| text.parse::<Period>().expect("a month");
    assert_eq!(month("2026-01").previous(), month("2025-12"));
    assert_eq!(month("2026-03").previous(), month("2026-02"));
    assert_eq!(month("2025-12").next(), month("2026-01"));
}

#[test]
fn the_words_of_a_payout() {
    let words = ["requested", "approved", "rejected", "sent", "settled", "failed"];
    assert_eq!(words.map(|word| PayoutState::parse(word).map(PayoutState::as_str)), words.map(Some));
    assert_eq!(PayoutState::parse("lost"), None);
}
