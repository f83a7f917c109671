//! The shop's catalogue from the command line.

use serde_json::{Value, json};
use testkit::{Manner, ShopSite, for_each_backend};

use crate::program::{Program, at};

fn settings(program: &Program, text: &str) {
    std::fs::write(program.path("nanorem.toml"), text).expect("the folder is ours");
}

fn goods(prices: &[(&str, f64)]) -> Value {
    let one = |(id, price): &(&str, f64)| json!({ "id": id, "name": format!("Товар {id}"), "price": price, "description": "", "category": "Присадки" });
    Value::Array(prices.iter().map(one).collect())
}

fn outcomes(program: &Program) -> Vec<Value> {
    let syncs = program.json(&["shop", "syncs"]);
    syncs.as_array().expect("a list").iter().map(|sync| at(sync, "/outcome").clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shop_is_checked_taken_in_and_what_changed_is_told() {
    for_each_backend(async |test| {
        let site = ShopSite::open().await;
        site.put("/api/health", "{}", "h");
        site.put_products(&goods(&[("17", 1490.5), ("18", 890.0)]), "v1");
        let program = Program::on(&test.url);
        let base = site.url("");
        settings(
            &program,
            &format!(
                "[shop.api]\nbase_url = \"{base}\"\nkey = \"key-7\"\n[shop.catalogue]\nsource = \"api\"\n"
            ),
        );
        let checked = program.done(&["shop", "check"]);
        assert!(
            checked.contains("✓ Магазин отвечает") && checked.contains("цена 1\u{a0}490,50\u{a0}₽"),
            "{checked}"
        );
        assert!(program.done(&["shop", "sync", "--dry-run"]).contains("Пробный прогон"));
        assert_eq!(program.json(&["product", "list"]), json!([]));
        let told = program.done(&["shop", "sync"]);
        assert!(
            told.contains("Новые товары: 2") && told.contains("Себестоимости и баллов у них нет"),
            "{told}"
        );
        site.put_products(&goods(&[("17", 1590.0), ("18", 890.0)]), "v2");
        let report = program.json(&["shop", "sync"]);
        assert_eq!(at(&report, "/repriced/0/from"), "1490.50");
        assert_eq!(at(&report, "/repriced/0/to"), "1590.00");
        assert_eq!(at(&report, "/outcome/kind"), "applied");
        assert!(program.done(&["shop", "sync"]).contains("изменений нет"));
        assert_eq!(at(&program.json(&["product", "list"]), "/0/terms/price"), "1590.00");
        assert_eq!(outcomes(&program), ["applied", "applied", "applied"]);
        assert!(site.asked().iter().all(|asked| asked.key.as_deref() == Some("Bearer key-7")));
        assert!(program.done(&["shop", "syncs"]).contains("staff:anna"));
        program.done(&["verify"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shop_in_trouble_changes_nothing_and_the_exit_code_says_so() {
    let site = ShopSite::open().await;
    site.put_products(&goods(&[("1", 1.0), ("2", 2.0), ("3", 3.0), ("4", 4.0)]), "v1");
    let program = Program::new();
    program.done(&["migrate"]);
    settings(&program, &format!("[shop.api]\nbase_url = \"{}\"\n", site.url("")));
    let nowhere = program.refused(&["shop", "sync"]);
    assert!(nowhere.contains("не сказано, откуда каталог"), "{nowhere}");
    let sync = &["shop", "sync", "--from", "api"];
    program.done(sync);
    let held = |why: &str| {
        let ended = program.run(sync);
        assert_eq!(ended.code, 1, "{}", ended.out);
        assert!(ended.out.contains("НИЧЕГО НЕ ИЗМЕНЕНО") && ended.out.contains(why), "{}", ended.out);
    };
    site.put_products(&goods(&[("1", 1.0), ("2", 2.0)]), "v2");
    held("2 из 4 известных");
    site.put_products(&json!([]), "v3");
    held("каталог пуст");
    site.behave(Manner::Status(500));
    held("ответ 500");
    let ended = program.run(&["shop", "check"]);
    assert_eq!((ended.code, ended.out.matches('✗').count()), (1, 2), "{}", ended.out);
    site.behave(Manner::Honest);
    site.put_products(&goods(&[("1", 1.0), ("2", 2.0)]), "v4");
    let told = program.done(&["shop", "sync", "--from", "api", "--accept-vanished"]);
    assert!(told.contains("Исчезли из каталога: 2"), "{told}");
    assert_eq!(outcomes(&program), ["applied", "failed", "held", "held", "applied"]);
    assert_eq!(at(&program.json(&["product", "list"]), "/3/sku"), "4", "what vanished stays");
}

#[test]
fn a_feed_from_a_file_names_its_mistakes_by_line() {
    let program = Program::new();
    program.done(&["migrate"]);
    let feed = program.path("feed.yml");
    let text = "<yml_catalog date=\"2026-01-10 09:30\"><shop><offers>\n\
<offer id=\"1\"><price>1 490,50</price><currencyId>RUR</currencyId><name>РВС</name></offer>\n\
<offer id=\"2\"><price>1.000</price><currencyId>RUR</currencyId><name>Уск</name></offer>\n\
</offers></shop></yml_catalog>\n";
    std::fs::write(&feed, text).expect("the folder is ours");
    let feed = feed.to_string_lossy().into_owned();
    let sync = &["shop", "sync", "--from", "yml", "--file", &feed];
    let told = program.done(sync);
    assert!(told.contains("Новые товары: 1"), "{told}");
    assert!(told.contains("строка 3, id \"2\": цена: \"1.000\""), "{told}");
    assert!(told.contains("Каталог yml от 10.01.2026 09:30 принят"), "{told}");
    std::fs::write(&feed, text.get(..200).expect("it is longer")).expect("the folder is ours");
    let ended = program.run(sync);
    assert_eq!(ended.code, 1);
    assert!(ended.out.contains("файл оборван") || ended.out.contains("не XML"), "{}", ended.out);
    let ended = program.run(&["shop", "check", "--from", "yml", "--file", &feed]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    let wrong = program.refused(&["shop", "sync", "--from", "api", "--file", &feed]);
    assert!(wrong.contains("у API нет файла"), "{wrong}");
    assert_eq!(program.json(&["schedules"]), json!([]));
}
