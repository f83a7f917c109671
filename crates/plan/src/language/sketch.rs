//! The file of a rehearsal: people and purchases of several periods, written by hand. Strict as a plan is:
//! an unknown key, name or rank is refused with its place.

mod joined;

use std::collections::HashMap;

use domain::catalog::{ProductKind, Sku};
use domain::money::Money;
use domain::network::Standing;
use domain::period::{Period, PeriodError};
use domain::text;
use jiff::Timestamp;
use toml::de::DeTable;

use super::findings::Findings;
use super::section::{Entry, Section};
use super::{Diagnostics, amounts, bands, values};
use crate::plan::Plan;
use crate::sketch::{Act, Goods, Label, Script, ScriptPeriod};
use domain::lang::Text;

const STANDINGS: &[(&str, Standing)] =
    &[("active", Standing::Active), ("inactive", Standing::Inactive), ("held", Standing::Held)];
const KINDS: &[(&str, ProductKind)] = &[("goods", ProductKind::Goods), ("fee", ProductKind::Fee)];
const PEOPLE: &[&str] =
    &["name", "sponsor", "inviter", "standing", "rank", "joined", "invited", "paid_as", "highest"];
const PURCHASE: &[&str] = &["by", "customer", "price", "cost", "points", "pieces", "sku", "category", "kind"];

/// The month of the first period that says none.
const USUAL: &str = "2026-03";
/// More periods than this are a mistake of the author.
const MOST_PERIODS: usize = 120;

impl Script {
    /// Reads a rehearsal for a plan, whose ranks it may name; the file's name is for messages only.
    ///
    /// # Errors
    /// Everything that is wrong with the text, each mistake with its place and what would be right.
    pub fn parse(plan: &Plan, file_name: &str, text: &str) -> Result<Self, Diagnostics> {
        let mut findings = Findings::default();
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            findings.syntax(text, error);
        }
        let script = if errors.is_empty() {
            let month = USUAL.parse().expect("a literal month");
            let (names, joined) = (Vec::new(), HashMap::new());
            let mut reader = Reader { plan, names, joined, month, findings: &mut findings };
            reader.script(text, document.get_ref())
        } else {
            None
        };
        let (errors, _) = findings.into_diagnostics(file_name, text);
        match (Diagnostics::new(errors), script) {
            (Some(diagnostics), _) => Err(diagnostics),
            (None, Some(script)) => Ok(script),
            (None, None) => unreachable!("a rehearsal that cannot be read has at least one mistake"),
        }
    }
}

/// Reads a rehearsal from the top down: who is named must be there already.
struct Reader<'r> {
    plan: &'r Plan,
    names: Vec<String>,
    /// When those joined of whom the file says it.
    joined: HashMap<String, Timestamp>,
    /// The month that is being read.
    month: Period,
    findings: &'r mut Findings,
}

impl Reader<'_> {
    fn script(&mut self, text: &str, document: &DeTable<'_>) -> Option<Script> {
        let root = Section::root(text, document, &["title", "month", "people", "periods"], self.findings);
        let title = match root.get("title") {
            Some(entry) => values::string(entry, "\"…\"", self.findings).map(str::to_owned),
            None => None,
        };
        // A month that cannot be read forbids the rehearsal; the rest is looked through all the same.
        let told = root.get("month").and_then(|entry| self.month(entry));
        let mut month = told.unwrap_or_else(|| USUAL.parse().expect("a literal month"));
        self.month = month;
        let mut first = Vec::new();
        if let Some(entry) = root.required("people", "[{ name = \"anna\" }]", self.findings) {
            self.people(entry, &mut first);
        }
        let entry = root.required(
            "periods",
            "[{ purchases = [{ by = \"anna\", price = \"1000.00\" }] }]",
            self.findings,
        )?;
        let items = values::list(entry, "[{ purchases = […] }]", self.findings)?;
        if items.len() > MOST_PERIODS {
            self.findings.error(
                entry.span(),
                Text::new("слишком много", "too many"),
                text!("периодов больше {MOST_PERIODS}", "there are more than {MOST_PERIODS} periods"),
                Text::new("сократите список", "shorten the list"),
            );
            return None;
        }
        let mut periods = Vec::new();
        for item in items {
            let mut acts = std::mem::take(&mut first);
            self.month = month;
            self.period(item, &mut acts);
            periods.push(ScriptPeriod { month, acts });
            month = month.next();
        }
        (!self.findings.has_errors()).then_some(Script { title, periods })
    }

    fn month(&mut self, entry: Entry<'_, '_>) -> Option<Period> {
        let written = values::string(entry, "\"2026-03\"", self.findings)?;
        match written.parse() {
            Ok(month) => Some(month),
            Err(PeriodError::OutOfRange(_)) => {
                self.refuse(
                    entry,
                    written,
                    ("месяц вне пределов", "a month out of range"),
                    ("от 2000-01 до 2199-12", "months are from 2000-01 to 2199-12"),
                );
                None
            }
            Err(PeriodError::Form(_)) => {
                self.refuse(
                    entry,
                    written,
                    ("не месяц", "not a month"),
                    ("год и месяц: \"2026-03\"", "write year and month: \"2026-03\""),
                );
                None
            }
        }
    }

    fn period(&mut self, entry: Entry<'_, '_>, acts: &mut Vec<Act>) {
        let Some(section) = Section::of(entry, &["people", "changes", "purchases"], self.findings) else {
            return;
        };
        if let Some(entry) = section.get("people") {
            self.people(entry, acts);
        }
        if let Some(entry) = section.get("changes") {
            for item in values::list(entry, "[{ name = \"anna\", standing = \"inactive\" }]", self.findings)
                .unwrap_or_default()
            {
                self.change(item, acts);
            }
        }
        if let Some(entry) = section.get("purchases") {
            for item in values::list(entry, "[{ by = \"anna\", price = \"1000.00\" }]", self.findings)
                .unwrap_or_default()
            {
                acts.extend(self.purchase(item));
            }
        }
    }

    fn people(&mut self, entry: Entry<'_, '_>, acts: &mut Vec<Act>) {
        for item in values::list(entry, "[{ name = \"anna\" }]", self.findings).unwrap_or_default() {
            self.person(item, acts);
        }
    }

    fn person(&mut self, entry: Entry<'_, '_>, acts: &mut Vec<Act>) -> Option<()> {
        let section = Section::of(entry, PEOPLE, self.findings)?;
        let entry = section.required("name", "\"anna\"", self.findings)?;
        let name = self.new_name(entry);
        let sponsor = section.get("sponsor").map(|entry| self.known(entry));
        let inviter = section.get("inviter").map(|entry| self.known(entry));
        let joined = section.get("joined").map(|entry| self.joined(entry, &section));
        let invited = section.get("invited").map(|entry| values::whole(entry, 0..=1_000_000, self.findings));
        let highest = section.get("highest").map(|entry| self.rank(entry));
        let paid_as = section.get("paid_as").map(|entry| self.rank(entry));
        let name = name?;
        self.names.push(name.clone());
        self.joined.extend(joined.flatten().map(|joined| (name.clone(), joined)));
        if let (Some(Some(paid_as)), Some(Some(highest)), Some(entry)) =
            (&paid_as, &highest, section.get("highest"))
            && self.place(highest) < self.place(paid_as)
        {
            self.refuse(
                entry,
                highest,
                ("ниже, чем paid_as", "below paid_as"),
                ("высший ранг не ниже того, которым оплачен", "the highest rank is never below paid_as"),
            );
        }
        let was = match (paid_as.flatten(), highest.flatten()) {
            (Some(paid_as), highest) => Some((paid_as.clone(), highest.unwrap_or(paid_as))),
            (None, _) => None,
        };
        if was.is_none()
            && let Some(entry) = section.get("highest")
        {
            self.refuse(
                entry,
                "highest",
                ("нет paid_as", "no paid_as"),
                ("добавьте: paid_as = \"…\"", "add: paid_as = \"…\""),
            );
        }
        acts.push(Act::Joins {
            name: name.clone(),
            sponsor: sponsor.flatten(),
            inviter: inviter.flatten(),
            joined: joined.flatten(),
            invited: invited.flatten(),
            was,
        });
        self.standing(&section, &name, acts);
        Some(())
    }

    fn change(&mut self, entry: Entry<'_, '_>, acts: &mut Vec<Act>) -> Option<()> {
        let section = Section::of(entry, &["name", "standing", "rank"], self.findings)?;
        let entry = section.required("name", "\"anna\"", self.findings)?;
        let name = self.known(entry)?;
        self.standing(&section, &name, acts);
        Some(())
    }

    fn standing(&mut self, section: &Section<'_, '_>, name: &str, acts: &mut Vec<Act>) {
        if let Some(entry) = section.get("standing") {
            let standing = values::word(entry, STANDINGS, &[], self.findings);
            acts.extend(standing.map(|standing| Act::Stands(name.to_owned(), standing)));
        }
        if let Some(entry) = section.get("rank") {
            acts.extend(self.rank(entry).map(|rank| Act::Ranked(name.to_owned(), rank)));
        }
    }

    fn purchase(&mut self, entry: Entry<'_, '_>) -> Option<Act> {
        let section = Section::of(entry, PURCHASE, self.findings)?;
        let by = section.get("by").map(|entry| self.known(entry));
        let by_customer = match section.get("customer") {
            Some(entry) => values::boolean(entry, self.findings)?,
            None => by.is_none(),
        };
        let price = section
            .required("price", "\"1000.00\"", self.findings)
            .and_then(|entry| amounts::money(entry, Money::LARGEST, self.findings));
        let cost = match section.get("cost") {
            Some(entry) => bands::size(entry, self.findings).map(|cost| Money::from_minor(cost.0)),
            None => Some(Money::ZERO),
        };
        let points = match section.get("points") {
            Some(entry) => bands::size(entry, self.findings),
            None => price.map(|price| domain::catalog::Volume(price.minor())),
        };
        let pieces = match section.get("pieces") {
            Some(entry) => values::whole(entry, 1..=1_000_000, self.findings),
            None => Some(1),
        };
        let label = self.label(&section);
        Some(Act::Buys {
            by: match by {
                Some(by) => Some(by?),
                None => None,
            },
            by_customer,
            goods: Goods { price: price?, cost: cost?, points: points? },
            pieces: pieces?,
            label: label?,
        })
    }

    fn label(&mut self, section: &Section<'_, '_>) -> Option<Label> {
        let sku = match section.get("sku") {
            Some(entry) => {
                let written = values::string(entry, "\"RVS-1\"", self.findings)?;
                let sku = Sku::parse(written).ok();
                if sku.is_none() {
                    self.refuse(
                        entry,
                        written,
                        ("не артикул", "not an article number"),
                        ("от 1 до 64 видимых знаков ASCII", "use 1 to 64 visible ASCII characters"),
                    );
                }
                sku?
            }
            None => Sku::parse("GOODS").expect("a literal SKU"),
        };
        let category = match section.get("category") {
            Some(entry) => values::string(entry, "\"goods\"", self.findings)?.to_owned(),
            None => "goods".to_owned(),
        };
        let kind = match section.get("kind") {
            Some(entry) => values::word(entry, KINDS, &[], self.findings)?,
            None => ProductKind::Goods,
        };
        Some(Label { sku, category, kind })
    }

    /// A name that nobody has yet.
    fn new_name(&mut self, entry: Entry<'_, '_>) -> Option<String> {
        let name = values::string(entry, "\"anna\"", self.findings)?;
        if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            self.refuse(
                entry,
                name,
                ("не подходит как имя", "not fit for a name"),
                ("от 1 до 64 знаков", "use 1 to 64 characters"),
            );
            return None;
        }
        if self.names.iter().any(|known| known == name) {
            self.refuse(
                entry,
                name,
                ("имя занято", "the name is taken"),
                ("назовите каждого иначе", "give everyone a name of his own"),
            );
            return None;
        }
        Some(name.to_owned())
    }

    /// Somebody who is there already.
    fn known(&mut self, entry: Entry<'_, '_>) -> Option<String> {
        let name = values::string(entry, "\"anna\"", self.findings)?;
        if self.names.iter().any(|known| known == name) {
            return Some(name.to_owned());
        }
        let near = super::words::nearest(name, self.names.iter().map(String::as_str)).map(str::to_owned);
        let (ru, en) = match near {
            Some(near) => {
                (format!("возможно, имелось в виду \"{near}\""), format!("did you mean \"{near}\"?"))
            }
            None => (
                "назовите его в people выше по тексту".to_owned(),
                "name him in people, further up".to_owned(),
            ),
        };
        self.refuse(entry, name, ("такого человека нет", "nobody is called so"), (&ru, &en));
        None
    }

    /// A rank of the plan.
    fn rank(&mut self, entry: Entry<'_, '_>) -> Option<String> {
        let rank = values::string(entry, "\"silver\"", self.findings)?;
        if self.plan.ranks().iter().any(|known| known.name == rank) {
            return Some(rank.to_owned());
        }
        let known: Vec<&str> = self.plan.ranks().iter().map(|rank| rank.name.as_str()).collect();
        let (ru, en) = if known.is_empty() {
            ("рангов в плане нет".to_owned(), "the plan has no ranks".to_owned())
        } else {
            (format!("в плане есть: {}", known.join(", ")), format!("the plan has: {}", known.join(", ")))
        };
        self.refuse(entry, rank, ("такого ранга нет", "no such rank"), (&ru, &en));
        None
    }

    /// The place of a rank of the plan.
    fn place(&self, rank: &str) -> Option<usize> {
        self.plan.ranks().iter().position(|known| known.name == rank)
    }

    /// Notes that a value does not fit, and what would.
    fn refuse(&mut self, entry: Entry<'_, '_>, value: &str, label: (&str, &str), help: (&str, &str)) {
        let (key, (ru, en)) = (entry.key, label);
        let shown: String = value.chars().take(64).collect();
        self.findings.error(
            entry.span(),
            Text::new(ru, en),
            text!("{key} = \"{shown}\": {ru}", "{key} = \"{shown}\": {en}"),
            Text::new(help.0, help.1),
        );
    }
}
