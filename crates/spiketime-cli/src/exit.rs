//! How a command ended, as a number that also others than this program's own process may ask for.

/// 0 done, 1 a run failed, 2 misuse, 130 stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitCode(pub u8);

impl ExitCode {
    /// All is done.
    pub const SUCCESS: ExitCode = ExitCode(0);
    /// Something failed.
    pub const FAILURE: ExitCode = ExitCode(1);
}

impl From<u8> for ExitCode {
    fn from(code: u8) -> ExitCode {
        ExitCode(code)
    }
}
