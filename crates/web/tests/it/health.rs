use axum::body::Body;
use axum::http::{HeaderMap, Method, StatusCode};
use domain::webhook::Secrets;
use metrics_exporter_prometheus::PrometheusBuilder;
use testkit::{Company, OrderDraft, for_each_backend, on_sqlite};

use crate::client::{Client, standard};

#[tokio::test]
async fn it_lives_and_is_ready_while_the_database_answers() {
    for_each_backend(async |test| {
        let client = Client::of(&test);
        assert_eq!(client.get("/livez").await.status, StatusCode::OK);
        assert_eq!(client.get("/readyz").await.status, StatusCode::OK);
        test.app.store.close().await;
        assert_eq!(client.get("/livez").await.status, StatusCode::OK, "the process itself lives");
        for path in ["/readyz", "/metrics"] {
            let answer = client.get(path).await;
            assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(answer.header("retry-after"), Some("1"));
            assert_eq!(answer.problem().0, "not_ready");
        }
    })
    .await;
}

#[tokio::test]
async fn every_answer_carries_the_protecting_headers() {
    on_sqlite(async |test| {
        let client = Client::of(&test);
        for path in ["/livez", "/metrics", "/nothing", "/hooks/shop"] {
            let answer = client.get(path).await;
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
            let policy = answer.header("content-security-policy").expect("a policy");
            assert!(policy.starts_with("default-src 'none'"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_does_not_exist_is_a_problem_too() {
    on_sqlite(async |test| {
        let client = Client::of(&test);
        for path in
            ["/", "/hooks", "/hooks/shop/", "/hooks//shop", "/hooks/%2e%2e/livez", "/LIVEZ", "/..;/metrics"]
        {
            let answer = client.get(path).await;
            assert_eq!(
                (answer.status, answer.problem().0),
                (StatusCode::NOT_FOUND, "not_found".into()),
                "{path}"
            );
        }
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            let answer = client.send(method.clone(), "/hooks/shop", HeaderMap::new(), Body::empty()).await;
            let found = (answer.status, answer.problem().0);
            assert_eq!(found, (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed".into()), "{method}");
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_secret_the_webhook_does_not_exist() {
    on_sqlite(async |test| {
        let client = Client::with(&test, Secrets::default());
        let event =
            OrderDraft::new("S-1", "A1", 1, "100.00", "2026-01-09T10:00:00+03:00").event("order.created");
        assert_eq!(client.tell(&test, "m-1", &event).await.status, StatusCode::NOT_FOUND);
        assert_eq!(client.get("/livez").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn the_figures_count_orders_accruals_and_jobs() {
    for_each_backend(async |test| {
        let company = Company::with_plan(&test, "nanorem-5").await;
        company.chain(&["A1", "B1"]).await;
        company.buys("S-1", "B1", "1000.00", "2026-01-09T10:00:00+03:00").await;
        let recorder = PrometheusBuilder::new().build_recorder();
        let _measured = metrics::set_default_local_recorder(&recorder);
        let client = Client::measured(&test, standard(), recorder.handle());
        let waiting = OrderDraft::new("S-2", "B1", 1, "100.00", "2026-01-09T10:00:00+03:00");
        let paid = waiting.paid_at("2026-01-09T11:00:00+03:00").event("order.paid");
        assert_eq!(client.tell(&test, "m-1", &paid).await.status, StatusCode::OK);
        test.clock.advance(jiff::SignedDuration::from_secs(42));

        let answer = client.get("/metrics").await;
        assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
        let shown = answer.text;
        for line in [
            "nanorem_partners 2",
            "nanorem_orders{state=\"all\"} 2",
            "nanorem_orders{state=\"paid\"} 2",
            "nanorem_orders{state=\"cancelled\"} 0",
            "nanorem_accrual_runs 1",
            "nanorem_jobs{state=\"waiting\"} 1",
            "nanorem_jobs{state=\"dead\"} 0",
            "nanorem_jobs_oldest_seconds 42",
            "nanorem_webhooks_total{verdict=\"accepted\"} 1",
        ] {
            assert!(shown.lines().any(|shown| shown == line), "{line} is not in\n{shown}");
        }
    })
    .await;
}
