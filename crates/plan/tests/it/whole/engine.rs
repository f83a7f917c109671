//! The engine over a world: its facts built from plain values, its answers made comparable.

use std::collections::BTreeMap;
use std::num::NonZero;

use domain::accrual::{Accruals, RuleId};
use domain::activity::Span;
use domain::catalog::{ProductKind, Sku, Volume};
use domain::ids::{FactSeq, OrderId, PartnerId, ProductId, RefundId};
use domain::money::Money;
use domain::network::{Dated, KnownSpan, Network, Standing};
use domain::order::{ExternalId, Order, OrderKey, OrderLine, Refund};
use domain::partner::PartnerCode;
use jiff::Timestamp;
use plan::batch::{Census, OrderBook, compute};
use plan::close::{Bought, Carried, CarryKey, CloseFacts, Commission, Paid, Participant, Seat, SeatedOrder};
use plan::{OrderFacts, Plan};
use uuid::Uuid;

use super::terms::{CATEGORIES, RANKS};
use super::world::{Buyer, FIRST_MONTH, Item, Joined, Outcome, PAID_ON, Purchase, Stands, World, taken_back};

/// The zone of the plans is three hours ahead the whole year.
fn instant(at: Joined) -> Timestamp {
    let (year, month) = (at.month / 12, at.month % 12 + 1);
    let text = format!("{year:04}-{month:02}-{:02}T{:02}:00:00+03:00", at.day, at.hour);
    text.parse().expect("a date of the calendar")
}

fn id(place: usize) -> PartnerId {
    PartnerId::new(Uuid::from_u128(place as u128 + 1))
}

fn place(partner: PartnerId) -> usize {
    usize::try_from(partner.uuid().as_u128() - 1).expect("one of the world")
}

fn money(minor: i128) -> Money {
    Money::from_minor(i64::try_from(minor).expect("a small sum"))
}

fn standing(stands: Stands) -> Standing {
    match stands {
        Stands::Active => Standing::Active,
        Stands::Inactive => Standing::Inactive,
        Stands::Held => Standing::Held,
    }
}

fn line(number: usize, item: &Item) -> OrderLine {
    OrderLine {
        line_no: u32::try_from(number + 1).expect("few"),
        product: ProductId::new(Uuid::from_u128(1)),
        sku: Sku::parse("GOODS").expect("a SKU"),
        category: CATEGORIES[item.category].to_owned(),
        kind: if item.is_fee { ProductKind::Fee } else { ProductKind::Goods },
        quantity: u32::try_from(item.pieces).expect("few"),
        unit_price: money(item.price),
        unit_cost: money(item.cost),
        unit_volume: Volume(i64::try_from(item.points).expect("few")),
    }
}

fn paper(number: usize, order: &Purchase, at: Timestamp) -> Order {
    let name = |text: &str| ExternalId::parse(text).expect("visible ASCII");
    let (buyer, seller) = match order.buyer {
        Buyer::Partner(who) => (Some(id(who)), None),
        Buyer::CustomerOf(who) => (None, Some(id(who))),
        Buyer::Stranger => (None, None),
    };
    Order {
        id: OrderId::new(Uuid::from_u128(number as u128 + 1)),
        key: OrderKey { source: name("world"), external_id: name(&number.to_string()) },
        number: None,
        buyer,
        seller,
        ordered_at: at,
        paid_at: Some(at),
        delivered_at: Some(at),
        cancelled_at: None,
        lines: order.items.iter().enumerate().map(|(number, item)| line(number, item)).collect(),
        refunds: Vec::new(),
    }
}

/// The order with what was given back.
fn with_refunds(paper: &Order, order: &Purchase, at: Timestamp) -> Order {
    let back = paper.lines.iter().zip(&order.items).filter(|(_, item)| item.back > 0);
    let lines: BTreeMap<u32, u32> =
        back.map(|(line, item)| (line.line_no, u32::try_from(item.back).expect("few"))).collect();
    let mut paper = paper.clone();
    if !lines.is_empty() {
        paper.refunds.push(Refund {
            id: RefundId::new(Uuid::from_u128(1)),
            external_id: ExternalId::parse("back").expect("visible ASCII"),
            refunded_at: at,
            lines,
        });
    }
    paper
}

/// What the engine remembers from month to month.
pub(super) struct Engine<'w> {
    world: &'w World,
    plan: &'w Plan,
    carried: Carried,
    paid_as: Vec<Option<usize>>,
    highest: Vec<Option<usize>>,
}

fn rank_name(rank: Option<usize>) -> Option<String> {
    rank.map(|rank| RANKS[rank].to_owned())
}

impl<'w> Engine<'w> {
    pub(super) fn new(world: &'w World, plan: &'w Plan) -> Self {
        let paid_as = world.people.iter().map(|someone| someone.before).collect();
        let highest = world.people.iter().map(|someone| someone.highest).collect();
        Self { world, plan, carried: Carried::default(), paid_as, highest }
    }

    /// Every month, one after the other.
    pub(super) fn run(mut self) -> Vec<Outcome> {
        (0..self.world.months.len()).map(|number| self.month(number)).collect()
    }

    fn invited(&self, who: usize, stands: &[Stands]) -> u32 {
        let everyone = self.world.people.iter().zip(stands);
        let counts =
            everyone.filter(|(someone, stands)| someone.inviter == Some(who) && **stands != Stands::Inactive);
        u32::try_from(counts.count()).expect("few")
    }

    fn network(&self, stands: &[Stands], from: Timestamp, end: Timestamp) -> Network {
        let mut network = Network::default();
        let seq = FactSeq(1);
        for (who, someone) in self.world.people.iter().enumerate() {
            let person = network.person(id(who));
            person.code = Some(PartnerCode::numbered(someone.code));
            person.joined_at = Some(instant(someone.joined));
            person.sponsors.push(Dated { from, seq, fact: someone.sponsor.map(id) });
            person.surely_active_invited = self.invited(who, stands);
            if stands[who] != Stands::Inactive {
                person.activity.push(KnownSpan { span: Span { from, until: end }, seq, superseded: None });
            }
            person.holds.push(Dated { from, seq, fact: stands[who] == Stands::Held });
            let rank = rank_name(someone.staff.or(self.paid_as[who]));
            person.ranks.push(Dated { from, seq, fact: rank });
        }
        network
    }

    fn participant(&self, who: usize, stands: &[Stands]) -> Participant {
        let someone = &self.world.people[who];
        Participant {
            partner: id(who),
            code: PartnerCode::numbered(someone.code),
            sponsor: someone.sponsor.map(Seat::new),
            inviter: someone.inviter.map(Seat::new),
            joined_at: instant(someone.joined),
            placed_at: instant(someone.joined),
            standing: standing(stands[who]),
            active_invited: self.invited(who, stands),
            staff_rank: rank_name(someone.staff),
            paid_as_before: rank_name(self.paid_as[who]),
            highest_before: rank_name(self.highest[who]),
        }
    }

    /// The network of a month, its orders, when they are paid, and when it ends.
    fn facts(&self, number: usize) -> (Network, Vec<Order>, Timestamp, Timestamp) {
        let month = &self.world.months[number];
        let of = FIRST_MONTH + i128::try_from(number).expect("few");
        let from = instant(Joined { month: of, day: 1, hour: 0 });
        let end = instant(Joined { month: of + 1, day: 1, hour: 0 });
        let paid = instant(Joined { month: of, day: PAID_ON.0, hour: PAID_ON.1 });
        let network = self.network(&month.stands, from, end);
        let papers = month.orders.iter().enumerate().map(|(number, order)| paper(number, order, paid));
        (network, papers.collect(), paid, end)
    }

    /// What the orders of the first month pay everybody, all of them at once on so many threads.
    pub(super) fn at_once(&self, threads: usize) -> BTreeMap<usize, i128> {
        let (network, papers, ..) = self.facts(0);
        let census = Census::of(&network, FactSeq::LATEST).expect("whole");
        let mut book = OrderBook::with_room(&census.company, self.plan, papers.len()).expect("levels only");
        for paper in &papers {
            book.push_order(self.plan, paper, census.buyer(paper).expect("known")).expect("a sound order");
        }
        let threads = NonZero::new(threads).expect("some");
        let totals = compute(self.plan, &census.company, &book.close(), threads).expect("a sound month");
        let earned = census.company.seats().map(|seat| {
            let partner = census.partner(seat).expect("one of the network");
            (place(partner), i128::from(totals.earned_by(seat).minor()))
        });
        earned.filter(|(_, sum)| *sum != 0).collect()
    }

    fn month(&mut self, number: usize) -> Outcome {
        let (world, plan) = (self.world, self.plan);
        let month = &world.months[number];
        let (network, papers, paid, end) = self.facts(number);
        let mut outcome = Outcome::default();
        let mut commissions = BTreeMap::new();
        for (number, paper) in papers.iter().enumerate() {
            let is_first = papers[..number].iter().all(|other| other.buyer != paper.buyer);
            let judged =
                plan::accrue(plan, &OrderFacts { order: paper, is_first }, &network, FactSeq::LATEST);
            let judged = judged.expect("a sound order");
            assert_eq!(judged.paid() + judged.broken(), judged.maximum, "order {number}");
            tell_order(number, &judged, &mut outcome);
            for share in &judged.shares {
                let kept =
                    |sum: Money| sum - money(taken_back(i128::from(sum.minor()), &month.orders[number]));
                let (raw, paid): &mut (Money, Money) =
                    commissions.entry((share.rule.clone(), place(share.earner))).or_default();
                *raw += kept(share.raw);
                *paid += kept(share.paid);
            }
        }
        let papers: Vec<Order> =
            papers.iter().zip(&month.orders).map(|(paper, order)| with_refunds(paper, order, paid)).collect();
        let facts = CloseFacts {
            end,
            people: (0..world.people.len()).map(|who| self.participant(who, &month.stands)).collect(),
            orders: papers.iter().zip(&month.orders).map(|(paper, order)| seat(paper, order.buyer)).collect(),
            commissions: commissions
                .into_iter()
                .map(|((rule, who), (raw, paid))| Commission { rule, earner: Seat::new(who), raw, paid })
                .collect(),
            carried: self.carried.clone(),
        };
        let qualified = plan::close::qualify(plan, &facts).expect("no rings");
        let paid = plan::close::pay(plan, &facts, &qualified, None).expect("no rings");
        outcome.paid_as = qualified.iter().map(|(_, stood)| stood.paid_as).collect();
        outcome.highest = qualified.iter().map(|(_, stood)| stood.highest).collect();
        tell_close(&paid, &mut outcome);
        self.paid_as.clone_from(&outcome.paid_as);
        self.highest.clone_from(&outcome.highest);
        self.carried = paid.carried;
        outcome
    }
}

fn seat(order: &Order, buyer: Buyer) -> SeatedOrder<'_> {
    let bought = match buyer {
        Buyer::Partner(who) => Bought::By(Seat::new(who)),
        Buyer::CustomerOf(who) => Bought::ByCustomerOf(Seat::new(who)),
        Buyer::Stranger => Bought::ByNobody,
    };
    SeatedOrder { bought, order }
}

fn tell_order(number: usize, judged: &Accruals, outcome: &mut Outcome) {
    for share in &judged.shares {
        let key = (number, share.rule.as_str().to_owned(), usize::from(share.level), place(share.earner));
        let sums = (i128::from(share.raw.minor()), i128::from(share.paid.minor()));
        assert_eq!(outcome.shares.insert(key, sums), None, "one share of a level");
    }
    for lost in &judged.breakage {
        let key =
            (number, lost.rule.as_str().to_owned(), usize::from(lost.level), format!("{:?}", lost.reason));
        *outcome.breakage.entry(key).or_default() += i128::from(lost.amount.minor());
    }
}

fn rule_name(rule: Option<&RuleId>) -> String {
    rule.map_or("", RuleId::as_str).to_owned()
}

/// Marks of ranks are compared by what they do in later months.
fn is_mark(key: &CarryKey) -> bool {
    let word = key.what.to_word();
    word.starts_with("advanced:") || word.starts_with("held:")
}

fn tell_close(paid: &Paid, outcome: &mut Outcome) {
    for line in &paid.lines {
        let key = (rule_name(Some(&line.rule)), Some(line.earner.place()));
        let (raw, got) = outcome.earned.entry(key).or_default();
        *raw += i128::from(line.raw.minor());
        *got += i128::from(line.paid.minor());
    }
    for unpaid in &paid.unpaid {
        let of = (rule_name(unpaid.rule.as_ref()), unpaid.partner.map(Seat::place));
        *outcome.unpaid.entry((of, format!("{:?}", unpaid.reason))).or_default() +=
            i128::from(unpaid.amount.minor());
    }
    for cut in &paid.cuts {
        let of = (rule_name(Some(&cut.rule)), Some(cut.earner.place()));
        *outcome.cuts.entry((of, format!("{:?}", cut.reason))).or_default() += i128::from(cut.amount.minor());
    }
    outcome.awards =
        paid.awards.iter().map(|award| (rule_name(Some(&award.rule)), Some(award.earner.place()))).collect();
    for (key, amount) in paid.carried.0.iter().filter(|(key, _)| !is_mark(key)) {
        let of = (rule_name(key.rule.as_ref()), key.seat.map(Seat::place));
        outcome.carried.insert((of, key.what.to_word()), i128::from(*amount));
    }
}
