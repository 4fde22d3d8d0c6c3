//! Where the branches of a device begin and end, and whether they level off there.
//!
//! The highest of many readings lies above where a device ends, by the largest of their errors. So an end is a mean over
//! branches: of the last reading, or where branches level off of the last tenth of their readings. They do where they move by
//! less than a hundredth of their whole way from one tenth to the next. Only such an end is a property of a device: any other is
//! where its steps have led it.

use crate::pulses::{Branch, Direction};

/// Of the whole way, between two tenths of a branch.
const LEVEL: f64 = 0.01;
/// Readings of a branch that can tell.
const LEAST_READINGS: usize = 20;
/// Branches that stop earlier than this part of the range before the furthest are loops within it.
const NEAR: f64 = 0.1;

/// A mean over branches \[nS\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct End {
    pub ns: f64,
    /// Its standard error; unknown of one branch.
    pub error_ns: Option<f64>,
}

/// The lowest and the highest conductance of one device, of which these are all branches, by both ends of its branches.
pub(crate) fn range(branches: &[&Branch], levels: [bool; 2]) -> [f64; 2] {
    let starts = |of: Direction| {
        let own = branches.iter().filter(|branch| branch.direction == of);
        furthest(own.map(|branch| branch.conductance_ns[0]).collect(), of.other(), span(branches))
    };
    let ends = |of: Direction| end(branches, of, levels[of as usize]);
    let both = |end: Option<End>, start: Option<End>, further: fn(f64, f64) -> f64| {
        end.into_iter().chain(start).map(|end| end.ns).reduce(further).unwrap_or(f64::NAN)
    };
    let (up, down) = (Direction::Potentiation, Direction::Depression);
    [both(ends(down), starts(up), f64::min), both(ends(up), starts(down), f64::max)]
}

/// Where the branches of this direction end, of one device.
pub(crate) fn end(branches: &[&Branch], direction: Direction, levels: bool) -> Option<End> {
    let own = branches.iter().filter(|branch| branch.direction == direction);
    let ends = own.map(|branch| {
        let readings = &branch.conductance_ns;
        if levels {
            mean(&readings[readings.len() - tenth(readings)..])
        } else {
            readings[readings.len() - 1]
        }
    });
    furthest(ends.collect(), direction, span(branches))
}

/// Do the branches of this direction level off on the whole?
pub(crate) fn levels_off(branches: &[Branch], direction: Direction) -> bool {
    let told = branches
        .iter()
        .filter(|branch| branch.direction == direction && branch.conductance_ns.len() >= LEAST_READINGS);
    let ways = told.map(|branch| {
        let (readings, tenth) = (&branch.conductance_ns, tenth(&branch.conductance_ns));
        let (before, last) = readings[readings.len() - 2 * tenth..].split_at(tenth);
        [mean(last) - mean(before), mean(last) - readings[0]]
    });
    let [moved, whole] = ways.fold([0.0; 2], |sums, way| [sums[0] + way[0], sums[1] + way[1]]);
    whole != 0.0 && (moved / whole).abs() < LEVEL
}

/// The mean of those near the furthest.
fn furthest(ends: Vec<f64>, direction: Direction, span_ns: f64) -> Option<End> {
    let further = if direction == Direction::Potentiation { f64::max } else { f64::min };
    let furthest = ends.iter().copied().reduce(further)?;
    let near: Vec<f64> = ends.into_iter().filter(|end| (end - furthest).abs() <= NEAR * span_ns).collect();
    let (count, ns) = (near.len() as f64, mean(&near));
    let squares: f64 = near.iter().map(|end| (end - ns) * (end - ns)).sum();
    Some(End { ns, error_ns: (count > 1.0).then(|| (squares / (count - 1.0) / count).sqrt()) })
}

/// Between the lowest and the highest reading.
fn span(branches: &[&Branch]) -> f64 {
    let readings = || branches.iter().flat_map(|branch| branch.conductance_ns.iter().copied());
    readings().fold(f64::NEG_INFINITY, f64::max) - readings().fold(f64::INFINITY, f64::min)
}

fn tenth(readings: &[f64]) -> usize {
    (readings.len() / 10).max(1)
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(direction: Direction, conductance_ns: Vec<f64>) -> Branch {
        let pulses = (0..conductance_ns.len() as u32).collect();
        Branch { device: "a".into(), cycle: "1".into(), direction, pulses, conductance_ns }
    }

    #[test]
    fn an_end_is_the_mean_of_branches_and_a_loop_within_the_range_is_none() {
        let up = |last: f64| branch(Direction::Potentiation, vec![2.0, 5.0, last]);
        let branches = [up(10.0), up(10.4), up(6.0)];
        let own: Vec<&Branch> = branches.iter().collect();
        // Of 10 and 10.4: mean 10.2, standard deviation 0.2 √2, error 0.2.
        let found = end(&own, Direction::Potentiation, false).unwrap();
        assert!(
            (found.ns - 10.2).abs() < 1e-12 && (found.error_ns.unwrap() - 0.2).abs() < 1e-12,
            "{found:?}"
        );
        assert_eq!(range(&own, [false; 2]), [2.0, found.ns]);
        assert_eq!(end(&own[..1], Direction::Potentiation, false).unwrap().error_ns, None);
        assert_eq!(end(&own, Direction::Depression, false), None);
    }

    #[test]
    fn a_branch_levels_off_where_it_stops_and_not_where_its_steps_go_on() {
        let way = |of: fn(f64) -> f64| (0..=60).map(|pulse| of(f64::from(pulse) / 60.0)).collect();
        let levels = |of| levels_off(&[branch(Direction::Potentiation, way(of))], Direction::Potentiation);
        // Straight on; straight into a wall after half of the pulses; e^−6 before its end.
        assert_eq!(
            [levels(|p| p), levels(|p| (2.0 * p).min(1.0)), levels(|p| 1.0 - (-6.0 * p).exp())],
            [false, true, true]
        );
        assert!(!levels_off(
            &[branch(Direction::Potentiation, vec![0.0, 1.0, 1.0])],
            Direction::Potentiation
        ));
    }

    #[test]
    fn a_level_is_the_mean_of_its_last_tenth_and_not_its_luckiest_reading() {
        let mut readings = vec![10.0; 40];
        readings[0] = 0.0;
        readings[37] = 11.0;
        let branch = branch(Direction::Potentiation, readings);
        assert_eq!(end(&[&branch], Direction::Potentiation, true).unwrap().ns, 10.25);
    }
}
