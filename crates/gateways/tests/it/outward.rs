use std::sync::Arc;
use std::time::Duration;

use gateways::outward::{
    Limits, Lookup, Outward, OutwardError, OutwardRules, OutwardUrl, Request, Roots, SystemLookup,
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::stub::{Names, Stub, Then};

const LIMITS: Limits =
    Limits { connect: Duration::from_secs(5), whole: Duration::from_secs(20), answer_bytes: 1000 };
const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn outward() -> Outward {
    Outward::with(LIMITS, Roots::System, SystemLookup).expect("a client")
}

fn with_names(names: &Names) -> Outward {
    Outward::with(LIMITS, Roots::System, names.clone()).expect("a client")
}

fn own(text: &str) -> OutwardUrl {
    OutwardUrl::parse_owners(text).expect("an address of the settings")
}

/// An address of somebody else, at the stub's port.
fn others(stub: &Stub) -> OutwardUrl {
    let rules = OutwardRules { ports: vec![stub.address.port()], own_hosts: Vec::new() };
    let text = format!("https://hooks.example.com:{}/in", stub.address.port());
    OutwardUrl::parse_given(&text, &rules).expect("a public address")
}

#[tokio::test]
async fn a_request_goes_out_as_it_is() {
    let stub = Stub::answering(FINE, Then::Close).await;
    let request =
        Request::post(own(&format!("http://{}/a?b=c", stub.address)), "application/json", b"{}".to_vec())
            .header("webhook-id", "m1")
            .and_then(|request| request.bearer("key"))
            .expect("plain headers");
    assert!(!format!("{request:?}").contains("key"), "{request:?}");
    let answer = outward().send(request).await.expect("an answer");
    assert_eq!((answer.status, answer.is_success(), answer.is_cut), (200, true, false));
    assert_eq!(answer.body, b"ok");
    assert_eq!(answer.header("content-length"), Some("2"));
    let heard = stub.heard();
    assert!(heard.starts_with("POST /a?b=c HTTP/1.1\r\n"), "{heard}");
    for line in [
        "content-type: application/json\r\n",
        "webhook-id: m1\r\n",
        "authorization: Bearer key\r\n",
        concat!("user-agent: nanorem/", env!("CARGO_PKG_VERSION"), "\r\n"),
    ] {
        assert!(heard.contains(line), "{line} in {heard}");
    }
    assert!(heard.ends_with("\r\n\r\n{}"), "{heard}");
}

#[tokio::test]
async fn a_header_cannot_carry_another() {
    let request = || Request::get(own("http://127.0.0.1:1/"));
    assert!(matches!(request().header("x-a", "1\r\nx-b: 2"), Err(OutwardError::Header("x-a"))));
    assert!(matches!(request().bearer("1\n"), Err(OutwardError::Header("authorization"))));
}

#[tokio::test]
async fn a_name_that_leads_into_the_house_is_not_called() {
    let stub = Stub::answering(FINE, Then::Close).await;
    for inside in [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "::",
        "fd00::1",
        "fe80::1",
        "ff02::1",
        "224.0.0.1",
        "::ffff:127.0.0.1",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ] {
        let names = Names::saying(&[&[inside]]);
        let sent = with_names(&names).send(Request::get(others(&stub))).await;
        assert!(
            matches!(&sent, Err(OutwardError::NotReachable(host)) if host == "hooks.example.com"),
            "{inside}: {sent:?}"
        );
        assert_eq!(names.asked(), 1, "{inside}");
    }
    assert_eq!(stub.connections(), 0);
}

#[tokio::test]
async fn a_name_that_changes_its_mind_gains_nothing() {
    let stub = Stub::answering(FINE, Then::Close).await;
    // The name's owner has a public address for whoever checks, and this machine for whoever connects.
    let names = Names::saying(&[&["8.8.8.8"], &["127.0.0.1"]]);
    let checked = names.lookup("hooks.example.com".into()).await.expect("an answer");
    assert!(checked.into_iter().all(domain::outward::is_public));
    let outward = with_names(&names);
    for asked in 2..=4 {
        let sent = outward.send(Request::get(others(&stub))).await;
        assert!(matches!(sent, Err(OutwardError::NotReachable(_))), "{sent:?}");
        assert_eq!(names.asked(), asked, "one answer is both checked and used");
    }
    assert_eq!(stub.connections(), 0);
}

#[tokio::test]
async fn the_owners_own_host_may_be_this_machine_but_not_the_clouds_keys() {
    let stub = Stub::answering(FINE, Then::Close).await;
    let crm = || own(&format!("http://crm.lan:{}/", stub.address.port()));
    // Of several addresses only those within reach are tried.
    let mixed = Names::saying(&[&["169.254.169.254", "0.0.0.0", "127.0.0.1"]]);
    assert_eq!(with_names(&mixed).send(Request::get(crm())).await.expect("an answer").status, 200);
    let metadata = Names::saying(&[&["169.254.169.254"]]);
    let sent = with_names(&metadata).send(Request::get(crm())).await;
    assert!(matches!(sent, Err(OutwardError::NotReachable(_))), "{sent:?}");
    assert_eq!(stub.connections(), 1);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let inner = Stub::answering(FINE, Then::Close).await;
    for status in [301, 302, 303, 307, 308] {
        let moved = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: http://{}/\r\ncontent-length: 0\r\n\r\n",
            inner.address
        );
        let stub = Stub::answering(&moved, Then::Close).await;
        let answer =
            outward().send(Request::get(own(&format!("http://{}/", stub.address)))).await.expect("an answer");
        assert_eq!((answer.status, answer.is_success()), (status, false));
    }
    assert_eq!(inner.connections(), 0);
}

#[tokio::test]
async fn a_huge_answer_is_read_up_to_the_limit() {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"] {
        let stub = Stub::answering(head, Then::More).await;
        let at = || own(&format!("http://{}/", stub.address));
        let answer = outward().send(Request::get(at())).await.expect("an answer");
        assert_eq!((answer.body.len(), answer.is_cut), (1000, true));
        let answer = outward().send(Request::get(at()).at_most(5)).await.expect("an answer");
        assert_eq!((&*answer.body, answer.is_cut), (&b"xxxxx"[..], true));
    }
}

#[tokio::test]
async fn an_answer_as_large_as_the_limit_is_whole() {
    let stub = Stub::answering(FINE, Then::Close).await;
    let answer = outward().send(Request::get(own(&format!("http://{}/", stub.address))).at_most(2)).await;
    let answer = answer.expect("an answer");
    assert_eq!((&*answer.body, answer.is_cut), (&b"ok"[..], false));
}

#[tokio::test]
async fn a_slow_answer_ends_with_the_time() {
    for beginning in ["", "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbegun"] {
        let stub = Stub::answering(beginning, Then::Silence).await;
        let within = Duration::from_millis(200);
        let sent =
            outward().send(Request::get(own(&format!("http://{}/", stub.address))).within(within)).await;
        assert!(matches!(sent, Err(OutwardError::Timeout(time)) if time == within), "{sent:?}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let headers = "x-a: 1\r\n".repeat(200);
    let many = format!("HTTP/1.1 200 OK\r\n{headers}content-length: 0\r\n\r\n");
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(1024 * 1024));
    for bytes in ["", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab", &many, &long] {
        let stub = Stub::answering(bytes, Then::Close).await;
        let sent = outward().send(Request::get(own(&format!("http://{}/", stub.address)))).await;
        assert!(matches!(sent, Err(OutwardError::Exchange(_))), "{sent:?}");
    }
}

#[tokio::test]
async fn no_error_tells_the_path() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let closed = listener.local_addr().expect("bound");
    drop(listener);
    let sent = outward().send(Request::get(own(&format!("http://{closed}/bot1:secret")))).await;
    let error = sent.expect_err("nobody listens");
    assert!(matches!(error, OutwardError::Connect(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

/// A TLS server for `localhost` with a certificate of its own making.
async fn tls_server() -> (u16, rustls::pki_types::CertificateDer<'static>) {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .expect("a server");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            if let Ok(mut socket) = acceptor.accept(socket).await {
                let mut request = [0; 4096];
                drop(socket.read(&mut request).await);
                drop(socket.write_all(FINE.as_bytes()).await);
                drop(socket.shutdown().await);
            }
        }
    });
    (port, cert.der().clone())
}

#[tokio::test]
async fn only_trusted_certificates_for_the_very_name_are_taken() {
    let (port, certificate) = tls_server().await;
    let (_, stranger) = tls_server().await;
    let names = Names::saying(&[&["127.0.0.1"]]);
    let ask = async |roots, host: &str| {
        let outward = Outward::with(LIMITS, roots, names.clone()).expect("a client");
        outward.send(Request::get(own(&format!("https://{host}:{port}/")))).await
    };
    let trusted = ask(Roots::Only(vec![certificate.clone()]), "localhost").await.expect("trusted");
    assert_eq!(trusted.body, b"ok");
    for (roots, host) in [
        (Roots::System, "localhost"),
        (Roots::Only(vec![stranger]), "localhost"),
        (Roots::Only(vec![certificate]), "other.lan"),
    ] {
        let sent = ask(roots, host).await;
        assert!(matches!(sent, Err(OutwardError::Connect(_))), "{host}: {sent:?}");
    }
}
