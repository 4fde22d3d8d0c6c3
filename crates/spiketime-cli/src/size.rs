//! Bytes as people say them.

/// In the unit that suits it.
pub fn size(bytes: u64) -> String {
    match bytes as f64 / 1e6 {
        mb if mb < 0.1 => format!("{:.0} kB", bytes.div_ceil(1_000)),
        mb if mb < 10.0 => format!("{mb:.1} MB"),
        mb if mb < 10_000.0 => format!("{mb:.0} MB"),
        mb => format!("{:.1} GB", mb / 1e3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_has_the_unit_that_suits_it() {
        let told = [900, 1_500_000, 60_000_000, 12_340_000_000].map(size);
        assert_eq!(told, ["1 kB", "1.5 MB", "60 MB", "12.3 GB"]);
    }
}
