//! The `ajantasa` command.

fn main() -> std::process::ExitCode {
    ajantasa::cli::main()
}
