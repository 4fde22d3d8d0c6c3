//! `spiketime completions` and `spiketime man`, made of the arguments themselves; and which version this is.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, Command};
use clap_complete::Shell;

use crate::exit::ExitCode;
use crate::say::say;

const NAME: &str = "spiketime";

const COMPLETIONS_EXAMPLE: &str = "\
Examples:
  spiketime completions bash > ~/.local/share/bash-completion/completions/spiketime
  spiketime completions zsh > ~/.zfunc/_spiketime
  spiketime completions fish > ~/.config/fish/completions/spiketime.fish";

/// For which shell.
#[derive(Args)]
#[command(after_help = COMPLETIONS_EXAMPLE)]
pub struct CompletionsOptions {
    /// Which shell
    shell: Shell,
}

const MAN_EXAMPLE: &str = "\
Example: `man spiketime-run` then tells about `spiketime run`
  spiketime man ~/.local/share/man/man1";

/// Where the pages go.
#[derive(Args)]
#[command(after_help = MAN_EXAMPLE)]
pub struct ManOptions {
    /// The folder for them; it is made if need be
    folder: PathBuf,
}

/// `0.1.0 (0a1b2c3d4)`: with the commit where git knew it when the program was built. No record holds that.
pub const VERSION: &str = env!("SPIKETIME_VERSION");

/// Prints what a shell completes.
pub fn completions(options: &CompletionsOptions, mut command: Command) -> Result<ExitCode> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, NAME, &mut script);
    say!("{}", String::from_utf8(script)?.trim_end())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a page a command.
pub fn man(options: &ManOptions, command: Command) -> Result<ExitCode> {
    let told = || options.folder.display().to_string();
    fs::create_dir_all(&options.folder).with_context(told)?;
    clap_mangen::generate_to(command.disable_help_subcommand(true), &options.folder).with_context(told)?;
    say!("the pages are in {}; `man {NAME}` shows them where that folder is on the MANPATH", told())?;
    Ok(ExitCode::SUCCESS)
}
