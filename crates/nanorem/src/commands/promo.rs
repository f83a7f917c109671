//! `nanorem promo`.

use app::promo::{self, Grant};

use super::{done, instant, instant_or};
use crate::Hands;
use crate::cli::PromoVerb;
use crate::output::{list, moment};

pub(super) async fn run(hands: &Hands, verb: PromoVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    match verb {
        PromoVerb::Add(args) => {
            let grant = Grant {
                since: instant_or(args.since.as_deref(), app.now())?,
                until: args.until.as_deref().map(instant).transpose()?,
                code: args.code,
                partner: args.partner,
            };
            promo::grant(&app, &hands.actor, &grant).await?;
            done(hands, &format!("Промокод {} закреплён за {}", grant.code, grant.partner))
        }
        PromoVerb::End { code, until } => {
            let until = instant_or(until.as_deref(), app.now())?;
            promo::end(&app, &hands.actor, &code, until).await?;
            done(hands, &format!("Промокод {code} действует до {}", moment(until)))
        }
        PromoVerb::List => {
            let promos = promo::list(&app).await?;
            hands.output.show(&promos, || {
                let rows = promos.iter().map(|promo| {
                    vec![
                        promo.code.to_string(),
                        promo.partner.to_string(),
                        moment(promo.since),
                        promo.until.map_or_else(|| "без срока".to_owned(), moment),
                        if promo.holds { "да" } else { "нет" }.to_owned(),
                    ]
                });
                list(&["Промокод", "Партнёр", "С", "До", "Действует"], rows, "Промокодов нет")
            })
        }
    }
}
