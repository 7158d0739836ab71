//! Whom we trust: the public roots, those of this machine, and extra ones.

use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};

/// Hosts whose TLS sessions can be resumed.
const SESSIONS: usize = 4096;

/// The client's side of TLS. `extra_ca` are DER certificates of more authorities.
pub(super) fn config(extra_ca: &[Vec<u8>]) -> Result<ClientConfig, rustls::Error> {
    // The provider is named: two crates might each bring a default one.
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots(extra_ca)?)
        .with_no_client_auth();
    config.resumption = Resumption::in_memory_sessions(SESSIONS);
    Ok(config)
}

fn roots(extra_ca: &[Vec<u8>]) -> Result<RootCertStore, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    // A machine without a store of its own is served by the built-in roots.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for der in extra_ca {
        roots.add(CertificateDer::from_slice(der).into_owned())?;
    }
    Ok(roots)
}
