//! Neurons that have a class vote for it; or each votes for every class, in proportion or by any weight.
//!
//! ```text
//! class of k    argmax_c H_kc/n_c, the lowest on a tie; none without a spike
//! winner        1 for the class of the most active neuron that has one, the lowest index on a tie as in the report
//! mean of c     Σ n_k over the neurons of c / number of them
//! sum           Σ_k f(n_k) w_kc;  proportions  w_kc = (H_kc/n_c) / Σ_c (H_kc/n_c)
//! ```
//!
//! Divided by n_c, so that a class does not win because more of its images were shown. Diehl & Cook 2015, Front. Comput.
//! Neurosci. 9:99 (classes and their means); Hazan et al. 2018, Front. Neuroinform. 12:89 (proportions).

use spiketime_data::Class;

/// Spikes a label image, class by class of the first neuron, then of the next: neurons × classes.
fn rates<'a>(spikes: &'a [u64], images: &'a [u64]) -> impl Iterator<Item = Vec<f64>> + 'a {
    let rate =
        |(&spikes, &images): (&u64, &u64)| if images > 0 { spikes as f64 / images as f64 } else { 0.0 };
    spikes.chunks_exact(images.len()).map(move |spikes| spikes.iter().zip(images).map(rate).collect())
}

/// The class of each neuron; none for one without a spike.
#[must_use]
pub fn classes(spikes: &[u64], images: &[u64]) -> Vec<Option<Class>> {
    let best = |rates: Vec<f64>| {
        let spiked = (0..rates.len()).filter(|&class| rates[class] > 0.0);
        spiked.reduce(|best, class| if rates[class] > rates[best] { class } else { best })
    };
    rates(spikes, images).map(|rates| best(rates).map(|class| class as Class)).collect()
}

/// How many neurons each class has.
#[must_use]
pub fn neurons(classes: &[Option<Class>], count: usize) -> Vec<u64> {
    let mut neurons = vec![0; count];
    classes.iter().flatten().for_each(|&class| neurons[usize::from(class)] += 1);
    neurons
}

/// 1 for the class of the most active neuron of those that have one; nothing where none of them spiked.
#[must_use]
pub fn winner(spikes: &[u32], classes: &[Option<Class>], count: usize) -> Vec<f64> {
    let mut scores = vec![0.0; count];
    let voters = spikes.iter().zip(classes).filter_map(|(&count, class)| Some((count, (*class)?)));
    let most = voters
        .filter(|&(count, _)| count > 0)
        .reduce(|most, other| if other.0 > most.0 { other } else { most });
    if let Some((_, class)) = most {
        scores[usize::from(class)] = 1.0;
    }
    scores
}

/// Spikes a neuron of each class; 0 for a class without a neuron.
#[must_use]
pub fn means(spikes: &[u32], classes: &[Option<Class>], neurons: &[u64]) -> Vec<f64> {
    let mut sums = vec![0_u64; neurons.len()];
    for (&count, class) in spikes.iter().zip(classes) {
        class.iter().for_each(|&class| sums[usize::from(class)] += u64::from(count));
    }
    sums.iter().zip(neurons).map(|(&sum, &neurons)| sum as f64 / neurons.max(1) as f64).collect()
}

/// How a neuron divides its vote: neurons × classes, each neuron 1 in all, or 0 without a spike.
#[must_use]
pub fn proportions(spikes: &[u64], images: &[u64]) -> Vec<f64> {
    let divided = |rates: Vec<f64>| {
        let all: f64 = rates.iter().sum();
        let shares = rates.into_iter().map(move |rate| if all > 0.0 { rate / all } else { 0.0 });
        shares.collect::<Vec<f64>>()
    };
    rates(spikes, images).flat_map(divided).collect()
}

/// Σ_k f(n_k) w_kc of each class, over neurons in ascending order.
#[must_use]
pub fn sums(spikes: &[u32], weights: &[f64], count: usize, of_count: fn(u32) -> f64) -> Vec<f64> {
    let mut sums = vec![0.0; count];
    let spiking = spikes.iter().zip(weights.chunks_exact(count)).filter(|&(&spikes, _)| spikes > 0);
    for (&spikes, weights) in spiking {
        let count = of_count(spikes);
        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += count * weight);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_neuron_is_by_the_spikes_an_image_and_the_lowest_on_a_tie() {
        // Three images of class 0, one of class 1: 3 spikes in all are 1 an image.
        let spikes = [3, 2, 3, 1, 3, 0, 0, 0];
        assert_eq!(classes(&spikes, &[3, 1]), [Some(1), Some(0), Some(0), None]);
    }

    #[test]
    fn the_lowest_index_of_the_most_active_neurons_wins_of_those_that_have_a_class() {
        let classes = [None, Some(2), Some(0), Some(1)];
        assert_eq!(winner(&[9, 4, 4, 3], &classes, 3), [0.0, 0.0, 1.0]);
        assert_eq!(winner(&[9, 0, 0, 0], &classes, 3), [0.0; 3]);
    }

    #[test]
    fn a_class_is_as_strong_as_its_mean_neuron_and_one_without_neurons_has_no_voice() {
        let classes = [Some(0), Some(0), Some(2), None];
        assert_eq!(neurons(&classes, 3), [2, 0, 1]);
        assert_eq!(means(&[3, 4, 3, 9], &classes, &[2, 0, 1]), [3.5, 0.0, 3.0]);
    }

    #[test]
    fn a_vote_is_divided_by_the_rates_of_the_classes() {
        // Rates 1 and 3 an image, then none.
        assert_eq!(proportions(&[2, 3, 0, 0], &[2, 1]), [0.25, 0.75, 0.0, 0.0]);
        assert_eq!(sums(&[4, 7], &[0.25, 0.75, 0.0, 0.0], 2, f64::from), [1.0, 3.0]);
    }
}
