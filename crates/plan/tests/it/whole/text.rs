//! The text of a plan, in the plan language.

use super::terms::{
    After, Binary, Breakaway, CATEGORIES, Climb, Compression, Conditions, Excess, Kind, Ladder, LegsOf,
    Measure, Mode, Pool, RANKS, RankRates, Rates, Rounding, Rule, Shares, Terms, Unit, Unlock, Whose,
};

fn percent(ppm: i128) -> String {
    format!("\"{}.{:04}%\"", ppm / 10_000, ppm % 10_000)
}

fn sum(hundredths: i128) -> String {
    format!("\"{}.{:02}\"", hundredths / 100, hundredths % 100)
}

fn list<T>(items: &[T], write: impl Fn(&T) -> String) -> String {
    format!("[{}]", items.iter().map(write).collect::<Vec<_>>().join(", "))
}

fn percents(rates: &[i128]) -> String {
    list(rates, |rate| percent(*rate))
}

fn table<V>(of: &[(usize, V)], write: impl Fn(&V) -> String) -> String {
    let items = of.iter().map(|(rank, value)| format!("{} = {}", RANKS[*rank], write(value)));
    format!("{{ {} }}", items.collect::<Vec<_>>().join(", "))
}

fn rank_rates(rates: &RankRates) -> String {
    table(rates, |rate| percent(*rate))
}

fn rates(rates: &Rates) -> String {
    match rates {
        Rates::List(list) => format!("rates = {}\n", percents(list)),
        Rates::Table(lists) => {
            let named: Vec<_> = lists
                .iter()
                .enumerate()
                .filter(|(_, list)| !list.is_empty())
                .map(|(rank, list)| (rank, list.clone()))
                .collect();
            format!("rate_table = {}\n", table(&named, |list| percents(list)))
        }
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Turnover => "turnover",
        Unit::Margin => "margin",
        Unit::Volume => "volume",
    }
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::ProRata => "pro_rata",
        Mode::Priority => "priority",
        Mode::Tail => "tail",
        Mode::Stop => "stop",
    }
}

fn excess(excess: Excess) -> &'static str {
    match excess {
        Excess::Company => "company",
        Excess::Carried => "carried",
        Excess::Pool => "pool",
    }
}

fn measure(measure: Measure) -> &'static str {
    match measure {
        Measure::Personal => "personal_volume",
        Measure::Unrolled => "unrolled_volume",
        Measure::Customers => "customer_volume",
        Measure::Frontline => "frontline_volume",
        Measure::Group => "group_volume",
    }
}

/// A key that is written where there is a value.
fn key<T>(name: &str, value: Option<T>, write: impl Fn(T) -> String) -> String {
    value.map_or(String::new(), |value| format!("{name} = {}\n", write(value)))
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

fn id(rule: usize) -> String {
    quoted(&name(rule))
}

/// The name of a rule, by its place.
pub(super) fn name(rule: usize) -> String {
    format!("r{rule}")
}

fn bands(bands: &[(i128, i128)]) -> String {
    let band =
        |(from, rate): &(i128, i128)| format!("{{ from = {}, rate = {} }}", sum(*from), percent(*rate));
    format!("bands = {}\n", list(bands, band))
}

fn climb(climb: &Climb, placed: bool) -> String {
    let mut text = rates(&climb.rates);
    let word = match climb.compression {
        Compression::None => "none",
        Compression::SkipInactive => "skip_inactive",
        Compression::SkipBelowRank(_) => "skip_below_rank",
        Compression::Dynamic => "dynamic",
        Compression::RollToNext => "roll_to_next",
    };
    text += &format!("compression = \"{word}\"\n");
    if let Compression::SkipBelowRank(rank) = climb.compression {
        text += &format!("min_rank = \"{}\"\n", RANKS[rank]);
    }
    match &climb.unlock {
        Unlock::Open => {}
        Unlock::OneToOne => text += "unlock = \"one_to_one\"\n",
        Unlock::Tiers(tiers) => {
            let tier =
                |(least, most): &(i128, usize)| format!("{{ min_active = {least}, max_level = {most} }}");
            text += &format!("unlock = {{ tiers = {} }}\n", list(tiers, tier));
        }
    }
    text += if climb.pass_up { "closed_level = \"pass_up\"\n" } else { "" };
    if !placed {
        text += &format!("pay_self = {}\n", climb.pay_self);
        text += &key("max_scan", climb.max_scan, |most| most.to_string());
    }
    text
}

fn fill(depth_first: bool) -> &'static str {
    if depth_first { "fill = \"depth_first\"\n" } else { "" }
}

fn breakaway(terms: &Breakaway) -> String {
    let mode = if terms.fixed { "fixed" } else { "differential" };
    let mut text = format!(
        "at_rank = \"{}\"\noverride = {}\nmode = \"{mode}\"\nexclude_group = {}\n",
        RANKS[terms.at_rank],
        rank_rates(&terms.overrides),
        terms.exclude_group
    );
    text += &key("min_override", terms.min_override, percent);
    text +=
        &key("generations", Some(&terms.generations).filter(|list| !list.is_empty()), |list| percents(list));
    text + &key("of", Some(&terms.of).filter(|of| !of.is_empty()), |of| list(of, |rule| id(*rule)))
}

fn pool(terms: &Pool) -> String {
    let shares = match &terms.shares {
        Shares::Equal => quoted("equal"),
        Shares::Ranks(shares) => table(shares, ToString::to_string),
        Shares::Measure(of) => quoted(measure(*of)),
    };
    let most = |most: Result<i128, i128>| most.map_or_else(percent, sum);
    let mut text = format!("percent = {}\nshares = {shares}\n", percent(terms.percent));
    text += &key("min_rank", terms.min_rank, |rank| quoted(RANKS[rank]));
    text += &key("min_qualifiers", terms.min_qualifiers, |least| least.to_string());
    text += &key("max_per_partner", terms.most, most);
    text + if terms.carried { "unused = \"carried\"\n" } else { "" }
}

fn binary(terms: &Binary) -> String {
    let mut text = match terms.pays {
        Ok(rate) => format!("percent = {}\n", percent(rate)),
        Err((unit, pays)) => format!("unit = {}\nsum = {}\n", sum(unit), sum(pays)),
    };
    let after = match terms.after {
        After::CarryForward => "carry_forward",
        After::NetOff => "net_off",
        After::FullFlush => "full_flush",
    };
    text += &format!("after_match = \"{after}\"\nratio = \"{}:{}\"\n", terms.ratio.0, terms.ratio.1);
    text += &key("carry_cap", terms.carry_cap, sum);
    text += &key("period_cap", terms.period_cap, sum);
    text += if terms.balance { "balance = \"volume_ratio\"\n" } else { "" };
    text + fill(terms.depth_first)
}

fn ladder(ladder: &Ladder) -> String {
    match ladder {
        Ladder::Bands(by, of) => bands(of) + &format!("by = \"{}\"\n", measure(*by)),
        Ladder::Ranks(rates) => format!("rank_rates = {}\n", rank_rates(rates)),
    }
}

/// The word of a kind, and the keys that are its own.
fn kind(kind: &Kind) -> (&'static str, String) {
    let close = |close: &bool| if *close { "decided = \"close\"\n" } else { "" };
    match kind {
        Kind::Level { climb: walk, close: late } => ("level", climb(walk, false) + close(late)),
        Kind::FastStart { climb: walk, days, replaces } => {
            let when = days.map_or("first_order = true\n".to_owned(), |days| format!("days = {days}\n"));
            ("fast_start", climb(walk, false) + &when + &format!("replaces_level = {replaces}\n"))
        }
        Kind::Personal { bands: of, of: whose, close: late } => {
            let whose = match whose {
                Whose::Own => "own",
                Whose::Customers => "customers",
                Whose::Both => "both",
            };
            ("personal", bands(of) + &format!("of = \"{whose}\"\n") + close(late))
        }
        Kind::Retail { discount } => {
            let price =
                discount.map_or(quoted("cost"), |discount| format!("{{ discount = {} }}", percent(discount)));
            ("retail_margin", format!("partner_price = {price}\n"))
        }
        Kind::Differential { ladder: own, pay_self, after, top } => {
            let text = ladder(own) + &format!("pay_self = {pay_self}\n");
            ("differential", text + &key("after", *after, id) + &key("top", *top, percent))
        }
        Kind::SameLevel { of, rate, counts_as_done } => {
            let text =
                format!("of = {}\nrate = {}\ncounts_as_done = {counts_as_done}\n", id(*of), percent(*rate));
            ("same_level", text)
        }
        _ => late_kind(kind),
    }
}

/// The word of a kind.
pub(super) fn word(of: &Kind) -> &'static str {
    kind(of).0
}

fn late_kind(kind: &Kind) -> (&'static str, String) {
    match kind {
        Kind::Generation { rates: of, first, boundary, inactive_bounds, empty_counts } => {
            let boundary = boundary.map_or("same_rank", |rank| RANKS[rank]);
            let mut text = rates(of) + &format!("first_generation = {first}\nboundary = \"{boundary}\"\n");
            text += &format!("inactive_bounds = {inactive_bounds}\n");
            text += if *inactive_bounds { "" } else { "empty_generation_counts = " };
            text += &if *inactive_bounds { String::new() } else { format!("{empty_counts}\n") };
            ("generation", text)
        }
        Kind::Infinity { rates: of, after_generation, boundary, full } => {
            let pays = if *full { "full" } else { "difference" };
            let text = format!(
                "rank_rates = {}\npays = \"{pays}\"\nafter_generation = {after_generation}\n",
                rank_rates(of)
            );
            ("infinity", text + &key("boundary", *boundary, |rank| quoted(RANKS[rank])))
        }
        Kind::Breakaway(terms) => ("breakaway", breakaway(terms)),
        Kind::Matching { of, rates: shares, raw, skip_inactive } => {
            let on = if *raw { "raw" } else { "capped" };
            let of = list(of, |rule| id(*rule));
            (
                "matching",
                rates(shares) + &format!("of = {of}\non = \"{on}\"\nskip_inactive = {skip_inactive}\n"),
            )
        }
        Kind::Pool(terms) => ("pool", pool(terms)),
        Kind::RankAdvance { sums, highest, hold_periods } => {
            let skipped = if *highest { "highest" } else { "each" };
            let sums = table(sums, |of| sum(*of));
            (
                "rank_advance",
                format!("sums = {sums}\nskipped = \"{skipped}\"\nhold_periods = {hold_periods}\n"),
            )
        }
        Kind::Award { count } => {
            ("award", format!("count = {count}\nitem = {{ ru = \"Вещь\", en = \"A thing\" }}\n"))
        }
        Kind::Binary(terms) => ("binary", binary(terms)),
        Kind::Matrix { climb: walk, width, height, depth_first } => {
            let text = climb(walk, true) + &format!("width = {width}\nheight = {height}\n");
            ("matrix", text + fill(*depth_first))
        }
        _ => unreachable!("told before"),
    }
}

fn rule(place: usize, rule: &Rule) -> String {
    let (word, keys) = kind(&rule.kind);
    let mut text = format!("[[rules]]\nid = {}\nkind = \"{word}\"\n{keys}", id(place));
    let has_base = !matches!(
        rule.kind,
        Kind::Retail { .. } | Kind::Matching { .. } | Kind::RankAdvance { .. } | Kind::Award { .. }
    );
    text += &key("base", has_base.then(|| unit(rule.unit)), quoted);
    text += &key("products", rule.category, |of| format!("{{ categories = [\"{}\"] }}", CATEGORIES[of]));
    text += &key("cap", rule.cap, |cap| {
        let scope = if cap.period { "period" } else { "order" };
        format!(
            "{{ percent = {}, mode = \"{}\", scope = \"{scope}\" }}",
            percent(cap.percent),
            mode(cap.mode)
        )
    });
    text + &key("priority", rule.priority, |priority| priority.to_string())
}

fn conditions(of: &Conditions) -> Vec<String> {
    let mut keys: Vec<String> =
        of.volumes.iter().map(|(by, asked)| format!("{} = {}", measure(*by), sum(*asked))).collect();
    keys.extend(of.max_leg_share.map(|share| format!("max_leg_share = {}", percent(share))));
    if !of.legs.is_empty() {
        let word = match of.legs_of {
            LegsOf::Rolled => "rolled",
            LegsOf::Unrolled => "unrolled",
            LegsOf::Mixed => "mixed",
        };
        keys.push(format!("legs = {}", list(&of.legs, |leg| sum(*leg))));
        keys.push(format!("legs_of = \"{word}\""));
    }
    if !of.people.is_empty() {
        let wanted = list(&of.people, |wanted| {
            let within = wanted.within.map_or(String::new(), |within| format!(", within = {within}"));
            let separate = if wanted.separate_legs { ", separate_legs = true" } else { "" };
            format!("{{ rank = \"{}\", count = {}{within}{separate} }}", RANKS[wanted.rank], wanted.count)
        });
        keys.push(format!("people = {wanted}"));
    }
    keys.extend(of.tenure.map(|months| format!("tenure_months = {months}")));
    keys.extend(of.active.then(|| "active = true".to_owned()));
    keys
}

impl Terms {
    /// The plan in the plan language.
    pub(super) fn to_toml(&self) -> String {
        let rounding = match self.rounding {
            Rounding::HalfUp => "half_up",
            Rounding::HalfEven => "half_even",
            Rounding::Down => "down",
        };
        let mut text = crate::common::HEAD.to_owned();
        text += &format!("rounding = \"{rounding}\"\npoint_value = {}\n", sum(self.point_value));
        text += &format!("qualify_by = \"{}\"\n", unit(self.qualify_by));
        text += &key("roll_up", self.roll_up, |below| format!("{{ below = {} }}", sum(below)));
        for (place, rank) in self.ranks.iter().enumerate() {
            text += &format!("[[ranks]]\nname = \"{}\"\n", RANKS[place]);
            match &rank.reach {
                None => text += "staff_only = true\n",
                Some(reach) => text += &(conditions(reach).join("\n") + "\n"),
            }
            text += &key("keep", rank.keep.as_ref(), |keep| format!("{{ {} }}", conditions(keep).join(", ")));
        }
        if let Some(cap) = self.cap {
            let scope = if cap.period { "period" } else { "order" };
            text += &format!(
                "[cap]\npercent = {}\nof = \"{}\"\nscope = \"{scope}\"\nmode = \"{}\"\nexcess = \"{}\"\n",
                percent(cap.percent),
                unit(cap.of),
                mode(cap.mode),
                excess(cap.excess)
            );
        }
        if let Some(cap) = self.partner_cap {
            text += &format!(
                "[partner_cap]\namount = {}\nmode = \"{}\"\nexcess = \"{}\"\n",
                sum(cap.amount),
                mode(cap.mode),
                excess(cap.excess)
            );
        }
        self.rules.iter().enumerate().fold(text, |text, (place, of)| text + &rule(place, of))
    }
}
