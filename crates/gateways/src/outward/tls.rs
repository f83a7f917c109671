//! Whom the client trusts. The cryptography is ring, named here and installed nowhere, so that no other
//! part of the program can change it.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

use super::OutwardError;

/// The roots of trust.
#[derive(Debug, Clone)]
pub enum Roots {
    /// What this system trusts, so that an owner can add his own authority; where a system has no list (a
    /// bare container), Mozilla's as it was when the program was built.
    System,
    /// These certificates and no other.
    Only(Vec<CertificateDer<'static>>),
}

pub(super) fn config(roots: Roots) -> Result<ClientConfig, OutwardError> {
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Only(certificates) => {
            for certificate in certificates {
                store.add(certificate).map_err(|error| OutwardError::Setup(Box::new(error)))?;
            }
        }
        Roots::System => {
            let found = rustls_native_certs::load_native_certs();
            let (added, ignored) = store.add_parsable_certificates(found.certs);
            tracing::debug!(added, ignored, unread = found.errors.len(), "the system's roots of trust");
            if store.is_empty() {
                tracing::warn!("this system has no roots of trust: Mozilla's of the build are used");
                store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
            }
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| OutwardError::Setup(Box::new(error)))?;
    Ok(config.with_root_certificates(store).with_no_client_auth())
}
