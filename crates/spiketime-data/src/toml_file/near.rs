//! Which name was probably meant, or which there are.

/// `; did you mean 'neurons'?`, the end of a message; where no known name is near, which ones there are.
pub fn did_you_mean<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = known.collect();
    let near = nearest(unknown, names.iter().copied()).map(|near| format!("; did you mean '{near}'?"));
    near.unwrap_or_else(|| {
        names.sort_unstable();
        names.dedup();
        there_are(&names)
    })
}

/// `; there are a, b`: the first of them; nothing where there is none.
fn there_are(names: &[&str]) -> String {
    const MOST: usize = 12;
    let shown = names.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => String::new(),
        count if count > MOST => format!("; there are {shown} and {} more", count - MOST),
        _ => format!("; there are {shown}"),
    }
}

/// The known name that was probably meant.
pub(super) fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // The distance takes a time that grows with both lengths; no name of ours is long.
    const LONGEST: usize = 100;
    if unknown.len() > LONGEST {
        return None;
    }
    let with_distance = |known: &'a str| (strsim::damerau_levenshtein(unknown, known), known);
    let nearest = known.filter(|known| known.len() <= LONGEST).map(with_distance).min_by_key(|(far, _)| *far);
    nearest.filter(|&(far, known)| is_near(far, unknown, known)).map(|(_, known)| known)
}

/// Half of the letters may be wrong, one in any case, and what is cut short is near: beyond that nobody meant it.
fn is_near(far: usize, unknown: &str, known: &str) -> bool {
    let is_cut_short = !unknown.is_empty() && known.starts_with(unknown);
    is_cut_short || far <= (unknown.len().max(known.len()) / 2).max(1)
}
