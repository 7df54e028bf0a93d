//! Import, export, list, show and forget, on both databases.

mod importing;
mod many;
mod ways_out;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use ajantasa::audit;
use ajantasa::clock::SystemClock;
use ajantasa::lease::Holder;
use ajantasa::municipality::MunicipalityCode;
use ajantasa::patron_file::{Column, Encoding};
use ajantasa::patrons::{self, Context, ImportReport, Options, PatronsError, Source};
use ajantasa::seal::{MasterKeys, Vault};
use ajantasa::store;
use ajantasa::store::patron::PatronRow;

use crate::database::TestDb;

/// A register of a test.
pub struct Desk<'a> {
    pub database: &'a TestDb,
    pub context: Context,
}

pub const OPTIONS: Options =
    Options { encoding: Encoding::Utf8, allow_shrink: false, max_shrink_percent: 10 };

/// The columns of the small files of these tests.
pub const HEADER: &str = "patron_id,card_number,identity_code,last_name,first_names,municipality,street_address,phone,guarantor_patron_id,protected";

impl<'a> Desk<'a> {
    pub fn new(database: &'a TestDb) -> Self {
        let municipalities = ["078", "149", "710", "755", "092"];
        let context = Context {
            db: database.db.clone(),
            vault: Arc::new(Vault::new(&MasterKeys::generate())),
            clock: Arc::new(SystemClock),
            holder: Holder::this_process(),
            os_user: "tester".to_owned(),
            municipalities: municipalities.map(|code| MunicipalityCode::parse(code).unwrap()).into(),
        };
        Self { database, context }
    }

    pub fn path(&self) -> PathBuf {
        self.database.folder().join("patrons.csv")
    }

    /// Imports rows under [`HEADER`].
    pub async fn rows(&self, rows: &[&str]) -> Result<ImportReport, PatronsError> {
        self.text(&format!("{HEADER}\n{}\n", rows.join("\n")), OPTIONS).await
    }

    pub async fn text(&self, text: &str, options: Options) -> Result<ImportReport, PatronsError> {
        std::fs::write(self.path(), text).unwrap();
        self.file(self.path(), options).await
    }

    pub async fn file(&self, path: PathBuf, options: Options) -> Result<ImportReport, PatronsError> {
        patrons::import(&self.context, &Source::File(path), options, &mut |_| {}).await
    }

    /// The export, by patron_id: column and text.
    pub async fn exported(&self) -> BTreeMap<String, BTreeMap<String, String>> {
        let mut bytes = Vec::new();
        patrons::export(&self.context, &mut bytes).await.unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let header = reader.headers().unwrap().clone();
        assert_eq!(header.iter().collect::<Vec<_>>(), Column::ALL.map(Column::as_str));
        reader
            .records()
            .map(|record| {
                let record = record.unwrap();
                let cells = header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned));
                (record[0].to_owned(), cells.collect())
            })
            .collect()
    }

    pub async fn row(&self, patron_id: &str) -> PatronRow {
        let mut tx = self.context.db.read().await.unwrap();
        store::patron::by_patron_ids(&mut tx, &[patron_id.to_owned()]).await.unwrap().pop().expect(patron_id)
    }

    /// The actions in the audit log, counted.
    pub async fn actions(&self) -> BTreeMap<String, usize> {
        let mut tx = self.context.db.read().await.unwrap();
        let mut counts = BTreeMap::new();
        for row in audit::page(&mut tx, &audit::Filter::default(), 0, 100_000).await.unwrap() {
            *counts.entry(row.action).or_default() += 1;
        }
        let (head, count) = audit::head_and_count(&mut tx).await.unwrap();
        assert_eq!(head, count);
        counts
    }
}

/// A file of the examples.
pub fn example(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/patrons").join(name)
}
