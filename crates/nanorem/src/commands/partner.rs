//! `nanorem partner`.

use app::App;
use app::activity::{FeePayment, Taken, take_fee};
use app::enroll::{Enrolment, SponsorRef, enroll};
use app::ledger::{Statement, StatementLine, statement};
use app::people::{Card, MonthCard, TreeLine, card, tree};
use app::sponsors::{Move, Removal, move_partner, remove};
use app::standing::{Decision, Decree, decree};
use domain::partner::{PartnerCode, PersonName};

use super::{done, instant, instant_or};
use crate::Hands;
use crate::cli::{PartnerAdd, PartnerFee, PartnerMove, PartnerVerb, SinceReason};
use crate::output::{cause, moment, month, or_dash, rub, table, volume};

pub(super) async fn run(hands: &Hands, verb: PartnerVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    match verb {
        PartnerVerb::Add(args) => add(hands, &app, args).await,
        PartnerVerb::Show { code } => {
            let shown = card(&app, &code).await?;
            hands.output.show(&shown, || card_text(&shown))
        }
        PartnerVerb::Tree { code, depth } => {
            let lines = tree(&app, &code, depth).await?;
            hands.output.show(&lines, || tree_text(&lines))
        }
        PartnerVerb::Statement { code } => {
            let shown = statement(&app, &code).await?;
            hands.output.show(&shown, || statement_text(&shown))
        }
        PartnerVerb::Move(args) => relocate(hands, &app, args).await,
        PartnerVerb::Remove { code, since } => removed(hands, &app, code, since).await,
        PartnerVerb::Fee(args) => fee(hands, &app, args).await,
        PartnerVerb::Rank { code, rank, since } => {
            decided(hands, &app, code, Decision::Rank(rank), since).await
        }
        PartnerVerb::NoRank { code, since } => decided(hands, &app, code, Decision::NoRank, since).await,
        PartnerVerb::Hold { code, since } => decided(hands, &app, code, Decision::Hold, since).await,
        PartnerVerb::Release { code, since } => decided(hands, &app, code, Decision::Release, since).await,
    }
}

async fn add(hands: &Hands, app: &App, args: PartnerAdd) -> anyhow::Result<()> {
    let sponsor = match (args.sponsor.sponsor, args.sponsor.referral) {
        (Some(code), _) => SponsorRef::Partner(code),
        (None, Some(code)) => SponsorRef::Referral(code),
        (None, None) => SponsorRef::Root,
    };
    let enrolment = Enrolment {
        name: PersonName { first: args.first, last: args.last },
        phone: args.phone,
        email: args.email,
        sponsor,
        code: args.code,
        joined_at: args.joined_at.as_deref().map(instant).transpose()?,
    };
    let partner = enroll(app, &hands.actor, &enrolment).await?;
    hands.output.show(&partner, || {
        format!(
            "Партнёр {} добавлен: {}. Код приглашения {}",
            partner.code, partner.name, partner.referral_code
        )
    })
}

async fn relocate(hands: &Hands, app: &App, args: PartnerMove) -> anyhow::Result<()> {
    let wanted = Move {
        partner: args.code.clone(),
        to: args.to.clone(),
        since: instant_or(args.since.since.as_deref(), app.now())?,
        reason: args.since.reason,
    };
    move_partner(app, &hands.actor, &wanted).await?;
    app::jobs::run_due(app).await?;
    let to = or_dash(args.to.map(|code| code.to_string()));
    done(hands, &format!("{} с {} стоит под {to}", args.code, moment(wanted.since)))
}

async fn removed(hands: &Hands, app: &App, code: PartnerCode, since: SinceReason) -> anyhow::Result<()> {
    let wanted = Removal {
        partner: code,
        since: instant_or(since.since.as_deref(), app.now())?,
        reason: since.reason,
    };
    let moved = remove(app, &hands.actor, &wanted).await?;
    app::jobs::run_due(app).await?;
    let (code, since) = (&wanted.partner, moment(wanted.since));
    done(hands, &format!("{code} удалён из дерева с {since}; к его спонсору перешло партнёров: {moved}"))
}

async fn fee(hands: &Hands, app: &App, args: PartnerFee) -> anyhow::Result<()> {
    let paid_at = instant_or(args.paid_at.as_deref(), app.now())?;
    let payment = FeePayment {
        external_id: args.key.unwrap_or_else(|| format!("{}/{}/{paid_at}", args.code, args.kind)),
        partner: args.code,
        paid_at,
        kind: args.kind,
        source: "office".to_owned(),
    };
    let taken = take_fee(app, &hands.actor, &payment).await?;
    app::jobs::run_due(app).await?;
    let until = card(app, &payment.partner).await?.active_until;
    let head = match taken {
        Taken::New => "Взнос принят",
        Taken::Duplicate => "Этот взнос уже принят",
    };
    let active =
        until.map_or_else(|| "сейчас не активен".to_owned(), |until| format!("активен до {}", moment(until)));
    done(hands, &format!("{head}; {active}"))
}

async fn decided(
    hands: &Hands,
    app: &App,
    partner: PartnerCode,
    decision: Decision,
    since: SinceReason,
) -> anyhow::Result<()> {
    let told = match &decision {
        Decision::Rank(rank) => format!("{partner}: ранг {rank}"),
        Decision::NoRank => format!("{partner}: ранга от сотрудника нет"),
        Decision::Hold => format!("{partner}: начисления придержаны"),
        Decision::Release => format!("{partner}: начисления больше не придержаны"),
    };
    let wanted = Decree {
        partner,
        decision,
        since: instant_or(since.since.as_deref(), app.now())?,
        reason: since.reason,
    };
    decree(app, &hands.actor, &wanted).await?;
    app::jobs::run_due(app).await?;
    done(hands, &format!("{told} с {}", moment(wanted.since)))
}

fn card_text(card: &Card) -> String {
    let partner = &card.partner;
    let code = |code: &Option<PartnerCode>| or_dash(code.as_ref().map(ToString::to_string));
    let active = card
        .active_until
        .map_or_else(|| "не активен".to_owned(), |until| format!("активен до {}", moment(until)));
    let head = format!(
        "{} {}\nТелефон {}, почта {}\nКод приглашения {}\nСпонсор {}, пригласил {}\nВступил {}, {active}\nАктивных приглашённых: {}\nНа счёте {}, доступно {}, в резерве {}",
        partner.code,
        partner.name,
        or_dash(partner.phone.as_ref().map(ToString::to_string)),
        or_dash(partner.email.as_ref().map(ToString::to_string)),
        partner.referral_code,
        code(&card.sponsor_code),
        code(&card.inviter_code),
        moment(partner.joined_at),
        card.active_invited,
        rub(card.balance.total),
        rub(card.balance.available),
        rub(card.balance.on_hold()),
    );
    std::iter::once(head).chain(card.month.as_ref().map(month_text)).collect::<Vec<_>>().join("\n")
}

/// How he stands in the month that runs, and what waits for him.
fn month_text(of: &MonthCard) -> String {
    let head = format!(
        "За {} пока: ранг {}, высший {}, личный объём {}, объём группы {}",
        month(of.period),
        of.stands.paid_as.as_deref().unwrap_or("—"),
        of.stands.highest.as_deref().unwrap_or("—"),
        volume(of.stands.personal, of.stands.unit),
        volume(of.stands.group, of.stands.unit)
    );
    let waits = of.waiting.is_positive().then(|| format!("Отложено лимитами: {}", rub(of.waiting)));
    std::iter::once(head).chain(waits).collect::<Vec<_>>().join("\n")
}

fn tree_text(lines: &[TreeLine]) -> String {
    let text = |line: &TreeLine| {
        let mark = if line.active { "●" } else { "○" };
        let below = if line.frontline > 0 {
            format!(" · {} в первой линии", line.frontline)
        } else {
            String::new()
        };
        format!("{}{mark} {} {}{below}", "   ".repeat(line.depth), line.code, line.name)
    };
    let lines: Vec<String> = lines.iter().map(text).collect();
    format!("{}\n\n● активен  ○ не активен", lines.join("\n"))
}

fn statement_text(statement: &Statement) -> String {
    let rows = statement.lines.iter().map(|line| {
        vec![
            moment(line.effective_at),
            kind(line.kind).to_owned(),
            cause(&line.cause),
            or_dash(earned_by(line, &statement.partner_code)),
            or_dash(line.rate.map(|rate| rate.to_string())),
            rub(line.amount),
            rub(line.total),
            moment(line.available_at),
        ]
    });
    let balance = statement.balance;
    format!(
        "{}\n{}: на счёте {}, доступно {}, в резерве {}",
        table(&["Дата", "Что", "Причина", "За что", ">Ставка", ">Сумма", ">Остаток", "Доступно с"], rows),
        statement.partner_code,
        rub(balance.total),
        rub(balance.available),
        rub(balance.on_hold()),
    )
}

/// The rule by which something was earned, and of whose volume or from which line.
fn earned_by(line: &StatementLine, whose: &PartnerCode) -> Option<String> {
    let rule = line.rule.as_ref()?;
    let of = match (line.source.as_deref(), &line.source_code, line.level) {
        (Some("partner"), Some(code), _) if code == whose => "со своего объёма".to_owned(),
        (Some("partner"), Some(code), _) => format!("с {code}"),
        (Some("legs"), ..) => "две ветки".to_owned(),
        (Some("company"), ..) => "вся компания".to_owned(),
        (Some("reached"), ..) => "за достижение".to_owned(),
        (Some("carried"), ..) => return Some("отложено лимитом раньше".to_owned()),
        (None, _, Some(level)) => format!("линия {level}"),
        _ => return Some(rule.clone()),
    };
    Some(format!("{rule}, {of}"))
}

const fn kind(kind: domain::ledger::TransferKind) -> &'static str {
    use domain::ledger::TransferKind as Kind;
    match kind {
        Kind::Accrual => "Начисление",
        // Of a partner's account only a cap of the period takes what nobody gets.
        Kind::Breakage => "Удержано лимитом",
        Kind::RefundReversal => "Сторно: возврат",
        Kind::CancelReversal => "Сторно: отмена",
        Kind::CorrectionReversal => "Корректировка",
        Kind::PayoutRequest => "Выплата",
        Kind::PayoutSettlement => "Выплата получена",
        Kind::PayoutReturn => "Возврат выплаты",
        Kind::Adjustment => "Ручная корректировка",
    }
}
