//! Kill points for the crash tests: a child process ends itself with SIGKILL at a named commit.
//!
//! `AJANTASA_FAULT=NAME:before:2` kills before the second commit of that name; `after` kills after it.
//! `AJANTASA_FAULT_TRACE=FILE` appends the name of every commit that is reached. `AJANTASA_PLANT=NAME`
//! turns on a planted defect by which a harness shows that it would see one.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Mutex;

/// On which side of the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Nothing of the transaction is durable.
    Before,
    /// All of it is.
    After,
}

static REACHED: Mutex<BTreeMap<&'static str, u32>> = Mutex::new(BTreeMap::new());

/// Says that a commit is reached; does not return when this is where to die.
pub fn reached(name: &'static str, when: When) {
    let count = {
        let mut reached = REACHED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = reached.entry(name).or_default();
        if when == When::Before {
            *count += 1;
        }
        *count
    };
    if when == When::Before
        && let Ok(path) = std::env::var("AJANTASA_FAULT_TRACE")
        && let Ok(mut file) = std::fs::OpenOptions::new().create(true).append(true).open(path)
    {
        let _ = writeln!(file, "{name}");
    }
    let Ok(wanted) = std::env::var("AJANTASA_FAULT") else { return };
    let word = match when {
        When::Before => "before",
        When::After => "after",
    };
    if wanted == format!("{name}:{word}:{count}") {
        let _ = nix::sys::signal::kill(nix::unistd::getpid(), nix::sys::signal::Signal::SIGKILL);
        loop {
            std::thread::park();
        }
    }
}

/// Whether a planted defect is turned on.
pub fn planted(defect: &str) -> bool {
    std::env::var("AJANTASA_PLANT").is_ok_and(|planted| planted == defect)
}
