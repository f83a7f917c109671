//! `breakaway`: overrides on the groups of leaders. Margins of 40 % stand for the share of the volume on
//! which the published examples pay.

use super::{Company, line_of, rule, worst};
use plan::Plan;

const DIFFERENTIAL: &str = "mode = \"differential\"\noverride = { director = \"10%\", senior = \"15%\" }";
const FIXED: &str = "mode = \"fixed\"\noverride = { director = \"5%\", senior = \"8%\" }";

fn plan_of(keys: &str) -> Plan {
    let keys = format!("base = \"margin\"\nat_rank = \"director\"\n{keys}");
    rule("associate director senior president", "breakaway", &keys)
}

/// Everyone buys as much.
fn each_buys(people: &str, sums: &[i64]) -> Company {
    let mut company = line_of(people);
    let names = company.names.clone();
    for (name, sum) in names.iter().zip(sums) {
        company = company.buys_at_forty(name, *sum);
    }
    company
}

#[test]
fn the_upline_earns_the_difference_on_the_whole_group() {
    let company = each_buys("n0:senior n1:director n2:associate n3:associate", &[150, 200, 300, 400]);
    let plan = plan_of(&format!("{DIFFERENTIAL}\nmin_override = \"2%\""));
    assert_eq!(company.lines(&plan), ["n0@1<n1 18.00"], "900 x 40 % x (15 - 10) %");
}

#[test]
fn a_group_ends_where_the_next_one_begins() {
    let company =
        each_buys("n0:senior n1:director n2:associate n3:director n4:associate", &[100, 200, 300, 400, 500]);
    let plan = plan_of(&format!("{DIFFERENTIAL}\nmin_override = \"2%\""));
    assert_eq!(company.lines(&plan), ["n0@1<n1 10.00", "n1@1<n3 7.20"], "500 x 5 %, 900 x 2 %, of 40 %");
    let leg = company.under("n1", "leg:associate").buys_at_forty("leg", 100);
    assert_eq!(leg.lines(&plan), ["n0@1<n1 12.00", "n1@1<n3 7.20"]);
}

#[test]
fn equal_rates_leave_nothing_or_the_least_override() {
    let company = each_buys("n0:director n1:director n2:associate", &[150, 150, 150]);
    assert_eq!(company.lines(&plan_of(DIFFERENTIAL)), Vec::<String>::new());
    let least = plan_of(&format!("{DIFFERENTIAL}\nmin_override = \"2%\""));
    assert_eq!(company.lines(&least), ["n0@1<n1 2.40"]);
    let lower = each_buys("n0:director n1:senior n2:associate", &[150, 150, 150]);
    assert_eq!(lower.lines(&least), ["n0@1<n1 2.40"], "below a higher rank too");
    let higher = each_buys("n0:senior n1:director", &[0, 100]);
    let great = plan_of(&format!("{DIFFERENTIAL}\nmin_override = \"6%\""));
    assert_eq!(higher.lines(&great), ["n0@1<n1 2.40"], "the least is a floor under a difference of 5 % too");
}

#[test]
fn one_whom_the_difference_leaves_nothing_is_passed_unless_generations_are_paid() {
    let company = each_buys("n0:senior n1:director n2:director", &[0, 0, 300]);
    assert_eq!(company.lines(&plan_of(DIFFERENTIAL)), ["n0@1<n2 6.00"]);
    let generations = plan_of(&format!("{DIFFERENTIAL}\ngenerations = [\"3%\"]"));
    assert_eq!(company.lines(&generations), ["n0@2<n2 3.60"]);
}

#[test]
fn a_leader_at_the_top_gives_nobody_an_override() {
    assert_eq!(each_buys("n0:director", &[150]).lines(&plan_of(FIXED)), Vec::<String>::new());
}

#[test]
fn the_inactive_are_passed_and_bound_no_less() {
    let company = each_buys("n0:senior n1:associate! n2:director n3:associate", &[150, 50, 150, 150]);
    let plan = plan_of(&format!("{DIFFERENTIAL}\nmin_override = \"2%\""));
    assert_eq!(company.lines(&plan), ["n0@1<n2 6.00"]);
    let leader = each_buys("n0:senior n1:director! n2:director", &[0, 100, 300]);
    assert_eq!(
        leader.lines(&plan),
        ["n0@1<n1 2.00", "n0@1<n2 6.00"],
        "his group has broken away all the same"
    );
    let generations = plan_of(&format!("{DIFFERENTIAL}\ngenerations = [\"3%\"]"));
    let three = each_buys("top:director n0:senior n1:director! n2:director", &[0, 0, 0, 300]);
    assert_eq!(three.lines(&generations), ["n0@1<n2 6.00", "top@2<n2 3.60"], "he takes no generation");
}

#[test]
fn one_on_hold_takes_his_generation() {
    let company = each_buys("n0:senior n1:senior? n2:director", &[0, 0, 300]);
    let plan = plan_of(&format!("{DIFFERENTIAL}\ngenerations = [\"3%\"]"));
    assert_eq!(company.lines(&plan), ["n0@2<n2 3.60"]);
    assert_eq!(company.unpaid(&plan), ["n1 Held 6.00"]);
}

#[test]
fn further_generations_are_leaders_at_rates_of_their_own() {
    let company =
        each_buys("n0:senior n1:director n2:associate n3:director n4:associate", &[150, 200, 300, 150, 150]);
    let plan = plan_of(&format!("{DIFFERENTIAL}\nmin_override = \"2%\"\ngenerations = [\"3%\", \"1%\"]"));
    assert_eq!(company.lines(&plan), ["n0@1<n1 10.00", "n1@1<n3 2.40", "n0@2<n3 3.60"]);
    assert_eq!(worst(&plan), "7.6%", "15 + 3 + 1 % of a margin of 40 %");
}

#[test]
fn without_generations_only_the_first_upline_earns() {
    let company = each_buys("dan:president pat:senior gina:director", &[0, 0, 500]);
    assert_eq!(company.lines(&plan_of(DIFFERENTIAL)), ["pat@1<gina 10.00"]);
    let generations = plan_of(&format!("{DIFFERENTIAL}\ngenerations = [\"2%\"]"));
    assert_eq!(
        company.lines(&generations),
        ["pat@1<gina 10.00", "dan@2<gina 4.00"],
        "no rate is needed for 2"
    );
}

#[test]
fn a_fixed_override_is_ones_own_rate() {
    let plan = plan_of(FIXED);
    let group = &[0, 150, 150];
    assert_eq!(each_buys("n0:senior n1:director n2:associate", group).lines(&plan), ["n0@1<n1 9.60"]);
    assert_eq!(each_buys("n0:director n1:director n2:associate", group).lines(&plan), ["n0@1<n1 6.00"]);
    assert_eq!(each_buys("n0:associate n1:director n2", group).lines(&plan), Vec::<String>::new());
    let chain = each_buys("n0:senior n1:director n2:director n3:associate", &[0, 0, 150, 150]);
    let generations = plan_of(&format!("{FIXED}\ngenerations = [\"3%\", \"1%\"]"));
    assert_eq!(chain.lines(&generations), ["n1@1<n2 6.00", "n0@2<n2 3.60"]);
    assert_eq!(worst(&generations), "4.8%");
}

#[test]
fn a_rank_below_the_leaders_may_have_an_override_and_no_further_generation() {
    let plan = rule(
        "silver gold platinum",
        "breakaway",
        "at_rank = \"gold\"\nmode = \"fixed\"\noverride = { silver = \"4%\" }\ngenerations = [\"3%\", \"2%\"]",
    );
    let company = line_of("p:platinum s2:silver g2:gold s1:silver g1:gold").buys("g1", "100.00");
    assert_eq!(company.lines(&plan), ["s1@1<g1 4.00", "g2@2<g1 3.00", "p@3<g1 2.00"]);
}

#[test]
fn the_least_override_may_be_the_dearest() {
    assert_eq!(worst(&plan_of(&format!("{DIFFERENTIAL}\nmin_override = \"20%\""))), "8%");
    assert_eq!(worst(&plan_of(DIFFERENTIAL)), "6%");
}

#[test]
fn one_kopeck_is_rounded_once_over_the_group() {
    let plan =
        rule("gold", "breakaway", "at_rank = \"gold\"\nmode = \"fixed\"\noverride = { gold = \"50%\" }");
    let company = line_of("up:gold g:gold leaf").buys("g", "0.01").buys("leaf", "0.02");
    assert_eq!(company.lines(&plan), ["up@1<g 0.02"], "half of 3 kopecks, up");
}

#[test]
fn whether_groups_count_above_is_kept_for_the_ranks() {
    let excludes = |keys: &str| {
        let plan = plan_of(&format!("{FIXED}\n{keys}"));
        let Some(plan::PeriodRule::Breakaway(breakaway)) = plan.rules()[0].period_rule() else {
            panic!("a breakaway")
        };
        breakaway.exclude_group
    };
    assert_eq!(
        [excludes(""), excludes("exclude_group = true"), excludes("exclude_group = false")],
        [true, true, false]
    );
}
