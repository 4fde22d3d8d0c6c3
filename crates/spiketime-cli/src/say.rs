//! Speaking to somebody who may have hung up (`spiketime … | head`): `println!` would panic.

use std::io::{Error, ErrorKind};

/// A line of results on stdout.
macro_rules! say {
    ($($part:tt)*) => {
        std::io::Write::write_fmt(&mut std::io::stdout(), format_args!("{}\n", format_args!($($part)*)))
    };
}

/// A line of the log on stderr; nobody may listen.
macro_rules! log {
    ($($part:tt)*) => {{
        let line = format!("{}\n", format_args!($($part)*));
        let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
    }};
}

pub(crate) use {log, say};

/// Did the reader of stdout hang up? Then nothing is wrong.
pub fn is_hang_up(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
