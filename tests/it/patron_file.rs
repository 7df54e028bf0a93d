//! The patron file: its header, its rows, what is refused and how, and what is written.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::collections::BTreeSet;

use ajantasa::municipality::{Language, MunicipalityCode};
use ajantasa::patron::{Note, PatronKind};
use ajantasa::patron_file::{
    BadRow, Column, Encoding, ExportRow, PatronFileError, Reader, RejectedWriter, Row, Writer, rejected_path,
};
use proptest::prelude::*;

const REQUIRED: &str = "patron_id,card_number,last_name,first_names,municipality";

fn municipalities() -> BTreeSet<MunicipalityCode> {
    ["710", "078"].map(|code| MunicipalityCode::parse(code).unwrap()).into()
}

fn open(bytes: &[u8]) -> Result<Reader<&[u8]>, PatronFileError> {
    Reader::new(bytes, Encoding::Utf8, municipalities())
}

fn rows(bytes: &[u8]) -> Vec<Result<Row, BadRow>> {
    open(bytes).unwrap().map(Result::unwrap).collect()
}

/// One row with the required columns and some more.
fn one(columns: &str, cells: &str) -> Result<Row, BadRow> {
    let text = format!("{REQUIRED},{columns}\nP1,K1,Testinen,Malli,710,{cells}\n");
    let mut rows = rows(text.as_bytes());
    assert_eq!(rows.len(), 1, "{text}");
    rows.remove(0)
}

fn reason(columns: &str, cells: &str) -> String {
    one(columns, cells).expect_err(cells).reason()
}

#[test]
fn every_column_is_read_as_its_value() {
    let header = Column::ALL.map(Column::as_str).join(",");
    let cells = "P1, K1 , 010190v900p ,Testinen,Malli Koe,1990-01-01,Testikatu 1 A 2,c/o Mallila,10600,EKENÄS,se,\
                 Mökkitie 3,+358 1,a@example.org,sv,adult,710,Karjaa,2020-02-29,2026-11-20,2025-12-31,\
                 P2,Provberg Testo,3,12.50,2026-12-01,Tammisaari,2027-01-01,person,yes,restricted; use_ban;";
    let text = format!("{header}\n{cells}\n");
    let row = rows(text.as_bytes()).remove(0).unwrap();
    assert_eq!((row.line, row.patron_id.as_str(), row.card_number.as_str()), (2, "P1", "K1"));
    assert_eq!(row.identity_code.as_ref().unwrap().expose(), "010190V900P");
    assert_eq!(row.birth_date.unwrap().to_string(), "1990-01-01");
    assert_eq!((row.care_of.as_str(), row.country.as_str()), ("c/o Mallila", "SE"));
    assert_eq!(row.language, Some(Language::Sv));
    assert_eq!((row.open_loans, row.unpaid_fees_cents), (Some(3), Some(1250)));
    assert_eq!(row.municipality.as_str(), "710");
    assert_eq!((row.kind, row.protected), (PatronKind::Person, true));
    assert_eq!(row.notes, BTreeSet::from([Note::UseBan, Note::Restricted]));
    assert_eq!(row.text(Column::UnpaidFees), Some("12.50"));
    assert_eq!(row.text(Column::CardNumber), Some("K1"));
    assert_eq!(format!("{row:?}"), "Row of line 2: ***");
}

#[test]
fn a_missing_column_is_not_an_empty_cell() {
    let text = format!("{REQUIRED},email\nP1,K1,Testinen,Malli,710, \n");
    let mut reader = open(text.as_bytes()).unwrap();
    assert!(reader.columns().contains(&Column::Email));
    assert!(!reader.columns().contains(&Column::Phone));
    let row = reader.next_row().unwrap().unwrap().unwrap();
    assert_eq!((row.text(Column::Email), row.text(Column::Phone)), (Some(""), None));
}

#[test]
fn columns_may_stand_in_any_order_behind_a_mark_with_semicolons_and_other_line_ends() {
    let text = "\u{FEFF}municipality;first_names;last_name;card_number;patron_id\r\n\
                078;Malli;\"Testinen; \"\"T\"\"\";K1;P1\r\n\r\n710;Koe;Provberg, junior;K2;P2";
    let rows: Vec<Row> = rows(text.as_bytes()).into_iter().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0].last_name.as_str(), rows[0].line), ("Testinen; \"T\"", 2));
    assert_eq!((rows[1].last_name.as_str(), rows[1].line), ("Provberg, junior", 4));
}

#[test]
fn iso_8859_1_is_read_when_asked_for() {
    let bytes = b"patron_id,card_number,last_name,first_names,municipality\nP1,K1,M\xE4ki,\xC5ke,710\n";
    let mut reader = Reader::new(&bytes[..], Encoding::Latin1, municipalities()).unwrap();
    let row = reader.next_row().unwrap().unwrap().unwrap();
    assert_eq!((row.last_name.as_str(), row.first_names.as_str()), ("Mäki", "Åke"));
    assert_eq!(Encoding::from_word("ISO-8859-1"), Some(Encoding::Latin1));
    assert_eq!(Encoding::from_word("utf-8"), Some(Encoding::Utf8));
    assert_eq!(Encoding::from_word("ebcdic"), None);
}

#[test]
fn a_wrong_header_stops_before_any_row_and_names_the_column() {
    for (header, part_of_the_message) in [
        (format!("{REQUIRED},adress"), "column 6 \"adress\" is not known; the nearest is"),
        (format!("{REQUIRED},e_mail"), "the nearest is \"email\""),
        (format!("{REQUIRED},Postal_Code"), "the nearest is \"postal_code\""),
        (format!("{REQUIRED},"), "column 6 \"\" is not known"),
        (format!("{REQUIRED},email,email"), "column \"email\" stands twice"),
        ("patron_id,card_number,last_name,first_names".to_owned(), "column \"municipality\" is missing"),
        ("card_number,last_name,first_names,municipality".to_owned(), "column \"patron_id\" is missing"),
        ("\"patron_id,card_number".to_owned(), "quotes in the first line"),
        (String::new(), "the file is empty"),
        ("\n\n".to_owned(), "the file is empty"),
        ("patron_id\tcard_number".to_owned(), "column 1 is not known"),
    ] {
        let message = open(header.as_bytes()).expect_err(&header).to_string();
        assert!(message.contains(part_of_the_message), "{header}: {message}");
    }
    assert!(matches!(open(b"patron_id,\xE4\n"), Err(PatronFileError::Encoding(_))));
    assert!(matches!(open(b"\xFF\xFEp\0a\0"), Err(PatronFileError::Encoding(_))));
}

#[test]
fn a_file_without_a_header_does_not_put_its_data_into_the_message() {
    for first_line in ["010190-900P,K1,Testinen", "Testikatu 5 A 12,P1"] {
        let message = open(first_line.as_bytes()).unwrap_err().to_string();
        assert!(message.starts_with("column 1 is not known"), "{message}");
    }
}

#[test]
fn a_bad_row_in_the_middle_leaves_the_others_whole() {
    let bytes: &[u8] = b"patron_id,card_number,last_name,first_names,municipality\n\
        P1,K1,Testinen,Malli,710\n\
        P2,K2,M\xE4ki,Malli,710\n\
        P3,K3,Testinen,Malli,999\n\
        P4,K4,Testinen,Malli\n\
        P5,K5,Testinen,Malli,710,more\n\
        P6,K6,\"Testinen,Malli,710\n\
        P7,K7,\"Test\"inen,Malli,710\n\
        P8,K8,Tes\"ti,Malli,710\n\
        P9,K9,\"Testinen\",Malli,710\n";
    let found: Vec<(u64, String)> = rows(bytes)
        .into_iter()
        .map(|row| match row {
            Ok(row) => (row.line, row.patron_id),
            Err(bad) => (bad.line, bad.reason()),
        })
        .collect();
    let expected = [
        (2, "P1"),
        (3, "not UTF-8: save the file as UTF-8, or give its encoding"),
        (4, "municipality: not one of the configured codes of three digits"),
        (5, "4 cells instead of 5: put cells that hold the separator in quotes"),
        (6, "6 cells instead of 5: put cells that hold the separator in quotes"),
        (7, "the quotes do not match: write two for one inside a quoted cell"),
        (8, "the quotes do not match: write two for one inside a quoted cell"),
        (9, "the quotes do not match: write two for one inside a quoted cell"),
        (10, "P9"),
    ];
    assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
}

#[test]
fn a_cell_over_two_lines_is_one_bad_row_and_its_second_line_is_no_row_of_its_own() {
    let text = format!(
        "{REQUIRED},care_of\nP1,K1,Testinen,Malli,710,\"c/o\nP9,K9,Provberg,Koe,710,\"\nP2,K2,Testinen,Malli,710,x\n"
    );
    let found = rows(text.as_bytes());
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].as_ref().unwrap_err().line, 2);
    assert_eq!(found[0].as_ref().unwrap_err().reason(), "care_of: a line break or another control character");
    assert_eq!(found[1].as_ref().unwrap().patron_id, "P2");
}

#[test]
fn a_forgotten_quote_costs_one_row_however_long_the_file() {
    let others: Vec<String> =
        (1..200).map(|number| format!("P{number},K{number},\"Testinen, {number}\",Malli,710")).collect();
    let text = format!("{REQUIRED}\nP0,K0,\"Testinen,Malli,710\n{}\n", others.join("\n"));
    let found = rows(text.as_bytes());
    assert_eq!(found.len(), 200);
    assert_eq!(found.iter().filter(|row| row.is_err()).count(), 1);
    assert!(found[0].is_err());
}

#[test]
fn a_line_without_end_is_not_kept_in_memory() {
    let mut bytes = format!("{REQUIRED}\n").into_bytes();
    bytes.extend(std::iter::repeat_n(b'x', 3_000_000));
    bytes.extend(b"\nP1,K1,Testinen,Malli,710\n");
    let found = rows(&bytes);
    assert_eq!(found[0].as_ref().unwrap_err().reason(), "the line is too long to be a row");
    assert_eq!((found.len(), found[1].as_ref().unwrap().line), (2, 3));
}

#[test]
fn values_that_are_not_what_they_should_be_are_refused_by_name() {
    for (column, cell, expected) in [
        (
            "identity_code",
            "010190-900X",
            "identity_code: the check character of the identity code does not fit",
        ),
        ("identity_code", "0101", "identity_code: an identity code has 11 characters, this has 4"),
        ("birth_date", "1.1.1990", "birth_date: not a date"),
        ("birth_date", "1990-02-30", "birth_date: not a date"),
        ("birth_date", "+990-02-03", "birth_date: not a date"),
        ("unpaid_fees", "12.5", "unpaid_fees: not an amount, write 12.50"),
        ("unpaid_fees", "\"12,50\"", "unpaid_fees: not an amount"),
        ("unpaid_fees", "1e3", "unpaid_fees: not an amount"),
        ("unpaid_fees", "99999999999999999999.00", "unpaid_fees: not an amount"),
        ("open_loans", "-1", "open_loans: not a whole number"),
        ("open_loans", "99999999999", "open_loans: not a whole number"),
        ("language", "se", "language: write fi, sv, en or nothing"),
        ("country", "Sweden", "country: write two letters"),
        ("kind", "cat", "kind: write person, organisation or nothing"),
        ("protected", "no", "protected: write yes or nothing"),
        ("notes", "use_ban,", ""),
        ("notes", "use_ban;evil", "notes: write borrowing_ban"),
        ("street_address", "Testi\0katu", "street_address: a line break or another control character"),
        ("street_address", "Testi\u{1b}[2J", "street_address: a line break or another control character"),
        ("street_address", "Testi\u{2028}katu", "street_address: a line break"),
        ("care_of", "a\rb", "care_of: a line break"),
        ("care_of", "\u{202e}utak", "care_of: a character that changes the direction"),
        ("care_of", "x\u{2066}y", "care_of: a character that changes the direction"),
    ] {
        let found = reason(column, cell);
        assert!(found.starts_with(expected), "{column} {cell:?}: {found}");
    }
    assert!(reason("email", &"ä".repeat(501)).starts_with("email: longer than 500 characters"));
    assert!(one("email", &"ä".repeat(500)).is_ok());
    assert!(one("email", "a\tb").is_ok(), "a tab is harmless");
    assert_eq!(one("unpaid_fees", "0.05").unwrap().unpaid_fees_cents, Some(5));
    assert_eq!(one("unpaid_fees", "-3.10").unwrap().unpaid_fees_cents, Some(-310));
    assert_eq!(one("unpaid_fees", "7").unwrap().unpaid_fees_cents, Some(700));
    assert_eq!(one("unpaid_fees", "").unwrap().unpaid_fees_cents, None);
}

#[test]
fn required_cells_hold_something_but_an_organisation_has_no_first_names() {
    let row = |cells: &str| rows(format!("{REQUIRED},kind\n{cells}\n").as_bytes()).remove(0);
    assert_eq!(row(",K1,Testinen,Malli,710,").unwrap_err().reason(), "patron_id: must not be empty");
    assert_eq!(row("P1, ,Testinen,Malli,710,").unwrap_err().reason(), "card_number: must not be empty");
    assert_eq!(row("P1,K1,,Malli,710,").unwrap_err().reason(), "last_name: must not be empty");
    assert_eq!(row("P1,K1,Testinen,,710,person").unwrap_err().reason(), "first_names: must not be empty");
    assert_eq!(row("P1,K1,Testinen,Malli,,").unwrap_err().reason(), "municipality: must not be empty");
    assert_eq!(row("P1,K1,Mallin koulu,,710,organisation").unwrap().kind, PatronKind::Organisation);
}

#[test]
fn rejected_rows_are_listed_with_masked_codes_for_their_owner_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = rejected_path(&dir.path().join("patrons.csv"));
    assert!(path.ends_with("patrons.csv.rejected.csv"));
    std::fs::write(&path, "of an earlier import").unwrap();
    let text = format!(
        "{REQUIRED},identity_code,care_of\n\
         P1,K1,Testinen,Malli,710,010190-900X,=1+1\n\
         P2,K2,010190-900P,Malli,999,,x 010190-900P y\n\
         P3,K3,Testinen,010190a900\n\
         P4,K4,Testinen,Malli,710,,fine\n"
    );
    let mut reader = open(text.as_bytes()).unwrap();
    let mut rejected = RejectedWriter::new(path.clone(), reader.columns_in_order()).unwrap();
    assert!(!path.exists());
    while let Some(row) = reader.next_row().unwrap() {
        let bad = match row {
            Ok(row) => row.reject("patron_id: stands in an earlier row"),
            Err(bad) => bad,
        };
        assert!(!format!("{bad:?}").contains("900"), "{bad:?}");
        rejected.write(&bad).unwrap();
    }
    assert_eq!(rejected.written(), 4);
    assert_eq!(rejected.finish().unwrap(), Some(path.clone()));
    let listed = std::fs::read_to_string(&path).unwrap();
    assert_eq!(
        listed,
        format!(
            "{REQUIRED},identity_code,care_of,line,reason\n\
             P1,K1,Testinen,Malli,710,***,=1+1,2,identity_code: the check character of the identity code does not fit\n\
             P2,K2,***,Malli,999,,x *** y,3,municipality: not one of the configured codes of three digits\n\
             P3,K3,Testinen,***,,,,4,4 cells instead of 7: put cells that hold the separator in quotes\n\
             P4,K4,Testinen,Malli,710,,fine,5,patron_id: stands in an earlier row\n"
        )
    );
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn without_a_rejected_row_there_is_no_list_and_an_earlier_one_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("p.csv.rejected.csv");
    std::fs::write(&path, "of an earlier import").unwrap();
    let rejected = RejectedWriter::new(path.clone(), &[Column::PatronId]).unwrap();
    assert_eq!(rejected.finish().unwrap(), None);
    assert!(!path.exists());
}

#[test]
fn an_export_never_holds_a_code_and_hides_contacts_when_masked() {
    let mut row = ExportRow::new();
    for column in Column::ALL {
        row.set(column, format!("v-{}", column.as_str()));
    }
    assert_eq!((row.get(Column::IdentityCode), row.get(Column::Phone)), ("", "v-phone"));
    row.mask();
    for column in [
        Column::StreetAddress,
        Column::CareOf,
        Column::PostalCode,
        Column::City,
        Column::Country,
        Column::AlternativeAddress,
        Column::Phone,
        Column::Email,
        Column::Municipality,
        Column::HomeLibrary,
        Column::GuarantorPatronId,
        Column::GuarantorName,
    ] {
        assert_eq!(row.get(column), "", "{column:?}");
    }
    assert_eq!(row.get(Column::LastName), "v-last_name");
    let mut out = Vec::new();
    let mut writer = Writer::new(&mut out);
    writer.write_header().unwrap();
    writer.write_row(&row).unwrap();
    writer.finish().unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.starts_with("patron_id,card_number,identity_code,last_name"));
    assert_eq!(text.lines().count(), 2);
}

#[test]
fn a_failing_disk_is_an_error_and_not_the_end_of_the_file() {
    struct Failing;
    impl std::io::Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("disk"))
        }
    }
    let input = std::io::Read::chain(
        format!("{REQUIRED}\nP1,K1,Testinen,Malli,710\n").as_bytes().to_vec().leak() as &[u8],
        Failing,
    );
    let mut reader = Reader::new(input, Encoding::Utf8, municipalities()).unwrap();
    assert!(reader.next_row().unwrap().unwrap().is_ok());
    assert!(matches!(reader.next_row(), Err(PatronFileError::Read { line: 3, .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_exported_is_imported_the_same(
        texts in prop::collection::vec("[=+@\\-\\PC\"',; ]{0,12}", 6),
        loans in 0_u32..99,
    ) {
        let trimmed: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
        prop_assume!(!trimmed[0].is_empty());
        prop_assume!(!texts.concat().chars().any(|c| matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2028}' | '\u{2029}' | '\u{2066}'..='\u{2069}')));
        let free = [Column::LastName, Column::StreetAddress, Column::CareOf, Column::City, Column::Email, Column::HomeLibrary];
        let mut row = ExportRow::new();
        row.set(Column::PatronId, "P1").set(Column::CardNumber, "K1").set(Column::FirstNames, "Malli");
        row.set(Column::Municipality, "710").set(Column::OpenLoans, loans.to_string());
        for (column, text) in free.into_iter().zip(&texts) {
            row.set(column, text.clone());
        }
        let mut out = Vec::new();
        let mut writer = Writer::new(&mut out);
        writer.write_header().unwrap();
        writer.write_row(&row).unwrap();
        writer.finish().unwrap();
        let read = rows(&out).remove(0).unwrap();
        for (column, text) in free.into_iter().zip(trimmed) {
            prop_assert_eq!(read.text(column), Some(text));
        }
        prop_assert_eq!(read.open_loans, Some(loans));
    }

    #[test]
    fn no_bytes_make_the_reader_fail_or_lose_the_last_row(noise in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut bytes = format!("{REQUIRED}\n").into_bytes();
        bytes.extend(noise.iter().filter(|&&byte| byte != b'"'));
        bytes.extend(b"\nP1,K1,Testinen,Malli,710\n");
        let last = rows(&bytes).pop().unwrap();
        prop_assert_eq!(last.unwrap().patron_id, "P1");
        let mut quoted = format!("{REQUIRED}\n").into_bytes();
        quoted.extend(&noise);
        prop_assert!(open(&quoted).unwrap().all(|row| row.is_ok()));
    }
}

#[test]
fn synthetic_patrons_are_a_good_patron_file() {
    let dir = tempfile::tempdir().unwrap();
    let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
    let settings = ajantasa::synth::Settings { persons: 2_000, seed: 3, changes: 0, today };
    ajantasa::synth::synth(&settings, dir.path()).unwrap();
    let file = std::fs::File::open(dir.path().join("patrons.csv")).unwrap();
    let all = ["078", "149", "710", "755", "092"].map(|code| MunicipalityCode::parse(code).unwrap());
    let reader = Reader::new(file, Encoding::Utf8, all.into()).unwrap();
    assert_eq!(reader.columns().len(), 31);
    assert_eq!(
        reader.map(|row| row.unwrap().unwrap()).filter(|row| row.identity_code.is_some()).count(),
        2_000
    );
}
