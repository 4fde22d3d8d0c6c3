//! Both engines on random layers of all laws, full of coincidences, which are counted: a generator that stops meeting
//! them makes this test fail.
//!
//! Spikes on a grid of milliseconds; refractory times, holds and windows of whole milliseconds; weights on a grid of
//! eighths. So ends of silences and edges of windows fall on inputs, and neurons tie.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use spiketime_sim::{
    Annealed, Conductance, CountPlasticity, Dependence, Engine, Homeostasis, Inhibition, InputSpike,
    InstructionSet, Lasting, Layer, LayerRule, Measure, Network, Normalisation, NormalisedAt, Observer,
    Plasticity, Rate, Real, Table, TieRule, Time, Variation, present,
};

const PERIOD_MS: f64 = 100.0;
const WINDOW_MS: f64 = 8.0;

#[derive(Clone, Debug)]
pub struct Case {
    pub layer: Layer,
    pub weights: Vec<f64>,
    pub thresholds: Vec<f64>,
    pub presentations: Vec<Vec<InputSpike>>,
}

/// What is off half of the time.
pub fn maybe<T: Clone + std::fmt::Debug + 'static>(
    values: &[T],
) -> impl Strategy<Value = Option<T>> + use<T> {
    prop::option::of(prop::sample::select(values.to_vec()))
}

pub fn either<T: Clone + std::fmt::Debug + 'static>(values: &[T]) -> impl Strategy<Value = T> + use<T> {
    prop::sample::select(values.to_vec())
}

fn dependence() -> impl Strategy<Value = Dependence> {
    // A jump at a quarter, where weights lie.
    let table = Table::new(&[[0.0, 1.0], [0.25, 0.5], [0.25, 0.125], [1.0, 0.25]]).expect("a table");
    either(&[
        Dependence::Additive,
        Dependence::Soft,
        Dependence::Exponential { exponent: 4.0 },
        Dependence::Straight { exponent: 2.0 },
        Dependence::Power { exponent: 1.5 },
        Dependence::Table(Arc::new(table)),
    ])
}

fn window() -> impl Strategy<Value = LayerRule> {
    (dependence(), dependence()).prop_map(|(rise, fall)| {
        let conductance = Conductance { rise, fall };
        LayerRule::Window(Plasticity { window_ms: WINDOW_MS, gain: 0.125, loss: 0.0625, conductance })
    })
}

fn counts() -> impl Strategy<Value = LayerRule> {
    let rates = [
        Rate::OwnSpikes { power: 0.6, floor: 0.25 },
        Rate::Annealed(Annealed { start: 0.5, factor: 0.1 }),
        Rate::Annealed(Annealed { start: 0.25, factor: 1.0 }),
    ];
    let tau = either(&[f64::INFINITY, f64::INFINITY, 10.0]);
    let offsets = (either(&[0.0, 0.25]), either(&[0.25, 1.0]));
    (tau, maybe(&[2.0]), offsets, (dependence(), dependence()), either(&rates), any::<bool>()).prop_map(
        |(tau_trace_ms, sum_mv, (gain_offset_mv, loss_mv), (rise, fall), rate, imprints)| {
            let conductance = Conductance { rise, fall };
            let rule = CountPlasticity {
                tau_trace_ms,
                sum_mv,
                gain_offset_mv,
                loss_mv,
                conductance,
                rate,
                imprints: false,
            };
            let imprints = imprints && rule.fixed_point_mv(1.0, 1.0).is_some();
            LayerRule::Counts(CountPlasticity { imprints, ..rule })
        },
    )
}

fn homeostasis() -> impl Strategy<Value = Homeostasis> {
    (either(&[0.03, 0.5]), maybe(&[-0.7])).prop_map(|(start, virgin)| Homeostasis {
        gain: Annealed { start, factor: 0.1 },
        mean_images: 4.0,
        lowest: -0.9,
        highest: 2.0,
        virgin,
    })
}

fn normalisation() -> impl Strategy<Value = Normalisation> {
    let (measures, whens) = ([Measure::Sum, Measure::Norm], [NormalisedAt::Spike, NormalisedAt::ImageEnd]);
    (either(&measures), either(&[1.5, 3.0]), either(&whens))
        .prop_map(|(measure, target_mv, when)| Normalisation { measure, target_mv, when })
}

/// Constants of the neurons, then laws of learning; what does not go together is taken apart.
fn layer() -> impl Strategy<Value = Layer> {
    let inhibitions = [
        Inhibition::WinnerTakesAll,
        Inhibition::WinnerTakesAll,
        Inhibition::Soft { by_mv: 0.25 },
        Inhibition::None,
    ];
    let ties = [TieRule::AllAboveThreshold, TieRule::HighestOnly, TieRule::HighestRelative];
    let lasting = [
        Lasting { step_mv: 0.125, tau_ms: f64::INFINITY },
        Lasting { step_mv: 0.5, tau_ms: 1000.0 },
        Lasting { step_mv: 0.5, tau_ms: 20.0 },
    ];
    let neuron = (
        either(&[20.0, f64::INFINITY]),
        either(&[0.0, 0.5]),
        either(&inhibitions),
        either(&ties),
        maybe(&[1.0, 3.0, 10.0]),
        maybe(&[2.0, 5.0, f64::INFINITY]),
        maybe(&[1_u32, 2, 5]),
        any::<bool>(),
    );
    let laws = (
        prop::option::weighted(0.9, prop_oneof![2 => window(), 3 => counts()]),
        maybe(&lasting),
        prop::option::of(homeostasis()),
        maybe(&[Measure::Sum, Measure::Norm]),
        either(&[1.0, 1.0, 0.5]),
        prop::option::weighted(0.3, normalisation()),
    );
    (neuron, laws).prop_map(
        |(
            (tau_membrane_ms, adaptation_mv, inhibition, tie_rule, refractory, hold, spikes, rests),
            (plasticity, lasting, homeostasis, threshold_scale, threshold_factor, normalisation),
        )| {
            let holds = inhibition == Inhibition::WinnerTakesAll;
            let leaks = tau_membrane_ms < f64::INFINITY;
            let lasts = |it: Lasting| Lasting { tau_ms: if leaks { it.tau_ms } else { f64::INFINITY }, ..it };
            Layer {
                tau_membrane_ms,
                tau_adaptation_ms: 2.0 * tau_membrane_ms,
                adaptation_mv,
                weight_max_mv: 1.0,
                inhibition,
                tie_rule,
                plasticity,
                refractory_ms: refractory.unwrap_or(0.0),
                hold_ms: hold.filter(|_| holds).unwrap_or(0.0),
                spikes_a_presentation: spikes,
                rests_at_onset: rests || homeostasis.is_some() || normalisation.is_some(),
                lasting: lasting.map(lasts),
                homeostasis,
                threshold_scale,
                threshold_factor,
                normalisation,
                variation: Variation::STEADY,
            }
        },
    )
}

fn presentation(inputs: u32) -> impl Strategy<Value = Vec<InputSpike>> {
    let spike =
        (0_u16..60, 0..inputs).prop_map(|(ms, source)| InputSpike { at: Time::from_ms(ms.into()), source });
    prop::collection::vec(spike, 0..90).prop_map(|mut spikes| {
        spikes.sort_unstable();
        spikes
    })
}

pub fn case() -> impl Strategy<Value = Case> {
    // Now and then more inputs than the dense engine learns of at a time.
    let shape = prop_oneof![19 => (1_usize..8, 1_usize..36), 1 => (250_usize..600, 1_usize..3)];
    shape.prop_flat_map(|(inputs, neurons)| {
        let eighths = (0_u8..=8).prop_map(|eighths| f64::from(eighths) / 8.0);
        let weights = prop::collection::vec(eighths, inputs * neurons);
        let thresholds = prop::collection::vec(either(&[1.0, 1.5, 2.0, 4.0]), neurons);
        let presentations = prop::collection::vec(presentation(inputs as u32), 1..4);
        (layer(), weights, thresholds, presentations).prop_map(
            |(layer, weights, thresholds, presentations)| Case { layer, weights, thresholds, presentations },
        )
    })
}

impl Case {
    pub fn network<R: Real>(&self) -> Network<R> {
        let rounded = |values: &[f64]| values.iter().map(|&value| R::rounded(value)).collect();
        Network::new(self.layer.clone(), rounded(&self.weights), rounded(&self.thresholds))
    }
}

/// Every instant at which neurons stood above threshold: when, who spiked, how many stood above.
#[derive(Debug, Default, PartialEq)]
pub struct Told(Vec<(Time, Vec<u32>, usize)>);

impl Observer for Told {
    fn spiked(&mut self, now: Time, spiking: &[u32], above: usize) {
        self.0.push((now, spiking.to_vec(), above));
    }
}

/// All that a network holds, bit for bit.
pub fn bits<R: Real>(network: &Network<R>) -> Vec<u64> {
    let reals = [&network.potentials_mv, &network.adaptations_mv, &network.thresholds_mv];
    let times = [&network.potentials_since, &network.adaptations_since, &network.last_input];
    let weights = network.weights_mv.iter().map(Real::to_f64);
    let reals = reals.into_iter().flatten().map(|value| value.to_f64());
    let times = times.into_iter().flatten().map(|time| time.ms());
    let extra = network.extra_state().into_iter().flat_map(|(_, values)| values);
    weights.chain(reals).chain(times).chain(extra).map(f64::to_bits).collect()
}

fn outcome<R: Real>(engine: Engine, case: &Case) -> (Told, Vec<u64>) {
    let (mut network, mut told) = (case.network::<R>(), Told::default());
    for (number, spikes) in case.presentations.iter().enumerate() {
        network.progress = number as f64 / case.presentations.len() as f64;
        present(engine, &mut network, spikes, &mut told);
        network.end_image();
        network.next_onset(PERIOD_MS);
    }
    let bits = bits(&network);
    (told, bits)
}

/// How often each coincidence was met.
type Counts = BTreeMap<&'static str, u32>;

/// Counts coincidences: the reference engine, instant by instant.
struct Census<'a> {
    network: Network<f64>,
    told: Told,
    counts: &'a mut Counts,
    /// When each neuron last spiked, and when it was last held, in this presentation.
    spiked: Vec<Option<f64>>,
    held: Vec<Option<f64>>,
}

impl Census<'_> {
    fn count(&mut self, what: &'static str, holds: bool) {
        *self.counts.entry(what).or_default() += u32::from(holds);
    }

    fn instant(&mut self, instant: &[InputSpike]) {
        let now = instant[0].at.ms();
        let ended = self.network.has_ended();
        self.count("an input after the end of its presentation", ended);
        if !ended {
            self.silences(now);
        }
        let (told, before) = (self.told.0.len(), self.network.clone());
        present(Engine::Reference, &mut self.network, instant, &mut self.told);
        if self.told.0.len() > told {
            let (_, winners, above) = self.told.0[told].clone();
            self.equal_margins(&before, instant);
            self.spike(now, &winners, above, before.weights_mv != self.network.weights_mv);
        }
    }

    fn silences(&mut self, now: f64) {
        let (refractory_ms, hold_ms) = (self.network.layer.refractory_ms, self.network.layer.hold_ms);
        for neuron in 0..self.network.neurons() {
            let age = |since: Option<f64>| since.map_or(f64::NAN, |since| now - since);
            let (spiked, held) = (age(self.spiked[neuron]), age(self.held[neuron]));
            self.count(
                "an input at the end of a refractory time",
                refractory_ms > 0.0 && spiked == refractory_ms,
            );
            self.count("an input within a refractory time", spiked < refractory_ms);
            self.count("an input at the end of a hold", hold_ms > 0.0 && held == hold_ms);
            self.count("an input within a hold", held < hold_ms);
            self.count("an input within a hold to the onset", held >= 0.0 && hold_ms == f64::INFINITY);
        }
    }

    /// Of those above, do two share the largest margin, so that the lowest index decides?
    fn equal_margins(&mut self, before: &Network<f64>, instant: &[InputSpike]) {
        let now = instant[0].at;
        let mut deaf = before.clone();
        deaf.thresholds_mv.fill(f64::MAX);
        present(Engine::Reference, &mut deaf, instant, &mut Told::default());
        let margin = |neuron: usize| {
            let threshold = before.threshold(neuron, now);
            let above_mv = deaf.potentials_mv[neuron] - threshold;
            let is_relative = before.layer.tie_rule == TieRule::HighestRelative;
            if is_relative { above_mv / threshold } else { above_mv }
        };
        let margins: Vec<f64> = (0..before.neurons()).map(margin).collect();
        let largest = margins.iter().copied().fold(0.0, f64::max);
        let shared = margins.iter().filter(|&&margin| margin == largest).count() > 1;
        self.count("equal margins", shared && before.layer.tie_rule == TieRule::HighestOnly);
        self.count("equal relative margins", shared && before.layer.tie_rule == TieRule::HighestRelative);
    }

    fn spike(&mut self, now: f64, winners: &[u32], above: usize, learned: bool) {
        let layer = self.network.layer.clone();
        self.count("a tie of which all spike", winners.len() > 1);
        self.count("a tie of which the highest spikes", above > 1 && layer.tie_rule == TieRule::HighestOnly);
        self.count("a tie by relative margin", above > 1 && layer.tie_rule == TieRule::HighestRelative);
        self.count("a presentation ended at a tie", above > 1 && self.network.has_ended());
        let at_edge = |last: &Time| now - last.ms() == WINDOW_MS;
        let edge = matches!(layer.plasticity, Some(LayerRule::Window(_)))
            && self.network.last_input.iter().any(at_edge);
        self.count("an input at the edge of its window", edge && learned);
        let clipped = self.network.weights_mv.iter().any(|weight| weight == 1.0 || weight == 0.0);
        self.count(
            "a rule of counts that clips",
            clipped && learned && matches!(layer.plasticity, Some(LayerRule::Counts(_))),
        );
        let is_soft = matches!(layer.inhibition, Inhibition::Soft { .. });
        let is_refractory =
            |since: &Option<f64>| since.is_some_and(|since| now - since < layer.refractory_ms);
        let spared = is_soft && self.spiked.iter().any(is_refractory);
        self.count("soft inhibition beside a refractory neuron", spared);
        for neuron in 0..self.network.neurons() {
            let own = winners.contains(&(neuron as u32));
            let first = own && self.network.memory.own_spikes.get(neuron) == Some(&1);
            self.count("a first spike", first);
            let since = if own { &mut self.spiked } else { &mut self.held };
            since[neuron] = Some(now);
        }
    }
}

fn census(case: &Case, counts: &mut Counts) -> (Told, Vec<u64>) {
    let none = vec![None; case.thresholds.len()];
    let network = case.network();
    let mut census =
        Census { network, told: Told::default(), counts, spiked: none.clone(), held: none.clone() };
    for (number, spikes) in case.presentations.iter().enumerate() {
        census.network.progress = number as f64 / case.presentations.len() as f64;
        spikes.chunk_by(|a, b| a.at == b.at).for_each(|instant| census.instant(instant));
        census.network.end_image();
        census.network.next_onset(PERIOD_MS);
        (census.spiked, census.held) = (none.clone(), none.clone());
    }
    let bits = bits(&census.network);
    (census.told, bits)
}

/// A third or less of what 2 000 cases meet.
const WANTED: [(&str, u32); 16] = [
    ("a first spike", 4000),
    ("a presentation ended at a tie", 400),
    ("a rule of counts that clips", 4000),
    ("a tie by relative margin", 3000),
    ("a tie of which all spike", 2000),
    ("a tie of which the highest spikes", 3000),
    ("an input after the end of its presentation", 15_000),
    ("an input at the edge of its window", 250),
    ("an input at the end of a hold", 6000),
    ("an input at the end of a refractory time", 5000),
    ("an input within a hold", 40_000),
    ("an input within a hold to the onset", 20_000),
    ("an input within a refractory time", 15_000),
    ("equal margins", 180),
    ("equal relative margins", 250),
    ("soft inhibition beside a refractory neuron", 900),
];

#[test]
fn both_engines_give_the_same_bits_under_all_laws_and_cutting_a_presentation_changes_nothing() {
    let counts = RefCell::new(Counts::new());
    let mut runner = TestRunner::new(ProptestConfig::with_cases(2000));
    let result = runner.run(&case(), |case| {
        let (single, double) =
            (outcome::<f32>(Engine::Reference, &case), outcome::<f64>(Engine::Reference, &case));
        for engine in InstructionSet::ALL.map(Engine::DenseOn) {
            prop_assert_eq!(&single, &outcome::<f32>(engine, &case));
            prop_assert_eq!(&double, &outcome::<f64>(engine, &case));
        }
        prop_assert_eq!(&double, &census(&case, &mut counts.borrow_mut()));
        Ok(())
    });
    result.expect("the engines agree");
    let counts = counts.into_inner();
    for (what, wanted) in WANTED {
        let met = counts.get(what).copied().unwrap_or(0);
        assert!(met >= wanted, "{what}: met {met} times, at least {wanted} are wanted");
    }
}
