//! Writing the register as a patron file.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::{BATCH_ROWS, Context, PatronsError, io, mask};
use crate::audit;
use crate::patron_file::{Column, ExportRow, Writer};
use crate::store;

/// Writes every patron, by patron_id, page by page. Returns how many. The audit log says so before the first
/// byte.
///
/// # Errors
/// When the database cannot be read, or the output not written.
pub async fn export(context: &Context, output: impl Write) -> Result<u64, PatronsError> {
    write(context, output, Path::new("standard output")).await
}

/// Writes the register to a file that its owner alone can read. The file is there whole or not at all.
///
/// # Errors
/// As [`export`]; what was begun is removed.
pub async fn export_file(context: &Context, path: &Path) -> Result<u64, PatronsError> {
    let begun = begun_path(path, context);
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&begun).map_err(io(&begun, "cannot be made"))?;
    let written = match write(context, &file, path).await {
        Ok(written) => file
            .sync_all()
            .and_then(|()| std::fs::rename(&begun, path))
            .map(|()| written)
            .map_err(io(path, "cannot be written")),
        Err(error) => Err(error),
    };
    if written.is_err() {
        // The first error is the one to report; what is left here holds nothing that is not in the register.
        let _ = std::fs::remove_file(&begun);
    }
    written
}

async fn write(context: &Context, output: impl Write, path: &Path) -> Result<u64, PatronsError> {
    let failed = || io(path, "cannot be written");
    announce(context).await?;
    let mut writer = Writer::new(output);
    writer.write_header().map_err(failed())?;
    let limit = i64::try_from(BATCH_ROWS).unwrap_or(i64::MAX);
    let (mut written, mut after) = (0, String::new());
    loop {
        let page = store::patron::page(&mut context.db.read().await?, &after, limit).await?;
        let Some(last) = page.last() else { break };
        after.clone_from(&last.patron_id);
        for patron in mask::open(context, page).await? {
            writer.write_row(&row(&patron)).map_err(failed())?;
            written += 1;
        }
    }
    writer.finish().map_err(failed())?;
    Ok(written)
}

async fn announce(context: &Context) -> Result<(), PatronsError> {
    let mut tx = context.db.begin().await?;
    let count = store::patron_upkeep::count(&mut tx).await?;
    let event = context.event("patron.export").detail(format!("patrons {count}"));
    audit::record(&mut tx, &[event]).await?;
    tx.commit("patron.export").await?;
    Ok(())
}

fn row(patron: &mask::Shown) -> ExportRow {
    let mut row = ExportRow::new();
    for column in Column::ALL {
        if let Some(text) = patron.cell(column) {
            row.set(column, text);
        }
    }
    if patron.is_masked() {
        row.mask();
    }
    row
}

fn begun_path(path: &Path, context: &Context) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", store::new_id(context.clock.now())));
    PathBuf::from(name)
}
