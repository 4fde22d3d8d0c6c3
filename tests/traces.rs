//! Three neurons and five inputs, computed by hand: both engines share formulas, so they could share a
//! mistake; these numbers do not come from them.
//!
//! Everything happens within one instant chain without decay where possible; where a potential decays,
//! it is over 20 ms · ln 2, so that it halves.

use spiketime_sim::{
    Conductance, Engine, Inhibition, InputSpike, Layer, LayerRule, Network, Plasticity, Recorder, TieRule,
    Time, present,
};

/// τ_v = τ_T = 20 ms: over 20 · ln 2 ms every value halves.
const HALVING_MS: f64 = 13.862_943_611_198_906;

/// Inputs × neurons [mV].
const WEIGHTS: [[f64; 3]; 5] =
    [[0.5, 0.5, 0.25], [0.5, 0.75, 0.25], [0.25, 0.25, 0.5], [0.5, 0.5, 0.5], [0.125, 0.125, 0.125]];

fn layer(inhibition: Inhibition, tie_rule: TieRule) -> Layer {
    Layer {
        tau_membrane_ms: 20.0,
        tau_adaptation_ms: 20.0,
        adaptation_mv: 1.0,
        weight_max_mv: 1.0,
        inhibition,
        tie_rule,
        plasticity: Some(LayerRule::Window(Plasticity {
            window_ms: 20.0,
            gain: 0.25,
            loss: 0.125,
            conductance: Conductance::ADDITIVE,
        })),
        ..Layer::report()
    }
}

struct Outcome {
    spikes: Vec<(f64, u32)>,
    potentials: [f64; 3],
    adaptations: [f64; 3],
    weights: Vec<f64>,
}

/// Input 4 at 0 ms; inputs 0 and 1 together at one halving; input 2 at two halvings.
fn after_three_instants(engine: Engine, inhibition: Inhibition, tie_rule: TieRule) -> Outcome {
    let thresholds = vec![1.0, 1.0, 1.0];
    let mut network = Network::<f64>::new(layer(inhibition, tie_rule), WEIGHTS.concat(), thresholds);
    let spike = |halvings: f64, source| InputSpike { at: Time::from_ms(halvings * HALVING_MS), source };
    let spikes = [spike(0.0, 4), spike(1.0, 0), spike(1.0, 1), spike(2.0, 2)];
    let mut recorder = Recorder::default();
    present(engine, &mut network, &spikes, &mut recorder);
    let triple = |values: &[f64]| [values[0], values[1], values[2]];
    Outcome {
        spikes: recorder.spikes.iter().map(|&(at, neuron)| (at.ms() / HALVING_MS, neuron)).collect(),
        potentials: triple(&network.potentials_mv),
        adaptations: triple(&network.adaptations_mv),
        weights: network.weights_mv.iter().collect(),
    }
}

/// Decay factors are 0.5 to within an ulp of exp; sums of a few of them stay within 1e-15.
fn assert_close(found: [f64; 3], expected: [f64; 3]) {
    for (found, expected) in found.into_iter().zip(expected) {
        assert!((found - expected).abs() < 4e-15, "{found} against {expected}");
    }
}

const ENGINES: [Engine; 2] = [Engine::Reference, Engine::Dense];

// By hand, up to the second instant (nothing has spiked before it):
//   instant 0:  v = 0.125, 0.125, 0.125                       (input 4)
//   instant 1:  v = 0.0625 + (1.0, 1.25, 0.5) = 1.0625, 1.3125, 0.5625   (inputs 0, then 1)
// Neurons 0 and 1 stand above 1; neuron 1 is higher.
// Learning at instant 1: inputs 0, 1 (age 0) and 4 (age 13.86 ms ≤ 20) are recent, 2 and 3 never spiked.
//   column of neuron 0: .5+.25=.75  .5+.25=.75  .25−.125=.125  .5−.125=.375  .125+.25=.375
//   column of neuron 1: .75         1.0         .125           .375          .375
// Instant 2 adds input 2; its weight is .125 where a neuron has learned, else as at first.

const LEARNED_0: [f64; 5] = [0.75, 0.75, 0.125, 0.375, 0.375];
const LEARNED_1: [f64; 5] = [0.75, 1.0, 0.125, 0.375, 0.375];

fn column(outcome: &Outcome, neuron: usize) -> Vec<f64> {
    (0..5).map(|input| outcome.weights[input * 3 + neuron]).collect()
}

#[test]
fn winner_takes_all_with_all_above_threshold() {
    for engine in ENGINES {
        let outcome = after_three_instants(engine, Inhibition::WinnerTakesAll, TieRule::AllAboveThreshold);
        assert_eq!(outcome.spikes, [(1.0, 0), (1.0, 1)]);
        // All potentials are 0 after instant 1; instant 2 adds .125, .125 and neuron 2's own .5.
        assert_close(outcome.potentials, [0.125, 0.125, 0.5]);
        assert_eq!(outcome.adaptations, [1.0, 1.0, 0.0]);
        assert_eq!(column(&outcome, 0), LEARNED_0);
        assert_eq!(column(&outcome, 1), LEARNED_1);
        assert_eq!(column(&outcome, 2), [0.25, 0.25, 0.5, 0.5, 0.125]);
    }
}

#[test]
fn winner_takes_all_with_highest_only() {
    for engine in ENGINES {
        let outcome = after_three_instants(engine, Inhibition::WinnerTakesAll, TieRule::HighestOnly);
        assert_eq!(outcome.spikes, [(1.0, 1)]);
        // Neuron 0 lost: set to 0, and it learned nothing, so input 2 adds its .25.
        assert_close(outcome.potentials, [0.25, 0.125, 0.5]);
        assert_eq!(outcome.adaptations, [0.0, 1.0, 0.0]);
        assert_eq!(column(&outcome, 0), [0.5, 0.5, 0.25, 0.5, 0.125]);
        assert_eq!(column(&outcome, 1), LEARNED_1);
    }
}

#[test]
fn soft_inhibition_with_all_above_threshold() {
    for engine in ENGINES {
        let outcome =
            after_three_instants(engine, Inhibition::Soft { by_mv: 1.0 }, TieRule::AllAboveThreshold);
        assert_eq!(outcome.spikes, [(1.0, 0), (1.0, 1)]);
        // Neuron 2: .5625 − 1 − 1 = −1.4375, halved −.71875, plus .5.
        assert_close(outcome.potentials, [0.125, 0.125, -0.218_75]);
        assert_eq!(outcome.adaptations, [1.0, 1.0, 0.0]);
    }
}

#[test]
fn soft_inhibition_with_highest_only() {
    for engine in ENGINES {
        let outcome = after_three_instants(engine, Inhibition::Soft { by_mv: 1.0 }, TieRule::HighestOnly);
        assert_eq!(outcome.spikes, [(1.0, 1)]);
        // Neuron 0: 1.0625 − 1 = .0625, halved .03125, plus .25. Neuron 2: −.4375, halved, plus .5.
        assert_close(outcome.potentials, [0.281_25, 0.125, 0.281_25]);
    }
}

#[test]
fn no_inhibition_with_all_above_threshold() {
    for engine in ENGINES {
        let outcome = after_three_instants(engine, Inhibition::None, TieRule::AllAboveThreshold);
        assert_eq!(outcome.spikes, [(1.0, 0), (1.0, 1)]);
        // Neuron 2: .5625 halved .28125, plus .5.
        assert_close(outcome.potentials, [0.125, 0.125, 0.781_25]);
    }
}

#[test]
fn no_inhibition_with_highest_only_lets_the_loser_stand_until_the_next_input() {
    for engine in ENGINES {
        let outcome = after_three_instants(engine, Inhibition::None, TieRule::HighestOnly);
        // Neuron 0 keeps 1.0625; at instant 2 it has .53125 + .25 = .78125, below 1.
        assert_eq!(outcome.spikes, [(1.0, 1)]);
        assert_close(outcome.potentials, [0.781_25, 0.125, 0.781_25]);
    }
}

#[test]
fn at_the_threshold_a_neuron_does_not_spike() {
    for engine in ENGINES {
        let all = layer(Inhibition::None, TieRule::AllAboveThreshold);
        let mut network = Network::<f64>::new(all, vec![1.0, 0.75, 0.5], vec![1.0, 0.5, 0.5]);
        let mut recorder = Recorder::default();
        present(engine, &mut network, &[InputSpike { at: Time::ZERO, source: 0 }], &mut recorder);
        assert_eq!(recorder.spikes, [(Time::ZERO, 1)]);
    }
}

#[test]
fn the_adaptive_threshold_holds_a_neuron_back_until_it_has_decayed() {
    for engine in ENGINES {
        let all = layer(Inhibition::None, TieRule::AllAboveThreshold);
        let frozen_weights = Layer { plasticity: None, ..all };
        let mut network = Network::<f64>::new(frozen_weights, vec![1.0, 1.0], vec![0.75, 0.875]);
        let spikes = [0.0, 1.0, 3.0].map(|h| InputSpike { at: Time::from_ms(h * HALVING_MS), source: 0 });
        let mut recorder = Recorder::default();
        present(engine, &mut network, &spikes, &mut recorder);
        // Both spike at 0 and reset. One halving later: v = 1 against T₀ + ½ = 1.25 and 1.375: no.
        // Two halvings more: v = 1/4 + 1 = 1.25 against T₀ + 1/8 = .875 and 1: both.
        let at =
            |neuron| recorder.spikes.iter().filter(|s| s.1 == neuron).map(|s| s.0.ms()).collect::<Vec<_>>();
        assert_eq!(at(0), [0.0, 3.0 * HALVING_MS]);
        assert_eq!(at(1), [0.0, 3.0 * HALVING_MS]);
        // Learned thresholds: 1/8 + 1.
        assert!((network.adaptations_mv[0] - 1.125).abs() < 4e-15);
    }
}
