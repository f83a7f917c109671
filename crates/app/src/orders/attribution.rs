//! Whom orders name: partners by their codes, phones and addresses, customers who are tied to somebody, and
//! owners of promo codes.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::ids::{OrderId, PartnerId};
use domain::order::{
    Claims, CustomerKey, Named, Order, OrderDetails, OrderEvent, ParseError, attribute, disputes,
};
use domain::promo::{PromoCode, PromoTerm};
use domain::text;
use jiff::Timestamp;
use store::attribution::Dispute;
use store::partners::Handle;
use store::{StoreError, Tx};

/// Everybody whom some events may mean.
pub(super) struct Names {
    partners: HashMap<(Named, String), PartnerId>,
    inviters: HashMap<PartnerId, PartnerId>,
    promos: HashMap<PromoCode, Vec<PromoTerm>>,
    /// To whom a customer is tied, and since which payment.
    ties: HashMap<CustomerKey, (Timestamp, PartnerId)>,
    customers: BTreeSet<(CustomerKey, OrderId)>,
    disputes: BTreeSet<(OrderId, Named, PartnerId)>,
}

const HANDLES: [(Named, Handle); 4] = [
    (Named::PartnerCode, Handle::Code),
    (Named::ReferralCode, Handle::ReferralCode),
    (Named::Phone, Handle::Phone),
    (Named::Email, Handle::Email),
];

impl Names {
    pub(super) async fn load(tx: &mut Tx, events: &[OrderEvent]) -> Result<Self, StoreError> {
        let details = || events.iter().filter_map(|event| event.order.details.as_ref());
        let mut partners = HashMap::new();
        for (named, handle) in HANDLES {
            let told: HashSet<String> = details().filter_map(|details| told(named, details)).collect();
            let told: Vec<String> = told.into_iter().collect();
            for (value, id) in store::partners::ids_by(tx, handle, &told).await? {
                partners.insert((named, value), id);
            }
        }
        let codes: HashSet<String> =
            details().filter_map(|details| told(Named::PromoCode, details)).collect();
        let codes: Vec<String> = codes.into_iter().collect();
        let mut promos: HashMap<PromoCode, Vec<PromoTerm>> = HashMap::new();
        for promo in store::promo_codes::of_codes(tx, &codes).await? {
            promos.entry(promo.term.code.clone()).or_default().push(promo.term);
        }
        let customers: HashSet<CustomerKey> = details().flat_map(customer_keys).map(|(_, key)| key).collect();
        let customers: Vec<CustomerKey> = customers.into_iter().collect();
        let ties = store::attribution::ties_of(tx, &customers).await?;
        Ok(Self {
            inviters: inviters(tx, details().any(has_code), &partners).await?,
            partners,
            promos,
            ties: ties.into_iter().map(|tie| (tie.customer, (tie.paid_at, tie.partner))).collect(),
            customers: BTreeSet::new(),
            disputes: BTreeSet::new(),
        })
    }

    /// Whom an order names.
    ///
    /// # Errors
    /// A partner code and a referral code must be somebody's: else it is a mistake of the shop that would
    /// lose somebody's money. A phone or an address that is no partner's is an outside customer's; a promo
    /// code that is no partner's is the shop's own.
    fn claims(&self, details: &OrderDetails) -> Result<Claims, ParseError> {
        let found = |named| {
            told(named, details).map(|value| {
                let partner = self.partners.get(&(named, value.clone())).copied();
                (value, partner)
            })
        };
        for named in [Named::PartnerCode, Named::ReferralCode] {
            if let Some((value, None)) = found(named) {
                let problem = text!("{value:?} нет ни у кого", "{value:?} belongs to no partner");
                return Err(ParseError::new(format!("order.buyer.{}", named.as_str()), problem));
            }
        }
        let partner = |named| found(named).and_then(|(_, partner)| partner);
        let tied = |by: Named| {
            let mut keys = customer_keys(details);
            let (_, key) = keys.find(|(named, _)| *named == by)?;
            self.ties.get(&key).map(|(_, partner)| *partner)
        };
        let promo = details.buyer.promo_code.as_ref().and_then(|code| self.promos.get(code));
        let holds = |term: &&PromoTerm| term.holds(details.ordered_at);
        Ok(Claims {
            partner_code: partner(Named::PartnerCode),
            phone: partner(Named::Phone),
            email: partner(Named::Email),
            tied_by_phone: tied(Named::Phone),
            tied_by_email: tied(Named::Email),
            referral_code: partner(Named::ReferralCode),
            promo_code: promo.and_then(|terms| terms.iter().find(holds)).map(|term| term.partner),
        })
    }

    fn inviter(&self, partner: PartnerId) -> Option<PartnerId> {
        self.inviters.get(&partner).copied()
    }

    /// The buyer if he is a partner, and the partner who brought him if he is not. Whose an order is was
    /// decided when it became known: only another buyer's account contradicts it, codes never do.
    pub(super) fn buyer(
        &self,
        details: &OrderDetails,
        known: Option<&Order>,
    ) -> Result<(Option<PartnerId>, Option<PartnerId>), ParseError> {
        let claims = self.claims(details)?;
        Ok(match (known, claims.partner_code) {
            (None, _) => {
                let attribution = attribute(&claims, |partner| self.inviter(partner));
                (attribution.buyer, attribution.seller)
            }
            (Some(_), Some(buyer)) => (Some(buyer), None),
            (Some(order), None) => (order.buyer, order.seller),
        })
    }

    /// Remembers what an order that was taken in says of its customer, and who was named in vain.
    pub(super) fn remember(&mut self, order: &Order, details: &OrderDetails) -> Result<(), ParseError> {
        let claims = self.claims(details)?;
        let named = disputes(&claims, order.buyer, order.seller, |partner| self.inviter(partner));
        self.disputes.extend(named.into_iter().map(|(named, partner)| (order.id, named, partner)));
        let (None, Some(seller)) = (order.buyer, order.seller) else { return Ok(()) };
        for (_, key) in customer_keys(details) {
            self.customers.insert((key, order.id));
            if let Some(paid_at) = order.paid_at {
                let tie = self.ties.entry(key).or_insert((paid_at, seller));
                if paid_at < tie.0 {
                    *tie = (paid_at, seller);
                }
            }
        }
        Ok(())
    }

    /// Stores what was remembered; the orders are stored already.
    pub(super) async fn save(self, tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
        let customers: Vec<_> = self.customers.into_iter().collect();
        store::attribution::keep_customers(tx, &customers).await?;
        let dispute = |(order, named, partner)| Dispute { order, named, partner };
        let disputes: Vec<Dispute> = self.disputes.into_iter().map(dispute).collect();
        store::attribution::keep_disputes(tx, &disputes, now).await
    }
}

/// Who invited the partners that are named, where a code may be disputed by it.
async fn inviters(
    tx: &mut Tx,
    is_needed: bool,
    partners: &HashMap<(Named, String), PartnerId>,
) -> Result<HashMap<PartnerId, PartnerId>, StoreError> {
    if !is_needed {
        return Ok(HashMap::new());
    }
    let ids: HashSet<PartnerId> = partners.values().copied().collect();
    let ids: Vec<PartnerId> = ids.into_iter().collect();
    let found = store::partners::by_ids(tx, &ids).await?;
    Ok(found.into_iter().filter_map(|partner| Some((partner.id, partner.inviter?))).collect())
}

fn has_code(details: &OrderDetails) -> bool {
    details.buyer.referral_code.is_some() || details.buyer.promo_code.is_some()
}

fn customer_keys(details: &OrderDetails) -> impl Iterator<Item = (Named, CustomerKey)> {
    let phone = details.buyer.phone.as_ref().map(|phone| (Named::Phone, CustomerKey::of_phone(phone)));
    let email = details.buyer.email.as_ref().map(|email| (Named::Email, CustomerKey::of_email(email)));
    phone.into_iter().chain(email)
}

fn told(named: Named, details: &OrderDetails) -> Option<String> {
    let buyer = &details.buyer;
    match named {
        Named::PartnerCode => buyer.partner_code.as_ref().map(ToString::to_string),
        Named::ReferralCode => buyer.referral_code.as_ref().map(ToString::to_string),
        Named::PromoCode => buyer.promo_code.as_ref().map(ToString::to_string),
        Named::Phone => buyer.phone.as_ref().map(ToString::to_string),
        Named::Email => buyer.email.as_ref().map(ToString::to_string),
    }
}
