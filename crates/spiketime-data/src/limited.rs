//! Reads a file from outside that is no longer than it may be; what its length says is not believed.
//!
//! A device or a pipe has no length and may never end, and a file can grow while it is read.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// All bytes of a file.
///
/// # Errors
/// When it cannot be read, or has more than `max_bytes`.
pub fn bytes(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(max_bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(io::Error::other(format!("larger than {max_bytes} bytes")));
    }
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// As [`bytes`], and when it is not UTF-8.
pub fn text(path: &Path, max_bytes: u64) -> io::Result<String> {
    let no_text = |_| io::Error::new(io::ErrorKind::InvalidData, "is not UTF-8 text");
    String::from_utf8(bytes(path, max_bytes)?).map_err(no_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_at_its_limit_is_read_and_one_byte_more_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        std::fs::write(&path, "abcd").unwrap();
        assert_eq!(text(&path, 4).unwrap(), "abcd");
        assert_eq!(bytes(&path, 3).unwrap_err().to_string(), "larger than 3 bytes");
        std::fs::write(&path, [b'a', 255]).unwrap();
        assert_eq!(text(&path, 4).unwrap_err().to_string(), "is not UTF-8 text");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_device_that_never_ends_is_left_at_the_limit() {
        assert!(bytes(Path::new("/dev/zero"), 1 << 16).is_err());
    }
}
