//! The single-person query: its product, its ceilings, and whether its address can be reached.

use std::time::Duration;

use chrono::NaiveDate;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::Check;
use crate::budget::{self, BudgetError, Standing};
use crate::cli::Code;
use crate::config::Config;
use crate::quota::Scope;
use crate::service;
use crate::store::{Db, StoreError, installation};

/// A product that DVV describes without the element of non-disclosure.
const WITHOUT_PROTECTION: &str = "PERUSSANOMA 1";
/// The fact whether answers were seen to have it: `seen` or `absent`.
const SEEN: &str = "query.turvakielto";
/// Longer than this nobody at a desk waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at what the database knows of the query. Nothing when it is not configured.
pub(super) async fn query(config: &Config, db: &Db, today: NaiveDate) -> Result<Vec<Check>, StoreError> {
    let Some(query) = &config.vtj.query else { return Ok(Vec::new()) };
    let seen = installation::get(&mut db.read().await?, SEEN).await?;
    let mut checks = vec![product(&query.product, seen.as_deref())];
    let settings = match service::settings(config) {
        Ok(settings) => settings,
        Err(error) => {
            checks.push(Check::wrong("budget", error.to_string(), None, Code::Configuration));
            return Ok(checks);
        }
    };
    match budget::standing(db, &settings, today).await {
        Ok(standing) => checks.extend(ceilings(&standing)),
        Err(BudgetError::Store(error)) => return Err(error),
        Err(error) => checks.push(Check::wrong("budget", error.to_string(), None, Code::Configuration)),
    }
    Ok(checks)
}

fn product(product: &str, seen: Option<&str>) -> Check {
    let what = "ask DVV for a product that holds TURVAKIELTO";
    if seen == Some("absent") {
        let message = format!(
            "answers of the product {product} do not say whether a person is protected; their contact details are used for nothing"
        );
        Check::warn("query product", message, what)
    } else if product.eq_ignore_ascii_case(WITHOUT_PROTECTION) {
        let message = format!(
            "the product {product} does not say whether a person is protected; contact details from it are used for nothing"
        );
        Check::warn("query product", message, what)
    } else {
        Check::ok("query product", product)
    }
}

fn ceilings(standing: &Standing) -> Vec<Check> {
    let near = standing.near.iter().map(|usage| {
        let reached = usage.used >= u64::from(usage.ceiling);
        let message = if reached { format!("used up: {usage}") } else { format!("nearly used up: {usage}") };
        Check::warn("budget", message, "see `ajantasa budget`; raise the ceiling if this is what is wanted")
    });
    let near: Vec<Check> = near.collect();
    if !near.is_empty() {
        return near;
    }
    let whole = standing.lines.iter().find(|line| line.scope == Scope::Installation);
    let message = whole.map(|line| match line.day.ceiling {
        Some(0) => "the query is turned off by its daily ceiling".to_owned(),
        Some(ceiling) => format!("{} of {ceiling} queries today", line.day.used),
        None => format!("{} queries today", line.day.used),
    });
    vec![Check::ok("budget", message.unwrap_or_default())]
}

/// Whether a connection to the address of the query can be made. Nothing is sent. Nothing when it is not configured.
pub async fn reachable(config: &Config) -> Option<Check> {
    let query = config.vtj.query.as_ref()?;
    let url = reqwest::Url::parse(&query.url).ok()?;
    let (host, port) = (url.host_str()?, url.port_or_known_default()?);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let why = match timeout(PATIENCE, TcpStream::connect((bare, port))).await {
        Ok(Ok(_)) => return Some(Check::ok("query online", format!("{host}:{port} can be reached"))),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "no answer".to_owned(),
    };
    let message = format!("{host}:{port} cannot be reached: {why}");
    let what = "see vtj.query.url, and that nothing on the way closes the port";
    Some(Check::wrong("query online", message, Some(what.to_owned()), Code::TryAgain))
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;

    #[test]
    fn a_product_known_or_seen_to_lack_protection_is_spoken_of() {
        assert_eq!(product("PERUSSANOMA 3", None).state, Level::Ok);
        assert_eq!(product("PERUSSANOMA 3", Some("seen")).state, Level::Ok);
        assert_eq!(product("PERUSSANOMA 3", Some("absent")).state, Level::Warn);
        assert_eq!(product("perussanoma 1", None).state, Level::Warn);
    }
}
