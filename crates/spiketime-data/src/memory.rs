//! Memory is asked for before it is needed: an allocation that fails ends the process with a backtrace.

/// There is not as much memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "this needs about {} MB of memory, more than the system gives; make it smaller, or allow more (ulimit -v)",
    .bytes.div_ceil(1_000_000)
)]
pub struct MemoryError {
    /// How much was asked for.
    pub bytes: u64,
}

/// Asks whether so many bytes can be had now; keeps none of them.
///
/// It knows what the operating system refuses: a limit of the process (`ulimit -v`), an address space that
/// is too small, or strict accounting. It cannot know what is promised but not there: where memory is
/// overcommitted, as it is by default on Linux, what fits no RAM may be granted and the process killed when
/// it is used. Nor does it know what others, or threads of this process, will have taken by then.
///
/// # Errors
/// When the system refuses.
pub fn ask(bytes: u64) -> Result<(), MemoryError> {
    let refused = MemoryError { bytes };
    let wanted = usize::try_from(bytes).map_err(|_| refused)?;
    Vec::<u8>::new().try_reserve_exact(wanted).map_err(|_| refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_machine_has_is_refused_with_how_much_it_is() {
        let error = ask(u64::MAX).unwrap_err().to_string();
        assert!(error.starts_with("this needs about 18446744073710 MB of memory, more than"), "{error}");
        assert_eq!(ask(1 << 60), Err(MemoryError { bytes: 1 << 60 }));
    }

    #[test]
    fn what_is_there_is_not_refused() {
        assert_eq!(ask(0), Ok(()));
        assert_eq!(ask(1 << 20), Ok(()));
    }
}
