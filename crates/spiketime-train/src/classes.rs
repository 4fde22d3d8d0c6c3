//! What each neuron of a kept map stands for, found again from its weights.
//!
//! Labelling is a function of weights, thresholds and seed, and `.npy` keeps weights of f32 exactly, so the classes are
//! those of the run (of f64, those of the rounded weights). They are derived, so no result holds them.

use std::sync::atomic::AtomicBool;

use spiketime_data::{Class, Dataset};
use spiketime_sim::{Engine, Network, Real};

use crate::condition::{Condition, Precision, ThresholdScale};
use crate::present::label_until;
use crate::weights::Weights;

/// The class of each neuron, none for a silent one; `None` if `stop` was set, which is looked at between images.
/// `thresholds_mv` are those of the map, where training moved them.
#[must_use]
pub fn of_map(
    condition: &Condition,
    seed: u64,
    (weights, thresholds_mv): (&Weights, &[f64]),
    data: &Dataset,
    stop: &AtomicBool,
) -> Option<Vec<Option<Class>>> {
    let condition = &as_kept(condition, thresholds_mv);
    match condition.precision {
        Precision::F32 => found::<f32>(condition, seed, (weights, thresholds_mv), data, stop),
        Precision::F64 => found::<f64>(condition, seed, (weights, thresholds_mv), data, stop),
    }
}

fn found<R: Real>(
    condition: &Condition,
    seed: u64,
    map: (&Weights, &[f64]),
    data: &Dataset,
    stop: &AtomicBool,
) -> Option<Vec<Option<Class>>> {
    of_network::<R>(condition, seed, &network(condition, seed, map), data, stop, &|| {})
}

/// The condition of a kept map: where it comes with thresholds, no law moves or scales them any more.
#[must_use]
pub fn as_kept(condition: &Condition, thresholds_mv: &[f64]) -> Condition {
    if thresholds_mv.is_empty() {
        return condition.clone();
    }
    Condition {
        threshold_scale: ThresholdScale::None,
        threshold_factor: 1.0,
        test_threshold_factor: 0.0,
        homeostasis_gain: 0.0,
        virgin_threshold: 0.0,
        lasting_mv: 0.0,
        ..condition.clone()
    }
}

/// The network of a map at rest; of a condition [`as_kept`]. Without thresholds it has those of the seed.
#[must_use]
pub fn network<R: Real>(
    condition: &Condition,
    seed: u64,
    (weights, thresholds_mv): (&Weights, &[f64]),
) -> Network<R> {
    let neurons = weights.neurons();
    let weight = |synapse: usize| {
        f64::from(weights.of_neuron(synapse % neurons)[synapse / neurons]) * condition.jump_max_mv
    };
    let weights_mv: Vec<R> =
        (0..weights.inputs() * neurons).map(|synapse| R::rounded(weight(synapse))).collect();
    let thresholds = match thresholds_mv.is_empty() {
        true => condition.thresholds(seed),
        false => thresholds_mv.iter().map(|&threshold_mv| R::rounded(threshold_mv)).collect(),
    };
    let own = condition.own(seed);
    // A file of weights has fewer digits than they may have had.
    let held = own.held(&weights_mv, neurons, condition.jump_max_mv);
    Network::with_own(condition.layer(), held, thresholds, own)
}

/// As [`of_map`], of any network; `seen` is called after each label image.
#[must_use]
pub fn of_network<R: Real>(
    condition: &Condition,
    seed: u64,
    network: &Network<R>,
    data: &Dataset,
    stop: &AtomicBool,
    seen: &dyn Fn(),
) -> Option<Vec<Option<Class>>> {
    let data = &condition.seen(data);
    let labels = label_until(stop, seen, Engine::Dense, condition, seed, network, data)?;
    let classes = labels.classes.iter().zip(&labels.silent);
    Some(classes.map(|(&class, &silent)| (!silent).then_some(class)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::condition::Preset;
    use crate::present::{Presenter, initial_network, label};
    use spiketime_data::source::embedded;

    /// Classes by label pass of a network that has learned, and by what a map of it keeps.
    fn both_ways(condition: &Condition) -> [Vec<u64>; 2] {
        let data = embedded(condition.dataset.known().expect("a known set")).unwrap();
        let mut presenter = Presenter::new(Engine::Dense, condition, 3, initial_network::<f32>(condition, 3));
        (0..200).for_each(|image| presenter.train(data.train.presented(image), image));
        let network = presenter.network();
        let kept = Weights::from_npy(&Weights::of(network).to_npy()).unwrap();
        let moved = condition.moves_thresholds();
        let tested = network.frozen_under(condition.test_layer()).thresholds_mv;
        let thresholds_mv: Vec<f64> = tested.into_iter().filter(|_| moved).map(f64::from).collect();
        let map = (&kept, thresholds_mv.as_slice());
        let classes = of_map(condition, 3, map, &data, &AtomicBool::new(false)).unwrap();
        let mut histogram = vec![0; 10];
        classes.iter().flatten().for_each(|&class| histogram[usize::from(class)] += 1);
        [label(Engine::Dense, condition, 3, network, &data).histogram(10), histogram]
    }

    #[test]
    fn weights_that_were_kept_get_the_labels_of_the_network_they_came_from() {
        let small = |condition| Condition { neurons: 30, label_images: 100, ..condition };
        let variation = Condition { threshold_min_mv: 40.0, threshold_max_mv: 60.0, ..Condition::default() };
        for condition in [variation, Preset::Frontier.condition(), Preset::DiehlCook.condition()] {
            let [expected, found] = both_ways(&small(condition));
            assert_eq!(found, expected);
            assert!(found[1..].iter().any(|&count| count > 0));
        }
    }

    #[test]
    fn a_label_pass_stops_when_it_is_asked_to() {
        let condition = Condition { neurons: 2, label_images: 5, ..Condition::default() };
        let data = embedded(condition.dataset.known().expect("a known set")).unwrap();
        let weights = Weights::of(&initial_network::<f32>(&condition, 1));
        assert_eq!(of_map(&condition, 1, (&weights, &[]), &data, &AtomicBool::new(true)), None);
    }
}
