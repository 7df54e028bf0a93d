//! `completions`: what a shell needs to complete commands and options.

use clap_complete::Shell;

use super::{Code, output};

/// Options of `completions`.
#[derive(Debug, clap::Args)]
pub struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Wanted,
}

/// The shells that are supported.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Wanted {
    Bash,
    Zsh,
    Fish,
}

impl Completions {
    pub(super) fn run(self) -> anyhow::Result<Code> {
        let shell = match self.shell {
            Wanted::Bash => Shell::Bash,
            Wanted::Zsh => Shell::Zsh,
            Wanted::Fish => Shell::Fish,
        };
        let mut page = Vec::new();
        clap_complete::generate(shell, &mut super::command(), "ajantasa", &mut page);
        output::text(&String::from_utf8_lossy(&page))?;
        Ok(Code::Done)
    }
}
