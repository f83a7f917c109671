use app::ports::catalogue::{Listing, SourceError, Told};
use gateways::shop::{CommerceMl, SkuFrom, read_commerceml};

use super::{briefs, offers, problem, refused};

fn settings(sku: SkuFrom, price_type: Option<&str>) -> CommerceMl {
    CommerceMl { sku, price_type: price_type.map(str::to_owned) }
}

fn read(files: &[(&str, String)], settings: &CommerceMl) -> Result<Listing, SourceError> {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes()));
    read_commerceml(files, settings, &|_| {})
}

fn by_article(files: &[(&str, String)]) -> Result<Listing, SourceError> {
    read(files, &settings(SkuFrom::Article, None))
}

fn import(changes_only: &str, goods: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<КоммерческаяИнформация xmlns=\"urn:1C.ru:commerceml_2\" ВерсияСхемы=\"2.08\" ДатаФормирования=\"2026-01-10T09:30:00\">\
<Классификатор><Ид>k</Ид><Наименование>Классификатор</Наименование><Владелец><Ид>o</Ид></Владелец>\
<Группы><Группа><Ид>g1</Ид><Наименование>Химия</Наименование><Группы><Группа><Ид>g2</Ид>\
<Наименование>Присадки</Наименование></Группа></Группы></Группа></Группы></Классификатор>\
<Каталог СодержитТолькоИзменения=\"{changes_only}\"><Ид>c</Ид><Наименование>Каталог</Наименование><Товары>\n{goods}\
</Товары></Каталог></КоммерческаяИнформация>"
    )
}

fn good(id: &str, article: &str, name: &str, more: &str) -> String {
    format!(
        "<Товар><Ид>{id}</Ид><Артикул>{article}</Артикул><Наименование>{name}</Наименование>\
<БазоваяЕдиница Код=\"796\">шт</БазоваяЕдиница><Группы><Ид>g2</Ид></Группы>{more}</Товар>\n"
    )
}

fn offers_xml(types: &[&str], offers: &str) -> String {
    let kind = |name: &&str| {
        format!(
            "<ТипЦены><Ид>id-{name}</Ид><Наименование>{name}</Наименование><Валюта>руб</Валюта></ТипЦены>"
        )
    };
    let types: String = types.iter().map(kind).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<КоммерческаяИнформация ВерсияСхемы=\"2.08\" ДатаФормирования=\"2026-01-10T09:31:00\">\
<ПакетПредложений СодержитТолькоИзменения=\"false\"><Ид>p</Ид><ТипыЦен>{types}</ТипыЦен><Предложения>\n{offers}\
</Предложения></ПакетПредложений></КоммерческаяИнформация>"
    )
}

fn price(kind: &str, amount: &str) -> String {
    format!(
        "<Цена><Представление>{amount} руб.</Представление><ИдТипаЦены>id-{kind}</ИдТипаЦены>\
<ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу><Валюта>руб</Валюта><Единица>шт</Единица><Коэффициент>1</Коэффициент></Цена>"
    )
}

fn offer(id: &str, prices: &str) -> String {
    format!(
        "<Предложение><Ид>{id}</Ид><Наименование>Имя</Наименование><Цены>{prices}</Цены><Количество>5</Количество></Предложение>\n"
    )
}

#[test]
fn goods_groups_and_prices_of_several_files_become_products() {
    let goods = good("a-1", "RVS-100", "РВС 100 мл", "") + &good("a-2", "ACC-50", "Ускоритель &amp; Ко", "");
    let prices = offer("a-1", &price("Розничная", "1490.50")) + &offer("a-2", &price("Розничная", "890"));
    let files =
        [("import0_1.xml", import("false", &goods)), ("offers0_1.xml", offers_xml(&["Розничная"], &prices))];
    let listing = by_article(&files).expect("an export");
    let expected =
        [("RVS-100", "РВС 100 мл", 1_490_50, "Присадки"), ("ACC-50", "Ускоритель & Ко", 890_00, "Присадки")];
    assert_eq!(briefs(&listing), expected);
    assert!(listing.is_whole);
    assert_eq!(
        listing.told_at.map(|at| at.to_string()).as_deref(),
        Some("2026-01-10T06:31:00Z"),
        "the latest file's"
    );
    let reversed = [files[1].clone(), files[0].clone()];
    assert_eq!(briefs(&by_article(&reversed).expect("an export")), expected, "their order does not matter");
    let by_id = read(&files, &settings(SkuFrom::Id, None)).expect("an export");
    assert_eq!(briefs(&by_id)[0].0, "a-1");
}

#[test]
fn of_several_types_of_prices_one_must_be_named() {
    let prices = offer("a-1", &(price("Розничная", "1490") + &price("Оптовая", "990")));
    let files = [
        ("import.xml", import("false", &good("a-1", "A", "А", ""))),
        ("offers.xml", offers_xml(&["Розничная", "Оптовая"], &prices)),
    ];
    let told = problem(by_article(&files));
    assert!(told.contains("цен несколько типов: Оптовая, Розничная"), "{told}");
    for (named, kopecks) in [("Розничная", 1_490_00), ("Оптовая", 990_00), ("id-Оптовая", 990_00)]
    {
        let listing = read(&files, &settings(SkuFrom::Article, Some(named))).expect("an export");
        assert_eq!(briefs(&listing)[0].2, kopecks, "{named}");
    }
    let told = problem(read(&files, &settings(SkuFrom::Article, Some("VIP"))));
    assert!(told.contains("типа цен \"VIP\" в файлах нет; есть: Оптовая, Розничная"), "{told}");
}

#[test]
fn changes_alone_say_so_and_prices_alone_name_products_by_their_id() {
    let deleted = "<Товар Статус=\"Удален\"><Ид>a-9</Ид><Наименование>Старый</Наименование></Товар>";
    let marked = good("a-8", "OLD", "Старый", "<ПометкаУдаления>true</ПометкаУдаления>");
    let files = [
        ("import.xml", import("true", &format!("{deleted}{marked}{}", good("a-1", "A", "А", "")))),
        (
            "prices.xml",
            offers_xml(
                &["Розничная"],
                &(offer("a-1", &price("Розничная", "5")) + &offer("a-2", &price("Розничная", "7"))),
            ),
        ),
    ];
    let listing = by_article(&files).expect("an export");
    assert!(!listing.is_whole);
    let withdrawn = listing.rows.iter().filter(|row| matches!(row.told, Told::Withdrawn(_))).count();
    assert_eq!((withdrawn, refused(&listing)), (2, vec![]));
    let told = offers(&listing);
    assert_eq!(told[1].external_id.as_str(), "a-2");
    assert_eq!(
        (told[1].sku.is_none(), told[1].name.is_none(), told[1].price.map(domain::money::Money::minor)),
        (true, true, Some(7_00))
    );
    let alone = by_article(&files[1..]).expect("prices");
    assert!(!alone.is_whole, "prices are no catalogue");
    let without = by_article(&files[..1]).expect("goods");
    assert_eq!(offers(&without)[0].price, None, "no price is told, which is not a price of nothing");
}

#[test]
fn varieties_with_one_price_are_one_product_and_others_are_refused() {
    let goods = good("a-1", "A", "А", "") + &good("a-2", "B", "Б", "") + &good("a-3", "C", "В", "");
    let own = "<Предложение><Ид>a-3#x</Ид><Артикул>C-красный</Артикул></Предложение>";
    let prices = offer("a-1#x", &price("Р", "5"))
        + &offer("a-1#y", &price("Р", "5,00"))
        + &offer("a-2#x", &price("Р", "5"))
        + &offer("a-2#y", &price("Р", "6"))
        + own;
    let files = [("import.xml", import("false", &goods)), ("offers.xml", offers_xml(&["Р"], &prices))];
    let listing = by_article(&files).expect("an export");
    assert_eq!(briefs(&listing), [("A", "А", 5_00, "Присадки")]);
    let told = refused(&listing);
    assert!(told[0].2.contains("разные цены"), "{told:?}");
    assert!(told[1].2.contains("свои артикулы"), "{told:?}");
}

#[test]
fn a_bad_row_is_refused_by_file_and_line_and_the_rest_goes_on() {
    let goods = good("a-1", "A", "А", "")
        + &good("a-2", "", "Без артикула", "")
        + "<Товар><Наименование>Без Ид</Наименование></Товар>\n"
        + &good("a-4", "Д", "Не ASCII", "")
        + &good("a-5", "E", "Пять", "<Наименование>Шесть</Наименование>")
        + &good("a-6", "F", "Доллары", "")
        + &good("a-7", "G", "За десять", "")
        + &good("a-8", "H", "Тысяча", "")
        + "<Товар><Ид>a-9</Ид><Артикул>I</Артикул><Наименование>Группа</Наименование><Группы><Ид>g9</Ид></Группы></Товар>\n";
    let prices = offer("a-1", &price("Р", "5"))
        + &offer("a-6", &price("Р", "5").replace("<Валюта>руб<", "<Валюта>USD<"))
        + &offer("a-7", &price("Р", "5").replace("<Коэффициент>1<", "<Коэффициент>10<"))
        + &offer("a-8", &price("Р", "1.000"));
    let files = [("import.xml", import("false", &goods)), ("offers.xml", offers_xml(&["Р"], &prices))];
    let listing = by_article(&files).expect("an export");
    assert_eq!(briefs(&listing), [("A", "А", 5_00, "Присадки")]);
    let told = refused(&listing);
    let expected = [
        ("a-2", 4, "нет артикула"),
        ("", 5, "нет Ид"),
        ("a-4", 6, "артикул: \"Д\""),
        ("a-5", 7, "<Наименование> стоит дважды"),
        ("a-6", 8, "валюта: \"usd\""),
        ("a-7", 9, "цена: за 10 единиц"),
        ("a-8", 10, "цена: \"1.000\""),
        ("a-9", 11, "категория: группы \"g9\""),
    ];
    assert_eq!(told.len(), expected.len(), "{told:?}");
    for ((id, line, why), (told_id, told_line, told_why)) in expected.iter().zip(&told) {
        assert_eq!((*id, *line), (told_id.as_str(), *told_line));
        assert!(told_why.starts_with(why), "{id}: {told_why}");
    }
    assert!(listing.rows.iter().all(|row| row.place.file.as_deref() == Some("import.xml")));
}

#[test]
fn an_export_of_which_one_file_is_broken_is_no_export() {
    let files = |import: String| {
        [("import.xml", import), ("offers.xml", offers_xml(&["Р"], &offer("a-1", &price("Р", "5"))))]
    };
    let whole = import("false", &good("a-1", "A", "А", ""));
    for end in (0..whole.len()).step_by(7).filter(|end| whole.is_char_boundary(*end)) {
        let told = problem(by_article(&files(whole[..end].to_owned())));
        assert!(told.contains("import.xml"), "{told}");
    }
    assert!(
        problem(by_article(&files("<yml_catalog/>".to_owned()))).contains("в начале стоит <yml_catalog>")
    );
    let nothing = "<КоммерческаяИнформация/>".to_owned();
    assert!(problem(by_article(&[("x.xml", nothing)])).contains("ни каталога, ни предложений"));
    let bomb = "<!DOCTYPE x [<!ENTITY a \"b\">]><КоммерческаяИнформация/>".to_owned();
    assert!(problem(by_article(&[("x.xml", bomb)])).contains("DOCTYPE"));
}
