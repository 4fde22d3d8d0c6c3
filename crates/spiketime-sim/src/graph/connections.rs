//! The connections of a graph, in the order they were made: neighbours that differ in their target only share the rest.
//!
//! A list of 10⁸ connections of one weight and delay each source takes 4 bytes a connection, not the 40 of
//! [`Connection`].

use super::{Connection, Source};

/// A list of [`Connection`]s; two of them may join the same pair.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Connections {
    targets: Vec<u32>,
    runs: Vec<Run>,
}

/// What connections from `first` up to the next run's share.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    first: usize,
    shared: Shared,
}

/// A connection but for its target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Shared {
    pub source: Source,
    pub delay_ms: f64,
    pub weight_mv: f64,
    pub learning: Option<u32>,
}

impl Shared {
    fn of(connection: &Connection) -> Shared {
        let &Connection { source, delay_ms, weight_mv, learning, .. } = connection;
        Shared { source, delay_ms, weight_mv, learning }
    }

    fn to(self, target: u32) -> Connection {
        let Shared { source, delay_ms, weight_mv, learning } = self;
        Connection { source, target, delay_ms, weight_mv, learning }
    }

    /// The same to the bit: what is read is what was written, −0.0 too.
    fn is(&self, other: &Shared) -> bool {
        let numbers = |shared: &Shared| [shared.delay_ms.to_bits(), shared.weight_mv.to_bits()];
        self.source == other.source && self.learning == other.learning && numbers(self) == numbers(other)
    }
}

impl Connections {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.targets.len()
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.targets.is_empty()
    }

    /// Room for so many more.
    pub fn reserve_exact(&mut self, more: usize) {
        self.targets.reserve_exact(more);
    }

    /// Adds one.
    pub fn push(&mut self, connection: Connection) {
        let shared = Shared::of(&connection);
        if !self.runs.last().is_some_and(|run| run.shared.is(&shared)) {
            self.runs.push(Run { first: self.targets.len(), shared });
        }
        self.targets.push(connection.target);
    }

    /// Adds one to each of these targets, all else as in `connection`.
    pub fn push_to(&mut self, connection: Connection, targets: &[u32]) {
        if let Some((&target, others)) = targets.split_first() {
            self.push(Connection { target, ..connection });
            self.targets.extend_from_slice(others);
        }
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Connection> {
        self.runs().flat_map(|(shared, targets)| targets.iter().map(move |&target| shared.to(target)))
    }

    /// What neighbours share, and their targets.
    pub(super) fn runs(&self) -> impl Iterator<Item = (Shared, &[u32])> {
        self.runs.iter().enumerate().map(|(number, run)| {
            let end = self.runs.get(number + 1).map_or(self.targets.len(), |next| next.first);
            (run.shared, &self.targets[run.first..end])
        })
    }

    /// What the connections of a run share.
    pub(super) fn shared(&self, run: u32) -> &Shared {
        &self.runs[run as usize].shared
    }
}

impl Extend<Connection> for Connections {
    fn extend<T: IntoIterator<Item = Connection>>(&mut self, connections: T) {
        connections.into_iter().for_each(|connection| self.push(connection));
    }
}

impl FromIterator<Connection> for Connections {
    fn from_iter<T: IntoIterator<Item = Connection>>(connections: T) -> Connections {
        let mut list = Connections::default();
        list.extend(connections);
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_written_and_neighbours_share() {
        let connection = |source, target, weight_mv| {
            let (source, learning) = (Source::Neuron(source), None);
            Connection { source, target, delay_ms: 1.0, weight_mv, learning }
        };
        let written =
            [connection(0, 1, 0.0), connection(0, 2, 0.0), connection(0, 3, -0.0), connection(1, 3, -0.0)];
        let list: Connections = written.into_iter().collect();
        let read: Vec<Connection> = list.iter().collect();
        assert_eq!(read, written);
        assert!(read[2].weight_mv.is_sign_negative() && read[1].weight_mv.is_sign_positive());
        assert_eq!((list.len(), list.runs.len()), (4, 3));
        let mut longer = list.clone();
        longer.push_to(connection(1, 9, -0.0), &[5, 3]);
        longer.push_to(connection(2, 9, 1.0), &[]);
        let added = [connection(1, 5, -0.0), connection(1, 3, -0.0)];
        assert_eq!(longer, written.into_iter().chain(added).collect());
        assert_eq!(longer.runs.len(), 3);
    }
}
