//! The event queue: the earliest event first, by the total order of [`crate::event`].
//!
//! An event is its own priority, so the order is content and nothing else. Pushing an event that
//! is already queued changes nothing: the test of an instant is asked for by each of its
//! deliveries and happens once.

use std::cmp::Reverse;
use std::hash::{Hash, Hasher};

use ordered_float::OrderedFloat;
use priority_queue::PriorityQueue;

use crate::event::Event;

impl Hash for Event {
    fn hash<H: Hasher>(&self, state: &mut H) {
        OrderedFloat(self.at.ms()).hash(state);
        self.phase.hash(state);
    }
}

#[derive(Default)]
pub(crate) struct EventQueue {
    events: PriorityQueue<Event, Reverse<Event>>,
}

impl EventQueue {
    /// O(log n).
    pub fn push(&mut self, event: Event) {
        self.events.push(event, Reverse(event));
    }

    /// The earliest event; O(log n).
    pub fn pop(&mut self) -> Option<Event> {
        self.events.pop().map(|(event, _)| event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Phase;
    use crate::time::Time;

    #[test]
    fn the_test_of_an_instant_is_queued_once() {
        let at = Time::from_ms(1.0);
        let mut queue = EventQueue::default();
        queue.push(Event { at, phase: Phase::Test });
        queue.push(Event { at, phase: Phase::Delivery { source: 3, number: 0 } });
        queue.push(Event { at, phase: Phase::Test });
        assert_eq!(queue.pop().map(|e| e.phase), Some(Phase::Delivery { source: 3, number: 0 }));
        assert_eq!(queue.pop().map(|e| e.phase), Some(Phase::Test));
        assert_eq!(queue.pop(), None);
    }

    #[test]
    fn two_spikes_of_one_source_at_one_instant_are_both_delivered() {
        let at = Time::from_ms(1.0);
        let mut queue = EventQueue::default();
        queue.push(Event { at, phase: Phase::Delivery { source: 3, number: 1 } });
        queue.push(Event { at, phase: Phase::Delivery { source: 3, number: 0 } });
        assert_eq!(std::iter::from_fn(|| queue.pop()).count(), 2);
    }
}
