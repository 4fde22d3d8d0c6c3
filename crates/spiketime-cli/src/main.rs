//! The program `spiketime`.

fn main() -> std::process::ExitCode {
    spiketime_cli::run(std::env::args_os()).0.into()
}
