//! What the claims of a directory mean: one role, municipalities, clearance; or why there is none.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::Role;
use super::super::administer::Rights;
use crate::municipality::Municipality;
use crate::store::account::AccountRow;

/// What claims mean here.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The claim that a new account is named after.
    pub claim_name: String,
    /// The claim that tells the role.
    pub claim_roles: String,
    /// The role of each of its values.
    pub roles: BTreeMap<String, Role>,
    /// The claim that tells the municipalities of a reviewer.
    pub claim_municipalities: Option<String>,
    /// The code of each of its values; where there is none, the values are codes.
    pub municipalities: BTreeMap<String, String>,
    /// Claim and value by which a reviewer is cleared for protected cases.
    pub protected: Option<(String, String)>,
    /// Whether the second factor is asked for here.
    pub asks_second_factor: bool,
    /// Days until an account ends unless its holder signs in again.
    pub days: u32,
}

/// Why somebody whom the directory vouches for may not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No role, or a reviewer without a municipality.
    #[error("the directory gives no role, or no municipality to a reviewer")]
    NoRole,
    /// More than one role.
    #[error("the directory gives more than one role")]
    TwoRoles,
    /// Who was administrator is to be auditor, or the other way round.
    #[error("nobody is administrator and auditor, one after the other either")]
    Excluded,
    /// The account was closed here.
    #[error("the account is closed")]
    Closed,
    /// Nobody has made an administrator by hand yet.
    #[error("there is no administrator yet who was made on the command line")]
    NoAdministrator,
}

impl Refusal {
    /// Whether it is the directory's will that what is there ends.
    pub(super) fn ends_what_is_there(self) -> bool {
        matches!(self, Self::NoRole | Self::TwoRoles | Self::Excluded)
    }
}

impl Rules {
    /// What somebody may do.
    ///
    /// # Errors
    /// [`Refusal::NoRole`] and [`Refusal::TwoRoles`].
    pub fn rights(
        &self,
        claims: &BTreeMap<String, Value>,
        configured: &BTreeMap<String, Municipality>,
    ) -> Result<Rights, Refusal> {
        let roles: BTreeSet<Role> =
            values(claims, &self.claim_roles).filter_map(|value| self.roles.get(value).copied()).collect();
        let mut roles = roles.into_iter();
        let role = match (roles.next(), roles.next()) {
            (None, _) => return Err(Refusal::NoRole),
            (Some(role), None) => role,
            _ => return Err(Refusal::TwoRoles),
        };
        if role != Role::Reviewer {
            return Ok(Rights { role, municipalities: Vec::new(), may_protected: false });
        }
        let named = self.claim_municipalities.iter().flat_map(|claim| values(claims, claim));
        let codes: BTreeSet<String> = named
            .filter_map(|value| if self.municipalities.is_empty() { Some(value) } else { self.code(value) })
            .filter(|code| configured.contains_key(*code))
            .map(str::to_owned)
            .collect();
        if codes.is_empty() {
            return Err(Refusal::NoRole);
        }
        let is_cleared =
            |(claim, wanted): &(String, String)| values(claims, claim).any(|value| value == wanted);
        let may_protected = self.protected.as_ref().is_some_and(is_cleared);
        Ok(Rights { role, municipalities: codes.into_iter().collect(), may_protected })
    }

    fn code(&self, value: &str) -> Option<&str> {
        self.municipalities.get(value).map(String::as_str)
    }

    /// The name that a new account is to have, as far as it is free.
    pub(super) fn name(&self, claims: &BTreeMap<String, Value>) -> String {
        let said = values(claims, &self.claim_name).next().unwrap_or_default();
        let plain: String = said
            .trim()
            .chars()
            .map(|c| if c.is_whitespace() { '.' } else { c })
            .filter(|c| !c.is_control())
            .take(NAME_CHARACTERS)
            .collect();
        if plain.is_empty() { "directory".to_owned() } else { plain }
    }
}

/// How much of a name is taken over: a number must fit behind it.
const NAME_CHARACTERS: usize = 56;

/// The texts of a claim: one, or a list.
fn values<'a>(claims: &'a BTreeMap<String, Value>, name: &str) -> impl Iterator<Item = &'a str> {
    let claim = claims.get(name);
    let one = claim.and_then(Value::as_str);
    let many = claim.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    one.into_iter().chain(many)
}

/// Whether an account has held a role that nobody holds beside the new one.
pub(super) fn excludes(found: &AccountRow, rights: &Rights) -> bool {
    Role::from_word(&found.role).is_some_and(|held| held.excludes(rights.role))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::municipality::{Grants, Language, MunicipalityCode, MunicipalityName};

    fn rules() -> Rules {
        Rules {
            claim_name: "name".to_owned(),
            claim_roles: "groups".to_owned(),
            roles: [("r", Role::Reviewer), ("a", Role::Administrator), ("t", Role::Auditor)]
                .map(|(value, role)| (value.to_owned(), role))
                .into(),
            claim_municipalities: Some("towns".to_owned()),
            municipalities: BTreeMap::new(),
            protected: Some(("groups".to_owned(), "cleared".to_owned())),
            asks_second_factor: true,
            days: 90,
        }
    }

    fn configured() -> BTreeMap<String, Municipality> {
        ["710", "755"]
            .map(|code| {
                let name = MunicipalityName { fi: code.into(), sv: code.into(), en: code.into() };
                let town = Municipality {
                    code: MunicipalityCode::parse(code).unwrap(),
                    name,
                    languages: vec![Language::Fi],
                    grants: Grants::new([]),
                    propose_temporary_address: false,
                };
                (code.to_owned(), town)
            })
            .into()
    }

    fn of(rules: &Rules, claims: Value) -> Result<(Role, String, bool), Refusal> {
        let claims: BTreeMap<String, Value> = serde_json::from_value(claims).unwrap();
        let rights = rules.rights(&claims, &configured())?;
        Ok((rights.role, rights.municipalities.join(" "), rights.may_protected))
    }

    #[test]
    fn one_role_with_its_municipalities_and_what_is_not_configured_is_left_out() {
        let of = |claims| of(&rules(), claims);
        let reviewer = |towns: &str, cleared| Ok((Role::Reviewer, towns.to_owned(), cleared));
        assert_eq!(of(json!({ "groups": "r", "towns": "755" })), reviewer("755", false));
        let many = json!({ "groups": ["x", "r", "cleared"], "towns": ["755", "092", "710", "755"] });
        assert_eq!(of(many), reviewer("710 755", true));
        let admin = json!({ "groups": ["a", "cleared"], "towns": ["710"] });
        assert_eq!(of(admin), Ok((Role::Administrator, String::new(), false)));
    }

    #[test]
    fn no_role_two_roles_and_a_reviewer_of_nowhere_are_refused() {
        let of = |claims| of(&rules(), claims).unwrap_err();
        for nobody in
            [json!({}), json!({ "groups": 7 }), json!({ "groups": ["x"] }), json!({ "groups": null })]
        {
            assert_eq!(of(nobody), Refusal::NoRole);
        }
        assert_eq!(of(json!({ "groups": ["r"] })), Refusal::NoRole);
        assert_eq!(of(json!({ "groups": ["r"], "towns": ["092"] })), Refusal::NoRole);
        for two in [["a", "t"], ["r", "a"], ["r", "t"]] {
            assert_eq!(of(json!({ "groups": two, "towns": ["710"] })), Refusal::TwoRoles);
        }
    }

    #[test]
    fn with_a_table_of_municipalities_only_what_stands_in_it_counts() {
        let rules = Rules { municipalities: [("Ekenäs".to_owned(), "710".to_owned())].into(), ..rules() };
        let claims = |town: &str| json!({ "groups": "r", "towns": town });
        assert_eq!(of(&rules, claims("Ekenäs")), Ok((Role::Reviewer, "710".to_owned(), false)));
        assert_eq!(of(&rules, claims("710")), Err(Refusal::NoRole));
    }

    #[test]
    fn a_name_is_made_plain() {
        let name = |text: Value| rules().name(&[("name".to_owned(), text)].into());
        assert_eq!(name(json!("Maija  Meikäläinen\u{7}")), "Maija..Meikäläinen");
        assert_eq!(name(json!("x".repeat(90))).len(), NAME_CHARACTERS);
        assert_eq!((name(json!(" ")), name(json!(7))), ("directory".to_owned(), "directory".to_owned()));
    }
}
