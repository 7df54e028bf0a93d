//! Golden readings of the protocol's own examples, and of what can be wrong with them.

use serde_json::{Value, json};

use super::*;
use crate::identity_code::IdentityCode;
use crate::municipality::{FieldGroup, Grants};
use crate::person::{Contact, PersonRecord};

mod changes;
mod pages;
mod people;

const ASKED: &str = "010180-9015";
const OTHER: &str = "020180-902U";
const CHILD: &str = "150612A903R";

fn all() -> Grants {
    Grants::new(FieldGroup::ALL)
}

fn code(text: &str) -> IdentityCode {
    IdentityCode::parse(text).unwrap()
}

fn day(text: &str) -> Value {
    json!({"arvo": text, "tarkkuus": "PAIVA"})
}

fn read(groups: &Value) -> PersonRecord {
    read_with(groups, &all()).unwrap()
}

fn read_with(groups: &Value, asked: &Grants) -> Result<PersonRecord, Unreadable> {
    person(&json!({"henkilotunnus": ASKED, "tietoryhmat": groups}), asked)
}

fn contact(record: &PersonRecord) -> &Contact {
    record.contact.for_sealing()
}

fn signal(groups: &Value) -> Signals {
    signals(&code(ASKED), groups.as_array().unwrap(), &all())
}

fn moved() -> Value {
    json!([
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"LISATTY","alkupv":day("2019-06-27"),
         "rakennustunnus":"9000001596","katunumero":"6a-6b","osoitenumero":4,"huoneistokirjain":"A",
         "huoneistonumero":"002","jakokirjain":"a","kuntakoodi":"287","postinumero":"64370",
         "katunimi":{"fi":"Gabriella","sv":"Gabriella"},"postitoimipaikka":{"fi":"MYRKKY","sv":"MÖRTMARK"}},
        {"tietoryhma":"VAKINAINEN_KOTIMAINEN_OSOITE","muutosattribuutti":"MUUTETTU","alkupv":day("2004-05-01"),
         "loppupv":day("2019-06-26"),"katunumero":"32","huoneistokirjain":"A","huoneistonumero":"004",
         "kuntakoodi":"091","postinumero":"00200","katunimi":{"fi":"Lauttasaarentie","sv":"Drumsövägen"},
         "postitoimipaikka":{"fi":"HELSINKI","sv":"HELSINGFORS"}},
        {"tietoryhma":"KOTIKUNTA","muutosattribuutti":"LISATTY","kuntakoodi":"287",
         "kuntaanMuuttopv":day("2019-06-27")}
    ])
}
