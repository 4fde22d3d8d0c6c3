//! Events and their total order: (time, phase, source, number). Content only.
//!
//! At one instant all input spikes are delivered, in ascending order of their source; then there
//! is one test of all neurons against their thresholds. Two engines that insert events in
//! different orders therefore still agree.

use crate::time::Time;

/// A spike of one input. Ordered by time, then source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputSpike {
    /// When.
    pub at: Time,
    /// Which input.
    pub source: u32,
}

/// What happens at an event; the order within one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Phase {
    /// An input spike reaches every neuron of the layer.
    Delivery {
        source: u32,
        /// Tells apart two spikes of one source at one instant: the queue holds a set.
        number: usize,
    },
    /// All deliveries of the instant are done: who stands above threshold?
    Test,
}

/// One entry of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Event {
    pub at: Time,
    pub phase: Phase,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_one_instant_deliveries_come_by_source_and_the_test_comes_last() {
        let at = Time::from_ms(5.0);
        let delivery = |source, number| Event { at, phase: Phase::Delivery { source, number } };
        let test = Event { at, phase: Phase::Test };
        let later = Event { at: Time::from_ms(5.5), phase: Phase::Delivery { source: 0, number: 9 } };
        let mut events = vec![later, test, delivery(7, 0), delivery(2, 3), delivery(2, 1)];
        events.sort();
        assert_eq!(events, [delivery(2, 1), delivery(2, 3), delivery(7, 0), test, later]);
    }
}
