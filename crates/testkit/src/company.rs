//! A company in one line: partners, fees, products, a plan.

use app::activity::FeePayment;
use app::enroll::{Enrolment, SponsorRef};
use app::plans::Activate;
use app::standing::{Decision, Decree};
use domain::activity::FeeKind;
use domain::actor::{Actor, StaffLogin};
use domain::money::Money;
use domain::partner::{Email, Partner, PartnerCode, PersonName};
use jiff::Timestamp;

use crate::backend::TestApp;
use crate::shop::{FakeShop, OrderDraft};

/// An instant, as `2026-01-31T10:00:00+03:00`.
pub fn at(text: &str) -> Timestamp {
    domain::time::parse_instant(text).expect("tests write valid instants")
}

/// So many roubles.
pub fn rub(roubles: i64) -> Money {
    Money::from_minor(roubles * 100)
}

/// A person of the office.
pub fn staff(login: &str) -> Actor {
    Actor::Staff(StaffLogin::parse(login).expect("tests write valid logins"))
}

/// A company being built in a test.
pub struct Company<'a> {
    test: &'a TestApp,
}

impl<'a> Company<'a> {
    /// A company with a plan in force since 2025, and the products `RVS` (1 000.00, cost 400.00,
    /// 10 points) and `FEE` (a fee). `plan` is the name of a shipped plan or a TOML text.
    pub async fn with_plan(test: &'a TestApp, plan: &str) -> Self {
        let shipped = app::plans::SHIPPED.iter().find(|(name, _)| *name == plan);
        let text = shipped.map_or(plan, |(_, text)| text);
        let wanted =
            Activate { file_name: "test.toml", text, since: at("2025-01-01T00:00:00+03:00"), force: true };
        app::plans::activate(&test.app, &staff("owner"), wanted).await.expect("the test's plan is right");
        app::catalog::put(&test.app, &staff("owner"), &crate::shop::products())
            .await
            .expect("products can be stored");
        Self { test }
    }

    /// The company that a test has built before.
    pub fn of(test: &'a TestApp) -> Self {
        Self { test }
    }

    /// Enrols a partner of a code under another, or as a founder, a year before the clock's start.
    pub async fn partner(&self, code: &str, sponsor: Option<&str>) -> Partner {
        self.enroll(code, sponsor, at("2025-01-10T12:00:00+03:00"), None).await
    }

    /// Enrols a partner who can be written to, as `anna@nanorvs.ru`, a year before the clock's start.
    pub async fn reachable(&self, code: &str, sponsor: Option<&str>) -> Partner {
        let email = Email::parse(&format!("{}@nanorvs.ru", code.to_lowercase()));
        let email = email.expect("a code is a part of an address");
        self.enroll(code, sponsor, at("2025-01-10T12:00:00+03:00"), Some(email)).await
    }

    /// Enrols a partner now.
    pub async fn joins(&self, code: &str, sponsor: Option<&str>) -> Partner {
        self.enroll(code, sponsor, self.test.app.now(), None).await
    }

    async fn enroll(
        &self,
        code: &str,
        sponsor: Option<&str>,
        joined_at: Timestamp,
        email: Option<Email>,
    ) -> Partner {
        let sponsor = match sponsor {
            Some(sponsor) => SponsorRef::Partner(self.code(sponsor)),
            None => SponsorRef::Root,
        };
        let enrolment = Enrolment {
            name: PersonName::parse("Иван", code).expect("a code is a name"),
            phone: None,
            email,
            sponsor,
            code: Some(self.code(code)),
            joined_at: Some(joined_at),
        };
        app::enroll::enroll(&self.test.app, &staff("owner"), &enrolment)
            .await
            .expect("tests enrol who can be enrolled")
    }

    /// Enrols a chain, each under the one before, and makes all of them active for a year from
    /// 1 January 2026.
    pub async fn chain(&self, codes: &[&str]) {
        let mut above = None;
        for code in codes {
            self.partner(code, above).await;
            self.fee(code, FeeKind::Annual, "2026-01-01T00:00:00+03:00").await;
            above = Some(code);
        }
    }

    /// Takes a fee paid at an instant.
    pub async fn fee(&self, code: &str, kind: FeeKind, paid_at: &str) {
        let payment = FeePayment {
            partner: self.code(code),
            paid_at: at(paid_at),
            kind,
            source: "test".to_owned(),
            external_id: format!("{code}/{kind}/{paid_at}"),
        };
        app::activity::take_fee(&self.test.app, &staff("owner"), &payment)
            .await
            .expect("tests pay fees that exist");
    }

    /// Lets a partner buy one piece at a price, paid at an instant, and the worker pay his sponsors.
    pub async fn buys(&self, order: &str, code: &str, price: &str, paid_at: &str) {
        let draft = OrderDraft::new(order, code, 1, price, paid_at).paid_at(paid_at);
        let received = FakeShop::default().send(self.test, &draft.event("order.paid")).await;
        assert_eq!(received, app::orders::Received::Accepted, "order {order}");
    }

    /// Writes a decision about a partner down, with a date.
    pub async fn decree(&self, code: &str, decision: Decision, since: &str) {
        let decree =
            Decree { partner: self.code(code), decision, since: at(since), reason: "test".to_owned() };
        app::standing::decree(&self.test.app, &staff("owner"), &decree)
            .await
            .expect("tests decide what can be decided");
    }

    /// A code of a test's partner.
    pub fn code(&self, code: &str) -> PartnerCode {
        PartnerCode::parse(code).expect("tests write valid codes")
    }

    /// What a partner has in all and what he may be paid now.
    pub async fn balance(&self, code: &str) -> domain::ledger::Balance {
        app::ledger::statement(&self.test.app, &self.code(code)).await.expect("the partner exists").balance
    }
}
