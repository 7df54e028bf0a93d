//! A segment as a plain sentence in Finnish, Swedish or English.

use super::{Comparison, Condition, Node, Segment};
use crate::municipality::Language;

impl Segment {
    /// Whom the segment selects, as a sentence without a stop at its end.
    pub fn reading(&self, language: Language) -> String {
        let patrons = match language {
            Language::Fi => "Asiakkaat",
            Language::Sv => "Kunder",
            Language::En => "Patrons",
        };
        let clauses = match self.root() {
            Node::Is(Condition::Everyone) => {
                return match language {
                    Language::Fi => "Kaikki asiakkaat",
                    Language::Sv => "Alla kunder",
                    Language::En => "All patrons",
                }
                .to_owned();
            }
            root => clause(language, root, Place::Outermost),
        };
        let comma = if language == Language::Fi { "," } else { "" };
        format!("{patrons}{comma} {clauses}")
    }
}

/// Where a clause stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Outermost,
    Within,
}

fn clause(language: Language, node: &Node, place: Place) -> String {
    let (and, or) = match language {
        Language::Fi => ("ja", "tai"),
        Language::Sv => ("och", "eller"),
        Language::En => ("and", "or"),
    };
    match node {
        Node::All(parts) => joined(language, parts, and, place),
        Node::Any(parts) => joined(language, parts, or, place),
        Node::Is(condition) => is(language, condition),
        Node::Not(inner) => match &**inner {
            Node::Is(condition) => is_not(language, condition),
            inner @ (Node::All(_) | Node::Any(_) | Node::Not(_)) => {
                let inner = clause(language, inner, Place::Outermost);
                match language {
                    Language::Fi => format!("jotka eivät kuulu joukkoon ({inner})"),
                    Language::Sv => format!("som inte hör till gruppen ({inner})"),
                    Language::En => format!("who are not among those ({inner})"),
                }
            }
        },
    }
}

fn joined(language: Language, parts: &[Node], word: &str, place: Place) -> String {
    let parts: Vec<String> = parts.iter().map(|part| clause(language, part, Place::Within)).collect();
    let list = listed(&parts, word);
    if place == Place::Within { format!("({list})") } else { list }
}

fn listed(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

/// Values joined by "or".
fn values<T>(language: Language, values: impl IntoIterator<Item = T>, shown: impl Fn(T) -> String) -> String {
    let or = match language {
        Language::Fi => "tai",
        Language::Sv => "eller",
        Language::En => "or",
    };
    let values: Vec<String> = values.into_iter().map(shown).collect();
    listed(&values, or)
}

/// A sum with the decimal sign of the language.
fn euros(language: Language, cents: u64) -> String {
    let sign = if language == Language::En { '.' } else { ',' };
    format!("{}{sign}{:02}", cents / 100, cents % 100)
}

fn is(language: Language, condition: &Condition) -> String {
    match language {
        Language::Fi => finnish(condition),
        Language::Sv => swedish(condition, ""),
        Language::En => english(condition),
    }
}

fn is_not(language: Language, condition: &Condition) -> String {
    match language {
        Language::Fi => not_finnish(condition),
        Language::Sv => not_swedish(condition),
        Language::En => not_english(condition),
    }
}

fn language_fi(language: Option<Language>) -> String {
    match language {
        Some(Language::Fi) => "suomi",
        Some(Language::Sv) => "ruotsi",
        Some(Language::En) => "englanti",
        None => "merkitsemättä",
    }
    .to_owned()
}

fn language_sv(language: Option<Language>) -> String {
    match language {
        Some(Language::Fi) => "finska",
        Some(Language::Sv) => "svenska",
        Some(Language::En) => "engelska",
        None => "inte angivet",
    }
    .to_owned()
}

fn language_en(language: Option<Language>) -> String {
    match language {
        Some(Language::Fi) => "Finnish",
        Some(Language::Sv) => "Swedish",
        Some(Language::En) => "English",
        None => "not given",
    }
    .to_owned()
}

/// A name, or the word for none.
fn named(name: &str, none: fn(Option<Language>) -> String) -> String {
    if name.is_empty() { none(None) } else { name.to_owned() }
}

fn finnish(condition: &Condition) -> String {
    let fi = Language::Fi;
    match condition {
        Condition::Everyone => "keitä tahansa".to_owned(),
        Condition::Municipality(codes) => {
            format!("joiden kunta on {}", values(fi, codes, |code| code.as_str().to_owned()))
        }
        Condition::HomeLibrary(names) => {
            format!("joiden kotikirjasto on {}", values(fi, names, |name| named(name, language_fi)))
        }
        Condition::PatronGroup(names) => {
            format!("joiden asiakasryhmä on {}", values(fi, names, |name| named(name, language_fi)))
        }
        Condition::Language(chosen) => {
            format!("joiden kieli on {}", values(fi, chosen.iter().copied(), language_fi))
        }
        Condition::Age(comparison, years) => format!("jotka ovat {}", age_fi(*comparison, *years)),
        Condition::NotVerifiedFor { months } => {
            format!("joiden tietoja ei ole tarkistettu {months} kuukauteen tai koskaan")
        }
        Condition::NeverVerified => "joiden tietoja ei ole koskaan tarkistettu".to_owned(),
        Condition::WrongContactDetails => "joilla on merkintä väärät yhteystiedot".to_owned(),
        Condition::OpenDebts { over_cents: 0 } => "joilla on maksamattomia maksuja".to_owned(),
        Condition::OpenDebts { over_cents } => {
            format!("joilla on maksamattomia maksuja yli {} euroa", euros(fi, *over_cents))
        }
        Condition::CollectionWithin { days } => {
            format!("joiden velka siirtyy perintään {days} päivän kuluessa")
        }
        Condition::Turning15Within { days } => format!("jotka täyttävät 15 vuotta {days} päivän kuluessa"),
        Condition::HomeService => "jotka ovat kotipalveluasiakkaita".to_owned(),
    }
}

fn age_fi(comparison: Comparison, years: u32) -> String {
    match comparison {
        Comparison::Under => format!("alle {years}-vuotiaita"),
        Comparison::AtMost => format!("enintään {years}-vuotiaita"),
        Comparison::Exactly => format!("{years}-vuotiaita"),
        Comparison::AtLeast => format!("vähintään {years}-vuotiaita"),
        Comparison::Over => format!("yli {years}-vuotiaita"),
    }
}

fn not_finnish(condition: &Condition) -> String {
    match condition {
        Condition::Everyone => "ei ketään".to_owned(),
        Condition::Municipality(_)
        | Condition::HomeLibrary(_)
        | Condition::PatronGroup(_)
        | Condition::Language(_) => finnish(condition).replacen(" on ", " ei ole ", 1),
        Condition::Age(comparison, years) => format!("jotka eivät ole {}", age_fi(*comparison, *years)),
        Condition::NotVerifiedFor { months } => {
            format!("joiden tiedot on tarkistettu viimeisten {months} kuukauden aikana")
        }
        Condition::NeverVerified => "joiden tiedot on joskus tarkistettu".to_owned(),
        Condition::WrongContactDetails => "joilla ei ole merkintää väärät yhteystiedot".to_owned(),
        Condition::OpenDebts { over_cents: 0 } => "joilla ei ole maksamattomia maksuja".to_owned(),
        Condition::OpenDebts { over_cents } => {
            format!("joilla ei ole maksamattomia maksuja yli {} euroa", euros(Language::Fi, *over_cents))
        }
        Condition::CollectionWithin { days } => {
            format!("joiden velka ei siirry perintään {days} päivän kuluessa")
        }
        Condition::Turning15Within { days } => format!("jotka eivät täytä 15 vuotta {days} päivän kuluessa"),
        Condition::HomeService => "jotka eivät ole kotipalveluasiakkaita".to_owned(),
    }
}

/// The Swedish clause; `not` is "inte " or nothing.
fn swedish(condition: &Condition, not: &str) -> String {
    let sv = Language::Sv;
    match condition {
        Condition::Everyone => "vem som helst".to_owned(),
        Condition::Municipality(codes) => {
            format!("vars kommun {not}är {}", values(sv, codes, |code| code.as_str().to_owned()))
        }
        Condition::HomeLibrary(names) => {
            format!("vars hembibliotek {not}är {}", values(sv, names, |name| named(name, language_sv)))
        }
        Condition::PatronGroup(names) => {
            format!("vars kundgrupp {not}är {}", values(sv, names, |name| named(name, language_sv)))
        }
        Condition::Language(chosen) => {
            format!("vars språk {not}är {}", values(sv, chosen.iter().copied(), language_sv))
        }
        Condition::Age(comparison, years) => match comparison {
            Comparison::Under => format!("som {not}är under {years} år"),
            Comparison::AtMost => format!("som {not}är högst {years} år"),
            Comparison::Exactly => format!("som {not}är {years} år"),
            Comparison::AtLeast => format!("som {not}är minst {years} år"),
            Comparison::Over => format!("som {not}är över {years} år"),
        },
        Condition::NotVerifiedFor { months } => {
            format!(
                "vars uppgifter inte har kontrollerats på {months} månader eller aldrig har kontrollerats"
            )
        }
        Condition::NeverVerified => "vars uppgifter aldrig har kontrollerats".to_owned(),
        Condition::WrongContactDetails => format!("som {not}har anteckningen felaktiga kontaktuppgifter"),
        Condition::OpenDebts { over_cents: 0 } => format!("som {not}har obetalda avgifter"),
        Condition::OpenDebts { over_cents } => {
            format!("som {not}har obetalda avgifter över {} euro", euros(sv, *over_cents))
        }
        Condition::CollectionWithin { days } => {
            format!("vars skuld {not}går till indrivning inom {days} dagar")
        }
        Condition::Turning15Within { days } => format!("som {not}fyller 15 år inom {days} dagar"),
        Condition::HomeService => format!("som {not}är hemservicekunder"),
    }
}

fn not_swedish(condition: &Condition) -> String {
    match condition {
        Condition::Everyone => "ingen".to_owned(),
        Condition::NotVerifiedFor { months } => {
            format!("vars uppgifter har kontrollerats under de senaste {months} månaderna")
        }
        Condition::NeverVerified => "vars uppgifter har kontrollerats någon gång".to_owned(),
        other => swedish(other, "inte "),
    }
}

fn english(condition: &Condition) -> String {
    let en = Language::En;
    match condition {
        Condition::Everyone => "whoever they are".to_owned(),
        Condition::Municipality(codes) => {
            format!("whose municipality is {}", values(en, codes, |code| code.as_str().to_owned()))
        }
        Condition::HomeLibrary(names) => {
            format!("whose home library is {}", values(en, names, |name| named(name, language_en)))
        }
        Condition::PatronGroup(names) => {
            format!("whose patron group is {}", values(en, names, |name| named(name, language_en)))
        }
        Condition::Language(chosen) => {
            format!("whose language is {}", values(en, chosen.iter().copied(), language_en))
        }
        Condition::Age(comparison, years) => format!("who are {}", age_en(*comparison, *years)),
        Condition::NotVerifiedFor { months } => {
            format!("who have not been verified for {}, or ever", count_en(*months, "month"))
        }
        Condition::NeverVerified => "who have never been verified".to_owned(),
        Condition::WrongContactDetails => "who have the mark wrong contact details".to_owned(),
        Condition::OpenDebts { over_cents: 0 } => "who have unpaid fees".to_owned(),
        Condition::OpenDebts { over_cents } => {
            format!("who have unpaid fees over {} euros", euros(en, *over_cents))
        }
        Condition::CollectionWithin { days } => {
            format!("whose debt goes to collection within {}", count_en(*days, "day"))
        }
        Condition::Turning15Within { days } => format!("who turn 15 within {}", count_en(*days, "day")),
        Condition::HomeService => "who are home-service patrons".to_owned(),
    }
}

fn age_en(comparison: Comparison, years: u32) -> String {
    let years = count_en(years, "year");
    match comparison {
        Comparison::Under => format!("under {years} old"),
        Comparison::AtMost => format!("at most {years} old"),
        Comparison::Exactly => format!("{years} old"),
        Comparison::AtLeast => format!("at least {years} old"),
        Comparison::Over => format!("over {years} old"),
    }
}

fn count_en(count: u32, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn not_english(condition: &Condition) -> String {
    match condition {
        Condition::Everyone => "nobody".to_owned(),
        Condition::Municipality(_)
        | Condition::HomeLibrary(_)
        | Condition::PatronGroup(_)
        | Condition::Language(_) => english(condition).replacen(" is ", " is not ", 1),
        Condition::Age(comparison, years) => format!("who are not {}", age_en(*comparison, *years)),
        Condition::NotVerifiedFor { months } => {
            format!("who have been verified within {}", count_en(*months, "month"))
        }
        Condition::NeverVerified => "who have been verified at some time".to_owned(),
        Condition::WrongContactDetails => "who do not have the mark wrong contact details".to_owned(),
        Condition::OpenDebts { over_cents: 0 } => "who have no unpaid fees".to_owned(),
        Condition::OpenDebts { over_cents } => {
            format!("who do not have unpaid fees over {} euros", euros(Language::En, *over_cents))
        }
        Condition::CollectionWithin { days } => {
            format!("whose debt does not go to collection within {}", count_en(*days, "day"))
        }
        Condition::Turning15Within { days } => {
            format!("who do not turn 15 within {}", count_en(*days, "day"))
        }
        Condition::HomeService => "who are not home-service patrons".to_owned(),
    }
}
