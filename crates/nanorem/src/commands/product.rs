//! `nanorem product`.

use app::catalog::{ProductFacts, list, put};
use domain::catalog::{ProductKind, ProductTerms};

use crate::Hands;
use crate::cli::{ProductSet, ProductVerb};
use crate::output::{rub, table};

pub(super) async fn run(hands: &Hands, verb: ProductVerb) -> anyhow::Result<()> {
    let app = hands.app().await?;
    match verb {
        ProductVerb::List => {
            let products = list(&app).await?;
            hands.output.show(&products, || {
                let rows = products.iter().map(|product| {
                    let kind = match product.kind {
                        ProductKind::Goods => "товар",
                        ProductKind::Fee => "взнос",
                    };
                    vec![
                        product.sku.to_string(),
                        product.name.clone(),
                        product.category.clone(),
                        kind.to_owned(),
                        rub(product.terms.price),
                        rub(product.terms.cost),
                        domain::money::Money::from_minor(product.terms.volume.0).to_string(),
                    ]
                });
                table(&["Артикул", "Название", "Категория", "Вид", ">Цена", ">Себестоимость", ">Баллы"], rows)
            })
        }
        ProductVerb::Set(args) => set(hands, &app, args).await,
    }
}

async fn set(hands: &Hands, app: &app::App, args: ProductSet) -> anyhow::Result<()> {
    let kind = if args.fee { ProductKind::Fee } else { ProductKind::Goods };
    let terms = ProductTerms { price: args.price, cost: args.cost, volume: args.volume };
    let facts = ProductFacts { sku: args.sku, name: args.name, category: args.category, kind, terms };
    let stocked = put(app, &hands.actor, std::slice::from_ref(&facts)).await?;
    let told = match (stocked.new, stocked.changed) {
        (1.., _) => "добавлен",
        (_, 1..) => "изменён с этой минуты",
        _ => "уже такой",
    };
    let kept = match stocked.kept {
        0 => "",
        _ => "; название, категория и вид товара не меняются и остались прежними",
    };
    super::done(hands, &format!("Товар {} {told}{kept}", facts.sku))
}
