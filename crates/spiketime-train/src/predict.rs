//! What a trained network says of images that it is shown: a class, and the spikes that speak for it.
//!
//! As in a test (report §3.3), the class of the most active neuron, the lowest index on a tie. Unlike there, each image finds
//! the network at rest, so that what is said of one image does not depend on those before it; and where no neuron spiked,
//! or a neuron that no label image made spike, there is no class.

use serde::Serialize;
use spiketime_data::dataset::Content;
use spiketime_data::{Class, Encoder, Purpose, Stimulus, stream};
use spiketime_sim::{Engine, InputSpike, Network, Real, Recorder, Time, present};

use crate::condition::Condition;
use crate::score::most_active;

/// What a network says of one image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prediction {
    /// Which image, from 0.
    pub image: usize,
    /// The class by its name; none where the network does not know.
    pub class: Option<String>,
    /// The most active neuron; none where none spiked.
    pub neuron: Option<usize>,
    /// Its spikes.
    pub spikes: u32,
    /// By how many spikes it is ahead of the most active neuron of another class.
    pub margin: u32,
}

/// A network at rest that neither learns nor adapts, and what it does at each image by itself.
#[derive(Clone)]
pub struct Still<R> {
    condition: Condition,
    input: Encoder,
    seed: u64,
    network: Network<R>,
    spikes: Vec<InputSpike>,
    recorder: Recorder,
    counts: Vec<u32>,
}

impl<R: Real> Still<R> {
    /// A copy of a network; `seed` is the root of the input spikes.
    #[must_use]
    pub fn new(condition: &Condition, seed: u64, network: &Network<R>) -> Still<R> {
        let (spikes, recorder, counts) = (Vec::new(), Recorder::default(), vec![0; network.neurons()]);
        let (input, network) = (condition.test_input(), condition.still(seed, network));
        Still { condition: condition.clone(), input, seed, network, spikes, recorder, counts }
    }

    /// Its output spikes at an image, (when, which neuron), and how many each neuron had. Input spikes are drawn by the
    /// address alone.
    pub fn show(&mut self, image: Stimulus, address: u64) -> (&[(Time, u32)], &[u32]) {
        let rng = stream(self.seed, Purpose::PredictSpikes, address);
        image.encode(&self.input, rng, &mut self.spikes);
        self.recorder.spikes.clear();
        self.network.rest();
        self.network.own.reading = self.condition.reading(self.seed, Purpose::PredictSpikes, address);
        present(Engine::Dense, &mut self.network, &self.spikes, &mut self.recorder);
        self.counts.fill(0);
        self.recorder.spikes.iter().for_each(|&(_, neuron)| self.counts[neuron as usize] += 1);
        (&self.recorder.spikes, &self.counts)
    }
}

/// A trained network at rest whose neurons stand for classes.
pub struct Predictor<'a, R> {
    condition: &'a Condition,
    /// Of each neuron, none for a silent one.
    classes: Vec<Option<Class>>,
    still: Still<R>,
}

impl<'a, R: Real> Predictor<'a, R> {
    /// For a network whose neurons stand for these classes; `seed` is the root of the input spikes.
    #[must_use]
    pub fn new(
        condition: &'a Condition,
        seed: u64,
        network: &Network<R>,
        classes: Vec<Option<Class>>,
    ) -> Predictor<'a, R> {
        assert_eq!(classes.len(), network.neurons(), "one class a neuron");
        Predictor { condition, classes, still: Still::new(condition, seed, network) }
    }

    /// What it says of an image; its output spikes, (when, which neuron); and how many each neuron had.
    pub fn show(&mut self, images: &Content, image: usize) -> (Prediction, &[(Time, u32)], &[u32]) {
        let (spikes, counts) = self.still.show(images.shown(image), image as u64);
        (said(self.condition, &self.classes, image, counts), spikes, counts)
    }
}

fn said(condition: &Condition, classes: &[Option<Class>], image: usize, counts: &[u32]) -> Prediction {
    let neuron = most_active(counts);
    let (spikes, class) = (counts[neuron], classes[neuron]);
    let others = classes.iter().zip(counts).filter(|&(other, _)| *other != class);
    let second = others.map(|(_, &count)| count).max().unwrap_or(0);
    let name = class.filter(|_| spikes > 0).map(|class| condition.dataset.class_name(class.into()));
    Prediction {
        image,
        class: name.map(str::to_owned),
        neuron: (spikes > 0).then_some(neuron),
        spikes,
        margin: spikes - second,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two inputs, three neurons, two of which hear one input each at 1 mV a spike; thresholds let every third spike through.
    fn predictor(condition: &Condition, classes: [Option<Class>; 3]) -> Predictor<'_, f64> {
        let weights_mv = vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        let network = Network::new(condition.layer(), weights_mv, vec![2.5; 3]);
        Predictor::new(condition, 1, &network, classes.to_vec())
    }

    fn condition() -> Condition {
        // So long a time constant that nothing leaks away, and nobody disturbs the other.
        let slow = Condition { tau_membrane_ms: 1e9, tau_adaptation_ms: 1e9, ..Condition::default() };
        Condition { inhibition: crate::condition::Inhibition::None, image_ms: 100.0, ..slow }
    }

    /// Seven spikes of input 0 and three of input 1, then none at all.
    fn events() -> Content {
        let times_ms = (0..10).map(f64::from).collect();
        Content::Events { times_ms, inputs: vec![0, 0, 1, 0, 0, 1, 0, 0, 1, 0], offsets: vec![0, 10, 10] }
    }

    #[test]
    fn the_class_is_that_of_the_most_active_neuron_and_the_margin_is_over_other_classes() {
        let (condition, images) = (condition(), events());
        let mut told = predictor(&condition, [Some(7), Some(3), Some(7)]);
        let (said, spikes, counts) = told.show(&images, 0);
        // Neuron 0 spikes at its third and sixth input, neuron 1 at its third.
        assert_eq!(counts, [2, 1, 0]);
        let at = |ms: f64, neuron| (Time::from_ms(ms), neuron);
        assert_eq!(spikes, [at(3.0, 0), at(7.0, 0), at(8.0, 1)]);
        let class = Some("7".to_owned());
        assert_eq!(said, Prediction { image: 0, class, neuron: Some(0), spikes: 2, margin: 1 });
        let of_one_class = predictor(&condition, [Some(7); 3]).show(&images, 0).0;
        assert_eq!(of_one_class.margin, 2);
    }

    #[test]
    fn where_nothing_or_a_neuron_without_a_class_spikes_there_is_no_class() {
        let (condition, images) = (condition(), events());
        let mut told = predictor(&condition, [None, Some(3), Some(7)]);
        let (said, ..) = told.show(&images, 0);
        assert_eq!((said.class, said.neuron, said.spikes), (None, Some(0), 2));
        let (said, ..) = told.show(&images, 1);
        assert_eq!(said, Prediction { image: 1, class: None, neuron: None, spikes: 0, margin: 0 });
    }

    #[test]
    fn what_is_said_of_an_image_does_not_depend_on_those_before_it() {
        let (condition, images) = (condition(), events());
        let mut told = predictor(&condition, [Some(7), Some(3), Some(7)]);
        let alone = told.show(&images, 0).0;
        // One input spike of neuron 0 is left over: it would come to its threshold one spike sooner.
        assert_eq!(told.show(&images, 0).0, alone);
    }
}
