//! How often one address may ask. Who asks is the peer, or whom a proxy of ours names; what anybody else
//! writes into a header counts for nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::lang::Text;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use ipnet::IpNet;

use crate::{Problem, page};

/// The proxies of the company: the only ones that are believed whom they speak for.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Arc<[IpNet]>);

/// Why a text is no proxy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no address: write 127.0.0.1 or 10.0.0.0/8")]
pub struct ProxyError(String);

impl From<ProxyError> for Text {
    fn from(error: ProxyError) -> Self {
        Self::new(format!("{:?} — не адрес: напишите 127.0.0.1 или 10.0.0.0/8", error.0), error.to_string())
    }
}

/// The most hops of a header that are looked at.
const MOST_HOPS: usize = 20;

impl Proxies {
    /// Reads addresses and networks, as `127.0.0.1` or `10.0.0.0/8`.
    pub fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Result<Self, ProxyError> {
        let network = |text: &str| {
            let alone = || text.parse::<IpAddr>().map(IpNet::from);
            text.parse().or_else(|_| alone()).map_err(|_| ProxyError(text.chars().take(60).collect()))
        };
        Ok(Self(texts.into_iter().map(network).collect::<Result<_, _>>()?))
    }

    fn holds(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who asks: from the peer backwards through `X-Forwarded-For`, the first that is no proxy of ours.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let lines: Vec<&str> =
            headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
        let hops = lines.iter().rev().flat_map(|line| line.rsplit(','));
        for hop in hops.take(MOST_HOPS) {
            if !self.holds(client) {
                break;
            }
            match address(hop.trim()) {
                Some(named) => client = named.to_canonical(),
                None => break,
            }
        }
        client
    }
}

/// An address, with or without a port.
fn address(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()))
}

/// Tells how much time has passed: of the machine, or of a test.
#[derive(Clone)]
pub struct Ticks(Arc<dyn Fn() -> Duration + Send + Sync>);

impl Ticks {
    /// Ticks that a function tells.
    pub fn new(passed: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self(Arc::new(passed))
    }

    /// The machine's own, which never go back.
    pub fn of_machine() -> Self {
        let begun = Instant::now();
        Self::new(move || begun.elapsed())
    }
}

impl Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        (self.0)()
    }
}

/// After how many questions addresses that have not asked for long are forgotten.
const FORGET_EVERY: u32 = 1_024;

/// How often one address may ask, and how addresses are told.
#[derive(Clone)]
pub struct Limit(Arc<Counters>);

struct Counters {
    limiter: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, Ticks, NoOpMiddleware<Duration>>,
    proxies: Proxies,
    ticks: Ticks,
    asked: AtomicU32,
}

impl Limit {
    /// So many a minute: all of them at once, then evenly.
    pub fn per_minute(count: NonZeroU32, proxies: Proxies, ticks: Ticks) -> Self {
        let quota = Quota::per_minute(count);
        let limiter = RateLimiter::new(quota, HashMapStateStore::default(), ticks.clone());
        Self(Arc::new(Counters { limiter, proxies, ticks, asked: AtomicU32::new(0) }))
    }

    /// The network that asks: an IPv4 address without its last byte, the first half of an IPv6 one.
    pub fn network(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        match network_of(self.0.proxies.client(peer, headers)) {
            IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & 0xffff_ff00).into(),
            network @ IpAddr::V6(_) => network,
        }
    }

    /// Counts a question.
    ///
    /// # Errors
    /// After how long the address may ask again.
    pub fn ask(&self, peer: IpAddr, headers: &HeaderMap) -> Result<(), Duration> {
        let client = self.0.proxies.client(peer, headers);
        if self.0.asked.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.0.limiter.retain_recent();
        }
        let answer = self.0.limiter.check_key(&network_of(client));
        answer.map_err(|refusal| refusal.wait_time_from(self.0.ticks.now()))
    }
}

/// An IPv6 client has a whole /64 of addresses: it counts as one.
fn network_of(client: IpAddr) -> IpAddr {
    match client {
        IpAddr::V4(_) => client,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into(),
    }
}

/// Answers 429 to an address that asks too often; a browser gets a page, a program a problem.
pub async fn pass(State(limit): State<Limit>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    // Without a socket, as in a test, everybody is one.
    let peer = peer.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    let Err(wait) = limit.ask(peer, request.headers()) else {
        return next.run(request).await;
    };
    metrics::counter!("nanorem_limited_total").increment(1);
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(60).saturating_add(1);
    if page::is_wanted(request.headers()) {
        return page::too_often(page::lang(request.headers()), seconds);
    }
    Problem::too_many(seconds).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU64;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    fn forwarded(lines: &[&str]) -> HeaderMap {
        let lines = lines.iter().map(|line| line.parse().expect("a header's value"));
        lines.map(|line| (axum::http::HeaderName::from_static("x-forwarded-for"), line)).collect()
    }

    fn ours() -> Proxies {
        Proxies::parse(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]).expect("networks")
    }

    #[test]
    fn only_our_proxies_are_believed() {
        for (peer, lines, client) in [
            ("203.0.113.7", &["198.51.100.1"][..], "203.0.113.7"),
            ("127.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["9.9.9.9, 198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["9.9.9.9, 198.51.100.1, 10.1.2.3"], "198.51.100.1"),
            ("127.0.0.1", &["9.9.9.9", "198.51.100.1"], "198.51.100.1"),
            ("127.0.0.1", &["198.51.100.1:4711"], "198.51.100.1"),
            ("127.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("127.0.0.1", &["9.9.9.9, forged"], "127.0.0.1"),
            ("127.0.0.1", &["9.9.9.9, "], "127.0.0.1"),
            ("127.0.0.1", &[], "127.0.0.1"),
            ("::ffff:127.0.0.1", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["10.0.0.2, 10.0.0.3"], "10.0.0.2"),
        ] {
            assert_eq!(ours().client(ip(peer), &forwarded(lines)), ip(client), "{peer} {lines:?}");
        }
        let none = Proxies::default().client(ip("127.0.0.1"), &forwarded(&["198.51.100.1"]));
        assert_eq!(none, ip("127.0.0.1"), "without proxies no header counts");
    }

    #[test]
    fn what_is_no_network_is_no_proxy() {
        for text in ["", "localhost", "10.0.0.0/33", "10.0.0", "*", "127.0.0.1:80"] {
            assert!(Proxies::parse([text]).is_err(), "{text}");
        }
    }

    #[test]
    fn a_header_without_an_end_is_not_followed() {
        let endless = vec!["10.0.0.1"; 5_000].join(",");
        assert_eq!(ours().client(ip("127.0.0.1"), &forwarded(&[&endless])), ip("10.0.0.1"));
    }

    fn limit() -> (Limit, Arc<AtomicU64>) {
        let passed = Arc::new(AtomicU64::new(0));
        let told = passed.clone();
        let ticks = Ticks::new(move || Duration::from_millis(told.load(Ordering::Relaxed)));
        let sixty = NonZeroU32::new(60).expect("above zero");
        (Limit::per_minute(sixty, Proxies::default(), ticks), passed)
    }

    #[test]
    fn sixty_a_minute_pass_and_then_one_a_second() {
        let (limit, passed) = limit();
        let ask = |from: &str| limit.ask(ip(from), &HeaderMap::new());
        for number in 0..60 {
            assert_eq!(ask("198.51.100.1"), Ok(()), "question {number}");
        }
        assert_eq!(ask("198.51.100.1"), Err(Duration::from_secs(1)));
        assert_eq!(ask("198.51.100.2"), Ok(()), "another address has its own");
        passed.store(1_000, Ordering::Relaxed);
        assert_eq!(ask("198.51.100.1"), Ok(()));
        assert!(ask("198.51.100.1").is_err());
    }

    #[test]
    fn addresses_of_one_ipv6_network_are_one() {
        let (limit, _) = limit();
        for number in 0..60 {
            let from = ip(&format!("2001:db8:1:2::{number:x}"));
            assert_eq!(limit.ask(from, &HeaderMap::new()), Ok(()));
        }
        assert!(limit.ask(ip("2001:db8:1:2:ffff::1"), &HeaderMap::new()).is_err());
        assert_eq!(limit.ask(ip("2001:db8:1:3::1"), &HeaderMap::new()), Ok(()));
    }

    #[test]
    fn addresses_that_ask_no_more_are_forgotten() {
        let (limit, passed) = limit();
        for number in 0..1_000u32 {
            assert_eq!(limit.ask(std::net::Ipv4Addr::from_bits(number).into(), &HeaderMap::new()), Ok(()));
        }
        passed.store(60_000, Ordering::Relaxed);
        for _ in 0..24 {
            assert_eq!(limit.ask(ip("198.51.100.1"), &HeaderMap::new()), Ok(()));
        }
        assert!(limit.0.limiter.len() <= 1, "{} are kept", limit.0.limiter.len());
    }
}
