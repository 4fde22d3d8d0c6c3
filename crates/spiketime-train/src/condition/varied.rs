//! Devices and neurons of a condition that differ: what each has of its own, drawn once a seed, and what drifts.
//!
//! ```text
//! a step, an exponent     times k ≥ 0 of mean 1
//! x_min                   0 + |e|;   x_max  1 + e, from x_min to 4
//! stuck                   x_min = x_max = the lowest, the highest, or anywhere between
//! after training          w (t/t₀)^(−ν), ν ≥ 0
//! ```
//!
//! Each kind has a stream of its own for each neuron, so that none moves another and more neurons move nothing. Drift: Le
//! Gallo & Sebastian 2020, J. Phys. D 53:213002.

use spiketime_data::law::Law;
use spiketime_data::random::{self, Purpose};
use spiketime_sim::laws::exp::exp;
use spiketime_sim::laws::ln::ln;
use spiketime_sim::{self as sim, Network, Own, Real};

use super::{Condition, CycleOf};
use crate::spread::Spread;

/// No device conducts more than so many times the nominal window.
pub const MOST_TIMES: f64 = 4.0;
const ANY: [f64; 2] = [0.0, f64::INFINITY];

impl Condition {
    /// How the devices of its layer differ from update to update and from presentation to presentation.
    pub(super) fn variation(&self) -> sim::Variation {
        let of = match self.cycle_of {
            CycleOf::Step => sim::Share::Step,
            CycleOf::Range => sim::Share::Range,
        };
        sim::Variation {
            levels: (self.weight_levels > 0).then_some(self.weight_levels),
            cycle: (self.cycle_sd > 0.0).then_some(sim::Cycle { sd: self.cycle_sd, of }),
            read_sd: self.read_sd,
        }
    }

    /// What devices and neurons of a seed have of their own.
    #[must_use]
    pub fn own<R: Real>(&self, seed: u64) -> Own<R> {
        let (gains, losses) =
            ((self.stdp_gain_law, self.stdp_gain_sd), (self.stdp_loss_law, self.stdp_loss_sd));
        let shapes = (self.stdp_nonlinearity_law, self.stdp_nonlinearity_sd);
        let [min_mv, max_mv] = self.bounds(seed);
        let [tau_membrane_ms, tau_adaptation_ms] = self.taus(seed);
        Own {
            rise_steps: self.factors(seed, Purpose::GainSteps, gains),
            fall_steps: self.factors(seed, Purpose::LossSteps, losses),
            rise_shapes: self.factors(seed, Purpose::GainShapes, shapes),
            fall_shapes: self.factors(seed, Purpose::LossShapes, shapes),
            min_mv,
            max_mv,
            tau_membrane_ms,
            tau_adaptation_ms,
            key: if self.variation().asks_chance() { random::key(seed, Purpose::Cycles) } else { 0 },
            reading: 0,
        }
    }

    fn drawn(&self, seed: u64, purpose: Purpose, law: Law, bounds: [f64; 2]) -> Vec<f64> {
        random::synapses(seed, purpose, self.neurons, self.dataset.inputs(), law, bounds)
    }

    /// Factors of mean 1, one a device; none where there is no spread.
    #[allow(clippy::cast_possible_truncation)] // Nobody knows a device to more digits.
    fn factors(&self, seed: u64, purpose: Purpose, (law, sd): (Spread, f64)) -> Vec<f32> {
        if sd == 0.0 {
            return Vec::new();
        }
        self.drawn(seed, purpose, law.about(1.0, sd), ANY).into_iter().map(|factor| factor as f32).collect()
    }

    /// The lowest and the highest weights \[mV\]; none where all have those of the nominal window.
    fn bounds<R: Real>(&self, seed: u64) -> [Vec<R>; 2] {
        let stuck = self.stuck_min_share + self.stuck_max_share + self.stuck_any_share;
        if self.weight_min_sd == 0.0 && self.weight_max_sd == 0.0 && stuck == 0.0 {
            return [Vec::new(), Vec::new()];
        }
        let synapses = self.neurons * self.dataset.inputs();
        let lowest = match (self.weight_min_sd, self.weight_min_law.about(0.0, self.weight_min_sd)) {
            (0.0, _) => vec![0.0; synapses],
            // Of a law about 0 only what is not below it.
            (_, Law::Uniform { max, .. }) => {
                self.drawn(seed, Purpose::LowestWeights, Law::Uniform { min: 0.0, max }, ANY)
            }
            (_, law) => self.drawn(seed, Purpose::LowestWeights, law, [0.0, 1.0]),
        };
        let highest = match self.weight_max_sd {
            0.0 => vec![1.0; synapses],
            sd => self.drawn(
                seed,
                Purpose::HighestWeights,
                self.weight_max_law.about(1.0, sd),
                [0.0, MOST_TIMES],
            ),
        };
        let mut bounds: Vec<[f64; 2]> =
            lowest.into_iter().zip(highest).map(|(low, high)| [low, high.max(low)]).collect();
        if stuck > 0.0 {
            let whole = Law::Uniform { min: 0.0, max: 1.0 };
            let [which, wheres] =
                [Purpose::Stuck, Purpose::StuckAt].map(|purpose| self.drawn(seed, purpose, whole, ANY));
            for ((bounds, which), at) in bounds.iter_mut().zip(which).zip(wheres) {
                *bounds = self.stuck(*bounds, which, at);
            }
        }
        [0, 1].map(|side| bounds.iter().map(|bounds| R::rounded(bounds[side] * self.jump_max_mv)).collect())
    }

    /// The bounds of a device that may be stuck: `which` and `at` are uniform on [0, 1).
    fn stuck(&self, [low, high]: [f64; 2], which: f64, at: f64) -> [f64; 2] {
        let (min, max) = (self.stuck_min_share, self.stuck_min_share + self.stuck_max_share);
        if which < min {
            [low; 2]
        } else if which < max {
            [high; 2]
        } else if which < max + self.stuck_any_share {
            [low + at * (high - low); 2]
        } else {
            [low, high]
        }
    }

    /// Time constants of membranes and of adaptive thresholds \[ms\]; none where all have the same.
    fn taus(&self, seed: u64) -> [Vec<f64>; 2] {
        if self.tau_membrane_sd_ms == 0.0 && self.tau_adaptation_sd_ms == 0.0 {
            return [Vec::new(), Vec::new()];
        }
        let lasting_ms = if self.lasting_mv > 0.0 { self.lasting_tau_ms } else { f64::INFINITY };
        let of = |purpose, law: Spread, mean_ms: f64, sd_ms: f64, longest_ms| {
            // A membrane of no time at all hears nothing.
            let bounds = [mean_ms / 100.0, longest_ms];
            random::neurons(seed, purpose, self.neurons, law.about(mean_ms, sd_ms), bounds)
        };
        let membranes = of(
            Purpose::MembraneTaus,
            self.tau_membrane_law,
            self.tau_membrane_ms,
            self.tau_membrane_sd_ms,
            lasting_ms,
        );
        let adaptations = of(
            Purpose::AdaptationTaus,
            self.tau_adaptation_law,
            self.tau_adaptation_ms,
            self.tau_adaptation_sd_ms,
            f64::INFINITY,
        );
        // A threshold that fell faster than its potential could be crossed between inputs.
        let adaptations =
            adaptations.iter().zip(&membranes).map(|(tau_ms, membrane_ms)| tau_ms.max(*membrane_ms));
        [membranes.clone(), adaptations.collect()]
    }

    /// The initial weights, each on a level and within the bounds of its device: inputs × neurons \[mV\].
    pub(crate) fn held<R: Real>(&self, weights_mv: Vec<R>, own: &Own<R>) -> Vec<R> {
        let max_mv = self.jump_max_mv;
        let on_level = |weight: R| match self.weight_levels {
            0 => weight,
            levels => {
                let level_mv = max_mv / (f64::from(levels) - 1.0);
                R::rounded((weight.to_f64() / level_mv).round() * level_mv)
            }
        };
        let on_levels: Vec<R> = weights_mv.into_iter().map(on_level).collect();
        own.held(&on_levels, self.neurons, max_mv)
    }

    /// A copy of a network for labelling and testing: at rest, it neither learns nor adapts, and has drifted.
    #[must_use]
    pub fn still<R: Real>(&self, seed: u64, network: &Network<R>) -> Network<R> {
        let mut still = network.frozen_under(self.test_layer());
        if self.drift_time == 1.0 || self.drift_exponent == 0.0 && self.drift_exponent_sd == 0.0 {
            return still;
        }
        let law = self.drift_exponent_law.about(self.drift_exponent, self.drift_exponent_sd);
        let exponents = random::synapses(seed, Purpose::Drift, network.neurons(), network.inputs(), law, ANY);
        let time = ln(self.drift_time);
        for (at, exponent) in exponents.into_iter().enumerate() {
            let weight = &mut still.weights_mv[(at % network.inputs(), at / network.inputs())];
            *weight = R::rounded(weight.to_f64() * exp(-exponent * time));
        }
        still
    }

    /// Where the numbers of one presentation begin that a noisy reading draws.
    pub(crate) fn reading(&self, seed: u64, purpose: Purpose, index: u64) -> u64 {
        if self.read_sd == 0.0 { 0 } else { random::reading(seed, purpose, index) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn few() -> Condition {
        Condition {
            neurons: 3,
            stdp_gain_sd: 0.3,
            weight_max_sd: 0.2,
            stuck_any_share: 0.25,
            ..Condition::default()
        }
    }

    #[test]
    fn more_neurons_and_other_spreads_move_no_device() {
        let own: Own<f64> = few().own(5);
        let more: Own<f64> = Condition { neurons: 5, ..few() }.own(5);
        assert_eq!(own.rise_steps, more.rise_steps[..3 * 784]);
        assert_eq!(own.max_mv, more.max_mv[..3 * 784]);
        let other: Own<f64> = Condition { stdp_loss_sd: 0.5, weight_min_sd: 0.1, ..few() }.own(5);
        assert_eq!(own.rise_steps, other.rise_steps);
        assert_ne!(own, few().own(6));
    }

    #[test]
    fn what_has_no_spread_is_not_there() {
        assert_eq!(Condition::default().own::<f32>(1), Own::default());
        let own: Own<f64> = few().own(1);
        assert!(own.fall_steps.is_empty() && own.rise_shapes.is_empty() && own.tau_membrane_ms.is_empty());
    }

    /// Of n devices a share p is stuck within 4 standard deviations √(np(1 − p)).
    #[test]
    fn so_many_devices_are_stuck_where_they_are_said_to_be() {
        let condition = Condition {
            neurons: 20,
            stuck_min_share: 0.1,
            stuck_max_share: 0.2,
            stuck_any_share: 0.3,
            ..Condition::default()
        };
        let own: Own<f64> = condition.own(1);
        let bounds: Vec<[f64; 2]> =
            own.min_mv.iter().zip(&own.max_mv).map(|(&low, &high)| [low, high]).collect();
        let count = |is: fn(&[f64; 2]) -> bool| bounds.iter().filter(|bounds| is(bounds)).count() as f64;
        let found = [
            count(|&[low, high]| low == high && low == 0.0),
            count(|&[low, high]| low == high && low == 1.0),
            count(|&[low, high]| low == high && low > 0.0 && low < 1.0),
        ];
        for (found, share) in found.into_iter().zip([0.1, 0.2, 0.3]) {
            let devices = bounds.len() as f64;
            let sd = (devices * share * (1.0 - share)).sqrt();
            assert!((found - devices * share).abs() < 4.0 * sd, "{found} of {devices}");
        }
    }

    #[test]
    fn initial_weights_stand_on_levels_within_the_bounds_of_their_devices() {
        let condition = Condition { weight_levels: 5, ..few() };
        let own: Own<f64> = condition.own(1);
        let weights: Vec<f64> = condition.held(condition.initial_weights(1), &own);
        for (at, weight) in weights.into_iter().enumerate() {
            let at = at % 3 * 784 + at / 3;
            let is_level = (weight * 4.0).fract() == 0.0;
            assert!(is_level || weight == own.min_mv[at] || weight == own.max_mv[at], "{weight}");
        }
    }

    #[test]
    fn a_membrane_is_never_slower_than_its_threshold() {
        let condition = Condition { neurons: 200, tau_membrane_sd_ms: 20.0, ..Condition::default() };
        let own: Own<f32> = condition.own(1);
        let pairs = own.tau_membrane_ms.iter().zip(&own.tau_adaptation_ms);
        assert!(pairs.clone().all(|(membrane, threshold)| threshold >= membrane && *membrane >= 0.2));
        assert!(pairs.clone().any(|(membrane, threshold)| threshold == membrane));
        let network = crate::present::initial_network::<f32>(&condition, 1);
        assert_eq!(network.own, own);
    }

    /// 100 to the power of −0.1 is 0.630 957 344 480 193 2, by mpmath.
    #[test]
    fn conductances_drift_by_a_power_of_time_and_the_network_that_trains_does_not() {
        let condition =
            Condition { drift_time: 100.0, drift_exponent: 0.1, neurons: 3, ..Condition::default() };
        let network = crate::present::initial_network::<f64>(&condition, 1);
        let still = condition.still(1, &network);
        for (after, before) in still.weights_mv.iter().zip(network.weights_mv.iter()) {
            assert!((after - before * 0.630_957_344_480_193_2).abs() <= 1e-15, "{after} after {before}");
        }
        let spread = Condition { drift_exponent_sd: 0.05, ..condition }.still(1, &network);
        let ratios: Vec<f64> =
            spread.weights_mv.iter().zip(network.weights_mv.iter()).map(|(a, b)| a / b).collect();
        assert!(ratios.iter().all(|&ratio| ratio <= 1.0) && ratios.iter().any(|&ratio| ratio < 0.55));
    }
}
