//! Return codes of the service and fault codes of X-Road, and what each of them means for us.
//!
//! A text that came from outside is never repeated: an error names a code only after it was recognised.

use crate::vtj::error::VtjError;

/// The operation, as errors name it.
pub(super) const AT: &str = "HenkilonTunnusKysely";

/// What a return code says of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// A person is described: `0000`, and `0018` for one under 15.
    Person(&'static str),
    NotFound,
    Passivated,
    Dead,
    NotDisclosable,
}

/// The meaning of a return code, wherever it was carried.
///
/// # Errors
/// For every code that is no answer; one that is not known is never success.
pub(super) fn meaning(code: &str) -> Result<Said, VtjError> {
    let refused = |what: &str| VtjError::Refused { at: AT, what: format!("{what} (return code {code})") };
    let ours = |what: &str| VtjError::BadRequest { at: AT, what: format!("{what} (return code {code})") };
    let later = || VtjError::Unavailable {
        at: AT,
        what: format!("it has a fault of its own (return code {code})"),
        retry_after: None,
    };
    Err(match code {
        "0000" => return Ok(Said::Person("0000")),
        "0018" => return Ok(Said::Person("0018")),
        "0001" | "0006" => return Ok(Said::NotFound),
        "0002" => return Ok(Said::Passivated),
        "0007" => return Ok(Said::Dead),
        "0019" => return Ok(Said::NotDisclosable),
        "0003" => refused("the password is missing, wrong or has expired; check vtj.query.password_file"),
        "0004" => refused("the user name is missing, wrong or has expired; check vtj.query.username"),
        "-1500" => refused("user name and password do not fit; check vtj.query.username and password_file"),
        "0008" | "0009" | "0010" | "0011" | "0012" | "0013" | "0014" | "0015" => {
            refused("it does not accept the certificate; check vtj.tls.client_identity_file")
        }
        "-1505" | "-1905" => refused("it wants billing information, which must be agreed on with DVV"),
        "-1900" | "-1901" => refused("it does not know the product; check vtj.query.product"),
        "0005" => ours("VTJ gave a notice instead of an answer"),
        "-1805" => ours("the message does not follow the schema"),
        "-1902" | "-1903" => ours("the message holds characters that are not valid"),
        "-1904" => ours("the end user is missing"),
        "-1800" | "-1906" => later(),
        "0016" => malformed("VTJ says that question and answer do not belong together (return code 0016)"),
        _ => malformed("its return code is not known"),
    })
}

/// The code that a fault text of the service stands for, where the code itself is missing.
pub(super) fn code_of_text(text: &str) -> Option<&'static str> {
    text.to_lowercase().contains("hakuperusteella ei löydy").then_some("0001")
}

/// What a SOAP fault means, from its code: `Server.ClientProxy.NetworkError`, which X-Road 7.8 and later
/// writes `server.clientproxy.network_error`. It comes with HTTP status 200, so the body alone tells.
///
/// Ours to put right is what the client did and what access or the names of services forbid. Of the faults of
/// the own security server, only those that it meets before it sends anything on have certainly not reached
/// VTJ.
pub(super) fn fault(code: &str) -> VtjError {
    let plain = code.to_ascii_lowercase().replace('_', "");
    let parts: Vec<&str> = plain.split('.').collect();
    let has = |known: &[&str]| parts.iter().any(|part| known.contains(part));
    let name = safe(code);
    if parts[0].ends_with(":client") {
        return VtjError::BadRequest { at: AT, what: format!("fault {name} of the service") };
    }
    if parts[0] == "client" || has(&FORBIDDEN) {
        let what = format!("fault {name}; check vtj.query.x_road_client and the permit of the subsystem");
        return VtjError::Refused { at: AT, what };
    }
    if has(&["clientproxy"]) && has(&BEFORE_SENDING) {
        let what = format!("fault {name} of the own security server");
        return VtjError::NotReached { at: AT, what };
    }
    VtjError::Unavailable { at: AT, what: format!("fault {name}"), retry_after: None }
}

/// Faults that do not go away by themselves.
const FORBIDDEN: [&str; 4] = ["accessdenied", "unknownservice", "servicedisabled", "unknownmember"];

/// Faults that come before anything is sent on.
const BEFORE_SENDING: [&str; 4] =
    ["networkerror", "sslauthenticationfailed", "outdatedglobalconf", "maintenancemode"];

/// A fault code as it may be printed: letters, points and underscores of its first parts.
fn safe(code: &str) -> String {
    let admitted = |c: &char| c.is_ascii_alphabetic() || ['.', '_'].contains(c);
    let code: String = code.chars().filter(admitted).take(LONGEST_FAULT).collect();
    if code.is_empty() { "without a code".to_owned() } else { code }
}

/// Longer than every known fault code.
const LONGEST_FAULT: usize = 80;

/// An answer that breaks the protocol.
pub(super) fn malformed(what: &str) -> VtjError {
    VtjError::Malformed { at: AT, what: what.to_owned() }
}
