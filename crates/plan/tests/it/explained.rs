//! Why somebody gets a sum of a period, or nothing, word by word.

use domain::accrual::{Outcome, RuleId};
use domain::lang::Text;
use domain::money::{Money, Rate};
use plan::close::{How, Line, NextRank, Note, Seat, Source, Why};
use plan::explain::{self, Lang, period};
use plan::{Plan, explain::summary};

use crate::common::{plan, rule};

fn terms() -> Plan {
    let based = |id: &str, keys: &str| rule(id, &format!("base = \"turnover\"\n{keys}"));
    let walk = "rates = [\"1%\"]\ncompression = \"none\"";
    plan(&format!(
        "qualify_by = \"turnover\"\nranks = [\"low\", \"high\"]\n{}{}{}{}{}{}{}",
        based("lines", &format!("kind = \"level\"\ndecided = \"close\"\n{walk}")),
        based("places", &format!("kind = \"matrix\"\nwidth = 3\nheight = 2\n{walk}")),
        based("leaders", "kind = \"generation\"\nboundary = \"low\"\nrates = [\"1%\"]"),
        rule("matched", "kind = \"matching\"\nof = [\"lines\"]\nrates = [\"1%\"]"),
        based(
            "broken",
            "kind = \"breakaway\"\nat_rank = \"high\"\nmode = \"fixed\"\noverride = { high = \"1%\" }"
        ),
        based("fund", "kind = \"pool\"\npercent = \"1%\"\nshares = \"equal\""),
        based("own", "kind = \"personal\"\ndecided = \"close\"\nbands = [{ from = \"1\", rate = \"1%\" }]"),
    ))
}

const ANNA: usize = 0;
const BORIS: usize = 1;

fn of_boris() -> Source {
    Source::Partner(Seat::new(BORIS))
}

fn percent(percent: u32) -> Rate {
    Rate::from_ppm(percent * 10_000)
}

/// What is said of 5.00 that Anna earns at level 2, of 100.00 of Boris.
fn line(rule: &str) -> Line {
    let sum = Money::from_minor(500);
    Line {
        rule: RuleId::new(rule),
        earner: Seat::new(ANNA),
        source: of_boris(),
        level: 2,
        base: Money::from_minor(10_000),
        how: How::Rate(percent(5)),
        raw: sum,
        paid: sum,
    }
}

fn english(text: &Text) -> String {
    text.in_lang(Lang::En).to_owned()
}

fn said(line: &Line) -> String {
    english(&period::line(&terms(), line, Some("Boris")))
}

#[test]
fn a_line_says_whose_it_is_and_where_he_stands() {
    for (rule, expected) in [
        ("lines", "level 2: 5% of 100.00 (volume of Boris), earned 5.00"),
        ("places", "level 2: 5% of 100.00 (volume of Boris), earned 5.00"),
        ("leaders", "generation 2: 5% of 100.00 (volume of Boris), earned 5.00"),
        ("matched", "generation 2: 5% of 100.00 (commissions of Boris), earned 5.00"),
        ("broken", "generation 2: 5% of 100.00 (volume of the group of Boris), earned 5.00"),
        ("fund", "5% of 100.00 (the company's pool), earned 5.00"),
        ("own", "5% of 100.00 (volume of Boris), earned 5.00"),
    ] {
        assert_eq!(said(&line(rule)), expected, "{rule}");
    }
    let own = Line { source: Source::Partner(Seat::new(ANNA)), ..line("own") };
    assert_eq!(said(&own), "5% of 100.00 (volume of his own), earned 5.00");
    let cut = Line { paid: Money::from_minor(300), ..line("lines") };
    let russian = period::line(&terms(), &cut, Some("Борис")).in_lang(Lang::Ru).to_owned();
    let expected = "линия 2: 5% от 100,00 ₽ (объём Борис), по ставке 5,00 ₽, после лимитов начислено 3,00 ₽";
    assert_eq!(russian.replace('\u{a0}', " "), expected);
    assert_eq!(
        said(&cut),
        "level 2: 5% of 100.00 (volume of Boris), 5.00 by the rate, 3.00 earned after the caps"
    );
}

#[test]
fn a_line_says_how_its_sum_came_about() {
    let how = |how: How, source: Source| {
        let line = Line { how, source, level: 1, ..line("own") };
        said(&line).strip_suffix(", earned 5.00").expect("it is earned").to_owned()
    };
    let difference = |own: u32, done: u32, left: u32| {
        how(How::Difference { own: percent(own), done: percent(done), left: percent(left) }, of_boris())
    };
    let of = "of 100.00 (volume of Boris)";
    assert_eq!(difference(5, 0, 5), format!("5% {of}"));
    assert_eq!(difference(5, 2, 3), format!("his own 5% less 2% below = 3% {of}"));
    assert_eq!(difference(5, 4, 2), format!("his own 5%, 4% below, no less than 2% {of}"));
    assert_eq!(difference(3, 2, 3), format!("his own 3%, 2% below, no less than 3% {of}"));
    assert_eq!(difference(9, 0, 5), format!("his own 9%, 0% below, 5% left up to the top, {of}"));
    assert_eq!(difference(9, 2, 3), format!("his own 9%, 2% below, 3% left up to the top, {of}"));
    let (rate, sum) = (percent(5), Money::from_minor);
    let balanced = How::Balanced { rate, weaker: sum(100), stronger: sum(300) };
    assert_eq!(how(balanced, Source::Legs), "5% of 100.00 (two legs), times 1.00 / 3.00");
    assert_eq!(how(How::Units { units: 3, sum: sum(200) }, Source::Legs), "3 x 2.00 (two legs)");
    let shares = How::Shares { own: 1, all: 3 };
    assert_eq!(how(shares, Source::Company), "1 of 3 shares of 100.00 (the whole company)");
    assert_eq!(how(How::Whole, Source::CarriedOver), "100.00 (from earlier periods)");
    assert_eq!(how(How::Whole, Source::Reached), "100.00 (for what was reached)");
}

#[test]
fn a_note_says_why_nothing_is_earned_in_the_words_of_its_kind() {
    let said = |rule: &str, source: Source, why: Why| {
        let note = Note { rule: RuleId::new(rule), source, level: Some(1), why };
        english(&period::note(&terms(), &note, Some("Boris")))
    };
    for (rule, of, too_far) in [
        ("lines", "volume of Boris", "levels"),
        ("leaders", "volume of Boris", "generations"),
        ("matched", "commissions of Boris", "generations"),
        ("broken", "volume of the group of Boris", "generations"),
    ] {
        let expected = format!("{of}: all {too_far} were taken nearer");
        assert_eq!(said(rule, of_boris(), Why::TooFar), expected, "{rule}");
        assert_eq!(said(rule, of_boris(), Why::BelowRank), format!("{of}: the rank has no rate"), "{rule}");
    }
    assert_eq!(
        said("fund", Source::Company, Why::BelowRank),
        "the company's pool: the rank takes no part in the pool"
    );
    let too_little = |source, has| said("own", source, Why::TooLittle { needs: 500, has });
    assert_eq!(too_little(Source::Legs, 0), "two legs: the smaller leg has no volume");
    assert_eq!(too_little(Source::Legs, 3), "two legs: too little: it needs 500, he had 3");
    assert_eq!(too_little(of_boris(), 0), "volume of Boris: too little: it needs 500, he had 0");
}

#[test]
fn a_walk_says_whether_one_took_a_level_for_nothing_or_was_passed() {
    let said = |outcome: Outcome, level| explain::outcome(&outcome, level, Lang::En);
    assert_eq!(said(Outcome::SkippedInactive, None), "not active, so passed over");
    assert_eq!(said(Outcome::SkippedInactive, Some(3)), "level 3: not active, so nothing is earned");
    assert_eq!(said(Outcome::BelowRank, None), "the rank is below those that take levels");
    assert_eq!(said(Outcome::BelowRank, Some(3)), "level 3: the rank has no rate");
}

#[test]
fn a_rank_for_which_nothing_is_missing_is_said_to_be_reached() {
    let next = NextRank { rank: 1, is_kept: false, missing: Vec::new() };
    assert_eq!(explain::next_rank(&terms(), &next, Lang::En), ["rank high: every condition holds"]);
}

/// Whether a plan of ranks and one rule says so.
fn says(keys: &str, phrase: &str) -> bool {
    let base = if keys.contains("rank_advance") { "" } else { "base = \"turnover\"\n" };
    let text = format!(
        "qualify_by = \"turnover\"\nranks = [\"low\", \"high\"]\n{}",
        rule("r", &format!("{base}{keys}"))
    );
    summary(&plan(&text), Lang::En).contains(phrase)
}

#[test]
fn a_term_that_changes_nothing_is_not_told() {
    let walk = "rates = [\"1%\"]\ncompression = \"none\"";
    for (keys, term, phrase) in [
        ("kind = \"pool\"\npercent = \"1%\"\nshares = \"equal\"", "min_qualifiers = 2", "with fewer than 2"),
        (
            "kind = \"rank_advance\"\nsums = { high = \"5.00\" }\nskipped = \"each\"",
            "hold_periods = 2",
            "must be held",
        ),
        (
            "kind = \"generation\"\nboundary = \"low\"\nrates = [\"1%\"]",
            "first_generation = 2",
            "nearer generations count and pay nothing",
        ),
        (
            "kind = \"infinity\"\nrank_rates = { low = \"1%\" }\npays = \"full\"",
            "after_generation = 1",
            "the nearest 1 leader(s)",
        ),
        (
            "kind = \"breakaway\"\nat_rank = \"low\"\nmode = \"fixed\"\noverride = { low = \"1%\" }",
            "generations = [\"1%\"]",
            "the next leaders above by generation 2: 1%",
        ),
        (
            "kind = \"binary\"\npercent = \"1%\"\nafter_match = \"net_off\"",
            "ratio = \"1:2\"",
            "1 of the weaker leg to 2",
        ),
        (
            "kind = \"binary\"\npercent = \"1%\"\nafter_match = \"net_off\"",
            "balance = \"volume_ratio\"",
            "times the weaker leg divided by the stronger",
        ),
        (&format!("kind = \"level\"\n{walk}"), "max_scan = 9", "no more than 9 sponsors are looked at"),
        (
            &format!("kind = \"level\"\n{walk}\nproducts = {{ categories = [\"care\"] }}"),
            "# articles",
            "on these goods only: categories care\n",
        ),
        (
            &format!("kind = \"level\"\n{walk}\nproducts = {{ skus = [\"care\"] }}"),
            "# categories",
            "on these goods only: articles care\n",
        ),
    ] {
        // The words before the numbers of the phrase.
        let words = phrase.split(|sign: char| sign.is_ascii_digit()).max_by_key(|part| part.len());
        let words = words.expect("a phrase has words");
        let is_comment = term.starts_with('#');
        assert!(is_comment || !says(keys, words), "{keys}: {words}");
        assert!(says(&format!("{keys}\n{term}"), phrase), "{keys}: {phrase}");
    }
    let matrix = format!("kind = \"matrix\"\nwidth = 3\nheight = 2\n{walk}");
    assert!(!says(&matrix, "sponsors are looked at"), "the height says it");
}

#[test]
fn the_unit_of_volumes_is_told_where_something_is_measured() {
    let unit = |text: &str| summary(&plan(text), Lang::En).contains("Volumes are measured in turnover");
    let level = rule("r", "kind = \"level\"\nbase = \"turnover\"\nrates = [\"1%\"]\ncompression = \"none\"");
    let of = |keys: &str| {
        let ranks = "qualify_by = \"turnover\"\nranks = [\"low\"]\n";
        unit(&format!("{ranks}{}", rule("r", &format!("base = \"turnover\"\n{keys}"))))
    };
    let ranked =
        |keys: &str| unit(&format!("qualify_by = \"turnover\"\n[[ranks]]\nname = \"low\"\n{keys}\n{level}"));
    assert!(
        unit(&format!("qualify_by = \"turnover\"\nroll_up = {{ below = \"5\" }}\n{level}")),
        "the roll-up"
    );
    assert!(!unit(&format!("ranks = [\"low\"]\n{level}")), "ranks that staff give");
    assert!(!ranked("active = true"));
    assert!(ranked("personal_volume = \"10\""));
    assert!(ranked("legs = [\"10\"]"));
    let bands = "bands = [{ from = \"1\", rate = \"1%\" }]";
    assert!(of(&format!("kind = \"personal\"\n{bands}")));
    assert!(of(&format!("kind = \"personal\"\ndecided = \"close\"\n{bands}")));
    assert!(of(&format!("kind = \"differential\"\n{bands}")));
    assert!(!of("kind = \"differential\"\nrank_rates = { low = \"1%\" }"));
    assert!(of("kind = \"pool\"\npercent = \"1%\"\nshares = \"group_volume\""));
    assert!(!of("kind = \"pool\"\npercent = \"1%\"\nshares = \"equal\""));
}

#[test]
fn the_share_of_a_leg_is_told_of_the_group_volume_only() {
    let text = "qualify_by = \"turnover\"\n[[ranks]]\nname = \"low\"\npersonal_volume = \"10\"\ngroup_volume = \"20\"\nmax_leg_share = \"60%\"\n";
    let level = rule("r", "kind = \"level\"\nbase = \"turnover\"\nrates = [\"1%\"]\ncompression = \"none\"");
    let told = summary(&plan(&format!("{text}{level}")), Lang::En);
    let of_leg: Vec<&str> = told.lines().filter(|line| line.contains("one leg counts up to 60%")).collect();
    assert!(matches!(of_leg.as_slice(), [line] if line.contains("group volume")), "{told}");
}
