//! The namespaces of the messages, by the roles they play.

use quick_xml::name::ResolveResult;

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
    /// Whether a resolved name is in this namespace.
    pub(super) fn is(self, resolved: &ResolveResult<'_>) -> bool {
        let name = match self {
            Self::Soap => SOAP,
            Self::XRoad => X_ROAD,
            Self::Service => SERVICE,
            Self::Direct => DIRECT,
            Self::Message => MESSAGE,
            Self::Plain => {
                return match resolved {
                    ResolveResult::Unbound => true,
                    ResolveResult::Bound(found) => found.0 == SOAP,
                    ResolveResult::Unknown(_) => false,
                };
            }
        };
        matches!(resolved, ResolveResult::Bound(found) if found.0 == name)
    }
}
