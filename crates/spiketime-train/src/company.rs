//! Runs that show the same input spikes take turns, so that each presentation is drawn once for all of them.
//!
//! Each run goes its own way on a thread of its own, but only one of them works at a time: after some presentations it
//! gives way to whoever is furthest behind, and so they stay within as many presentations as are kept.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::drawn::Drawn;

/// Presentations of a turn, and those whose spikes are kept. Fewer, and the weights of a network come from a farther
/// cache more often; more, and so do the spikes.
pub(crate) const TURN: u64 = 64;

/// What a run does at its place, in the order in which it does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Train,
    Label,
    Test,
    TestWithRest,
}

/// How far a run is: images trained, then what it does with them, then images shown for that. Its order is that of time.
type Place = (u64, Stage, u64);

/// Some runs on one thread's worth of work.
pub(crate) struct Company {
    drawn: Arc<Mutex<Drawn>>,
    turns: Mutex<Turns>,
    /// One for each run: it may go on.
    called: Vec<Condvar>,
}

struct Turns {
    /// Where each run is; `None` when it is done.
    places: Vec<Option<Place>>,
    /// Whose turn it is.
    on_turn: usize,
}

impl Turns {
    /// Who is furthest behind; of several, the first.
    fn next(&self) -> Option<usize> {
        let there = self.places.iter().enumerate().filter_map(|(run, place)| Some((place.as_ref()?, run)));
        there.min().map(|(_, run)| run)
    }
}

impl Company {
    /// Of so many runs; the first has the first turn.
    pub fn new(runs: usize) -> Company {
        let turns = Turns { places: vec![Some((0, Stage::Train, 0)); runs], on_turn: 0 };
        let drawn = Arc::new(Mutex::new(Drawn::shared(TURN as usize)));
        Company { drawn, turns: Mutex::new(turns), called: (0..runs).map(|_| Condvar::new()).collect() }
    }

    /// Waits for the first turn of a run.
    pub fn join(&self, run: usize) -> Seat<'_> {
        drop(self.wait(self.turns(), run));
        Seat { company: self, run }
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, turns: MutexGuard<'a, Turns>, run: usize) -> MutexGuard<'a, Turns> {
        let waited = self.called[run].wait_while(turns, |turns| turns.on_turn != run);
        waited.unwrap_or_else(PoisonError::into_inner)
    }

    fn call_next(&self, turns: &mut Turns) {
        if let Some(next) = turns.next() {
            turns.on_turn = next;
            self.called[next].notify_one();
        }
    }
}

/// A run's place in its company; without it, the others go on.
pub(crate) struct Seat<'a> {
    company: &'a Company,
    run: usize,
}

impl Seat<'_> {
    /// The input spikes of all.
    pub fn drawn(&self) -> &Arc<Mutex<Drawn>> {
        &self.company.drawn
    }

    /// After each presentation: at the end of a turn others go on first who are further behind. Returns how long that
    /// was.
    pub fn give_way(&self, trained: u64, stage: Stage, shown: u64) -> Duration {
        if !shown.is_multiple_of(TURN) {
            return Duration::ZERO;
        }
        let begin = Instant::now();
        let mut turns = self.company.turns();
        turns.places[self.run] = Some((trained, stage, shown));
        self.company.call_next(&mut turns);
        drop(self.company.wait(turns, self.run));
        begin.elapsed()
    }
}

impl Drop for Seat<'_> {
    fn drop(&mut self) {
        let mut turns = self.company.turns();
        turns.places[self.run] = None;
        self.company.call_next(&mut turns);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// Who shows what in which order, where each run trains so many images and the first looks after 100.
    fn told(images: &[u64], fails: Option<usize>) -> Vec<(usize, Stage, u64)> {
        let (company, told) = (Company::new(images.len()), Mutex::new(Vec::new()));
        let show = |seat: &Seat, trained, stage, shown| {
            told.lock().expect("nobody panics with it").push((seat.run, stage, shown));
            seat.give_way(trained, stage, shown);
        };
        let one = |run: usize, images: u64| {
            let seat = company.join(run);
            assert!(fails != Some(run), "it fails");
            (1..=images.min(100)).for_each(|shown| show(&seat, shown, Stage::Train, shown));
            if run == 0 {
                (1..=100).for_each(|shown| show(&seat, 100, Stage::Label, shown));
            }
            (101..=images).for_each(|shown| show(&seat, shown, Stage::Train, shown));
        };
        thread::scope(|scope| {
            let one = &one;
            let started: Vec<_> = images
                .iter()
                .enumerate()
                .map(|(run, &images)| scope.spawn(move || one(run, images)))
                .collect();
            let ended = started.into_iter().map(|run| run.join().is_ok());
            assert!(ended.enumerate().all(|(run, ok)| ok != (fails == Some(run))));
        });
        told.into_inner().expect("nobody panics with it")
    }

    /// The turns: who had one, and where it ended.
    fn turns(told: &[(usize, Stage, u64)]) -> Vec<(usize, u64)> {
        told.chunk_by(|a, b| a.0 == b.0).map(|turn| (turn[0].0, turn[turn.len() - 1].2)).collect()
    }

    #[test]
    fn who_is_furthest_behind_goes_on_and_the_first_of_several() {
        let told = told(&[150, 150, 130], None);
        // After its look the first run is at 100 images where the others are at 128; at 128 it is the first of three.
        let expected = [(0, 64), (1, 64), (2, 64), (0, 64), (1, 128), (2, 128), (0, 150), (1, 150), (2, 130)];
        assert_eq!(turns(&told), expected);
        // The second turn of the first run: 36 images, then the first 64 of its look.
        assert_eq!(told[192 + 35..][..2], [(0, Stage::Train, 100), (0, Stage::Label, 1)]);
    }

    #[test]
    fn when_a_run_fails_the_others_go_on() {
        // The first run looks after the others are done.
        for (fails, last) in [(0, 2), (1, 0)] {
            let told = told(&[70, 70, 70], Some(fails));
            assert!(told.iter().all(|&(run, _, _)| run != fails));
            assert_eq!(turns(&told).last().map(|&(run, _)| run), Some(last));
        }
    }
}
