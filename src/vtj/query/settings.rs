//! The settings of the single-person query.

use std::num::NonZeroU32;

use secrecy::SecretString;

use super::end_user::XRoadClient;
use crate::vtj::http::HttpLimits;
use crate::vtj::tls::TlsSettings;

/// The settings of `[vtj.query]` and `[vtj.tls]`.
#[derive(Debug, Clone)]
pub struct QuerySettings {
    /// Address: the root of the own security server, or the service's own `soso.asmx`.
    pub url: String,
    /// Over X-Road or direct.
    pub way: Way,
    /// The product (`SoSoNimi`) that the data permit names.
    pub product: String,
    /// The organisation's user name.
    pub username: String,
    /// Its password.
    pub password: SecretString,
    /// Most queries in any one second.
    pub requests_per_second: NonZeroU32,
    /// Times and sizes. A body larger than [`MOST_BYTES`] is never read, whatever the limit here.
    pub limits: HttpLimits,
    /// Certificates.
    pub tls: TlsSettings,
}

/// Largest answer that is read. The message of one person with many children has some tens of thousands.
pub const MOST_BYTES: usize = 1024 * 1024;

/// The way a query takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// Through the own security server, which public bodies must use.
    XRoad {
        /// The subsystem that asks.
        client: XRoadClient,
        /// The X-Road instance of the service: `FI`, or `FI-TEST` for the test environment.
        service_instance: String,
    },
    /// Straight to the service, with a client certificate.
    Direct,
}
