//! Judges a tortured company by its twin.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::Course;
use crate::database::Kind;
use crate::table::{Table, millis, per_second, percentile};
use crate::twin::Outcome;

/// What came of the torture.
#[derive(Debug)]
pub struct Report {
    /// On which database.
    pub kind: Kind,
    /// How many orders the shop told.
    pub orders: u32,
    /// What happened.
    pub course: Course,
    /// The tortured company.
    pub own: Outcome,
    /// Its twin.
    pub others: Outcome,
    /// How long it all took.
    pub took: Duration,
}

/// How a tortured company differs from its twin.
#[derive(Debug, Default, PartialEq, Eq)]
struct Differences {
    /// Orders or partners' accruals that the twin has and it has not.
    lost: u64,
    /// Those that it has and the twin has not, or has less of.
    double: u64,
    /// The first lines that differ.
    lines: Vec<String>,
}

impl Report {
    /// Whether nothing is lost, nothing is there twice, and the books are right.
    pub fn is_clean(&self) -> bool {
        let books_are_right = [&self.own, &self.others]
            .iter()
            .all(|outcome| outcome.verified.differences == 0 && outcome.verified.pending == 0);
        books_are_right && self.differences() == Differences::default()
    }

    fn differences(&self) -> Differences {
        let mut differences = compare(&self.own.by_partner, &self.others.by_partner);
        let (own, others) = (&self.own.verified, &self.others.verified);
        let told = u64::from(self.orders);
        for (what, own, right) in [
            ("orders", own.orders, told),
            ("the twin's orders", others.orders, told),
            ("accruals", own.accruals, others.accruals),
        ] {
            if own != right {
                differences.lost += right.saturating_sub(own);
                differences.double += own.saturating_sub(right);
                differences.lines.push(format!("{what}: {own}, not {right}"));
            }
        }
        differences
    }
}

/// Compares two texts of `accruals --by partner --csv` line by line, by their first column.
fn compare(own: &str, others: &str) -> Differences {
    let by_code = |text: &str| -> BTreeMap<String, String> {
        let rows =
            text.lines().map(|line| (line.split(',').next().unwrap_or_default().to_owned(), line.to_owned()));
        rows.collect()
    };
    let (own, mut others) = (by_code(own), by_code(others));
    let mut differences = Differences::default();
    for (code, line) in own {
        let right = others.remove(&code);
        if right.as_ref() != Some(&line) {
            let is_less = right.as_ref().is_some_and(|right| accrued(&line) < accrued(right));
            differences.lost += u64::from(is_less);
            differences.double += u64::from(!is_less);
            differences.lines.push(format!("{line}, not {}", right.unwrap_or_else(|| "nothing".to_owned())));
        }
    }
    differences.lost += others.len() as u64;
    differences.lines.extend(others.into_values().map(|right| format!("nothing, not {right}")));
    differences
}

/// The second column, in kopecks.
fn accrued(line: &str) -> i64 {
    line.split(',').nth(1).and_then(|sum| sum.replace('.', "").parse().ok()).unwrap_or(0)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let course = &self.course;
        let mut starts = course.starts.clone();
        starts.sort_unstable();
        let differences = self.differences();
        let (own, others) = (&self.own.verified, &self.others.verified);
        let mut table = Table::new(format!("torture on {}", self.kind), &[]);
        table.row("kills under load", &[&course.kills]);
        table.row("kills while starting", &[&course.kills_at_start]);
        table.row("orders told", &[&self.orders]);
        table.row("answers 200", &[&course.acknowledged]);
        table.row("answers 200 per second of load", &[&per_second(course.acknowledged, course.loaded)]);
        table.row("sent again, no answer before", &[&course.resent]);
        table.row("sent again, answered before", &[&course.resent_acknowledged]);
        table.row("answers 429 and 503", &[&course.asked_to_wait]);
        table.row("time to ready after a kill, p50", &[&millis(percentile(&starts, 50))]);
        table.row("time to ready after a kill, max", &[&millis(percentile(&starts, 100))]);
        table.row("queue drained after", &[&millis(self.own.drained_after)]);
        table.row("accruals, here and twin", &[&format!("{}, {}", own.accruals, others.accruals)]);
        table.row(
            "verify: differences, here and twin",
            &[&format!("{}, {}", own.differences, others.differences)],
        );
        table.row("lost", &[&differences.lost]);
        table.row("double", &[&differences.double]);
        table.row("took", &[&millis(self.took)]);
        write!(f, "{table}")?;
        let problems = own.problems.iter().chain(&others.problems).chain(&differences.lines);
        for problem in problems.take(20) {
            writeln!(f, "  ! {problem}")?;
        }
        writeln!(f, "  {}", if self.is_clean() { "clean" } else { "FAILED" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_that_differs_is_lost_or_double() {
        let right = "partner,accrued\nA,10.00\nB,5.00\nC,1.00\n";
        assert_eq!(compare(right, right), Differences::default());
        let differences = compare("partner,accrued\nA,20.00\nB,4.00\n", right);
        assert_eq!((differences.lost, differences.double), (2, 1));
        assert_eq!(compare(right, "partner,accrued\nA,10.00\nB,5.00\n").double, 1);
    }
}
