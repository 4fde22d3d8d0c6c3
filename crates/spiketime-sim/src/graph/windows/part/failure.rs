//! Where a part ends before its window does: which error is told, and that the spikes before it are whole.

use super::{Failure, Part};
use crate::graph::SimulationError;
use crate::time::Time;

impl Part {
    /// A neuron that failed does nothing more by itself.
    pub(super) fn fail(&mut self, neuron: u32, at: Time, error: SimulationError) {
        self.cells.quiet_until_ms[neuron as usize] = f64::INFINITY;
        self.note(Failure { at, neuron: self.first + neuron, error });
    }

    /// The first error of all is told.
    fn note(&mut self, failure: Failure) {
        let (at, neuron) = (failure.at, failure.neuron);
        let earlier = self.failure.take().filter(|other| (other.at, other.neuron) <= (at, neuron));
        self.failure = earlier.or(Some(failure));
    }

    /// At the end of a window.
    pub(super) fn tell_too_many(&mut self) {
        if self.spikes.len() > self.most_spikes {
            self.cut();
            let error = SimulationError::TooMany { most: self.most_spikes, at_ms: self.end.ms() };
            self.note(Failure { at: self.sought_until, neuron: self.first, error });
        }
    }

    /// Of too many spikes the earliest are kept, with all of the last instant, and nobody asks for later ones: what is told
    /// before the error is whole, also where one neuron has them all.
    pub(super) fn cut(&mut self) {
        let (_, last, _) = self.spikes.select_nth_unstable(self.most_spikes);
        let last = last.at;
        self.spikes.retain(|spike| spike.at <= last);
        self.sought_until = Time::from_ms(last.ms().next_up());
        // At least as many come before the next cut as are left: a spike costs the same however many share an instant.
        self.cut_at = 2 * self.spikes.len();
    }
}
