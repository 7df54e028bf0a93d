//! Where a value of the register came from, as it is kept beside it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use uuid::Uuid;

use crate::finding::Field;
use crate::store::patron::PatronRow;
use crate::store::{self, Result, StoreError, Tx};

/// Where a value of the register came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// `import`, `vtj`, `restored`, or `external:` and the provider's name.
    pub source: String,
    /// When it was written.
    pub at: Option<DateTime<Utc>>,
    /// The account that approved it.
    pub approved_by: Option<String>,
    /// The account that put it into other words before.
    pub edited_by: Option<String>,
    /// The code of the rule by which it was found.
    pub rule: Option<String>,
    /// When VTJ was asked.
    pub asked_at: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Kept {
    source: String,
    finding: Option<Uuid>,
    request: Option<Uuid>,
    approved_by: Option<String>,
    edited_by: Option<String>,
    at: Option<DateTime<Utc>>,
}

/// Where each of some columns came from.
pub(super) async fn of(tx: &mut Tx, row: &PatronRow, fields: &[Field]) -> Result<BTreeMap<Field, Origin>> {
    let inconsistent = || StoreError::inconsistent("patron", "sources");
    let kept: BTreeMap<String, serde_json::Value> = if row.sources.is_empty() {
        BTreeMap::new()
    } else {
        serde_json::from_str(&row.sources).map_err(|_| inconsistent())?
    };
    let mut found = BTreeMap::new();
    for &field in fields {
        let origin = match kept.get(field.as_str()) {
            Some(value) => {
                recorded(tx, serde_json::from_value(value.clone()).map_err(|_| inconsistent())?).await?
            }
            None => imported(row),
        };
        found.insert(field, origin);
    }
    Ok(found)
}

async fn recorded(tx: &mut Tx, kept: Kept) -> Result<Origin> {
    let rule = match kept.finding {
        Some(id) => store::finding::get(tx, id).await?.map(|row| row.rule),
        None => None,
    };
    let asked_at = match kept.request {
        Some(id) => store::disclosure::get(tx, id).await?.map(|row| row.requested_at),
        None => None,
    };
    Ok(Origin {
        source: kept.source,
        at: kept.at,
        approved_by: kept.approved_by,
        edited_by: kept.edited_by,
        rule,
        asked_at,
    })
}

fn imported(row: &PatronRow) -> Origin {
    Origin {
        source: "import".to_owned(),
        at: Some(store::made_at(row.last_import).unwrap_or(row.updated_at)),
        approved_by: None,
        edited_by: None,
        rule: None,
        asked_at: None,
    }
}
