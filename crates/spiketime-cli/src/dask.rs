//! `spiketime run --dask`: hands the runs to a Dask cluster, by Python, which has its client.
//!
//! This process becomes `python -m spiketime.dask`: signals, exit code and progress are its own. That asks this program for
//! the tasks (`--hand-out`), keeps what comes back, and at the end runs it again, where nothing waits, for the tables.

use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::exit::ExitCode;
use crate::session::Misuse;

/// Names the interpreter that has the package; Python's own `spiketime` names itself.
const PYTHON: &str = "SPIKETIME_PYTHON";

/// Becomes it: results go into `folder`; `words` are those of the command, the program's name left out.
pub fn run(address: &str, folder: &Path, words: &[OsString]) -> Result<ExitCode> {
    let python = interpreter().unwrap_or_else(|| "python3".into());
    check(&python)?;
    let mut command = Command::new(&python);
    command.args(["-m", "spiketime.dask", address]).arg(folder).args(without_dask(words));
    become_it(command)
}

/// The interpreter that carries this program, or was named.
pub fn interpreter() -> Option<OsString> {
    env::var_os(PYTHON).filter(|python| !python.is_empty())
}

/// Has it the package, and Dask?
fn check(python: &OsString) -> Result<()> {
    let tried = Command::new(python).args(["-c", "import spiketime.dask"]).output();
    let why = match tried {
        Ok(done) if done.status.success() => return Ok(()),
        Ok(done) => String::from_utf8_lossy(&done.stderr).lines().last().unwrap_or_default().to_owned(),
        Err(error) => error.to_string(),
    };
    let told = format!(
        "Dask is asked through Python, and {} cannot ({why}): pip install 'spiketime[dask]', and name that interpreter \
         in {PYTHON} if it is another",
        python.display()
    );
    Err(Misuse(told).into())
}

/// The command without what brought it here; `--dask ADDRESS` or `--dask=ADDRESS`.
fn without_dask(words: &[OsString]) -> Vec<OsString> {
    let (mut left, mut words) = (Vec::new(), words.iter());
    while let Some(word) = words.next() {
        match word.as_encoded_bytes() {
            b"--dask" => _ = words.next(),
            other if other.starts_with(b"--dask=") => {}
            _ => left.push(word.clone()),
        }
    }
    left
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Result<ExitCode> {
    use std::os::unix::process::CommandExt as _;

    let why = command.exec();
    bail!("{}: {why}", command.get_program().display())
}

#[cfg(not(unix))]
fn become_it(mut command: Command) -> Result<ExitCode> {
    match command.status()?.code() {
        Some(code) => Ok(ExitCode::from(code as u8)),
        None => bail!("{} was killed", command.get_program().display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_goes_on_without_the_option_that_hands_it_over() {
        let words = ["run", "mine", "--dask", "local:4", "--quick", "--dask=tcp://head:8786", "--seeds", "3"];
        let words: Vec<OsString> = words.iter().map(Into::into).collect();
        assert_eq!(without_dask(&words), ["run", "mine", "--quick", "--seeds", "3"]);
    }
}
