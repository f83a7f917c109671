use domain::activity::{FeeKind, Span};
use domain::ids::FactSeq;
use domain::ledger::partner_account;
use domain::money::Money;
use domain::network::KnownSpan;
use domain::partner::{Email, PartnerCode, Phone, ReferralCode};
use store::activity::Fee;
use store::partners::Handle;
use store::standing::RankFact;
use store::{StoreError, activity, partners, sponsorships, standing};
use testkit::for_each_backend;

use crate::make::{day, partner, partner_id, people, sponsorship};

#[tokio::test]
async fn a_partner_is_read_back_whole_by_whatever_names_him() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let (mut first, seq) = partner(1, None);
        first.phone = Some(Phone::parse("+79001234567").expect("a phone"));
        first.email = Some(
            Email::parse("ёлка@example.org")
                .or_else(|_| Email::parse("elka@example.org"))
                .expect("an e-mail"),
        );
        let second = partner(2, Some(1));
        partners::insert_all(&mut tx, &[(first.clone(), seq), second.clone()], day(2)).await.expect("stored");
        assert_eq!(partners::by_code(&mut tx, &first.code).await.expect("read"), Some(first.clone()));
        let nobody = PartnerCode::numbered(99);
        assert_eq!(partners::by_code(&mut tx, &nobody).await.expect("read"), None);
        let by_link = partners::by_referral_code(&mut tx, &first.referral_code).await.expect("read");
        assert_eq!(by_link, Some(first.clone()));
        let unknown = ReferralCode::parse("ZZZZZZZZ").expect("a code");
        assert_eq!(partners::by_referral_code(&mut tx, &unknown).await.expect("read"), None);
        assert_eq!(partners::by_ids(&mut tx, &[first.id]).await.expect("read"), [first.clone()]);
        assert_eq!(partners::by_ids(&mut tx, &[]).await.expect("read"), []);
        assert_eq!(partners::all(&mut tx).await.expect("read"), [first.clone(), second.0]);
        assert_eq!(partners::count(&mut tx).await.expect("read"), 2);
        let phone = first.phone.as_ref().map(ToString::to_string).expect("he has one");
        let email = first.email.as_ref().map(ToString::to_string).expect("he has one");
        for (handle, value) in [
            (Handle::Code, first.code.to_string()),
            (Handle::ReferralCode, first.referral_code.to_string()),
            (Handle::Phone, phone),
            (Handle::Email, email),
        ] {
            let found =
                partners::ids_by(&mut tx, handle, &[value.clone(), "other".to_owned()]).await.expect("read");
            assert_eq!(found, [(value, first.id)], "{handle:?}");
        }
        let accounts =
            store::balances::accounts_of(&mut tx, &[partner_account(first.id)]).await.expect("read");
        assert_eq!(
            accounts,
            [(partner_account(first.id), "partner:NR00001".to_owned())],
            "he has an account"
        );
    })
    .await;
}

#[tokio::test]
async fn codes_phones_and_addresses_belong_to_one() {
    for_each_backend(async |test| {
        let (mut first, seq) = partner(1, None);
        first.phone = Some(Phone::parse("+79001234567").expect("a phone"));
        first.email = Some(Email::parse("a@example.org").expect("an e-mail"));
        let mut tx = test.app.store.begin().await.expect("a transaction");
        partners::insert_all(&mut tx, &[(first.clone(), seq)], day(2)).await.expect("stored");
        tx.commit().await.expect("committed");
        let other = || partner(2, None).0;
        let doubles = [
            domain::partner::Partner { code: first.code.clone(), ..other() },
            domain::partner::Partner { referral_code: first.referral_code.clone(), ..other() },
            domain::partner::Partner { phone: first.phone.clone(), ..other() },
            domain::partner::Partner { email: first.email.clone(), ..other() },
        ];
        for double in doubles {
            let mut tx = test.app.store.begin().await.expect("a transaction");
            let refused = partners::insert_all(&mut tx, &[(double.clone(), FactSeq(2))], day(2)).await;
            assert!(matches!(refused, Err(StoreError::Taken(_))), "{double:?}: {refused:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn longer_codes_are_greater() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        assert_eq!(partners::last_code(&mut tx).await.expect("read"), None);
        let all = [partner(99_999, None), partner(100_000, None), partner(7, None)];
        partners::insert_all(&mut tx, &all, day(2)).await.expect("stored");
        assert_eq!(partners::last_code(&mut tx).await.expect("read"), Some(PartnerCode::numbered(100_000)));
    })
    .await;
}

#[tokio::test]
async fn a_partner_below_nobody_known_is_refused() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        let orphan = partners::insert_all(&mut tx, &[partner(2, Some(1))], day(2)).await;
        assert!(matches!(orphan, Err(StoreError::Database(_))), "{orphan:?}");
    })
    .await;
}

#[tokio::test]
async fn sponsorships_are_dated_facts() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        // 1 above 2 above 3, and 4 alone.
        people(&mut tx, 4, |number| [None, Some(1), Some(2), None][number as usize - 1]).await;
        let moved = sponsorship(3, Some(4), 5, day(10));
        let backdated = sponsorship(3, Some(1), 6, day(10));
        let earlier = sponsorship(3, None, 7, day(5));
        let facts = [moved.clone(), backdated.clone(), earlier.clone()];
        sponsorships::insert_all(&mut tx, &facts, day(11)).await.expect("stored");
        let of_three = sponsorships::of(&mut tx, partner_id(3)).await.expect("read");
        assert_eq!(of_three, [sponsorship(3, Some(2), 3, day(1)), moved, backdated, earlier]);
        assert_eq!(sponsorships::all(&mut tx).await.expect("read").len(), 7);
        for (at, above_three) in [(day(1), Some(2)), (day(5), None), (day(9), None), (day(10), Some(1))] {
            let tree = sponsorships::tree_at(&mut tx, at).await.expect("read");
            let found =
                tree.iter().find(|(partner, _)| *partner == partner_id(3)).map(|(_, sponsor)| *sponsor);
            assert_eq!(found, Some(above_three.map(partner_id)), "{at}");
            assert_eq!(tree.len(), 4, "everybody stands somewhere");
        }
        let before_all = day(1) - jiff::SignedDuration::from_micros(1);
        assert_eq!(sponsorships::tree_at(&mut tx, before_all).await.expect("read"), []);
        let mut below = sponsorships::ever_below(&mut tx, &[partner_id(4)]).await.expect("read");
        below.sort_unstable();
        assert_eq!(below, [partner_id(3), partner_id(4)], "who once stood below counts");
        let mut below = sponsorships::ever_below(&mut tx, &[partner_id(1)]).await.expect("read");
        below.sort_unstable();
        assert_eq!(below, [partner_id(1), partner_id(2), partner_id(3)]);
    })
    .await;
}

fn fee(number: i64, paid_on: u32) -> Fee {
    Fee {
        partner: partner_id(1),
        seq: FactSeq(number),
        source: "bank".to_owned(),
        external_id: format!("fee-{number}"),
        paid_at: day(paid_on),
        kind: if number % 2 == 0 { FeeKind::Annual } else { FeeKind::Monthly },
        months: 12,
        amount: Money::from_minor(3_000_00),
    }
}

#[tokio::test]
async fn fees_are_read_back_in_the_order_of_payment_and_their_key_is_theirs() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        people(&mut tx, 2, |_| None).await;
        let (late, early, other) = (fee(3, 9), fee(4, 5), Fee { partner: partner_id(2), ..fee(5, 7) });
        activity::insert_fees(&mut tx, &[late.clone(), early.clone(), other.clone()], day(10))
            .await
            .expect("stored");
        let of_one = activity::fees_of(&mut tx, &[partner_id(1)]).await.expect("read");
        assert_eq!(of_one, [early.clone(), late.clone()]);
        assert_eq!(activity::all_fees(&mut tx).await.expect("read"), [early, late.clone(), other]);
        let keys = ["fee-3".to_owned(), "fee-9".to_owned()];
        assert_eq!(activity::fees_by_key(&mut tx, "bank", &keys).await.expect("read"), [late.clone()]);
        assert_eq!(activity::fees_by_key(&mut tx, "cash", &keys).await.expect("read"), []);
        let again = Fee { seq: FactSeq(6), ..late };
        let refused = activity::insert_fees(&mut tx, &[again], day(10)).await;
        assert!(matches!(refused, Err(StoreError::Taken(_))), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_superseded_span_counts_no_more_but_stays_known() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        people(&mut tx, 2, |number| (number > 1).then_some(1)).await;
        let span = |from, until| Span { from: day(from), until: day(until) };
        let spans = [(partner_id(2), FactSeq(3), span(5, 10)), (partner_id(2), FactSeq(4), span(10, 15))];
        activity::insert_spans(&mut tx, &spans).await.expect("stored");
        let known = |(from, until), seq, superseded| KnownSpan {
            span: span(from, until),
            seq: FactSeq(seq),
            superseded,
        };
        let second = known((10, 15), 4, None);
        activity::supersede(&mut tx, partner_id(2), &second, FactSeq(5)).await.expect("done");
        activity::supersede(&mut tx, partner_id(2), &second, FactSeq(6)).await.expect("no effect");
        let counting = activity::spans_of(&mut tx, &[partner_id(2), partner_id(1)]).await.expect("read");
        assert_eq!(counting, [(partner_id(2), known((5, 10), 3, None))]);
        let network = store::network::load_whole(&mut tx).await.expect("read");
        let mut of_two = network.get(partner_id(2)).expect("loaded").activity.clone();
        of_two.sort_by_key(|known| known.seq);
        assert_eq!(of_two, [known((5, 10), 3, None), known((10, 15), 4, Some(FactSeq(5)))]);
    })
    .await;
}

#[tokio::test]
async fn ranks_and_holds_are_dated() {
    for_each_backend(async |test| {
        let mut tx = test.app.store.begin().await.expect("a transaction");
        people(&mut tx, 1, |_| None).await;
        let given = crate::make::rank(1, 2, Some("золото"), day(5));
        let by_close = RankFact { by_staff: false, ..crate::make::rank(1, 5, None, day(6)) };
        standing::insert_ranks(&mut tx, &[given, by_close], day(6)).await.expect("stored");
        standing::insert_hold(&mut tx, partner_id(1), FactSeq(3), true, day(5), "why", day(6))
            .await
            .expect("stored");
        standing::insert_hold(&mut tx, partner_id(1), FactSeq(4), false, day(7), "why", day(6))
            .await
            .expect("stored");
        let network = store::network::load_whole(&mut tx).await.expect("read");
        let person = network.get(partner_id(1)).expect("loaded");
        let mut ranks: Vec<_> =
            person.ranks.iter().map(|dated| (dated.from, dated.seq, dated.fact.as_deref())).collect();
        ranks.sort_unstable();
        assert_eq!(ranks, [(day(5), FactSeq(2), Some("золото")), (day(6), FactSeq(5), None)]);
        // Staff's word holds until staff say otherwise, whatever a close finds.
        for (at, known, expected) in [(day(4), 9, None), (day(7), 9, Some("золото")), (day(7), 1, None)]
        {
            let staff = standing::staff_ranks_at(&mut tx, at, FactSeq(known)).await.expect("read");
            let staff: Vec<_> = staff.iter().map(|(partner, rank)| (*partner, rank.as_str())).collect();
            let expected: Vec<_> = expected.map(|rank| (partner_id(1), rank)).into_iter().collect();
            assert_eq!(staff, expected, "{at}, known up to {known}");
        }
        assert_eq!(standing::ranks_by_close(&mut tx).await.expect("read"), (0, 1));
        let mut holds: Vec<_> =
            person.holds.iter().map(|dated| (dated.from, dated.seq, dated.fact)).collect();
        holds.sort_unstable();
        assert_eq!(holds, [(day(5), FactSeq(3), true), (day(7), FactSeq(4), false)]);
    })
    .await;
}
