//! The server as a process: a signed order comes in, is paid, and SIGTERM ends it.

use std::io::Write;
use std::path::Path;

use loadtest::client::Client;
use loadtest::database::{Database, Kind, POSTGRES_URL};
use loadtest::program::Program as Served;
use loadtest::server::Server;
use loadtest::shop::Message;
use serde_json::{Value, json};

use crate::program::{Program, at};

fn paid_order() -> Message {
    let event = json!({
        "type": "order.paid",
        "source": "nanorvs",
        "order": {
            "id": "W-1", "number": "1042", "buyer": { "partner_code": "NR00004" }, "currency": "RUB",
            "ordered_at": "2025-03-12T10:00:00+03:00", "paid_at": "2025-03-12T11:00:00+03:00",
            "lines": [{ "line_no": 1, "sku": "RVS-1", "quantity": 1, "unit_price": "1000.00" }],
            "total": "1000.00",
        },
    });
    Message { id: "msg-1".to_owned(), body: event.to_string().into() }
}

/// Asks until the worker has done its part; a process a time, bounded.
fn once_accrued(program: &Program) -> Value {
    for _ in 0..500 {
        let order = program.json(&["order", "show", "W-1"]);
        if at(&order, "/accruals/0").is_object() {
            return order;
        }
    }
    panic!("the order was never accrued");
}

async fn serves(kind: Kind) -> anyhow::Result<()> {
    let database = Database::create(kind).await?;
    let served = Served::new(Path::new(env!("CARGO_BIN_EXE_nanorem")), &database);
    let program = Program::on(&database.url).with_company();
    let mut server = Server::start(&served)?;
    server.ready().await?;
    let mut client = Client::new(server.address);
    for status in ["accepted", "duplicate"] {
        let answer = client.post(&paid_order()).await?;
        assert_eq!(serde_json::from_str::<Value>(&answer.body)?, json!({ "status": status }));
    }
    let order = once_accrued(&program);
    assert_eq!(at(&order, "/accruals/0/partner_code"), "NR00002");
    let figures = client.get("/metrics").await?.body;
    assert!(figures.contains("nanorem_orders{state=\"all\"} 3"), "{figures}");
    drop(client);
    // Somebody began a request and never ends it.
    let mut half = std::net::TcpStream::connect(server.address)?;
    half.write_all(b"POST /hooks/shop HTTP/1.1\r\nHost: x\r\nX-a")?;
    assert!(server.stop().await?.success(), "SIGTERM is a good end");
    assert_eq!(served.verify()?.differences, 0);
    database.remove().await
}

#[tokio::test]
async fn a_signed_order_is_paid_by_the_running_server() {
    serves(Kind::Sqlite).await.expect("it serves on SQLite");
    if std::env::var(POSTGRES_URL).is_ok() {
        serves(Kind::Postgres).await.expect("it serves on PostgreSQL");
    }
}
