//! Layers of each combination of laws, and states in which their neurons can be right after a test.
//!
//! Layers are drawn without a look at the rules of [`Layer::broken_rule`]. States aim at coincidences: potentials exactly
//! at their thresholds, time constants that are equal, silences that end with the test, amounts of 0.

use spiketime_sim::{
    Annealed, Engine, Homeostasis, InputSpike, Lasting, Layer, Measure, Network, Recorder, Time, present,
};

/// Of one layer.
pub const NEURONS: usize = 500;
pub const FOREVER: f64 = f64::INFINITY;

/// Numbers from a seed: SplitMix64 (Steele, Lea & Flood 2014, OOPSLA).
pub struct Dice(pub u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, count: usize) -> usize {
        (self.next() % count as u64) as usize
    }

    fn of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len())]
    }

    /// In [0, 1).
    fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Resting {
    Fixed,
    Factor,
    Scale,
    Theta,
}

/// Which laws a layer has.
#[derive(Clone, Copy, Debug)]
pub struct Laws {
    pub leaks: bool,
    pub refractory: bool,
    pub holds: bool,
    pub adapts: bool,
    /// Has it a part L, and may that fall?
    pub lasting: Option<bool>,
    pub resting: Resting,
}

pub fn all_laws(leaks: bool) -> Vec<Laws> {
    use Resting::{Factor, Fixed, Scale, Theta};
    let mut all = Vec::new();
    for bits in 0..8 {
        let [refractory, holds, adapts] = [1, 2, 4].map(|bit| bits & bit > 0);
        for lasting in [None, Some(false), Some(true)] {
            let of = |resting| Laws { leaks, refractory, holds, adapts, lasting, resting };
            all.extend([Fixed, Factor, Scale, Theta].map(of));
        }
    }
    all
}

impl Laws {
    /// A layer that has these laws and may break the rules of crossing: time constants are as they fall.
    pub fn layer(self, dice: &mut Dice) -> Layer {
        let tau_ms = if self.leaks { dice.of(&[1.0, 10.0, 20.0]) } else { FOREVER };
        let scale_ms = if self.leaks { tau_ms } else { 20.0 };
        let tau =
            |dice: &mut Dice| scale_ms * dice.of(&[0.25, 0.95, 1.0, 1.0, 1.0, 1.5, 2.065, 50.0, FOREVER]);
        let (tau_adaptation_ms, tau_lasting_ms) = (tau(dice), tau(dice));
        let tau_lasting_ms = if self.lasting == Some(true) { tau_lasting_ms } else { FOREVER };
        Layer {
            tau_membrane_ms: tau_ms,
            tau_adaptation_ms,
            adaptation_mv: f64::from(u8::from(self.adapts)),
            plasticity: None,
            refractory_ms: if self.refractory { dice.of(&[1.0, 3.0]) } else { 0.0 },
            hold_ms: if self.holds { dice.of(&[2.0, 5.0, FOREVER]) } else { 0.0 },
            spikes_a_presentation: dice.of(&[None, Some(1)]),
            rests_at_onset: true,
            lasting: self.lasting.map(|_| Lasting { step_mv: 1.0, tau_ms: tau_lasting_ms }),
            homeostasis: (self.resting == Resting::Theta).then_some(Homeostasis {
                gain: Annealed { start: 0.5, factor: 1.0 },
                mean_images: 4.0,
                lowest: -0.9,
                highest: 2.0,
                virgin: None,
            }),
            threshold_scale: (self.resting == Resting::Scale)
                .then(|| dice.of(&[Measure::Sum, Measure::Norm])),
            threshold_factor: if self.resting == Resting::Factor { dice.of(&[0.3, 0.5, 7.0]) } else { 1.0 },
            ..Layer::report()
        }
    }
}

/// Neurons in states that a layer can be in right after a test, some ms after their own spikes.
pub struct States {
    pub network: Network<f64>,
    pub tested_ms: f64,
}

impl States {
    pub fn drawn(layer: &Layer, dice: &mut Dice) -> States {
        let mut amounts = |values: &[f64]| (0..NEURONS).map(|_| dice.of(values)).collect::<Vec<f64>>();
        let thresholds = amounts(&[0.0, 0.1, 1.0, 1.5, 50.0]);
        let sizes = amounts(&[0.125, 0.5, 1.0]);
        let (adaptations, lastings) = (amounts(&[0.0, 0.1, 0.5, 10.0]), amounts(&[0.0, 0.3, 1.0, 20.0]));
        let thetas = amounts(&[-0.9, -0.3, 0.0, 0.25, 2.0]);
        // Input 0 gives weights a size, input 1 makes the layer test.
        let weights = sizes.into_iter().chain(vec![0.0; NEURONS]).collect();
        // What stays can never be crossed, so that every layer is taken; then it is the one that was drawn.
        let stays = Layer {
            tau_adaptation_ms: FOREVER,
            lasting: layer.lasting.map(|part| Lasting { tau_ms: FOREVER, ..part }),
            ..layer.clone()
        };
        let mut network = Network::new(stays, weights, thresholds);
        network.layer = layer.clone();
        if layer.adaptation_mv > 0.0 {
            network.adaptations_mv = adaptations;
        }
        if layer.lasting.is_some() {
            network.memory.lasting_mv = lastings;
        }
        if layer.homeostasis.is_some() {
            network.memory.thetas = thetas;
        }
        for until in &mut network.memory.silent_until {
            let whole_ms = dice.of(&[0.0, 1.0, layer.refractory_ms, layer.hold_ms]);
            *until = if whole_ms == FOREVER { Time::END } else { Time::from_ms(whole_ms) };
        }
        let stored = network.extra_state();
        network.set_extra_state(&stored).expect("its own"); // Thresholds follow θ.
        let mut states = States { network, tested_ms: dice.of(&[1.0, 2.0, 3.0, 5.0]) };
        (0..NEURONS).for_each(|neuron| states.draw_potential(neuron, dice));
        states.tested()
    }

    /// Below its threshold, or exactly at it.
    fn draw_potential(&mut self, neuron: usize, dice: &mut Dice) {
        let now = Time::from_ms(self.tested_ms);
        let threshold_mv = self.network.threshold(neuron, now);
        let part = dice.part();
        let part = dice.of(&[1.0, 1.0, 1.0 - 1e-9, part, 0.5, 0.0, -1.0]);
        let is_silent = self.network.is_silent(neuron, now);
        self.network.potentials_mv[neuron] = if is_silent { 0.0 } else { part * threshold_mv };
        self.network.potentials_since[neuron] = now;
    }

    /// The layer tests them, at an input of weight 0 that a silent neuron does not hear either: nobody spikes.
    fn tested(mut self) -> States {
        let (before, mut recorder) = (self.network.potentials_mv.clone(), Recorder::default());
        let input = InputSpike { at: Time::from_ms(self.tested_ms), source: 1 };
        present(Engine::Dense, &mut self.network, &[input], &mut recorder);
        assert!(recorder.spikes.is_empty() && self.network.potentials_mv == before);
        self
    }

    /// The parts of a threshold as they were at 0 ms, and their time constants.
    pub fn parts(&self, neuron: usize) -> [(f64, f64); 3] {
        let (network, layer) = (&self.network, &self.network.layer);
        let lasting_mv = network.memory.lasting_mv.get(neuron).map_or(0.0, |mv| layer.threshold_factor * mv);
        let tau_lasting_ms = layer.lasting.map_or(FOREVER, |part| part.tau_ms);
        [
            (network.thresholds_mv[neuron], FOREVER),
            (network.adaptations_mv[neuron], layer.tau_adaptation_ms),
            (lasting_mv, tau_lasting_ms),
        ]
    }
}
