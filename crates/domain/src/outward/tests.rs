use super::*;

fn given(text: &str) -> Result<OutwardUrl, OutwardUrlError> {
    OutwardUrl::parse_given(text, &OutwardRules::default())
}

/// The corpus of forged addresses: none of them may be called, whatever they resolve to.
const FORGED: &[&str] = include!("corpus.in");

#[test]
fn no_forged_address_is_taken() {
    assert!(FORGED.len() >= 80, "{}", FORGED.len());
    let taken: Vec<&&str> = FORGED.iter().filter(|text| given(text).is_ok()).collect();
    assert_eq!(taken, Vec::<&&str>::new());
}

#[test]
fn honest_addresses_are_taken_as_they_are() {
    for (text, taken) in [
        ("https://hooks.example.com", "https://hooks.example.com/"),
        ("https://hooks.example.com/in?from=nanorem", "https://hooks.example.com/in?from=nanorem"),
        ("HTTPS://Hooks.Example.COM:443/A%20b", "https://hooks.example.com/A%20b"),
        ("https://магазин.рф/hook", "https://xn--80aairftm.xn--p1ai/hook"),
        ("https://localhost.example.com/", "https://localhost.example.com/"),
        ("https://8.8.8.8/x", "https://8.8.8.8/x"),
        ("https://[2001:4860:4860::8888]/x", "https://[2001:4860:4860::8888]/x"),
    ] {
        assert_eq!(given(text).map(|url| url.as_str().to_owned()), Ok(taken.to_owned()), "{text}");
    }
}

#[test]
fn each_refusal_says_what_is_wrong() {
    use OutwardUrlError as E;
    for (text, error) in [
        ("http://hooks.example.com/", E::Scheme),
        ("file:///etc/passwd", E::Scheme),
        ("hooks.example.com", E::Form),
        ("https://", E::Form),
        ("https://user@hooks.example.com/", E::User),
        ("https://hooks.example.com/#x", E::Fragment),
        ("https://hooks.example.com:8443/", E::Port(8443)),
        ("https://localhost/", E::HouseName("localhost".into())),
        ("https://10.0.0.1/", E::NotPublic("10.0.0.1".into())),
        ("https://0x0a.1/", E::Disguise("10.0.0.1".into())),
        ("https://hooks.example.com/\r\nx", E::Characters),
        ("https://hooks.example.com/путь", E::Characters),
    ] {
        assert_eq!(given(text), Err(error), "{text}");
    }
    assert_eq!(given(&format!("https://hooks.example.com/{}", "x".repeat(LONGEST))), Err(E::Long));
}

#[test]
fn the_owner_opens_ports_and_names_hosts() {
    let rules = OutwardRules { ports: vec![8443], own_hosts: vec!["crm.lan".into(), "127.0.0.1".into()] };
    let reach = |text| OutwardUrl::parse_given(text, &rules).map(|url| url.reach().clone());
    assert_eq!(reach("https://hooks.example.com:8443/"), Ok(Reach::Public));
    assert_eq!(reach("http://crm.lan:9000/"), Ok(Reach::Named("crm.lan".into())));
    assert_eq!(reach("http://CRM.lan/"), Ok(Reach::Named("crm.lan".into())));
    assert_eq!(reach("http://127.0.0.1:9000/"), Ok(Reach::Named("127.0.0.1".into())));
    assert_eq!(reach("http://127.0.0.2:9000/"), Err(OutwardUrlError::Scheme));
    assert_eq!(reach("https://sub.crm.lan/"), Err(OutwardUrlError::HouseName("sub.crm.lan".into())));
    assert_eq!(reach("http://127.1:9000/"), Err(OutwardUrlError::Disguise("127.0.0.1".into())));
}

#[test]
fn settings_name_their_own_host_but_never_the_clouds_keys() {
    let reach = |text| OutwardUrl::parse_owners(text).map(|url| url.reach().clone());
    assert_eq!(reach("http://localhost:8080/bot"), Ok(Reach::Named("localhost".into())));
    assert_eq!(reach("http://[::1]:8080/"), Ok(Reach::Named("[::1]".into())));
    assert_eq!(reach("https://nanorvs.ru"), Ok(Reach::Named("nanorvs.ru".into())));
    for metadata in ["http://169.254.169.254/latest", "http://0.0.0.0/", "http://[fe80::1]/"] {
        assert!(matches!(reach(metadata), Err(OutwardUrlError::NotPublic(_))), "{metadata}");
    }
    let other = OutwardUrl::parse("https://a.example/", Reach::Named("b.example".into()), &[]);
    assert_eq!(other, Err(OutwardUrlError::OtherHost("a.example".into())));
}

#[test]
fn no_segment_climbs_out_of_its_path() {
    let base = OutwardUrl::parse_owners("https://nanorvs.ru/api/").expect("an address");
    let joined = base.join(&["products", "../admin?x=#y"]).expect("encoded");
    assert_eq!(joined.as_str(), "https://nanorvs.ru/api/products/..%2Fadmin%3Fx=%23y");
    for climbing in ["..", ".", ""] {
        assert_eq!(base.join(&["products", climbing]), Err(OutwardUrlError::Form));
    }
    let asked = joined.with_query(&[("q", "a&b=c")]);
    assert_eq!(asked.as_str(), "https://nanorvs.ru/api/products/..%2Fadmin%3Fx=%23y?q=a%26b%3Dc");
}

#[test]
fn paths_are_not_printed() {
    let url = given("https://api.telegram.org/bot123:secret/getMe").expect("an address");
    assert_eq!(format!("{url:?}"), "OutwardUrl(https://api.telegram.org)");
}
