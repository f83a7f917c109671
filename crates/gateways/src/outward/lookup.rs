//! Names to addresses, and only to those that may be reached.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// A look-up under way.
pub type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// The book of names.
pub trait Lookup: Send + Sync + 'static {
    /// All addresses of a name.
    fn lookup(&self, host: String) -> Looking;
}

/// The book of names of this system.
#[derive(Debug, Clone, Copy)]
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, host: String) -> Looking {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// Every address of the name was one that may not be reached.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to no address that may be called")]
pub(super) struct NotReachable;

/// Resolves for the connector: what it gives out is what is connected to, so nothing can change between
/// the check and the connection.
pub(super) struct Guarded {
    lookup: Arc<dyn Lookup>,
    may_reach: fn(IpAddr) -> bool,
}

impl Guarded {
    pub(super) fn new(lookup: Arc<dyn Lookup>, may_reach: fn(IpAddr) -> bool) -> Self {
        Self { lookup, may_reach }
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = self.lookup.lookup(name.as_str().to_owned());
        let may_reach = self.may_reach;
        Box::pin(async move {
            let mut addresses = looking.await?;
            addresses.retain(|address| may_reach(*address));
            if addresses.is_empty() {
                return Err(NotReachable.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(addresses)
        })
    }
}
