//! Speaking to somebody who may have hung up (`spiketime … | head`): `println!` would panic.
//!
//! Who hangs up has heard enough; what is to be done is done all the same, and the exit code tells how it went.

use std::fmt::Arguments;
use std::io::{ErrorKind, Result, Write};

/// A line of results on stdout.
macro_rules! say {
    ($($part:tt)*) => { $crate::say::line(format_args!($($part)*)) };
}

/// A line of the log on stderr; nobody may listen.
macro_rules! log {
    ($($part:tt)*) => {{
        let line = format!("{}\n", format_args!($($part)*));
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    }};
}

pub(crate) use {log, say};

/// Says it to who still listens.
pub fn line(told: Arguments) -> Result<()> {
    match std::io::stdout().write_fmt(format_args!("{told}\n")) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        said => said,
    }
}
