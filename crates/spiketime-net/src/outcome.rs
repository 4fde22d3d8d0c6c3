//! What a simulated network did: every spike as it comes, potentials when one asks, rates and learned weights at the end.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde::Serialize;
use spiketime_data::halt;
use spiketime_sim::Time;
use spiketime_sim::graph::{SimulationError, Source, Spike};

use crate::engine::{Engine, Running};
use crate::file::Net;
use crate::rates::{Rates, Summary};

/// Version of the document.
const SCHEMA_VERSION: u32 = 1;
/// How often one hears how far it is; a simulation without spikes sees a wish to stop so often.
const PIECES: f64 = 1000.0;
/// A piece of time that takes longer is halved.
const LONG: Duration = Duration::from_millis(50);

/// So many spikes beyond what is allowed end a piece before all of them are found.
const MUCH_MORE: usize = 1_000_000;

/// Why a simulation has no outcome.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum RunError {
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    #[error(
        "more than {max_spikes} spikes by {at_ms} ms, {rate_hz:.0} Hz a neuron of late; weaken what excites, stop \
         earlier with --until, or allow more with --max-spikes"
    )]
    TooManySpikes { max_spikes: usize, at_ms: f64, rate_hz: f64 },
    #[error(transparent)]
    Written(#[from] io::Error),
}

/// The document that `spiketime simulate` writes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// Version of this document.
    pub schema: u32,
    /// How long it was simulated \[ms\].
    pub until_ms: f64,
    /// How long it should have been, if it was stopped before \[ms\].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted_until_ms: Option<f64>,
    /// The populations in order; the neurons of one are consecutive.
    pub populations: Vec<Summary>,
    /// All spikes in order of time, then neuron, unless they went elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spikes: Option<Spikes>,
    /// The weights of the connections that learn, at the end, if one wished to know.
    pub learned: Vec<Learned>,
    /// Spikes delivered to a neuron.
    pub deliveries: u64,
    /// What it took, which no number depends on.
    #[serde(skip)]
    pub effort: Effort,
}

/// What a simulation took.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Effort {
    /// To lay the connections out.
    pub layout_seconds: f64,
    /// Pieces of time in which something might have happened.
    pub pieces: u64,
    /// Those in which no spike was sent or delivered.
    pub empty: u64,
    /// What those took.
    pub empty_seconds: f64,
}

/// Spikes as two columns.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Spikes {
    /// When \[ms\].
    pub times_ms: Vec<f64>,
    /// Which neuron.
    pub neurons: Vec<u32>,
}

/// The weight of a connection at the end.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Learned {
    /// `input` or `neuron`.
    pub kind: &'static str,
    /// Which one.
    pub source: u32,
    /// To which neuron.
    pub target: u32,
    /// How strong \[mV\].
    pub weight_mv: f64,
}

/// How a network is simulated.
#[derive(Clone, Debug)]
pub struct Wish {
    /// How long \[ms\].
    pub until_ms: f64,
    /// By whom.
    pub engine: Engine,
    /// More spikes than this end in an error.
    pub max_spikes: usize,
    /// Whose potentials are looked at, and how often.
    pub look: Option<Look>,
    /// Are learned weights told?
    pub tells_learned: bool,
}

/// Neurons that are looked at, at 0 ms and then so often.
#[derive(Clone, Debug)]
pub struct Look {
    /// Which, counted over all populations.
    pub neurons: Vec<u32>,
    /// How often \[ms\].
    pub every_ms: f64,
}

/// What a simulation under way tells.
pub enum News<'a> {
    /// Spikes, in order of time, then neuron.
    Spikes(&'a [Spike]),
    /// A neuron was looked at.
    Potential {
        /// When \[ms\].
        at_ms: f64,
        /// Which.
        neuron: u32,
        /// What it had \[mV\].
        potential_mv: f64,
    },
    /// Which part of the time is done, up to 1.
    Reached(f64),
}

/// Who hears it.
pub type Hears<'a> = &'a mut dyn FnMut(News<'_>) -> io::Result<()>;

impl Net {
    /// Runs the network from 0 to `until_ms` and keeps every spike.
    ///
    /// # Errors
    /// When spikes come faster than times can tell apart, or too many come.
    pub fn run(self, until_ms: f64, max_spikes: usize) -> Result<Outcome, RunError> {
        let mut spikes = Spikes::default();
        let mut hears = |news: News<'_>| {
            if let News::Spikes(found) = news {
                spikes.extend(found);
            }
            Ok(())
        };
        let wish = Wish { until_ms, engine: Engine::default(), max_spikes, look: None, tells_learned: true };
        let outcome = self.simulate(&wish, &AtomicBool::new(false), &mut hears)?;
        Ok(Outcome { spikes: Some(spikes), ..outcome })
    }

    /// Runs the network as wished, until `stop` is set: then the outcome is what it was up to then. The outcome holds no
    /// spikes; `hears` has had them.
    ///
    /// # Errors
    /// As [`Net::run`], and when what hears fails.
    pub fn simulate<'a>(
        self,
        wish: &'a Wish,
        stop: &'a AtomicBool,
        hears: Hears<'a>,
    ) -> Result<Outcome, RunError> {
        let neurons = self.graph.neurons.len();
        let begin = Instant::now();
        let running = Running::new(self.graph, self.spikes, wish.engine)?;
        let effort = Effort { layout_seconds: begin.elapsed().as_secs_f64(), ..Effort::default() };
        let mut under_way = UnderWay {
            running,
            hears,
            rates: Rates::new(neurons),
            spikes: Vec::new(),
            count: 0,
            earlier: (0, 0.0),
            effort,
            wish,
            stop,
        };
        let done_ms = under_way.advance()?;
        let UnderWay { running, rates, effort, .. } = under_way;
        Ok(Outcome {
            schema: SCHEMA_VERSION,
            until_ms: done_ms,
            wanted_until_ms: (done_ms < wish.until_ms).then_some(wish.until_ms),
            populations: self
                .populations
                .iter()
                .map(|(name, range)| rates.summary(name, range, done_ms))
                .collect(),
            spikes: None,
            learned: if wish.tells_learned { learned(&running) } else { Vec::new() },
            deliveries: running.deliveries(),
            effort,
        })
    }
}

struct UnderWay<'a> {
    running: Running,
    hears: Hears<'a>,
    rates: Rates,
    spikes: Vec<Spike>,
    count: usize,
    /// How many spikes there were at an earlier time: what they have become since is the rate of late.
    earlier: (usize, f64),
    effort: Effort,
    wish: &'a Wish,
    stop: &'a AtomicBool,
}

impl UnderWay<'_> {
    /// Up to the end, or to where it was stopped \[ms\].
    fn advance(&mut self) -> Result<f64, RunError> {
        let until_ms = self.wish.until_ms;
        let mut looks = self.looks();
        self.look(looks.next_if_eq(&0.0))?;
        let (mut done_ms, mut step_ms) = (0.0, self.first_step_ms());
        while done_ms < until_ms {
            let begin = Instant::now();
            let end_ms = (done_ms + step_ms).clamp(f64::next_up(done_ms), until_ms);
            while let Some(at_ms) = looks.next_if(|&at_ms| at_ms <= end_ms) {
                if let Some(stopped_ms) = self.advance_to(at_ms)? {
                    return Ok(stopped_ms);
                }
                self.look(Some(at_ms))?;
            }
            if let Some(stopped_ms) = self.advance_to(end_ms)? {
                return Ok(stopped_ms);
            }
            halt::pass("piece");
            if self.stop.load(Ordering::Relaxed) {
                return Ok(end_ms);
            }
            done_ms = end_ms;
            step_ms *= if begin.elapsed() > LONG { 0.5 } else { 2.0 };
            step_ms = step_ms.min(self.longest_step_ms());
        }
        Ok(until_ms)
    }

    /// Windows are short by themselves; what is not is cut, so that one hears how far it is and can stop it.
    fn longest_step_ms(&self) -> f64 {
        let (until_ms, piece_ms) = (self.wish.until_ms, self.wish.until_ms / PIECES);
        if self.running.window_ms() <= piece_ms { until_ms } else { piece_ms }
    }

    /// How much there is to do is not known yet.
    fn first_step_ms(&self) -> f64 {
        let longest_ms = self.longest_step_ms();
        if longest_ms < self.wish.until_ms { longest_ms / PIECES } else { longest_ms }
    }

    /// When the chosen neurons are looked at.
    fn looks(&self) -> std::iter::Peekable<impl Iterator<Item = f64> + use<>> {
        let (every_ms, until_ms) =
            (self.wish.look.as_ref().map_or(f64::INFINITY, |look| look.every_ms), self.wish.until_ms);
        // A multiple, not a sum: the times do not drift.
        let times = (0_u64..).map(move |number| if number == 0 { 0.0 } else { number as f64 * every_ms });
        times.take_while(move |&at_ms| at_ms <= until_ms).peekable()
    }

    fn look(&mut self, at_ms: Option<f64>) -> Result<(), RunError> {
        let (Some(look), Some(at_ms)) = (&self.wish.look, at_ms) else { return Ok(()) };
        for &neuron in &look.neurons {
            let potential_mv = self.running.potential_mv(neuron, Time::from_ms(at_ms))?;
            (self.hears)(News::Potential { at_ms, neuron, potential_mv })?;
        }
        Ok(())
    }

    /// Everything up to `end_ms`; where it was stopped before, up to when it came.
    fn advance_to(&mut self, end_ms: f64) -> Result<Option<f64>, RunError> {
        let until = Time::from_ms(end_ms);
        loop {
            let (begin, delivered) = (Instant::now(), self.running.deliveries());
            let most = (self.wish.max_spikes - self.count).saturating_add(MUCH_MORE);
            let goes_on = self.running.next(until, most, &mut self.spikes);
            let found = self.take()?;
            self.note(begin.elapsed(), !found && self.running.deliveries() == delivered);
            match goes_on {
                Ok(true) => {}
                Ok(false) => return Ok(None),
                Err(SimulationError::TooMany { at_ms, .. }) => return Err(self.too_many(at_ms)),
                Err(error) => return Err(error.into()),
            }
            let now_ms = self.running.now().ms();
            self.tell(now_ms)?;
            if self.stop.load(Ordering::Relaxed) {
                return Ok(Some(now_ms));
            }
        }
    }

    /// Now and then how far it is, and what the rate of late is counted from.
    fn tell(&mut self, now_ms: f64) -> Result<(), RunError> {
        if now_ms - self.earlier.1 >= self.wish.until_ms / PIECES {
            self.earlier = (self.count, now_ms);
            (self.hears)(News::Reached(now_ms / self.wish.until_ms))?;
        }
        Ok(())
    }

    /// The spikes of a piece, of which none is handed on where they are too many; were there any?
    fn take(&mut self) -> Result<bool, RunError> {
        let left = self.wish.max_spikes - self.count;
        let too_many = self.spikes.get(left).map(|spike| spike.at.ms());
        self.count += self.spikes.len();
        if let Some(at_ms) = too_many {
            return Err(self.too_many(at_ms));
        }
        self.rates.take(&self.spikes);
        (self.hears)(News::Spikes(&self.spikes))?;
        Ok(!self.spikes.is_empty())
    }

    fn too_many(&self, at_ms: f64) -> RunError {
        let (count, since_ms) = self.earlier;
        let neurons = self.running.graph().neurons.len() as f64;
        let spikes = (self.count - count) as f64;
        RunError::TooManySpikes {
            max_spikes: self.wish.max_spikes,
            at_ms,
            rate_hz: spikes * 1000.0 / (neurons * (at_ms - since_ms).max(f64::MIN_POSITIVE)),
        }
    }

    fn note(&mut self, took: Duration, is_empty: bool) {
        self.effort.pieces += 1;
        if is_empty {
            self.effort.empty += 1;
            self.effort.empty_seconds += took.as_secs_f64();
        }
    }
}

impl Spikes {
    /// Adds these.
    pub fn extend(&mut self, spikes: &[Spike]) {
        self.times_ms.extend(spikes.iter().map(|spike| spike.at.ms()));
        self.neurons.extend(spikes.iter().map(|spike| spike.neuron));
    }
}

fn learned(running: &Running) -> Vec<Learned> {
    if running.graph().learning.is_empty() {
        return Vec::new();
    }
    let connections = running.graph().connections.iter().zip(running.weights_mv());
    connections
        .filter(|(connection, _)| connection.learning.is_some())
        .map(|(connection, weight_mv)| {
            let (kind, source) = match connection.source {
                Source::Input(input) => ("input", input),
                Source::Neuron(neuron) => ("neuron", neuron),
            };
            Learned { kind, source, target: connection.target, weight_mv }
        })
        .collect()
}
