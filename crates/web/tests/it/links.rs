use std::net::SocketAddr;

use app::links::Clicks;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, HeaderName, Method, Request, StatusCode};
use domain::link::FirstTouch;
use domain::webhook::Secrets;
use jiff::SignedDuration;
use metrics_exporter_prometheus::PrometheusBuilder;
use testkit::{Company, TestApp, for_each_backend, on_sqlite};
use web::Links;

use crate::client::{Answer, Client, links};

/// A client with links of its own, two partners, and where clicks are counted.
struct Visits {
    client: Client,
    links: Links,
    anna: String,
    boris: String,
}

impl Visits {
    async fn of(test: &TestApp) -> Self {
        Self::at(test, "https://office.example").await
    }

    async fn at(test: &TestApp, public_url: &str) -> Self {
        let company = Company::with_plan(test, "nanorem-5").await;
        company.chain(&["ANNA", "BORIS"]).await;
        let mut codes = Vec::new();
        for code in ["ANNA", "BORIS"] {
            let card = app::people::card(&test.app, &company.code(code)).await.expect("a partner");
            codes.push(card.partner.referral_code.to_string());
        }
        let links = links(public_url);
        let figures = PrometheusBuilder::new().build_recorder().handle();
        let client = Client::linked(test, Secrets::default(), figures, links.clone());
        let [anna, boris] = codes.try_into().expect("two codes");
        Self { client, links, anna, boris }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers).await
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let name: HeaderName = name.parse().expect("a header");
            map.append(name, value.parse().expect("a value"));
        }
        self.client.send(method, path, map, Body::empty()).await
    }

    /// The clicks on Anna's link that were written, by source and name.
    async fn clicks(&self, test: &TestApp) -> Vec<(String, String, u64)> {
        let clicks: &Clicks = &self.links.clicks;
        clicks.flush(&test.app).await.expect("clicks can be written");
        let company = Company::of(test);
        let day = test.app.now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let figures =
            app::links::figures(&test.app, &company.code("ANNA"), day, day).await.expect("a partner");
        let label = |one: app::links::ByCampaign| (one.campaign.source, one.campaign.name, one.clicks);
        figures.campaigns.into_iter().map(label).collect()
    }
}

fn location(answer: &Answer) -> &str {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{answer:?}");
    answer.header("location").expect("a redirect says where to")
}

/// The cookie that was set, as the browser sends it back.
fn kept(answer: &Answer) -> Option<String> {
    let cookie = answer.header("set-cookie")?;
    cookie.split(';').next().map(str::to_owned)
}

#[tokio::test]
async fn a_visitor_is_sent_to_the_shop_with_the_code_and_the_marks() {
    for_each_backend(async |test| {
        let visits = Visits::of(&test).await;
        let path = format!("/r/{}?utm_source=vk&utm_campaign=зима&next=https://evil.example", visits.anna);
        let path = path.replace("зима", "%D0%B7%D0%B8%D0%BC%D0%B0");
        let answer = visits.get(&path, &[]).await;
        let expected = format!(
            "https://nanorvs.ru/register?ref={}&utm_source=vk&utm_campaign=%D0%B7%D0%B8%D0%BC%D0%B0",
            visits.anna
        );
        assert_eq!(location(&answer), expected);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("x-robots-tag"), Some("noindex"));
        let small = format!("/r/{}?to=bot", visits.anna.to_lowercase());
        let bot = format!("https://t.me/nanorem_bot?start={}", visits.anna);
        assert_eq!(location(&visits.get(&small, &[]).await), bot);
    })
    .await;
}

#[tokio::test]
async fn the_first_partner_stays_for_the_whole_window() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        let (anna, boris) = (format!("/r/{}", visits.anna), format!("/r/{}", visits.boris));
        let first = visits.get(&anna, &[]).await;
        let cookie = kept(&first).expect("the first touch is kept");
        test.clock.advance(SignedDuration::from_hours(24 * 30) - SignedDuration::from_secs(1));
        let later = visits.get(&boris, &[("cookie", &cookie)]).await;
        assert!(location(&later).ends_with(&format!("ref={}", visits.anna)), "{later:?}");
        assert_eq!(kept(&later), None, "what is kept is not touched, so its window does not move");
        test.clock.advance(SignedDuration::from_secs(1));
        let over = visits.get(&boris, &[("cookie", &cookie)]).await;
        assert!(location(&over).ends_with(&format!("ref={}", visits.boris)), "the window is over");
        assert!(kept(&over).is_some());
    })
    .await;
}

#[tokio::test]
async fn of_two_kept_touches_the_earlier_counts_and_forged_ones_do_not() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        let touch = |code: &str, ago: i64| {
            let code = code.parse().expect("a code");
            let at = test.app.now() - SignedDuration::from_secs(ago);
            FirstTouch::new(code, at).seal(&visits.links.key)
        };
        let name = "__Host-nanorem_ref";
        let (anna, boris) = (touch(&visits.anna, 10), touch(&visits.boris, 20));
        let path = format!("/r/{}", visits.anna);
        let both = format!("{name}={anna}; theme=dark;{name}={boris}");
        let answer = visits.get(&path, &[("cookie", &both)]).await;
        assert!(location(&answer).ends_with(&visits.boris), "{answer:?}");
        let forged = boris.replace(&boris[20..24], "AAAA");
        for cookie in [
            format!("{name}={forged}"),
            format!("{name}={}", visits.boris),
            format!("nanorem_ref={boris}"),
            format!("{name}="),
            name.to_owned(),
            format!("{name}=\"{boris}\""),
            "=;=;;".to_owned(),
        ] {
            let answer = visits.get(&path, &[("cookie", &cookie)]).await;
            assert!(location(&answer).ends_with(&visits.anna), "{cookie}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_cookie_is_as_closed_as_the_address_allows() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        let answer = visits.get(&format!("/r/{}", visits.anna), &[]).await;
        let cookie = answer.header("set-cookie").expect("a cookie");
        let (value, rest) = cookie.split_once("; ").expect("attributes");
        assert!(value.starts_with("__Host-nanorem_ref="), "{value}");
        assert_eq!(rest, "Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure");
        assert!(!value.contains(&visits.anna), "it is opaque");
        let figures = PrometheusBuilder::new().build_recorder().handle();
        let client = Client::linked(&test, Secrets::default(), figures, links("http://127.0.0.1:8080"));
        let answer = client.get(&format!("/r/{}", visits.anna)).await;
        let cookie = answer.header("set-cookie").expect("a cookie");
        assert!(cookie.starts_with("nanorem_ref="), "without TLS a browser refuses the prefix: {cookie}");
        assert!(cookie.ends_with("; HttpOnly; SameSite=Lax"), "{cookie}");
    })
    .await;
}

#[tokio::test]
async fn nothing_in_a_link_leads_anywhere_but_where_the_settings_say() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        let hostile = [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "https:evil.example",
            "https://nanorvs.ru@evil.example",
            "https://nanorvs.ru.evil.example",
            "javascript:alert(1)",
            "%2f%2fevil.example",
            "%0d%0aLocation:%20https://evil.example",
            "bot%00",
            "bot/../..",
            "%F0%9F%90%88",
            "%ff%fe",
        ];
        let names = ["to", "next", "url", "redirect", "return_to", "ref", "erid", "utm_source", "code"];
        for (name, value) in names.into_iter().flat_map(|name| hostile.map(|value| (name, value))) {
            test.clock.advance(SignedDuration::from_secs(1));
            let answer = visits.get(&format!("/r/{}?{name}={value}", visits.anna), &[]).await;
            let expected = format!("https://nanorvs.ru/register?ref={}", visits.anna);
            let location = location(&answer);
            assert!(
                location == expected || location.starts_with(&format!("{expected}&utm_source=")),
                "{location}"
            );
            assert_eq!(answer.headers.get_all("location").iter().count(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn an_unknown_code_is_a_friendly_page_that_tells_nothing() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        let mut pages = Vec::new();
        for code in
            ["ZZZZZZZZ", "x", "ABCDEFG", "%3Cscript%3E", "%ff%fe", "NR00001", "ＡＢＣＤＥＦＧＨ", "..%2f"]
        {
            let path = format!("/r/{}", code.replace("ＡＢＣＤＥＦＧＨ", "%EF%BC%A1"));
            let answer = visits.get(&path, &[("accept", "text/html")]).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
            assert_eq!(answer.header("set-cookie"), None, "{path}");
            let policy = answer.header("content-security-policy").expect("a policy");
            assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
            pages.push(answer.text);
        }
        assert!(pages.iter().all(|page| page == &pages[0]), "one page for all of them");
        assert!(pages[0].contains("Такой ссылки нет") && pages[0].contains("href=\"https://nanorvs.ru\""));
        let english = visits.get("/r/ZZZZZZZZ", &[("accept-language", "en-GB,en;q=0.9,ru;q=0.1")]).await;
        assert!(english.text.contains("There is no such link") && english.text.contains("lang=\"en\""));
    })
    .await;
}

#[tokio::test]
async fn only_people_are_counted_and_remembered() {
    for_each_backend(async |test| {
        let visits = Visits::of(&test).await;
        let path = format!("/r/{}?utm_source=VK&utm_campaign=Winter", visits.anna);
        let robots: [(&str, &str); 7] = [
            ("sec-purpose", "prefetch;prerender"),
            ("purpose", "prefetch"),
            ("x-moz", "prefetch"),
            ("x-purpose", "preview"),
            ("user-agent", "TelegramBot (like TwitterBot)"),
            ("user-agent", "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)"),
            ("user-agent", "WhatsApp/2.23.20.0"),
        ];
        for robot in robots {
            let answer = visits.get(&path, &[robot]).await;
            assert!(location(&answer).contains(&visits.anna), "it is sent on all the same");
            assert_eq!(kept(&answer), None, "{robot:?}");
        }
        let head = visits.send(Method::HEAD, &path, &[]).await;
        assert!(location(&head).contains(&visits.anna) && head.text.is_empty() && kept(&head).is_none());
        assert_eq!(visits.clicks(&test).await, []);
        let phone =
            ("user-agent", "Mozilla/5.0 (Linux; Android 9; CUBOT X18 Plus) Chrome/90 Mobile Safari/537.36");
        for _ in 0..3 {
            assert!(kept(&visits.get(&path, &[phone]).await).is_some());
        }
        visits.get(&format!("/r/{}", visits.anna), &[]).await;
        visits.get("/r/ZZZZZZZZ?utm_source=vk", &[]).await;
        let counted = [("vk".to_owned(), "winter".to_owned(), 3), (String::new(), String::new(), 1)];
        assert_eq!(visits.clicks(&test).await, counted);
        visits.get(&path, &[]).await;
        assert_eq!(visits.clicks(&test).await[0].2, 4, "later ones are added");
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_labels_is_counted_under_a_bounded_number() {
    for_each_backend(async |test| {
        let visits = Visits::of(&test).await;
        for number in 0..400 {
            if number % 60 == 0 {
                test.clock.advance(SignedDuration::from_mins(1));
                visits.clicks(&test).await;
            }
            visits.get(&format!("/r/{}?utm_source=s{number}", visits.anna), &[]).await;
        }
        let counted = visits.clicks(&test).await;
        assert_eq!(counted.len(), 51, "fifty labels of their own and the rest");
        assert_eq!(counted[0], ("*".to_owned(), "*".to_owned(), 350));
    })
    .await;
}

#[tokio::test]
async fn clicks_that_could_not_be_written_stay_counted() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        visits.get(&format!("/r/{}", visits.anna), &[]).await;
        test.app.store.close().await;
        visits.links.clicks.flush(&test.app).await.expect_err("the database is closed");
        let again = test.restarted([8; 32]).await;
        assert_eq!(visits.clicks(&again).await, [(String::new(), String::new(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn what_is_counted_is_written_when_the_server_stops() {
    on_sqlite(async |test| {
        let mut visits = Visits::of(&test).await;
        let (clicks, flusher) = Clicks::start(test.app.clone());
        visits.links.clicks = clicks.clone();
        let figures = PrometheusBuilder::new().build_recorder().handle();
        let client = Client::linked(&test, Secrets::default(), figures, visits.links.clone());
        client.get(&format!("/r/{}", visits.anna)).await;
        flusher.stop().await;
        visits.links.clicks = Clicks::default();
        assert_eq!(visits.clicks(&test).await, [(String::new(), String::new(), 1)]);
    })
    .await;
}

#[tokio::test]
async fn sixty_lookups_a_minute_and_no_more() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        for number in 0..60 {
            let path = ["/r/ZZZZZZZZ".to_owned(), format!("/r/{}/qr.svg", visits.anna)][number % 2].clone();
            assert_ne!(visits.get(&path, &[]).await.status, StatusCode::TOO_MANY_REQUESTS, "{number}");
        }
        let known = format!("/r/{}", visits.anna);
        let page = visits.get(&known, &[("accept", "text/html,*/*")]).await;
        assert_eq!((page.status, page.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("2")));
        assert!(page.text.contains("Слишком часто"));
        let program = visits.get(&known, &[]).await;
        assert_eq!(program.problem().0, "too_many_requests");
        assert_eq!(visits.client.get("/livez").await.status, StatusCode::OK, "only lookups are counted");
        test.clock.advance(SignedDuration::from_secs(1));
        location(&visits.get(&known, &[]).await);
    })
    .await;
}

#[tokio::test]
async fn who_asks_is_the_peer_unless_a_proxy_of_ours_says_otherwise() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        let ask = async |peer: &str, forwarded: &str| {
            let mut request = Request::builder()
                .uri("/r/ZZZZZZZZ")
                .header("x-forwarded-for", forwarded)
                .body(Body::empty())
                .expect("a request");
            let peer: SocketAddr = peer.parse().expect("an address");
            request.extensions_mut().insert(ConnectInfo(peer));
            visits.client.answer(request).await.0.status
        };
        for number in 0..60 {
            assert_eq!(ask("203.0.113.7:5000", &format!("198.51.100.{number}")).await, StatusCode::NOT_FOUND);
        }
        let limited = StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(ask("203.0.113.7:5001", "198.51.100.99").await, limited, "a forged header helps nobody");
        for number in 0..60 {
            let through = ask("127.0.0.1:5000", &format!("198.51.100.{number}")).await;
            assert_eq!(through, StatusCode::NOT_FOUND);
        }
        for _ in 0..60 {
            ask("127.0.0.1:5000", "9.9.9.9, 203.0.113.8").await;
        }
        assert_eq!(ask("127.0.0.1:5000", "8.8.8.8, 203.0.113.8").await, limited);
    })
    .await;
}

#[tokio::test]
async fn the_link_is_there_as_a_picture() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        let svg = visits.get(&format!("/r/{}/qr.svg", visits.anna), &[]).await;
        assert_eq!((svg.status, svg.header("content-type")), (StatusCode::OK, Some("image/svg+xml")));
        let name = format!("inline; filename=\"nanorem-{}.svg\"", visits.anna);
        assert_eq!(svg.header("content-disposition"), Some(name.as_str()));
        assert_eq!(svg.header("cache-control"), Some("public, max-age=3600"));
        assert_eq!(svg.header("x-content-type-options"), Some("nosniff"));
        let tag = svg.header("etag").expect("a tag").to_owned();
        for known in [tag.clone(), format!("\"other\", W/{tag}"), "*".to_owned()] {
            let again = visits.get(&format!("/r/{}/qr.svg", visits.anna), &[("if-none-match", &known)]).await;
            assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{known}");
            assert_eq!(again.header("etag"), Some(tag.as_str()));
        }
        let request = |path: String| Request::builder().uri(path).body(Body::empty()).expect("a request");
        let path = format!("/r/{}/qr.png?size=300", visits.anna.to_lowercase());
        let (parts, png) = visits.client.answer(request(path)).await;
        assert_eq!(
            (parts.status, &parts.headers["content-type"]),
            (StatusCode::OK, &"image/png".parse().expect("a value"))
        );
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(&png[16..24], [0, 0, 1, 44, 0, 0, 1, 44], "300 by 300");
        for size in ["0", "127", "2049", "99999", "-1", "abc", ""] {
            let answer = visits.get(&format!("/r/{}/qr.png?size={size}", visits.anna), &[]).await;
            assert_eq!(
                (answer.status, answer.problem().0),
                (StatusCode::BAD_REQUEST, "size".into()),
                "{size}"
            );
        }
        for path in ["/r/ZZZZZZZZ/qr.png", "/r/x/qr.svg", "/r/%ff/qr.svg"] {
            assert_eq!(visits.get(path, &[]).await.problem().0, "not_found", "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn while_the_database_is_silent_a_visitor_is_asked_to_come_again() {
    on_sqlite(async |test| {
        let visits = Visits::of(&test).await;
        test.app.store.close().await;
        let answer = visits.get(&format!("/r/{}", visits.anna), &[]).await;
        assert_eq!(
            (answer.status, answer.header("retry-after")),
            (StatusCode::SERVICE_UNAVAILABLE, Some("5"))
        );
        let picture = visits.get(&format!("/r/{}/qr.svg", visits.anna), &[]).await;
        assert_eq!(picture.problem().0, "not_ready");
    })
    .await;
}
