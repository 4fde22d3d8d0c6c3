//! What a spike does to the other neurons of the layer, and who spikes on a tie.
//!
//! Several neurons can cross at the same input spike. The limit dt → 0 of the report's model is
//! [`TieRule::AllAboveThreshold`]: all of them spike and learn, then the inhibition acts on the
//! others, then the spiking ones reset. Report §2.4, settled semantics of one instant.

use crate::real::Real;

/// Lateral inhibition, instantaneous and all-to-all, never on the spiking neuron itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Inhibition {
    /// Every other potential is set to 0.
    WinnerTakesAll,
    /// Every other potential is lowered by `by_mv` once per spiking neuron, without a floor.
    Soft {
        /// How much \[mV\].
        by_mv: f64,
    },
    /// Nothing.
    None,
}

/// Which of the neurons above threshold at one instant spike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TieRule {
    /// Every one of them.
    AllAboveThreshold,
    /// The one farthest above its threshold; the lowest index on a tie. A loser that still stands
    /// above may spike at the next input.
    HighestOnly,
    /// As [`TieRule::HighestOnly`], but the one farthest above relative to its threshold, (v − T)/T.
    HighestRelative,
}

/// How far above its threshold a neuron stands, as the rule measures it; infinite above a threshold of 0.
#[inline(always)]
#[must_use]
pub fn margin<R: Real>(potential_mv: R, threshold_mv: R, rule: TieRule) -> R {
    let margin_mv = potential_mv - threshold_mv;
    if rule == TieRule::HighestRelative { margin_mv / threshold_mv } else { margin_mv }
}

/// The potential of a neuron that did not spike, after `spiking` others did \[mV\].
///
/// Soft inhibition subtracts one spike after the other: k subtractions round k times.
#[inline(always)]
#[must_use]
pub fn inhibited<R: Real>(potential_mv: R, inhibition: Inhibition, spiking: usize) -> R {
    match inhibition {
        Inhibition::WinnerTakesAll => R::ZERO,
        Inhibition::Soft { by_mv } => {
            (0..spiking).fold(potential_mv, |potential, _| potential - R::rounded(by_mv))
        }
        Inhibition::None => potential_mv,
    }
}

/// The neurons that spike, of those above threshold: (index, [`margin`]) in ascending order of index.
pub(crate) fn spiking<R: Real>(above: &[(u32, R)], rule: TieRule, out: &mut Vec<u32>) {
    out.clear();
    match rule {
        TieRule::AllAboveThreshold => out.extend(above.iter().map(|&(neuron, _)| neuron)),
        TieRule::HighestOnly | TieRule::HighestRelative => {
            let highest =
                above.iter().copied().reduce(|best, next| if next.1 > best.1 { next } else { best });
            out.extend(highest.map(|(neuron, _)| neuron));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn who(above: &[(u32, f64)], rule: TieRule) -> Vec<u32> {
        let mut out = vec![99];
        spiking(above, rule, &mut out);
        out
    }

    #[test]
    fn equal_margins_let_the_lowest_index_win() {
        assert_eq!(who(&[(2, 1.0), (5, 3.0), (7, 3.0)], TieRule::HighestOnly), [5]);
        assert_eq!(who(&[], TieRule::HighestOnly), [] as [u32; 0]);
    }

    #[test]
    fn relative_margins_are_parts_of_the_threshold() {
        let above = [(1.5, 1.0), (3.0, 2.0), (2.25, 1.5)]; // All half their threshold above it.
        let margins = |rule| above.map(|(potential, threshold)| margin(potential, threshold, rule));
        assert_eq!(margins(TieRule::HighestRelative), [0.5; 3]);
        assert_eq!(margins(TieRule::HighestOnly), [0.5, 1.0, 0.75]);
        assert_eq!(margin(0.5, 0.0, TieRule::HighestRelative), f64::INFINITY);
        assert_eq!(who(&[(2, 0.5), (5, 0.75), (7, 0.75)], TieRule::HighestRelative), [5]);
    }

    #[test]
    fn all_above_threshold_spike_in_ascending_order() {
        assert_eq!(who(&[(2, 1.0), (5, 3.0)], TieRule::AllAboveThreshold), [2, 5]);
    }
}
