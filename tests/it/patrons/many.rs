//! A large file: everything but its bad row is imported, and memory does not grow with it.

use std::io::{BufWriter, Write as _};

use super::{Desk, HEADER, OPTIONS};
use crate::database::on_sqlite;

/// Rows of the large file; a million with `AJANTASA_TEST_LONG`.
const ROWS: u64 = 40_000;
/// What the process may grow by, in KiB: far less than the rows, far more than a batch.
const GROWTH_KIB: u64 = 32 * 1024;

/// The most memory this process has held, in KiB.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_large_file_with_a_bad_row_in_the_middle_needs_no_more_memory_than_a_small_one() {
    let rows = if std::env::var_os("AJANTASA_TEST_LONG").is_some() { ROWS * 25 } else { ROWS };
    on_sqlite(async |database| {
        let desk = Desk::new(database);
        desk.rows(&["P,C,,Testinen,N,710,,,,"]).await.unwrap();
        let before = peak_kib();
        let mut file = BufWriter::new(std::fs::File::create(desk.path()).unwrap());
        writeln!(file, "{HEADER}\nP,C,,Testinen,N,710,,,,").unwrap();
        for n in 0..rows {
            let municipality = if n == rows / 2 { "999" } else { "710" };
            writeln!(file, "P{n:07},C{n},,Testinen,Nimi {n},{municipality},Testikatu {n} A 1,+358 50 {n},,")
                .unwrap();
        }
        file.into_inner().unwrap();
        let report = desk.file(desk.path(), OPTIONS).await.unwrap();
        assert_eq!((report.rows, report.added, report.rejected), (rows + 1, rows - 1, 1));
        let grown = peak_kib() - before;
        assert!(grown < GROWTH_KIB, "{grown} KiB more for {rows} rows");
    });
}
