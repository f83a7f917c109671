//! `generation`: depth counted over leaders only.

use super::{line_of, rule, worst};
use plan::Plan;

fn directors(keys: &str) -> Plan {
    rule("associate director", "generation", &format!("boundary = \"director\"\n{keys}"))
}

fn three_ranks(keys: &str) -> Plan {
    rule(
        "associate gold diamond",
        "generation",
        &format!("boundary = \"same_rank\"\nrates = [\"10%\", \"5%\", \"3%\"]\n{keys}"),
    )
}

#[test]
fn the_one_leader_above_earns_the_first_generation() {
    let company = line_of("root:director mid:associate leaf:associate").buys("leaf", "100.00");
    assert_eq!(company.lines(&directors("rates = [\"10%\"]")), ["root@1<leaf 10.00"]);
}

#[test]
fn each_leader_begins_the_next_generation_whoever_stands_between() {
    let company = line_of("n0:director n1:associate n2:director n3:associate n4:director n5:associate leaf")
        .buys("leaf", "200.00");
    let plan = directors("rates = [\"10%\", \"6%\", \"4%\"]");
    assert_eq!(company.lines(&plan), ["n4@1<leaf 20.00", "n2@2<leaf 12.00", "n0@3<leaf 8.00"]);
    let two = directors("rates = [\"10%\", \"6%\"]");
    assert_eq!(company.lines(&two), ["n4@1<leaf 20.00", "n2@2<leaf 12.00"]);
}

#[test]
fn two_leaders_directly_one_under_the_other_are_two_generations() {
    let company = line_of("n0:director n1:director n2:director leaf").buys("leaf", "100.00");
    let plan = directors("rates = [\"10%\", \"6%\", \"4%\"]");
    assert_eq!(company.lines(&plan), ["n2@1<leaf 10.00", "n1@2<leaf 6.00", "n0@3<leaf 4.00"]);
}

#[test]
fn without_leaders_or_without_volume_nobody_earns() {
    let plan = directors("rates = [\"10%\"]");
    let nobody: [&str; 0] = [];
    assert_eq!(line_of("n0:associate n1 n2").buys("n2", "100.00").lines(&plan), nobody);
    assert_eq!(line_of("n0:director n1 n2").lines(&plan), nobody);
    assert_eq!(line_of("n0:director n1").buys("n0", "100.00").lines(&plan), nobody, "his own volume");
}

#[test]
fn a_leader_does_not_earn_on_himself_but_his_volume_counts_above() {
    let company = line_of("root:director mid leaf:director").buys("leaf", "100.00");
    assert_eq!(company.lines(&directors("rates = [\"10%\"]")), ["root@1<leaf 10.00"]);
}

#[test]
fn an_inactive_leader_bounds_or_is_passed_or_leaves_an_empty_generation() {
    let company = line_of("root:director mid:director! leaf").buys("leaf", "100.00");
    let lines = |keys: &str| company.lines(&directors(&format!("rates = [\"10%\", \"5%\"]\n{keys}")));
    assert_eq!(lines(""), ["root@2<leaf 5.00"]);
    assert_eq!(lines("inactive_bounds = true"), ["root@2<leaf 5.00"]);
    assert_eq!(lines("inactive_bounds = false"), ["root@1<leaf 10.00"]);
    assert_eq!(lines("inactive_bounds = false\nempty_generation_counts = false"), ["root@1<leaf 10.00"]);
    assert_eq!(lines("inactive_bounds = false\nempty_generation_counts = true"), ["root@2<leaf 5.00"]);
}

#[test]
fn one_on_hold_is_a_leader_and_what_he_would_earn_is_written_down() {
    let company = line_of("root:director mid:director? leaf").buys("leaf", "100.00");
    let plan = directors("rates = [\"10%\", \"5%\"]\ninactive_bounds = false");
    assert_eq!(company.lines(&plan), ["root@2<leaf 5.00"]);
    assert_eq!(company.unpaid(&plan), ["mid Held 10.00"]);
}

#[test]
fn nearer_generations_than_the_first_that_pays_count_and_earn_nothing() {
    let company =
        line_of("l3:director l2:director l1:director leaf").buys("leaf", "100.00").buys("l1", "50.00");
    let plan = directors("rates = [\"10%\", \"7%\"]\nfirst_generation = 2");
    assert_eq!(company.lines(&plan), ["l3@2<l1 5.00", "l2@2<leaf 10.00", "l3@3<leaf 7.00"]);
    assert_eq!(worst(&plan), "17%");
}

#[test]
fn the_rank_named_and_all_above_it_are_leaders() {
    let company = line_of("top:diamond mid:gold low:silver leaf").buys("leaf", "100.00");
    let lines = |boundary: &str| {
        let keys = format!("rates = [\"10%\", \"5%\", \"1%\"]\nboundary = \"{boundary}\"");
        company.lines(&rule("silver gold diamond", "generation", &keys))
    };
    assert_eq!(lines("silver"), ["low@1<leaf 10.00", "mid@2<leaf 5.00", "top@3<leaf 1.00"]);
    assert_eq!(lines("gold"), ["mid@1<leaf 10.00", "top@2<leaf 5.00"]);
    assert_eq!(lines("diamond"), ["top@1<leaf 10.00"]);
}

#[test]
fn of_the_same_rank_everyone_sees_leaders_of_his_own() {
    let company = line_of("root:diamond mid:gold low:associate leaf:associate").buys("leaf", "100.00");
    assert_eq!(
        company.lines(&three_ranks("")),
        ["low@1<leaf 10.00", "mid@1<leaf 10.00", "root@1<leaf 10.00"]
    );
    let more = line_of("root:diamond g1:gold g2:gold low:associate leaf:associate").buys("leaf", "200.00");
    assert_eq!(
        more.lines(&three_ranks("")),
        ["low@1<leaf 20.00", "g2@1<leaf 20.00", "g1@2<leaf 10.00", "root@1<leaf 20.00"],
        "a higher rank sees fewer"
    );
    let above = line_of("low:associate mid:gold leaf").buys("leaf", "100.00");
    assert_eq!(
        above.lines(&three_ranks("")),
        ["low@2<leaf 5.00", "mid@1<leaf 10.00"],
        "a higher rank counts for the lower one above it"
    );
}

#[test]
fn of_the_same_rank_the_inactive_count_only_where_they_bound() {
    let company = line_of("high:diamond up:associate mid:gold! low:associate leaf").buys("leaf", "100.00");
    assert_eq!(
        company.lines(&three_ranks("inactive_bounds = false")),
        ["low@1<leaf 10.00", "up@2<leaf 5.00", "high@1<leaf 10.00"]
    );
    assert_eq!(company.lines(&three_ranks("")), ["low@1<leaf 10.00", "up@3<leaf 3.00", "high@1<leaf 10.00"]);
}

const BY_RANK: &str = "[rules.rate_table]
silver = [\"10%\", \"8%\"]
gold = [\"10%\", \"8%\", \"6%\", \"4%\"]
diamond = [\"10%\", \"8%\", \"6%\", \"4%\", \"3%\", \"2.5%\", \"2%\"]
";

fn six_ranks(boundary: &str) -> Plan {
    let ranks = "associate bronze silver gold platinum diamond";
    rule(ranks, "generation", &format!("boundary = \"{boundary}\"\n{BY_RANK}"))
}

#[test]
fn a_table_by_rank_says_how_deep_each_rank_is_paid() {
    let company =
        line_of("n0:diamond n1:silver n2:silver n3:silver n4:silver n5:silver n6:gold n7:associate")
            .buys("n7", "100.00");
    assert_eq!(company.lines(&six_ranks("silver")), ["n6@1<n7 10.00", "n5@2<n7 8.00", "n0@7<n7 2.00"]);
    assert_eq!(company.lines(&six_ranks("same_rank")), ["n5@2<n7 8.00", "n6@1<n7 10.00", "n0@1<n7 10.00"]);
}

#[test]
fn silvers_above_two_diamonds_are_out_of_reach() {
    let plan = rule(
        "silver diamond",
        "generation",
        "boundary = \"same_rank\"\nrate_table = { silver = [\"10%\", \"5%\"], diamond = [\"10%\", \"5%\", \"3%\", \"2%\"] }",
    );
    let company = line_of("n0:silver n1:silver n2:diamond n3:diamond n4").buys("n4", "100.00");
    assert_eq!(company.lines(&plan), ["n3@1<n4 10.00", "n2@2<n4 5.00"]);
}

#[test]
fn levels_and_generations_pay_on_the_same_volume() {
    let plan = super::parsed(
        "ranks = [\"associate\", \"director\"]
[[rules]]
id = \"levels\"
kind = \"level\"
base = \"margin\"
rates = [\"5%\", \"8%\"]
compression = \"none\"
[[rules]]
id = \"generations\"
kind = \"generation\"
base = \"turnover\"
rates = [\"10%\"]
boundary = \"director\"
",
    )
    .plan;
    let company = line_of("root:director mid:associate leaf:associate").buys_at_forty("leaf", 100);
    let reckoned = company.sketch.reckon(&plan).expect("sound");
    let sum = |rule: &str, name: &str| reckoned.by_rule(rule, name).to_string();
    assert_eq!(
        [sum("levels", "mid"), sum("levels", "root"), sum("generations", "root")],
        ["2.00", "3.20", "10.00"]
    );
    assert_eq!(worst(&plan), "15.2%");
}

#[test]
fn volume_that_rolled_up_pays_where_it_lands() {
    // Below 100 the volume of mid and leaf joins low, whose leader is top: mid is passed by the copy.
    let text = "ranks = [\"manager\"]
roll_up = { below = \"100\" }
[[rules]]
id = \"rule\"
kind = \"generation\"
base = \"turnover\"
rates = [\"10%\"]
boundary = \"manager\"
";
    let company = line_of("top:manager low mid:manager leaf")
        .buys("top", "100.00")
        .buys("low", "100.00")
        .buys("mid", "60.00")
        .buys("leaf", "40.00");
    assert_eq!(company.lines(&super::parsed(text).plan), ["top@1<low 20.00"]);
    let unrolled = super::parsed(&text.replace("roll_up = { below = \"100\" }\n", "")).plan;
    assert_eq!(company.lines(&unrolled), ["top@1<low 10.00", "top@1<mid 6.00", "mid@1<leaf 4.00"]);
}

#[test]
fn amounts_are_rounded_once_and_less_than_half_a_kopeck_is_nothing() {
    let company = line_of("n0:director n1:director leaf").buys("leaf", "0.05");
    assert_eq!(company.lines(&directors("rates = [\"10%\", \"9%\"]")), ["n1@1<leaf 0.01"]);
}

#[test]
fn the_worst_case_counts_every_rank_where_each_has_leaders_of_its_own() {
    assert_eq!(worst(&directors("rates = [\"10%\", \"6%\", \"4%\"]")), "20%");
    assert_eq!(worst(&three_ranks("")), "54%", "three ranks, 18 % each");
    assert_eq!(worst(&six_ranks("silver")), "35.5%", "the greatest rate of each generation");
    assert_eq!(worst(&six_ranks("same_rank")), "81.5%", "18, 28 and 35.5 %");
    let all = line_of("d2:diamond d1:diamond g2:gold g1:gold a2:associate a1:associate leaf")
        .buys("leaf", "100.00");
    let plan =
        rule("associate gold diamond", "generation", "boundary = \"same_rank\"\nrates = [\"10%\", \"5%\"]");
    assert_eq!(worst(&plan), "45%");
    let paid: domain::money::Money =
        all.sketch.reckon(&plan).expect("sound").period.lines.iter().map(|line| line.paid).sum();
    assert_eq!(paid.to_string(), "45.00", "and no less may come out");
}
