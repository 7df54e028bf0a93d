//! Whether a debt may be sent on: what speaks against it, from what is known of the patron and the payer.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;

use super::{PURPOSE, Why};
use crate::municipality::{Municipality, MunicipalityCode};
use crate::patron::{Inadmissible, Note, Patron, PatronKind};
use crate::protected::Protection;
use crate::staff::ProvedAccount;
use crate::store::data_key;
use crate::store::patron::PatronRow;
use crate::store::person::PersonRow;
use crate::store::{self, StoreError};
use crate::task::Context;

/// Patrons loaded at a time.
const BATCH: usize = 500;
/// Under this age the guarantor answers for a loan, and there has to be one.
const GUARANTEED_UNDER: i32 = 15;

/// A patron of the file, or who pays for one.
pub(super) struct Party {
    pub(super) row: PatronRow,
    person: PersonRow,
    patron: Patron,
    /// Whether a finding is open.
    under_review: bool,
    /// When VTJ last had nothing more to say of the patron's follow list.
    caught_up_at: Option<DateTime<Utc>>,
}

/// Everyone the file is about.
pub(super) struct Parties {
    by_card: BTreeMap<String, Uuid>,
    by_patron_id: BTreeMap<String, Uuid>,
    known: BTreeMap<Uuid, Party>,
}

impl Parties {
    /// Loads the patrons with these cards, and those who guarantee them. A patron whose row does not open is
    /// left out, as if unknown.
    pub(super) async fn load(context: &Context, cards: &[String]) -> Result<Self, StoreError> {
        let mut loaded =
            Self { by_card: BTreeMap::new(), by_patron_id: BTreeMap::new(), known: BTreeMap::new() };
        for cards in cards.chunks(BATCH) {
            let mut read = context.db.read().await?;
            let borrowers = store::patron::by_card_numbers(&mut read, cards).await?;
            let links: Vec<String> =
                borrowers.iter().filter_map(|row| row.guarantor_patron_id.clone()).collect();
            let guarantors = store::patron::by_patron_ids(&mut read, &links).await?;
            drop(read);
            loaded.add(context, borrowers).await?;
            loaded.add(context, guarantors).await?;
        }
        Ok(loaded)
    }

    async fn add(&mut self, context: &Context, mut rows: Vec<PatronRow>) -> Result<(), StoreError> {
        rows.retain(|row| !row.sealed.is_empty() && !self.known.contains_key(&row.id));
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let keyring = data_key::keyring(&context.db, &context.vault, &ids).await?;
        let mut read = context.db.read().await?;
        let persons = store::person::by_patrons(&mut read, &ids).await?;
        let mut persons: BTreeMap<Uuid, PersonRow> =
            persons.into_iter().map(|person| (person.patron, person)).collect();
        let open = store::finding::open_of(&mut read, &ids).await?;
        let open: BTreeSet<Uuid> = open.into_iter().map(|finding| finding.patron).collect();
        let lists = store::follow_list::all(&mut read).await?;
        let caught_up: BTreeMap<Uuid, Option<DateTime<Utc>>> =
            lists.into_iter().map(|list| (list.id, list.caught_up_at)).collect();
        for row in rows {
            let Some(person) = persons.remove(&row.id) else { continue };
            let patron = match row.patron(&keyring, person.protection()?) {
                Ok(patron) => patron,
                Err(error) if error.is_of_one_row() => {
                    tracing::warn!(patron = %row.id, %error, "a patron's row does not open; the card is held");
                    continue;
                }
                Err(error) => return Err(error),
            };
            self.by_card.insert(row.card_number.clone(), row.id);
            self.by_patron_id.insert(row.patron_id.clone(), row.id);
            let caught_up_at = person.list.and_then(|list| caught_up.get(&list).copied().flatten());
            let party = Party { under_review: open.contains(&row.id), caught_up_at, row, person, patron };
            self.known.insert(party.row.id, party);
        }
        Ok(())
    }

    /// The patron with a card.
    pub(super) fn borrower(&self, card: &str) -> Option<&Party> {
        self.by_card.get(card).and_then(|id| self.known.get(id))
    }

    /// Who pays for a patron: the guarantor where there is a link to one.
    pub(super) fn payer<'a>(&'a self, borrower: &'a Party) -> Option<&'a Party> {
        match &borrower.row.guarantor_patron_id {
            None => Some(borrower),
            Some(link) => self.by_patron_id.get(link).and_then(|id| self.known.get(id)),
        }
    }
}

/// What everything is judged by.
pub(super) struct Rules<'a> {
    pub(super) context: &'a Context,
    pub(super) account: &'a ProvedAccount,
    /// The account's own patron, where it has a card.
    pub(super) own: Option<PatronRow>,
    pub(super) now: DateTime<Utc>,
    pub(super) today: NaiveDate,
    /// When the file of the week is closed.
    pub(super) deadline: Option<DateTime<Utc>>,
}

impl Rules<'_> {
    /// Everything that speaks against sending a card on but VTJ's word about the payer.
    pub(super) fn before_asking(&self, parties: &Parties, card: &str) -> BTreeSet<Why> {
        let mut why = BTreeSet::new();
        let Some(borrower) = parties.borrower(card) else { return BTreeSet::from([Why::UnknownCard]) };
        let Some(payer) = parties.payer(borrower) else { return BTreeSet::from([Why::NoGuarantor]) };
        for party in [borrower, payer] {
            self.either(party, &mut why);
        }
        self.of_payer(borrower, payer, &mut why);
        self.of_debt(borrower, payer, &mut why);
        if self.is_late() {
            why.insert(Why::Late);
        }
        why
    }

    /// Everything that speaks against sending a card on.
    pub(super) fn all(&self, parties: &Parties, card: &str) -> BTreeSet<Why> {
        let mut why = self.before_asking(parties, card);
        let payer = parties.borrower(card).and_then(|borrower| parties.payer(borrower));
        let Some(payer) = payer else { return why };
        let answer = match payer.person.answer.as_str() {
            "found" => None,
            "absent" => Some(Why::NotInVtj),
            "mismatch" | "unreadable" => Some(Why::OtherPerson),
            _ => Some(Why::NotVerified),
        };
        why.extend(answer);
        if !self.is_verified(payer) {
            why.insert(Why::NotVerified);
        }
        if payer.patron.contact.protection() != Protection::Yes
            && !matches!(payer.person.protection(), Ok(Protection::No | Protection::Yes))
        {
            why.insert(Why::ProtectionUnknown);
        }
        if payer.person.compare_due {
            why.insert(Why::NotCompared);
        }
        why
    }

    /// Whether the file of the week is closed by now.
    pub(super) fn is_late(&self) -> bool {
        self.deadline.is_some_and(|deadline| self.now >= deadline)
    }

    /// Whether VTJ has spoken of the payer lately: in an answer, or by having nothing new on a list with the
    /// payer. A change that has come and has not been looked up makes it unknown.
    pub(super) fn is_verified(&self, payer: &Party) -> bool {
        let days = TimeDelta::days(i64::from(self.context.settings.collection.verified_within_days));
        let lately = |at: Option<DateTime<Utc>>| at.is_some_and(|at| at >= self.now - days);
        let person = &payer.person;
        let pending = person
            .refresh_due_at
            .is_some_and(|due| due <= self.now && person.answered_at.is_none_or(|answered| answered < due));
        let followed = person.follow_state == "following" && lately(payer.caught_up_at);
        person.answer == "found" && !pending && (lately(person.answered_at) || followed)
    }

    /// What must hold of the patron and of the payer alike.
    fn either(&self, party: &Party, why: &mut BTreeSet<Why>) {
        let person = &party.person;
        let marks = [
            (Note::Restricted, Why::Restricted),
            (Note::Objected, Why::Objected),
            (Note::PreRegistration, Why::PreRegistration),
        ];
        let notes = &party.patron.notes;
        why.extend(marks.into_iter().filter(|(note, _)| notes.contains(note)).map(|(_, reason)| reason));
        for (holds, reason) in [
            (!self.account.may_decide(&party.row.municipality), Why::NotYours),
            (self.is_own(party), Why::OwnAffair),
            (!party.patron.in_register, Why::NotInRegister),
            (person.held_as_dead || person.frozen, Why::Dead),
            (party.patron.contact.protection() == Protection::Yes, Why::Protected),
            (party.under_review, Why::UnderReview),
        ] {
            if holds {
                why.insert(reason);
            }
        }
    }

    fn is_own(&self, party: &Party) -> bool {
        let Some(own_card) = &self.account.own_card else { return false };
        let same = |own: &PatronRow| {
            own.id == party.row.id
                || party.row.guarantor_patron_id.as_ref() == Some(&own.patron_id)
                || (own.code_index.is_some() && own.code_index == party.row.code_index)
        };
        *own_card == party.row.card_number || self.own.as_ref().is_some_and(same)
    }

    fn of_payer(&self, borrower: &Party, payer: &Party, why: &mut BTreeSet<Why>) {
        let minimum = i32::try_from(self.context.settings.collection.minimum_age).unwrap_or(i32::MAX);
        let age = |party: &Party| party.patron.age_on(self.today);
        let is_child =
            borrower.row.id == payer.row.id && age(borrower).is_some_and(|age| age < GUARANTEED_UNDER);
        let open = MunicipalityCode::parse(&payer.row.municipality).is_ok_and(|code| {
            self.context.settings.purposes.get(PURPOSE).is_some_and(|rule| rule.is_open_to(&code))
        });
        for (holds, reason) in [
            (payer.patron.kind == PatronKind::Organisation, Why::NotAPerson),
            (self.has_no_code(payer), Why::NoCode),
            (is_child, Why::NoGuarantor),
            (age(payer).is_none(), Why::AgeUnknown),
            (age(payer).is_some_and(|age| age < minimum), Why::UnderAge),
            (!open, Why::PurposeClosed),
        ] {
            if holds {
                why.insert(reason);
            }
        }
    }

    /// Whether VTJ cannot be asked about the payer because of the code; other reasons are told by themselves.
    fn has_no_code(&self, payer: &Party) -> bool {
        match payer.patron.admissible(self.context.admission(&payer.row.municipality)) {
            Err(
                Inadmissible::NoCode
                | Inadmissible::TestCode
                | Inadmissible::BirthDateDisagrees
                | Inadmissible::ImpossibleAge,
            ) => true,
            Ok(_)
            | Err(
                Inadmissible::Organisation
                | Inadmissible::Restricted
                | Inadmissible::Objected
                | Inadmissible::PreRegistration
                | Inadmissible::NoPermit
                | Inadmissible::NotInRegister,
            ) => false,
        }
    }

    fn of_debt(&self, borrower: &Party, payer: &Party, why: &mut BTreeSet<Why>) {
        let days = i64::from(self.context.settings.collection.minimum_days_overdue);
        let overdue = borrower
            .row
            .oldest_due_date
            .is_some_and(|due| self.today.signed_duration_since(due).num_days() >= days);
        if !overdue {
            why.insert(Why::NotOverdue);
        }
        let municipalities = &self.context.settings.municipalities;
        let own = [borrower, payer]
            .into_iter()
            .any(|party| is_own_library(&borrower.row.owning_library, party, municipalities));
        if !own {
            why.insert(Why::OtherOwner);
        }
    }
}

/// Whether a debt is owed to the party's own register: nothing is said of the library, it is the party's home
/// library, or it bears the code or a name of the party's municipality.
fn is_own_library(owner: &str, party: &Party, municipalities: &BTreeMap<String, Municipality>) -> bool {
    let same = |one: &str| !one.trim().is_empty() && one.trim().to_lowercase() == owner.trim().to_lowercase();
    let code = &party.row.municipality;
    let named = municipalities.get(code).is_some_and(|municipality| {
        let name = &municipality.name;
        [&name.fi, &name.sv, &name.en].into_iter().any(|name| same(name))
    });
    owner.trim().is_empty() || named || same(code) || same(&party.row.home_library)
}
