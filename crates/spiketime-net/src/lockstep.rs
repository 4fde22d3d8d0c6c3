//! Both engines on one network, side by side, up to the first difference.

use spiketime_sim::Time;
use spiketime_sim::graph::{SimulationError, Spike};

use crate::engine::{Engine, Running};
use crate::file::Net;

/// More spikes than this in a piece are too many to compare.
const MOST_SPIKES: usize = 10_000_000;
/// How many parts of the time are compared one after another.
const PIECES: u32 = 100;

/// Why two engines are not the same.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum LockstepError {
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    #[error("spike {number} differs: {reference} by the reference, {windows} in windows")]
    Spike { number: usize, reference: String, windows: String },
    #[error(
        "the potential of neuron {neuron} at {at_ms} ms differs: {reference:?} mV by the reference, {windows:?} mV"
    )]
    Potential { neuron: u32, at_ms: f64, reference: f64, windows: f64 },
    #[error(
        "the weight of connection {number} at {at_ms} ms differs: {reference:?} mV by the reference, {windows:?} mV"
    )]
    Weight { number: usize, at_ms: f64, reference: f64, windows: f64 },
}

/// Runs the network by both engines to `until_ms`; how many spikes were the same, and how many deliveries there were.
///
/// # Errors
/// At the first spike, potential or weight that differs in a bit; when an engine has an error.
pub fn compare(net: Net, until_ms: f64) -> Result<(usize, u64), LockstepError> {
    let mut reference = Running::new(net.graph.clone(), net.spikes.clone(), Engine::Reference)?;
    let mut windows = Running::new(net.graph, net.spikes, Engine::Windows)?;
    let mut same = 0;
    for piece in 1..=PIECES {
        let at_ms = until_ms * (f64::from(piece) / f64::from(PIECES));
        let (expected, found) = (up_to(&mut reference, at_ms)?, up_to(&mut windows, at_ms)?);
        compare_spikes(same, &expected, &found)?;
        same += expected.len();
        compare_states(&reference, &windows, at_ms)?;
    }
    Ok((same, windows.deliveries()))
}

fn up_to(running: &mut Running, until_ms: f64) -> Result<Vec<Spike>, SimulationError> {
    let (mut all, mut some) = (Vec::new(), Vec::new());
    while running.next(Time::from_ms(until_ms), MOST_SPIKES, &mut some)? {
        all.extend_from_slice(&some);
        if all.len() > MOST_SPIKES {
            return Err(SimulationError::TooMany { most: MOST_SPIKES, at_ms: until_ms });
        }
    }
    Ok(all)
}

fn compare_spikes(before: usize, expected: &[Spike], found: &[Spike]) -> Result<(), LockstepError> {
    let longer = expected.len().max(found.len());
    let Some(place) = (0..longer).find(|&place| expected.get(place) != found.get(place)) else {
        return Ok(());
    };
    let told = |spikes: &[Spike]| {
        spikes
            .get(place)
            .map_or("none".into(), |spike| format!("neuron {} at {} ms", spike.neuron, spike.at.ms()))
    };
    Err(LockstepError::Spike { number: before + place, reference: told(expected), windows: told(found) })
}

fn compare_states(reference: &Running, windows: &Running, at_ms: f64) -> Result<(), LockstepError> {
    let at = Time::from_ms(at_ms);
    for neuron in 0..reference.graph().neurons.len() as u32 {
        let (expected, found) = (reference.potential_mv(neuron, at)?, windows.potential_mv(neuron, at)?);
        if expected.to_bits() != found.to_bits() {
            return Err(LockstepError::Potential { neuron, at_ms, reference: expected, windows: found });
        }
    }
    let (expected, found) = (reference.weights_mv(), windows.weights_mv());
    let mut pairs = expected.into_iter().zip(found).enumerate();
    match pairs.find(|(_, (expected, found))| expected.to_bits() != found.to_bits()) {
        Some((number, (reference, windows))) => {
            Err(LockstepError::Weight { number, at_ms, reference, windows })
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spike(at_ms: f64, neuron: u32) -> Spike {
        Spike { at: Time::from_ms(at_ms), neuron }
    }

    #[test]
    fn the_first_spike_that_differs_or_is_missing_is_told() {
        let expected = [spike(1.0, 3), spike(2.0, 4)];
        assert!(compare_spikes(7, &expected, &expected).is_ok());
        let other = compare_spikes(7, &expected, &[spike(1.0, 3), spike(2.0_f64.next_up(), 4)]).unwrap_err();
        let told = "spike 8 differs: neuron 4 at 2 ms by the reference, neuron 4 at 2.0000000000000004 ms in windows";
        assert_eq!(other.to_string(), told);
        let missing = compare_spikes(7, &expected, &expected[..1]).unwrap_err().to_string();
        assert!(missing.ends_with("none in windows"), "{missing}");
    }
}
