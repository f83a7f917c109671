use app::ports::catalogue::{Listing, SourceError, Told};
use gateways::shop::{SkuFrom, Yml, read_yml};

use super::{briefs, offers, problem, refused};

const BY_ID: Yml = Yml { sku: SkuFrom::Id };

fn read(text: &str) -> Result<Listing, SourceError> {
    read_yml(text.as_bytes(), BY_ID, &|_| {})
}

/// A feed of offers, each a text between its tags.
fn feed(offers: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
<!DOCTYPE yml_catalog SYSTEM \"shops.dtd\">\n\
<yml_catalog date=\"2026-01-10 09:30\"><shop><name>НАНОРЕМ</name>\
<currencies><currency id=\"RUR\" rate=\"1\"/></currencies>\
<categories><category id=\"1\">Присадки</category><category id=\"2\" parentId=\"1\">Масла &amp; смазки</category></categories>\n\
<offers>\n{offers}</offers></shop></yml_catalog>\n"
    )
}

fn offer(id: &str, inner: &str) -> String {
    format!(
        "<offer id=\"{id}\" available=\"true\"><currencyId>RUR</currencyId><categoryId>1</categoryId>{inner}</offer>\n"
    )
}

#[test]
fn a_feed_is_read_in_both_of_its_forms() {
    let text = feed(
        "<offer id=\"17\" available=\"true\"><url>https://shop.example/17?a=1&amp;b=2</url><price>1 490,50</price>\
<currencyId>RUR</currencyId><categoryId>1</categoryId><name>РВС &lt;100&gt; мл</name><vendorCode>RVS-100</vendorCode>\
<description><![CDATA[<p>Цена <price>1</price></p>]]></description><param name=\"Объём\" unit=\"мл\">100</param></offer>\n\
<offer id=\"18\" type=\"vendor.model\" available=\"false\"><price>890.5</price><currencyId>RUB</currencyId>\
<categoryId>2</categoryId><typePrefix>Ускоритель</typePrefix><vendor>NANOREM</vendor><model>50&#160;мл</model></offer>\n\
<offer id=\"19\"><price>100</price><currencyId>RUB</currencyId><name><![CDATA[Без категории]]></name></offer>\n",
    );
    let listing = read(&text).expect("a feed");
    assert_eq!(
        briefs(&listing),
        [
            ("17", "РВС <100> мл", 1_490_50, "Присадки"),
            ("18", "Ускоритель NANOREM 50 мл", 890_50, "Масла & смазки"),
            ("19", "Без категории", 100_00, ""),
        ]
    );
    assert_eq!(
        offers(&listing).iter().map(|offer| offer.available).collect::<Vec<_>>(),
        [Some(true), Some(false), None]
    );
    assert_eq!(listing.told_at.map(|at| at.to_string()).as_deref(), Some("2026-01-10T06:30:00Z"), "Moscow's");
    assert!(listing.is_whole);
    let by_article = read_yml(text.as_bytes(), Yml { sku: SkuFrom::Article }, &|_| {}).expect("a feed");
    assert_eq!(briefs(&by_article)[0].0, "RVS-100");
    assert_eq!(refused(&by_article)[0].0, "18", "it has no vendorCode");
}

#[test]
fn letters_come_in_the_encoding_that_the_first_line_names() {
    let text = feed(&offer("1", "<price>1</price><name>Ускоритель Ёж</name>"));
    let expected = read(&text).expect("a feed");
    for label in ["windows-1251", "KOI8-R", "cp866"] {
        let declared = text.replacen("UTF-8", label, 1);
        let encoding = encoding_rs::Encoding::for_label(label.as_bytes()).expect("a known label");
        let (bytes, _, has_lost) = encoding.encode(&declared);
        assert!(!has_lost, "{label}");
        let listing = read_yml(&*bytes, BY_ID, &|_| {}).expect("a feed");
        assert_eq!(briefs(&listing), briefs(&expected), "{label}");
    }
    let marked = format!("\u{feff}{}", text.replacen("UTF-8", "windows-1251", 1));
    assert_eq!(
        briefs(&read(&marked).expect("a feed")),
        briefs(&expected),
        "the mark of the byte order says more"
    );
}

#[test]
fn an_unknown_encoding_and_letters_that_it_has_not_are_refused() {
    let text = feed(&offer("1", "<price>1</price><name>А</name>"));
    for label in ["КОИ-9", "utf-16", "x"] {
        assert!(problem(read(&text.replacen("UTF-8", label, 1))).contains("неизвестна"), "{label}");
    }
    let mut bytes = text.into_bytes();
    let place = bytes.windows(6).position(|window| window == b"<name>").expect("a name") + 6;
    bytes[place] = 0xff;
    assert!(problem(read_yml(&*bytes, BY_ID, &|_| {})).contains("строка"), "letters are never guessed");
}

#[test]
fn a_bad_offer_is_refused_by_its_place_and_the_rest_goes_on() {
    let cases = [
        ("a", "<price>1.000</price><name>А</name>", "цена: \"1.000\" мельче копейки"),
        ("b", "<price>-5</price><name>А</name>", "цена: \"-5\" — не цена"),
        ("c", "<price>1e5</price><name>А</name>", "цена: \"1e5\" — не цена"),
        ("d", "<price>NaN</price><name>А</name>", "цена: \"NaN\" — не цена"),
        ("e", "<price>0</price><name>А</name>", "цена: \"0\" — не цена"),
        ("f", "<name>А</name>", "цена: \"\" — не цена"),
        ("g", "<price>1</price><price>2</price><name>А</name>", "<price>: стоит дважды"),
        ("h", "<price from=\"true\">1</price><name>А</name>", "цена: «от»"),
        ("i", "<price>1</price>", "название: пусто"),
        ("j", "<price>1</price><name>А&#27;[31m</name>", "название: управляющий знак U+001B"),
        ("k", "<price>1</price><name>А&nbsp;Б</name>", "<name>: &nbsp; в XML ничего не значит"),
        ("l", "<price>1</price><name>А&#0;</name>", "<name>: &#0; в XML ничего не значит"),
        ("m", "<price>1</price><name>А <b>Б</b></name>", "<name>: внутри стоит <b>"),
        ("n", "<price><x>1</x></price><name>А</name>", "<price>: внутри стоит <x>"),
    ];
    let text: String = cases.iter().map(|(id, inner, _)| offer(id, inner)).collect();
    let good = offer("ok", "<price>1</price><name>А</name>");
    let listing = read(&feed(&format!("{good}{text}"))).expect("a feed");
    assert_eq!(briefs(&listing), [("ok", "А", 1_00, "Присадки")]);
    let told = refused(&listing);
    assert_eq!(told.len(), cases.len());
    for ((id, _, why), (told_id, line, told_why)) in cases.iter().zip(&told) {
        assert_eq!(id, told_id);
        assert!(told_why.starts_with(why), "{id}: {told_why}");
        // The head takes four lines, the good offer one.
        assert_eq!(*line, 6 + u64::from(id.as_bytes()[0] - b'a'), "{id}");
    }
}

#[test]
fn another_currency_an_unknown_category_and_a_wrong_id_are_refused() {
    let listing = read(&feed(
        "<offer id=\"a\"><price>1</price><currencyId>USD</currencyId><name>А</name></offer>\
<offer id=\"b\"><price>1</price><name>А</name></offer>\
<offer id=\"c\"><price>1</price><currencyId>rub</currencyId><categoryId>9</categoryId><name>А</name></offer>\
<offer><price>1</price><currencyId>RUB</currencyId><name>А</name></offer>\
<offer id=\"два слова\"><price>1</price><currencyId>RUB</currencyId><name>А</name></offer>",
    ))
    .expect("a feed");
    let whys: Vec<_> = refused(&listing).into_iter().map(|(_, _, why)| why).collect();
    assert_eq!(whys[0], "валюта: \"usd\", а нужны рубли (RUB)");
    assert_eq!(whys[1], "валюта: не указана, а нужны рубли (RUB)");
    assert_eq!(whys[2], "категория: категории \"9\" в фиде нет");
    assert!(whys[3].starts_with("id: \"\"") && whys[4].starts_with("id: \"два слова\""), "{whys:?}");
    let has_id =
        |row: &app::ports::catalogue::Row| matches!(&row.told, Told::Refused { external_id: Some(_), .. });
    assert_eq!(listing.rows.iter().filter(|row| has_id(row)).count(), 3);
}

#[test]
fn a_feed_that_breaks_off_anywhere_is_no_feed() {
    let text =
        feed(&(0..3).map(|id| offer(&id.to_string(), "<price>1</price><name>А</name>")).collect::<String>());
    let whole = text.trim_end().len();
    for end in (0..whole).filter(|end| text.is_char_boundary(*end)) {
        assert!(read(&text[..end]).is_err(), "cut at {end}: {:?}", &text[end.saturating_sub(20)..end]);
    }
    read(&text[..whole]).expect("the whole is a feed");
}

#[test]
fn other_documents_are_no_feed() {
    for (text, why) in [
        ("", "нет ни одного элемента"),
        ("   \n", "нет ни одного элемента"),
        ("<html><body>503</body></html>", "в начале стоит <html>"),
        ("{\"products\": []}", "нет ни одного элемента"),
        ("<yml_catalog/>", "нет раздела <offers>"),
        ("<yml_catalog><shop></shop></yml_catalog>", "нет раздела <offers>"),
        ("<yml_catalog><shop><offers/></shop></yml_catalog><yml_catalog/>", "за концом каталога"),
        ("<yml_catalog><shop><offers></shop></offers></yml_catalog>", "не XML"),
        ("\u{0}\u{0}\u{0}", ""),
    ] {
        let told = problem(read(text));
        assert!(told.contains(why), "{text:?}: {told}");
    }
    let empty =
        read("<yml_catalog date=\"вчера\"><shop><offers/></shop></yml_catalog>").expect("an empty feed");
    assert_eq!((empty.rows.len(), empty.told_at), (0, None));
}

#[test]
fn entities_of_its_own_depth_and_length_are_bounded() {
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE yml_catalog [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\
<yml_catalog><shop><offers><offer id=\"1\"><name>&b;</name></offer></offers></shop></yml_catalog>";
    assert!(problem(read(bomb)).contains("DOCTYPE"));
    let outside = "<!DOCTYPE yml_catalog [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><yml_catalog/>";
    assert!(problem(read(outside)).contains("DOCTYPE"));
    let deep = format!("<yml_catalog>{}", "<x>".repeat(100_000));
    assert!(problem(read(&deep)).contains("глубже"));
    let long = feed(&offer("1", &format!("<price>1</price><name>{}</name>", "я".repeat(100_000))));
    assert!(refused(&read(&long).expect("a feed"))[0].2.contains("длиннее"));
    let endless = format!("<yml_catalog><shop><!-- {} --></shop></yml_catalog>", "x".repeat(5 * 1024 * 1024));
    assert!(problem(read(&endless)).contains("длиннее"));
    let attribute = feed(&format!("<offer id=\"{}\"/>", "1".repeat(100_000)));
    assert_eq!(refused(&read(&attribute).expect("a feed")).len(), 1);
}

#[test]
fn hostile_names_are_text_like_any_other() {
    for name in [
        "<script>alert(1)</script>",
        "'; DROP TABLE products; --",
        "=HYPERLINK(\"http://evil.example\")",
        "{{7*7}} ${7*7} %s %n",
        "../../etc/passwd",
        "\u{202e}gnp.exe",
        "e\u{301}\u{301}\u{301}",
        "👨‍👩‍👧 РВС",
    ] {
        let escaped = name.replace('&', "&amp;").replace('<', "&lt;");
        let listing =
            read(&feed(&offer("1", &format!("<price>1</price><name>{escaped}</name>")))).expect("a feed");
        assert_eq!(briefs(&listing)[0].1, name);
    }
}

#[test]
fn the_digest_is_of_the_bytes_and_progress_is_told() {
    use std::sync::atomic::{AtomicU64, Ordering};
    let text = feed(
        &(0..2_500).map(|id| offer(&id.to_string(), "<price>1</price><name>А</name>")).collect::<String>(),
    );
    let (told, rows) = (AtomicU64::new(0), AtomicU64::new(0));
    let watch = |progress: app::ports::catalogue::Progress| {
        told.fetch_add(1, Ordering::Relaxed);
        rows.store(progress.rows, Ordering::Relaxed);
    };
    let listing = read_yml(text.as_bytes(), BY_ID, &watch).expect("a feed");
    assert_eq!((told.into_inner(), rows.into_inner()), (3, 2_500));
    let again = read(&text).expect("a feed");
    let other = read(&text.replace("09:30", "09:31")).expect("a feed");
    assert_eq!(listing.digest, again.digest);
    assert_ne!(listing.digest, other.digest);
}
