//! No crossing between inputs: 10^5 states of each combination of a layer's laws, each asked of an oracle.
//!
//! ```text
//! u(t) = v e^(−t/τ_v) − A − T e^(−t/τ_T) − f L e^(−t/τ_L) ≤ 0 from the test on, of whoever had it
//! ```
//!
//! Layers that the rules take may not cross, those that they refuse must. Oracles: (a) the graph engine, which looks for
//! crossings where a layer does not. Its neuron comes to its state by a spike at 0 ms, which raises T and silences it,
//! refractory or held alike, and by an input of v. It has one part of a threshold that falls: L stands in its place
//! where T does not fall or falls as L does, and what does not fall is part of its T₀. Its potential cannot stand still,
//! so without leak a bias holds it where it is. After the end of a presentation nothing follows. (b) Where T and L both
//! fall, and beside the graph wherever a layer is refused: the zeros of u from those of its derivatives (Rolle), by
//! bisection, with the platform's exp.

use std::collections::BTreeMap;

use spiketime_sim::graph::{Graph, Neuron, Simulation, Source, Synapses};
use spiketime_sim::{
    Annealed, Homeostasis, InputSpike, Layer, Measure, Network, Normalisation, NormalisedAt, Time,
};

use crate::layer_states::{Dice, FOREVER, Laws, NEURONS, States, all_laws};

/// Of each combination.
const STATES: usize = 100_000;
/// Later there is no input, and every exponential that falls is gone.
const LAST_MS: f64 = 1e7;
/// Thresholds of the oracles are higher by this part: of a sum of three parts, added in another order, and of two
/// exponentials, each of two units in the last place, no more than eight units come.
const SLACK: f64 = 8.0 * f64::EPSILON;

impl States {
    /// What does not fall of a threshold, and a little more.
    fn fixed_mv(&self, neuron: usize) -> f64 {
        let stays = self.parts(neuron).into_iter().filter(|&(_, tau_ms)| tau_ms == FOREVER);
        let fixed_mv: f64 = stays.map(|(amount_mv, _)| amount_mv).sum();
        let threshold_mv = self.network.threshold(neuron, Time::from_ms(self.tested_ms));
        (fixed_mv + SLACK * threshold_mv).max(f64::MIN_POSITIVE)
    }

    /// The one part that falls, if the graph has it.
    fn falling(&self, neuron: usize) -> Option<(f64, f64)> {
        let mut parts = self.parts(neuron).into_iter().filter(|&(mv, tau_ms)| mv > 0.0 && tau_ms < FOREVER);
        parts.try_fold((0.0, 40.0), |(other_mv, other_ms), (mv, tau_ms)| {
            (other_mv == 0.0 || tau_ms == other_ms).then_some((other_mv + mv, tau_ms))
        })
    }

    fn silent_until_ms(&self, neuron: usize) -> f64 {
        let until = self.network.memory.silent_until.get(neuron).map_or(0.0, |until| until.ms());
        until.min(1e12) // The graph's longest.
    }

    /// The neurons that the graph has, and which they are.
    fn graph(&self) -> (Graph, Vec<usize>) {
        let (mut graph, mut neurons) = (Graph { inputs: 3, ..Graph::default() }, Vec::new());
        let tau_ms = self.network.layer.tau_membrane_ms;
        for neuron in 0..NEURONS {
            let Some((adaptation_mv, tau_adaptation_ms)) = self.falling(neuron) else { continue };
            let threshold_mv = self.fixed_mv(neuron);
            let index = graph.add(Neuron {
                synapses: Synapses::Delta { adaptation_mv, tau_adaptation_ms },
                tau_membrane_ms: if tau_ms < FOREVER { tau_ms } else { 20.0 },
                threshold_mv,
                refractory_ms: self.silent_until_ms(neuron),
                ..Neuron::default()
            });
            // Who is silent loses what would lift it above.
            let above_mv = 2.0 * (threshold_mv + adaptation_mv);
            let is_silent = self.network.is_silent(neuron, Time::from_ms(self.tested_ms));
            let weight_mv = if is_silent { above_mv } else { self.network.potentials_mv[neuron] };
            for (input, weight_mv) in [above_mv, weight_mv, 0.0].into_iter().enumerate() {
                graph.connect(Source::Input(input as u32), index, 0.0, weight_mv);
            }
            neurons.push(neuron);
        }
        (graph, neurons)
    }

    /// How long after the test each neuron that the graph has first crosses \[ms\].
    fn by_the_graph(&self) -> BTreeMap<usize, f64> {
        let (graph, neurons) = self.graph();
        let mut simulation = Simulation::new(graph, Time::ZERO).expect("a sound graph");
        let has_ended = self.network.layer.spikes_a_presentation.is_some();
        let inputs = [0.0, self.tested_ms, self.tested_ms + 2.0];
        for (source, at_ms) in (0..).zip(&inputs[..if has_ended { 2 } else { 3 }]) {
            simulation.input(InputSpike { at: Time::from_ms(*at_ms), source }).expect("it lies ahead");
        }
        let now = Time::from_ms(self.tested_ms);
        let first = simulation.next_spikes(Time::ZERO).expect("slow enough").map(|(_, all)| all.len());
        assert_eq!(first.unwrap_or(0), neurons.len(), "each spikes at 0 ms");
        assert_eq!(simulation.next_spikes(now).expect("slow enough"), None, "at the test");
        let stands_still = self.network.layer.tau_membrane_ms == FOREVER;
        for (index, &neuron) in (0..).zip(&neurons).filter(|_| stands_still) {
            simulation.set_bias_mv(index, self.network.potentials_mv[neuron]).expect("a sound bias");
        }
        let mut found = BTreeMap::new();
        while let Some((at, spiking)) = simulation.next_spikes(Time::from_ms(LAST_MS)).expect("slow enough") {
            let told = spiking.to_vec();
            for index in told {
                found.insert(neurons[index as usize], at.elapsed_since(now));
                simulation.set_bias_mv(index, 0.0).expect("a sound bias"); // So that it spikes once.
            }
        }
        found
    }

    /// The same of one neuron, by the zeros of u.
    fn by_its_zeros(&self, neuron: usize) -> Option<f64> {
        let rate = 1.0 / self.network.layer.tau_membrane_ms;
        let mut terms = vec![(self.network.potentials_mv[neuron], rate), (-self.fixed_mv(neuron), 0.0)];
        for (amount_mv, tau_ms) in self.parts(neuron).into_iter().filter(|&(_, tau_ms)| tau_ms < FOREVER) {
            terms.push((-amount_mv * (-self.tested_ms / tau_ms).exp(), 1.0 / tau_ms));
        }
        sign_changes(&terms).first().copied()
    }
}

/// Where Σ a e^(−r t) changes its sign after 0. Times e^(r₀ t), r₀ the lowest rate, it moves one way between the sign
/// changes of its derivative, which has a term less.
fn sign_changes(terms: &[(f64, f64)]) -> Vec<f64> {
    let mut sum: Vec<(f64, f64)> = Vec::new();
    for &(amount, rate) in terms {
        match sum.iter_mut().find(|(_, other)| *other == rate) {
            Some((merged, _)) => *merged += amount,
            None => sum.push((amount, rate)),
        }
    }
    sum.retain(|&(amount, _)| amount != 0.0);
    sum.sort_by(|a, b| a.1.total_cmp(&b.1));
    let Some(&(limit, slowest)) = sum.first() else { return Vec::new() };
    if sum.iter().all(|&(amount, _)| (amount > 0.0) == (limit > 0.0)) {
        return Vec::new();
    }
    let slope: Vec<_> =
        sum[1..].iter().map(|&(amount, rate)| (-amount * (rate - slowest), rate - slowest)).collect();
    let at = |ms: f64| sum.iter().map(|&(amount, rate)| amount * (-(rate - slowest) * ms).exp()).sum::<f64>();
    let mut edges = vec![0.0];
    edges.extend(sign_changes(&slope));
    let mut last_ms = edges.last().copied().unwrap_or(0.0) + 1.0;
    while (at(last_ms) > 0.0) != (limit > 0.0) {
        last_ms *= 2.0;
    }
    edges.push(last_ms);
    let pairs = edges.windows(2).map(|pair| [pair[0], pair[1]]);
    let changes = pairs.filter(|&[from, to]| at(from) != 0.0 && (at(from) > 0.0) != (at(to) > 0.0));
    changes.map(|bracket| bisected(at, bracket)).collect()
}

fn bisected(at: impl Fn(f64) -> f64, [mut low, mut high]: [f64; 2]) -> f64 {
    let rises = at(low) < 0.0;
    loop {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            return high;
        }
        if (at(middle) > 0.0) == rises {
            high = middle;
        } else {
            low = middle;
        }
    }
}

/// How often what was aimed at was met.
#[derive(Debug, Default)]
struct Met {
    states: usize,
    /// Potentials exactly at their thresholds; those where both fall alike.
    ties: usize,
    ties_of_equal_times: usize,
    silent: usize,
    /// Silences that end with the test.
    ends_of_silence: usize,
    /// States of which the graph has not all laws.
    by_zeros: usize,
}

impl Met {
    fn count(&mut self, states: &States) {
        let (network, now) = (&states.network, Time::from_ms(states.tested_ms));
        let of = |what: &dyn Fn(usize) -> bool| (0..NEURONS).filter(|&neuron| what(neuron)).count();
        let layer = &network.layer;
        let ties = of(&|neuron| network.potentials_mv[neuron] == network.threshold(neuron, now));
        let is_equal = layer.adaptation_mv > 0.0 && layer.tau_adaptation_ms == layer.tau_membrane_ms;
        self.states += NEURONS;
        self.ties += ties;
        self.ties_of_equal_times += if is_equal { ties } else { 0 };
        self.silent += of(&|neuron| network.is_silent(neuron, now));
        self.ends_of_silence += network.memory.silent_until.iter().filter(|&&until| until == now).count();
        self.by_zeros += of(&|neuron| states.falling(neuron).is_none());
    }
}

/// Layers of these laws that the rules take, or that they refuse; fewer where there are hardly any.
fn layers(laws: Laws, dice: &mut Dice, taken: bool, count: usize) -> Vec<Layer> {
    let drawn = std::iter::repeat_with(|| laws.layer(dice)).take(100 * count);
    drawn.filter(|layer| layer.broken_rule().is_none() == taken).take(count).collect()
}

/// No state of the layers that the rules take crosses.
fn nobody_crosses(leaks: bool) -> Met {
    let (mut dice, mut met) = (Dice(20_261_126), Met::default());
    // A part that may fall is refused without leak wherever it does.
    for laws in all_laws(leaks).into_iter().filter(|laws| leaks || laws.lasting != Some(true)) {
        for layer in layers(laws, &mut dice, true, STATES / NEURONS) {
            let states = States::drawn(&layer, &mut dice);
            let found = states.by_the_graph();
            assert!(found.is_empty(), "the graph: {found:?} of {layer:?}");
            for neuron in (0..NEURONS).filter(|&neuron| states.falling(neuron).is_none()) {
                assert_eq!(states.by_its_zeros(neuron), None, "{:?} of {layer:?}", states.parts(neuron));
            }
            met.count(&states);
        }
    }
    met
}

#[test]
fn with_leak_no_state_of_any_combination_of_laws_crosses_between_inputs() {
    let met = nobody_crosses(true);
    assert_eq!(met.states, 96 * STATES);
    assert!(met.ties > 2_000_000 && met.ties_of_equal_times > 400_000, "{met:?}");
    assert!(met.silent > 800_000 && met.ends_of_silence > 600_000 && met.by_zeros > 300_000, "{met:?}");
}

#[test]
fn without_leak_no_state_of_any_combination_of_laws_crosses_between_inputs() {
    let met = nobody_crosses(false);
    assert_eq!(met.states, 64 * STATES);
    assert!(met.ties > 1_500_000 && met.silent > 500_000 && met.ends_of_silence > 400_000, "{met:?}");
    assert_eq!(met.by_zeros, 0);
}

/// Both oracles find the same crossings where a part of a threshold falls faster than a potential.
#[test]
fn of_each_combination_that_the_rules_refuse_many_states_cross() {
    let mut dice = Dice(20_261_127);
    let may_fall = |laws: &Laws| laws.adapts || laws.lasting == Some(true);
    for laws in [true, false].into_iter().flat_map(all_laws).filter(may_fall) {
        let layers = layers(laws, &mut dice, false, 10);
        assert_eq!(layers.len(), 10, "{laws:?}");
        let (mut crossed, asked) = (0, 10 * NEURONS);
        for layer in layers {
            let rule = layer.broken_rule().map_or("", |(_, _, rule)| rule);
            assert!(rule.contains("could cross between inputs"), "{rule}");
            crossed += compared(&States::drawn(&layer, &mut dice));
        }
        // One state in 30 or more: some have nothing that falls, or nothing that stands at its threshold.
        assert!(crossed * 50 > asked, "{laws:?}: {crossed} of {asked}");
    }
}

/// How many states cross, by zeros; the graph says the same of those that it has, and when.
fn compared(states: &States) -> usize {
    let ours = states.by_the_graph();
    let of = |neuron| {
        let theirs = states.by_its_zeros(neuron);
        if states.falling(neuron).is_some() {
            let off_ms = ours.get(&neuron).zip(theirs).map(|(ours, theirs)| (ours - theirs).abs());
            // Potentials of up to 70 mV are known to 1e-14 mV, and thresholds sink by 1e-4 mV a ms or faster.
            let agree = ours.contains_key(&neuron) == theirs.is_some() && off_ms.unwrap_or(0.0) < 1e-9;
            assert!(
                agree,
                "{off_ms:?}, {theirs:?} of {:?} and {:?}",
                states.parts(neuron),
                states.network.layer
            );
        }
        theirs.is_some()
    };
    (0..NEURONS).filter(|&neuron| of(neuron)).count()
}

/// Without rest at onsets a threshold that an image's end moves would sink below a potential that is still there.
#[test]
fn thresholds_that_move_between_images_leave_nobody_above_them_only_where_potentials_rest() {
    let homeostasis = Homeostasis {
        gain: Annealed { start: 0.5, factor: 1.0 },
        mean_images: 4.0,
        lowest: -0.9,
        highest: 2.0,
        virgin: None,
    };
    let normalisation =
        Normalisation { measure: Measure::Sum, target_mv: 0.25, when: NormalisedAt::ImageEnd };
    let scaled =
        Layer { threshold_scale: Some(Measure::Sum), normalisation: Some(normalisation), ..Layer::report() };
    for layer in [Layer { homeostasis: Some(homeostasis), ..Layer::report() }, scaled] {
        for rests in [true, false] {
            let layer = Layer { rests_at_onset: true, ..layer.clone() };
            let mut network = Network::<f64>::new(layer, vec![0.5; 4], vec![2.0; 2]);
            network.layer.rests_at_onset = rests;
            assert_eq!(network.layer.broken_rule().is_none(), rests);
            (network.potentials_mv, network.memory.image_spikes) =
                (network.thresholds_mv.clone(), vec![1, 0]);
            network.end_image();
            network.next_onset(1.0);
            let is_above =
                |neuron: usize| network.potentials_mv[neuron] > network.threshold(neuron, Time::ZERO);
            assert_eq!((0..2).any(is_above), !rests);
        }
    }
}
