//! What a period is reckoned with: its orders, the network as at its end, what earlier periods left.

mod then;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::accrual::RuleId;
use domain::ids::{FactSeq, PartnerId, PlanVersionId};
use domain::money::Money;
use domain::network::{AsOf, Network};
use domain::order::{Order, Origin};
use domain::period::Period;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use plan::Plan;
use plan::close::{
    Bought, Carried, Carry, CarryKey, CloseFacts, Commission, Participant, PerSeat, Qualified, Seat,
    SeatedOrder,
};
use store::partners::Latecomer;
use store::period_runs::{CountedOrder, OrderCommission, PeriodRun, StoredCarry, StoredStanding};
use store::{StoreError, Tx};

use crate::App;
use crate::plans::Timeline;

/// A period with everything that its rules ask about.
#[derive(Debug, Clone)]
pub(crate) struct Reckoning {
    pub(crate) period: Period,
    pub(crate) version: PlanVersionId,
    pub(crate) plan: Arc<Plan>,
    pub(crate) known: FactSeq,
    pub(crate) end: Timestamp,
    /// The partners by seat, in the order of their codes.
    pub(crate) partners: Vec<PartnerId>,
    seats: HashMap<PartnerId, Seat>,
    pub(crate) people: PerSeat<Participant>,
    pub(crate) orders: Vec<Order>,
    commissions: Vec<Commission>,
    pub(crate) carried: Carried,
}

/// The network, and how it is asked.
pub(crate) struct KnownBy<'a> {
    pub(crate) network: &'a Network,
    pub(crate) as_of: AsOf,
    /// Who personally invited whom.
    pub(crate) inviters: &'a HashMap<PartnerId, PartnerId>,
    /// Who joined in a month that was closed before that became known, and when it did.
    pub(crate) known_late: &'a HashMap<PartnerId, Timestamp>,
}

/// Who joined in a month that was closed before that became known, and when it did.
async fn known_late(tx: &mut Tx, zone: &TimeZone) -> Result<HashMap<PartnerId, Timestamp>, StoreError> {
    let runs = store::period_runs::all(tx).await?;
    let closes: Vec<_> = runs.iter().filter(|run| run.run == 1 && run.paid.is_some()).collect();
    let Some(first) = closes.iter().map(|run| run.known).min() else {
        return Ok(HashMap::new());
    };
    let is_late = |one: &Latecomer| {
        closes.iter().any(|close| one.joined_at < close.period.end(zone) && close.known < one.seq)
    };
    let known = store::partners::known_after(tx, first).await?.into_iter();
    Ok(known.filter(is_late).map(|one| (one.partner, one.recorded_at)).collect())
}

/// The last instant that a period has.
pub(crate) fn last_instant(end: Timestamp) -> Timestamp {
    end - SignedDuration::from_micros(1)
}

impl Reckoning {
    /// Loads a period as it stands now, by a knowledge of the network; `None` if no plan is in force at its
    /// end.
    pub(crate) async fn load(
        app: &App,
        tx: &mut Tx,
        timeline: &Timeline,
        period: Period,
        known: FactSeq,
    ) -> Result<Option<Self>, StoreError> {
        let loaded = Self::load_unpaid(app, tx, timeline, period, known, Timestamp::MAX).await?;
        let Some(mut reckoning) = loaded else {
            return Ok(None);
        };
        reckoning.load_commissions(tx, period.start(&timeline.zone()), Timestamp::MAX).await?;
        Ok(Some(reckoning))
    }

    /// The same before anything is paid for its orders, with what reckonings of earlier periods had left
    /// by an instant of the clock.
    async fn load_unpaid(
        app: &App,
        tx: &mut Tx,
        timeline: &Timeline,
        period: Period,
        known: FactSeq,
        by: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let zone = timeline.zone();
        let (start, end) = (period.start(&zone), period.end(&zone));
        let Some((version, plan)) = timeline.in_force(last_instant(end)) else {
            return Ok(None);
        };
        let ids = store::period_runs::orders_within(tx, start, end).await?;
        let mut orders: Vec<Order> =
            store::orders::by_ids(tx, &ids).await?.into_iter().map(|stored| stored.order).collect();
        orders.sort_by(|one, other| one.key.cmp(&other.key));
        // A period that still runs is reckoned as if it ended now.
        let at = last_instant(end).min(app.now());
        let network = store::network::load_whole(tx).await?;
        let inviters = store::partners::inviters(tx).await?;
        let staff_ranks = store::standing::staff_ranks_at(tx, at, known).await?.into_iter().collect();
        let before = Before::load(tx, period, by).await?;
        let known_late = known_late(tx, &zone).await?;
        let as_of = AsOf { at, known };
        let known_by = KnownBy { network: &network, as_of, inviters: &inviters, known_late: &known_late };
        let version = (version.id, plan);
        Ok(Some(Self::seated(period, end, version, &known_by, &staff_ranks, &before, orders)))
    }

    /// Seats everybody who is there at the end of a period, with what earlier periods left him; nothing is
    /// paid for orders yet.
    pub(crate) fn seated(
        period: Period,
        end: Timestamp,
        (version, plan): (PlanVersionId, &Arc<Plan>),
        known_by: &KnownBy<'_>,
        staff_ranks: &HashMap<PartnerId, String>,
        before: &Before,
        orders: Vec<Order>,
    ) -> Self {
        let mut reckoning = Self {
            period,
            version,
            plan: plan.clone(),
            known: known_by.as_of.known,
            end,
            partners: Vec::new(),
            seats: HashMap::new(),
            people: PerSeat::default(),
            orders,
            commissions: Vec::new(),
            carried: Carried::default(),
        };
        reckoning.seat_people(known_by, staff_ranks, before);
        reckoning.carried = reckoning.seated_carries(before);
        reckoning
    }

    /// The same period with what its orders paid.
    #[must_use]
    pub(crate) fn paying(self, paid: Vec<OrderCommission>) -> Self {
        Self { commissions: self.seated_commissions(paid), ..self }
    }

    async fn load_commissions(
        &mut self,
        tx: &mut Tx,
        start: Timestamp,
        reversed_by: Timestamp,
    ) -> Result<(), StoreError> {
        let paid = store::period_runs::commissions_within(tx, start, self.end, reversed_by).await?;
        self.commissions = self.seated_commissions(paid);
        Ok(())
    }

    fn seat_people(
        &mut self,
        &KnownBy { network, as_of, inviters, known_late }: &KnownBy<'_>,
        staff_ranks: &HashMap<PartnerId, String>,
        before: &Before,
    ) {
        let joined = |person: &domain::network::Person| person.joined_at.filter(|joined| *joined <= as_of.at);
        let mut members: Vec<_> = network
            .people()
            .filter_map(|(id, person)| Some((network.member(id, as_of)?, joined(person)?)))
            .collect();
        members.sort_by(|(one, _), (other, _)| one.code.cmp(&other.code));
        self.partners = members.iter().map(|(member, _)| member.partner).collect();
        self.seats = self.partners.iter().enumerate().map(|(place, id)| (*id, Seat::new(place))).collect();
        let seat = |partner: PartnerId| self.seats.get(&partner).copied();
        let participant = |(member, joined_at): (domain::network::Member, Timestamp)| {
            let stood = before.standings.get(&member.partner);
            Participant {
                partner: member.partner,
                sponsor: network.sponsor(member.partner, as_of).and_then(seat),
                inviter: inviters.get(&member.partner).copied().and_then(seat),
                joined_at,
                placed_at: known_late.get(&member.partner).copied().unwrap_or(joined_at),
                standing: member.standing,
                active_invited: member.active_invited,
                staff_rank: staff_ranks.get(&member.partner).cloned(),
                paid_as_before: stood
                    .filter(|_| before.is_last_month)
                    .and_then(|stood| stood.paid_as.clone()),
                highest_before: stood.and_then(|stood| stood.highest.clone()),
                code: member.code,
            }
        };
        self.people = members.into_iter().map(participant).collect();
    }

    fn seated_carries(&self, before: &Before) -> Carried {
        let mut carried = Carried::default();
        for carry in &before.carries {
            let seat = carry.partner.map(|partner| self.seats.get(&partner).copied());
            // A partner of an earlier period is one of this, and the word was written by this program.
            if let (Some(what), Some(seat)) =
                (Carry::parse(&carry.what), seat.map_or(Some(None), |seat| seat.map(Some)))
            {
                carried.0.insert(CarryKey { rule: carry.rule.clone(), seat, what }, carry.amount);
            }
        }
        carried
    }

    fn seated_commissions(&self, paid: Vec<OrderCommission>) -> Vec<Commission> {
        let mut sums: BTreeMap<(RuleId, Seat), (Money, Money)> = BTreeMap::new();
        for (rule, earner, raw, paid, back) in paid {
            let Some(seat) = self.seats.get(&earner) else {
                continue;
            };
            let kept = paid - back;
            let (raw_sum, paid_sum) = sums.entry((rule, *seat)).or_default();
            *raw_sum += raw.share_down(kept, paid);
            *paid_sum += kept;
        }
        let commission = |((rule, earner), (raw, paid))| Commission { rule, earner, raw, paid };
        sums.into_iter().map(commission).filter(|commission| commission.paid.is_positive()).collect()
    }

    /// The facts as the engine takes them.
    pub(crate) fn facts(&self) -> CloseFacts<'_> {
        let seated = |order| {
            let seat = |partner: PartnerId| self.seats.get(&partner).copied();
            let bought = match Order::origin(order) {
                Origin::Partner(partner) => seat(partner).map(Bought::By),
                Origin::CustomerOf(partner) => seat(partner).map(Bought::ByCustomerOf),
                Origin::Nobody => None,
            };
            SeatedOrder { bought: bought.unwrap_or(Bought::ByNobody), order }
        };
        CloseFacts {
            end: self.end,
            people: self.people.clone(),
            orders: self.orders.iter().map(seated).collect(),
            commissions: self.commissions.clone(),
            carried: self.carried.clone(),
        }
    }

    /// The orders as they are counted now.
    pub(crate) fn counted(&self) -> Vec<CountedOrder> {
        let counted = |order: &Order| CountedOrder {
            order: order.id,
            refunds: u32::try_from(order.refunds.len()).unwrap_or(u32::MAX),
            cancelled: order.cancelled_at.is_some(),
        };
        self.orders.iter().map(counted).collect()
    }

    pub(crate) fn commissions(&self) -> &[Commission] {
        &self.commissions
    }

    /// Who sits there.
    pub(crate) fn partner(&self, seat: Seat) -> Option<PartnerId> {
        self.partners.get(seat.place()).copied()
    }

    /// Where somebody sits.
    pub(crate) fn seat(&self, partner: PartnerId) -> Option<Seat> {
        self.seats.get(&partner).copied()
    }

    /// What is carried over, as it is stored.
    pub(crate) fn stored_carries(&self, carried: &Carried) -> Vec<StoredCarry> {
        let stored = |(key, amount): (&CarryKey, &i64)| StoredCarry {
            rule: key.rule.clone(),
            partner: key.seat.and_then(|seat| self.partner(seat)),
            what: key.what.to_word(),
            amount: *amount,
        };
        carried.0.iter().map(stored).collect()
    }

    /// How everyone stands, as it is stored.
    pub(crate) fn stored(&self, qualified: &PerSeat<Qualified>) -> Vec<StoredStanding> {
        let rank = |place: Option<usize>| {
            place.and_then(|place| self.plan.ranks().get(place)).map(|rank| rank.name.clone())
        };
        qualified
            .iter()
            .filter_map(|(seat, stands)| {
                Some(StoredStanding {
                    partner: self.partner(seat)?,
                    personal: stands.personal,
                    unrolled: stands.unrolled,
                    customers: stands.customers,
                    frontline: stands.frontline,
                    group: stands.group,
                    paid_as: rank(stands.paid_as),
                    highest: rank(stands.highest),
                })
            })
            .collect()
    }
}

/// What earlier periods left.
#[derive(Default)]
pub(crate) struct Before {
    /// Whether the last run is of the period directly before.
    pub(crate) is_last_month: bool,
    pub(crate) standings: HashMap<PartnerId, StoredStanding>,
    pub(crate) carries: Vec<StoredCarry>,
}

impl Before {
    async fn load(tx: &mut Tx, period: Period, by: Timestamp) -> Result<Self, StoreError> {
        let Some(run) = store::period_runs::last_paid_before(tx, period, by).await? else {
            return Ok(Self::default());
        };
        let PeriodRun { id, period: of, .. } = run;
        let standings = store::period_runs::standings_of(tx, id).await?;
        Ok(Self {
            is_last_month: of.next() == period,
            standings: standings.into_iter().map(|standing| (standing.partner, standing)).collect(),
            carries: store::period_runs::carries_of(tx, id).await?,
        })
    }
}
