//! The namespaces of the messages, by the roles they play.

/// SOAP 1.1.
pub(super) const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// X-Road's headers.
pub(super) const X_ROAD: &str = "http://x-road.eu/xsd/xroad.xsd";
/// The parts of X-Road's identifiers.
pub(super) const IDENTIFIERS: &str = "http://x-road.eu/xsd/identifiers";
/// The operation over X-Road, and what stands around the message.
pub(super) const SERVICE: &str = "http://xml.vrk.fi/ws/vtj/vtjkysely/1";
/// The operation of the direct service, and what stands around the message.
pub(super) const DIRECT: &str = "http://tempuri.org/";
/// The message about a person.
const MESSAGE: &str = "http://xml.vrk.fi/schema/vtjkysely";

/// The namespace an element must be in to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    /// SOAP 1.1.
    Soap,
    /// X-Road's headers.
    XRoad,
    /// The operation over X-Road.
    Service,
    /// The operation of the direct service.
    Direct,
    /// The message about a person.
    Message,
    /// None, as the parts of a SOAP fault have; a default namespace of SOAP is taken for none.
    Plain,
}

impl Space {
    /// The namespace of a name, if anything in it is read.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            SOAP => Self::Soap,
            X_ROAD => Self::XRoad,
            SERVICE => Self::Service,
            DIRECT => Self::Direct,
            MESSAGE => Self::Message,
            "" => Self::Plain,
            _ => return None,
        })
    }

    /// Whether an element that must be in this namespace may be in the one found.
    pub(super) fn admits(self, found: Option<Self>) -> bool {
        found == Some(self) || (self == Self::Plain && found == Some(Self::Soap))
    }
}
