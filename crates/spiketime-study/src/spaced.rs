//! Numbers as papers print them.

/// A number with gaps after the thousands, as papers print it.
#[must_use]
pub fn spaced(number: u64) -> String {
    let digits = number.to_string();
    let head = digits.len() % 3;
    let (first, rest) = digits.split_at(head);
    let groups = rest.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    let groups: Vec<String> =
        [first.to_owned()].into_iter().filter(|f| !f.is_empty()).chain(groups).collect();
    groups.join("\u{a0}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        let told = [0, 12, 999, 1_000, 60_000, 300_000, 1_234_567].map(spaced);
        let with_gaps = told.map(|text| text.replace('\u{a0}', "_"));
        assert_eq!(with_gaps, ["0", "12", "999", "1_000", "60_000", "300_000", "1_234_567"]);
    }
}
