//! The laws of the binary over random periods, against books kept by hand.

use domain::network::Standing;
use plan::sketch::Sketch;
use proptest::prelude::*;

use super::{carried, pairs, reckon};

/// Seven in two full levels below the top; everyone invited two, so everyone stands under his inviter.
const PEOPLE: usize = 7;

/// What everyone buys in a period, in kopecks, and whether he is active.
type Month = [(i64, bool); PEOPLE];

#[derive(Debug, Clone)]
struct Terms {
    after: &'static str,
    ratio: (i64, i64),
    unit: Option<i64>,
    carry_cap: Option<i64>,
}

impl Terms {
    fn toml(&self) -> String {
        let pays = match self.unit {
            Some(unit) => format!("unit = \"{}.00\"\nsum = \"1.00\"", unit / 100),
            None => "percent = \"10%\"".to_owned(),
        };
        let cap = match self.carry_cap {
            Some(cap) if self.after != "full_flush" => format!("carry_cap = \"{cap}.00\""),
            _ => String::new(),
        };
        let ((one, other), after) = (self.ratio, self.after);
        format!("{pays}\nafter_match = \"{after}\"\nratio = \"{one}:{other}\"\n{cap}")
    }
}

fn terms() -> impl Strategy<Value = Terms> {
    let after = prop_oneof![Just("carry_forward"), Just("net_off"), Just("full_flush")];
    let ratio = prop_oneof![Just((1, 1)), Just((1, 2)), Just((2, 1)), Just((2, 3))];
    let unit = prop_oneof![Just(None), (1i64..50).prop_map(|unit| Some(unit * 100))];
    (after, ratio, unit, proptest::option::of(1i64..200)).prop_map(|(after, ratio, unit, carry_cap)| Terms {
        after,
        ratio,
        unit,
        carry_cap,
    })
}

fn months() -> impl Strategy<Value = Vec<Month>> {
    let person = (prop_oneof![Just(0i64), 0i64..30_000], proptest::bool::weighted(0.8));
    proptest::collection::vec(proptest::array::uniform7(person), 1..5)
}

/// Everything bought by one and below him.
fn below(month: &Month, number: usize) -> i64 {
    if number >= PEOPLE {
        return 0;
    }
    month[number].0 + below(month, 2 * number + 1) + below(month, 2 * number + 2)
}

fn sketch() -> Sketch {
    let mut company = Sketch::new();
    for number in 0..PEOPLE {
        let inviter = number.checked_sub(1).map(|below| format!("p{}", below / 2));
        company.partner(&format!("p{number}"), inviter.as_deref()).expect("new");
    }
    company
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn volume_is_matched_carried_or_flushed_and_never_lost(terms in terms(), months in months()) {
        let plan = pairs(&terms.toml());
        let (a, b) = (terms.ratio.0.min(terms.ratio.1), terms.ratio.0.max(terms.ratio.1));
        let mut company = sketch();
        let mut legs = [[0i64; 2]; PEOPLE];
        for month in &months {
            for (number, (sum, active)) in month.iter().enumerate() {
                let name = format!("p{number}");
                company.standing(&name, if *active { Standing::Active } else { Standing::Inactive }).expect("known");
                let kopecks = domain::money::Money::from_minor(*sum);
                company.buys(&name, &kopecks.to_string()).expect("a sum");
            }
            let reckoned = reckon(&company, &plan);
            for number in 0..PEOPLE {
                let put_in = [below(month, 2 * number + 1), below(month, 2 * number + 2)];
                let full = [legs[number][0] + put_in[0], legs[number][1] + put_in[1]];
                let (weaker, stronger) = (full[0].min(full[1]), full[0].max(full[1]));
                let active = month[number].1;
                let lines = reckoned.period.lines.iter().filter(|line| line.earner.place() == number);
                let paid_on: i64 = lines.map(|line| line.base.minor()).sum();
                let left = carried(&reckoned, number);

                prop_assert!(paid_on <= weaker, "never more than the weaker leg");
                prop_assert!(paid_on * b <= stronger * a, "and within the ratio");
                prop_assert!(active || paid_on == 0);
                prop_assert!((0..2).all(|leg| (0..=full[leg]).contains(&left[leg])));
                prop_assert!(terms.after != "full_flush" || left == [0, 0]);
                let uncapped = |leg: i64| terms.carry_cap.map_or(leg, |cap| leg.min(cap * 100));
                let most = weaker.min(stronger * a / b);
                let matched = terms.unit.map_or(most, |unit| most / unit * unit);
                let used = (matched * b + a - 1) / a;
                let at_weaker = usize::from(full[1] < full[0]);
                let (kept_weaker, kept_stronger) = match (terms.after, active) {
                    ("full_flush", _) => (0, 0),
                    (_, true) => (weaker - matched, stronger - used),
                    ("net_off", false) => (weaker, stronger),
                    (_, false) if stronger * a / b < weaker => (weaker, stronger - used),
                    (_, false) => (weaker - matched, stronger),
                };
                prop_assert_eq!(left[at_weaker], uncapped(kept_weaker));
                prop_assert_eq!(left[1 - at_weaker], uncapped(kept_stronger));
                if active && terms.after == "net_off" && terms.carry_cap.is_none() {
                    prop_assert_eq!(full[0] + full[1], left[0] + left[1] + matched + used, "nothing is lost");
                }
                // A match that rounds to nothing leaves no line; above that every one does.
                prop_assert!(paid_on == matched || !active || (paid_on == 0 && matched < 5));
                legs[number] = left;
            }
            company = company.next_period(&reckoned);
        }
    }

    /// Over all periods, of one who is always active and whose legs nothing flushes.
    #[test]
    fn what_is_put_in_comes_out_once(months in months()) {
        let plan = pairs("percent = \"10%\"\nafter_match = \"carry_forward\"");
        let (mut company, mut put_in, mut matched) = (sketch(), 0, 0);
        for month in &months {
            for (number, (sum, _)) in month.iter().enumerate() {
                // Whole roubles, so that every match is at least a kopeck.
                company.buys(&format!("p{number}"), &format!("{sum}.00")).expect("a sum");
            }
            let reckoned = reckon(&company, &plan);
            put_in += 100 * (below(month, 1) + below(month, 2));
            let lines = reckoned.period.lines.iter().filter(|line| line.earner.place() == 0);
            matched += lines.map(|line| line.base.minor()).sum::<i64>();
            let left: i64 = carried(&reckoned, 0).iter().sum();
            prop_assert_eq!(put_in, 2 * matched + left);
            company = company.next_period(&reckoned);
        }
    }
}
