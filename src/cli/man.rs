//! `man`: one manual page per command.

use std::path::PathBuf;

use anyhow::Context as _;

use super::Code;

/// Options of `man`.
#[derive(Debug, clap::Args)]
pub struct Man {
    /// The folder to write the pages into; it is made if it is not there.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

impl Man {
    pub(super) fn run(self) -> anyhow::Result<Code> {
        let write = || {
            std::fs::create_dir_all(&self.out)?;
            clap_mangen::generate_to(super::command(), &self.out)
        };
        write().with_context(|| format!("cannot write the manual pages to {}", self.out.display()))?;
        Ok(Code::Done)
    }
}
