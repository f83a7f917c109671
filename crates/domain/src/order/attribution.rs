//! Who bought an order, and which partner brought the customer who did.
//!
//! What a customer is tied to already goes before what a link or a code says now: a later code never
//! takes a customer over. Whoever was named and did not get the order is told to staff.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::ids::PartnerId;
use crate::partner::{Email, Phone};

/// The digest by which an outside customer is known again. His phone or e-mail itself is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerKey([u8; 32]);

impl CustomerKey {
    /// Of a phone.
    pub fn of_phone(phone: &Phone) -> Self {
        Self::of("phone", phone.as_str())
    }

    /// Of an e-mail address.
    pub fn of_email(email: &Email) -> Self {
        Self::of("email", email.as_str())
    }

    fn of(kind: &str, text: &str) -> Self {
        Self(Sha256::digest(format!("nanorem customer {kind} {text}")).into())
    }

    /// Wraps a stored digest.
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }

    /// The digest, for storage.
    pub const fn digest(self) -> [u8; 32] {
        self.0
    }
}

/// What names a partner in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Named {
    /// The buyer's own account.
    PartnerCode,
    /// His phone.
    Phone,
    /// His e-mail.
    Email,
    /// The link that brought him.
    ReferralCode,
    /// The promo code that he typed.
    PromoCode,
}

impl Named {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::PartnerCode, Self::Phone, Self::Email, Self::ReferralCode, Self::PromoCode];

    /// The word stored and shown to machines; in an event the name of its field.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PartnerCode => "partner_code",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::ReferralCode => "referral_code",
            Self::PromoCode => "promo_code",
        }
    }

    /// What the word names.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|named| named.as_str() == text)
    }
}

/// The partners whom an order names, each `None` where it names none or nobody of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Claims {
    /// The owner of the account that bought.
    pub partner_code: Option<PartnerId>,
    /// Whose phone the buyer's is.
    pub phone: Option<PartnerId>,
    /// Whose e-mail the buyer's is.
    pub email: Option<PartnerId>,
    /// To whom an outside customer with this phone is tied.
    pub tied_by_phone: Option<PartnerId>,
    /// To whom an outside customer with this e-mail is tied.
    pub tied_by_email: Option<PartnerId>,
    /// The owner of the link.
    pub referral_code: Option<PartnerId>,
    /// Whose promo code it was when the order was placed.
    pub promo_code: Option<PartnerId>,
}

/// Who bought and who brought him.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attribution {
    /// The partner who bought for himself.
    pub buyer: Option<PartnerId>,
    /// The partner who brought an outside customer.
    pub seller: Option<PartnerId>,
    /// Who else was named, and by what.
    pub disputes: Vec<(Named, PartnerId)>,
}

/// Decides who bought a new order and who brought him. `inviter` tells who personally invited a partner.
///
/// The buyer's own account, then his phone, then his e-mail make a partner the buyer; then his sponsor is
/// fixed, and no code changes that. An outside customer belongs to the partner he is tied to, then to the
/// owner of the link, then to the owner of the promo code.
pub fn attribute(claims: &Claims, inviter: impl Fn(PartnerId) -> Option<PartnerId>) -> Attribution {
    let buyer = claims.partner_code.or(claims.phone).or(claims.email);
    let tied = claims.tied_by_phone.or(claims.tied_by_email);
    let seller = tied.or(claims.referral_code).or(claims.promo_code).filter(|_| buyer.is_none());
    Attribution { buyer, seller, disputes: disputes(claims, buyer, seller, inviter) }
}

/// Who is named in an order beside those whom it is known to belong to.
pub fn disputes(
    claims: &Claims,
    buyer: Option<PartnerId>,
    seller: Option<PartnerId>,
    inviter: impl Fn(PartnerId) -> Option<PartnerId>,
) -> Vec<(Named, PartnerId)> {
    let is_outside = buyer.is_none();
    let told = [
        (Named::PartnerCode, claims.partner_code),
        (Named::Phone, claims.phone.or(claims.tied_by_phone.filter(|_| is_outside))),
        (Named::Email, claims.email.or(claims.tied_by_email.filter(|_| is_outside))),
        (Named::ReferralCode, claims.referral_code),
        (Named::PromoCode, claims.promo_code),
    ];
    let told = told.into_iter().filter_map(|(named, partner)| Some((named, partner?)));
    told.filter(|(named, partner)| match (buyer, named) {
        // A partner who follows his own link, or that of the one who invited him, disputes nothing.
        (Some(buyer), Named::ReferralCode | Named::PromoCode) => {
            *partner != buyer && inviter(buyer) != Some(*partner)
        }
        (Some(buyer), _) => *partner != buyer,
        (None, _) => Some(*partner) != seller,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn partner(number: u128) -> PartnerId {
        PartnerId::new(Uuid::from_u128(number))
    }

    const NOBODY: Claims = Claims {
        partner_code: None,
        phone: None,
        email: None,
        tied_by_phone: None,
        tied_by_email: None,
        referral_code: None,
        promo_code: None,
    };

    fn of(claims: Claims) -> (Option<PartnerId>, Option<PartnerId>, Vec<(Named, PartnerId)>) {
        // Partner 1 was invited by partner 9.
        let attribution = attribute(&claims, |of| (of == partner(1)).then(|| partner(9)));
        (attribution.buyer, attribution.seller, attribution.disputes)
    }

    #[test]
    fn each_counts_before_the_next() {
        let all = Claims {
            partner_code: Some(partner(1)),
            phone: Some(partner(2)),
            email: Some(partner(3)),
            tied_by_phone: Some(partner(4)),
            tied_by_email: Some(partner(5)),
            referral_code: Some(partner(6)),
            promo_code: Some(partner(7)),
        };
        let steps = [
            (all, Some(1), None),
            (Claims { partner_code: None, ..all }, Some(2), None),
            (Claims { partner_code: None, phone: None, ..all }, Some(3), None),
            (Claims { partner_code: None, phone: None, email: None, ..all }, None, Some(4)),
            (
                Claims {
                    tied_by_email: Some(partner(5)),
                    referral_code: Some(partner(6)),
                    promo_code: Some(partner(7)),
                    ..NOBODY
                },
                None,
                Some(5),
            ),
            (
                Claims { referral_code: Some(partner(6)), promo_code: Some(partner(7)), ..NOBODY },
                None,
                Some(6),
            ),
            (Claims { promo_code: Some(partner(7)), ..NOBODY }, None, Some(7)),
            (NOBODY, None, None),
        ];
        for (claims, buyer, seller) in steps {
            let found = of(claims);
            assert_eq!((found.0, found.1), (buyer.map(partner), seller.map(partner)), "{claims:?}");
        }
        let disputed: Vec<_> = of(all).2;
        let expected =
            [(Named::Phone, 2), (Named::Email, 3), (Named::ReferralCode, 6), (Named::PromoCode, 7)];
        assert_eq!(disputed, expected.map(|(named, number)| (named, partner(number))));
    }

    #[test]
    fn a_later_code_takes_no_customer_over_and_staff_see_it() {
        let claims = Claims {
            tied_by_phone: Some(partner(4)),
            referral_code: Some(partner(6)),
            promo_code: Some(partner(4)),
            ..NOBODY
        };
        assert_eq!(of(claims), (None, Some(partner(4)), vec![(Named::ReferralCode, partner(6))]));
    }

    #[test]
    fn a_partner_who_comes_by_his_own_link_or_his_inviters_disputes_nothing() {
        for owner in [1, 9] {
            let claims = Claims {
                partner_code: Some(partner(1)),
                referral_code: Some(partner(owner)),
                promo_code: Some(partner(owner)),
                ..NOBODY
            };
            assert_eq!(of(claims), (Some(partner(1)), None, vec![]), "the link of {owner}");
        }
        let claims = Claims { partner_code: Some(partner(1)), referral_code: Some(partner(8)), ..NOBODY };
        assert_eq!(of(claims).2, [(Named::ReferralCode, partner(8))]);
    }

    #[test]
    fn customers_are_known_again_by_digests_that_differ_by_kind() {
        let phone = Phone::parse("8 (900) 111-22-33").expect("a phone");
        let same = Phone::parse("+79001112233").expect("a phone");
        assert_eq!(CustomerKey::of_phone(&phone), CustomerKey::of_phone(&same));
        let email = Email::parse("Anna@Example.org").expect("an address");
        assert_ne!(CustomerKey::of_email(&email), CustomerKey::of_phone(&phone));
        assert_eq!(CustomerKey::new(CustomerKey::of_email(&email).digest()), CustomerKey::of_email(&email));
    }

    #[test]
    fn every_word_is_read_back() {
        for named in Named::ALL {
            assert_eq!(Named::parse(named.as_str()), Some(named));
        }
        assert_eq!(Named::parse("partner"), None);
    }

    proptest! {
        #[test]
        fn nobody_is_named_and_forgotten(numbers in proptest::array::uniform7(proptest::option::of(1u128..6))) {
            let [partner_code, phone, email, tied_by_phone, tied_by_email, referral_code, promo_code] =
                numbers.map(|number| number.map(partner));
            let claims = Claims { partner_code, phone, email, tied_by_phone, tied_by_email, referral_code, promo_code };
            let found = attribute(&claims, |_| None);
            prop_assert!(found.buyer.is_none() || found.seller.is_none());
            for (named, told) in [(Named::PartnerCode, partner_code), (Named::ReferralCode, referral_code), (Named::PromoCode, promo_code)] {
                if let Some(told) = told {
                    let is_kept = found.buyer == Some(told) || found.seller == Some(told);
                    prop_assert_eq!(is_kept, !found.disputes.contains(&(named, told)));
                }
            }
        }
    }
}
