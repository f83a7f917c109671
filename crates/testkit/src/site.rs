//! A shop's site on loopback: it serves what the test puts there, and lies when it is told to.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How the site answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manner {
    /// What stands at the path, with its mark; 304 to one who shows that mark; 404 where nothing stands.
    Honest,
    /// This status and a page of HTML.
    Status(u16),
    /// A redirect to there.
    Redirect(String),
    /// Half of what stands at the path, then the connection breaks.
    BrokenOff,
    /// Half of what stands at the path, as if it were the whole.
    CutShort,
    /// Never.
    Silent,
    /// Bytes without end.
    Endless,
}

/// One request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Path and query, as they were encoded.
    pub path: String,
    /// The key shown, if any.
    pub key: Option<String>,
    /// The mark shown, if any.
    pub etag: Option<String>,
}

#[derive(Debug)]
struct Pages {
    manner: Manner,
    at: HashMap<String, (Vec<u8>, String)>,
    asked: Vec<Asked>,
}

/// The site; it is gone when this is dropped.
#[derive(Debug)]
pub struct ShopSite {
    address: SocketAddr,
    pages: Arc<Mutex<Pages>>,
    serving: JoinHandle<()>,
}

impl ShopSite {
    /// Opens an empty, honest site.
    pub async fn open() -> Self {
        let pages = Pages { manner: Manner::Honest, at: HashMap::new(), asked: Vec::new() };
        let pages = Arc::new(Mutex::new(pages));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let router = Router::new().fallback(answer).with_state(Arc::clone(&pages));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("loopback serves");
        });
        Self { address, pages, serving }
    }

    /// The address of a path of the site.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Puts a page at a path, with a mark of its content.
    pub fn put(&self, path: &str, body: impl Into<Vec<u8>>, etag: &str) {
        self.pages().at.insert(path.to_owned(), (body.into(), format!("\"{etag}\"")));
    }

    /// Puts what `/api/products` gives.
    pub fn put_products(&self, products: &serde_json::Value, etag: &str) {
        self.put("/api/products", products.to_string(), etag);
    }

    /// Changes how it answers.
    pub fn behave(&self, manner: Manner) {
        self.pages().manner = manner;
    }

    /// Every request that came, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.pages().asked.clone()
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ShopSite {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn answer(State(pages): State<Arc<Mutex<Pages>>>, headers: HeaderMap, request: Request) -> Response {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let path = request.uri().path().to_owned();
    let etag = header(header::IF_NONE_MATCH);
    let (manner, page) = {
        let mut pages = pages.lock().unwrap_or_else(PoisonError::into_inner);
        pages.asked.push(Asked {
            path: request.uri().to_string(),
            key: header(header::AUTHORIZATION),
            etag: etag.clone(),
        });
        (pages.manner.clone(), pages.at.get(&path).cloned())
    };
    let broken = || std::io::Error::other("the connection breaks");
    match (manner, page) {
        (Manner::Silent, _) => std::future::pending().await,
        (Manner::Status(status), _) => {
            let status = StatusCode::from_u16(status).expect("tests write statuses");
            (status, "<html><body>Технические работы</body></html>").into_response()
        }
        (Manner::Redirect(to), _) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        (Manner::Endless, _) => {
            let chunk = Bytes::from(vec![b' '; 64 * 1024]);
            Body::from_stream(stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone())))
                .into_response()
        }
        (_, None) => StatusCode::NOT_FOUND.into_response(),
        (Manner::CutShort, Some((body, mark))) => {
            let half = body.len() / 2;
            ([(header::ETAG, mark)], body.into_iter().take(half).collect::<Vec<u8>>()).into_response()
        }
        (Manner::BrokenOff, Some((body, _))) => {
            let half: Vec<u8> = body.iter().copied().take(body.len() / 2).collect();
            Body::from_stream(stream::iter([Ok(Bytes::from(half)), Err(broken())])).into_response()
        }
        (Manner::Honest, Some((_, mark))) if etag.as_ref() == Some(&mark) => {
            (StatusCode::NOT_MODIFIED, [(header::ETAG, mark)]).into_response()
        }
        (Manner::Honest, Some((body, mark))) => ([(header::ETAG, mark)], body).into_response(),
    }
}
