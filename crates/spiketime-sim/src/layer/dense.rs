//! The fast answer for one all-to-all layer: eight input spikes, then eight more.
//!
//! All neurons of such a layer are stored at the same instants, so one decay factor serves all of
//! them. A block of input spikes is integrated on trust into a second array; if no potential came
//! near its threshold the arrays change places, else the block is done again one spike at a time
//! ([`integrate`]). This file holds no formula: every law is called where it is defined.

mod bounds;
mod column;
mod counts;
mod devices;
mod heard;
mod integrate;
mod learn;
mod own_decays;
mod silence;

use std::any::Any;

use bounds::Bounds;
use counts::count;
use heard::Heard;
use integrate::{BLOCK, Steps, any_crosses, factors, integrate_block};
use learn::Learner;
use multiversion::multiversion;
use own_decays::OwnDecays;
use silence::Silence;

use crate::event::InputSpike;
use crate::instruction_set::InstructionSet;
use crate::laws::inhibition::{Inhibition, inhibited, margin, spiking};
use crate::laws::lif::crosses;
use crate::laws::threshold::raised;
use crate::layer::decays::Decays;
use crate::layer::network::Network;
use crate::layer::observer::Observer;
use crate::layer::rows::{LANES, Tile, place, tiled, values};
use crate::real::Real;
use crate::time::Time;

pub(super) fn present<R: Real>(
    instructions: InstructionSet,
    network: &mut Network<R>,
    spikes: &[InputSpike],
    decays: &Decays,
    observer: &mut dyn Observer,
) {
    assert!(decays.are_for(&network.layer, spikes), "decays of other spikes or of another time constant");
    present_either(instructions, network, spikes, decays, observer);
}

/// A network of either precision. Both are compiled here: a generic loop would be compiled again by every program that
/// calls it, which takes minutes each.
#[inline(never)]
fn present_either(
    instructions: InstructionSet,
    network: &mut dyn Any,
    spikes: &[InputSpike],
    decays: &Decays,
    observer: &mut dyn Observer,
) {
    if let Some(network) = network.downcast_mut::<Network<f32>>() {
        return run_on(instructions, network, spikes, decays, observer);
    }
    let network = network.downcast_mut::<Network<f64>>().expect("a precision is f32 or f64");
    run_on(instructions, network, spikes, decays, observer);
}

fn run_on<R: Real>(
    instructions: InstructionSet,
    network: &mut Network<R>,
    spikes: &[InputSpike],
    decays: &Decays,
    observer: &mut dyn Observer,
) {
    match instructions {
        InstructionSet::Portable => run(network, spikes, decays, observer),
        InstructionSet::Avx2 => run_avx2(network, spikes, decays, observer),
        InstructionSet::Avx512 => run_avx512(network, spikes, decays, observer),
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn run_avx2<R: Real>(
    network: &mut Network<R>,
    spikes: &[InputSpike],
    decays: &Decays,
    observer: &mut dyn Observer,
) {
    run(network, spikes, decays, observer);
}

#[multiversion(targets("x86_64+avx512f+avx512vl+avx512dq+avx512bw"))]
fn run_avx512<R: Real>(
    network: &mut Network<R>,
    spikes: &[InputSpike],
    decays: &Decays,
    observer: &mut dyn Observer,
) {
    run(network, spikes, decays, observer);
}

/// Everything below is inlined into this, or it would not be compiled for the instructions chosen.
#[inline(always)]
fn run<R: Real>(
    network: &mut Network<R>,
    spikes: &[InputSpike],
    decays: &Decays,
    observer: &mut dyn Observer,
) {
    if spikes.is_empty() || network.has_ended() {
        return;
    }
    let has_own_decays = !network.own.tau_membrane_ms.is_empty();
    match (network.layer.leaks(), network.layer.silences(), has_own_decays) {
        (true, false, false) => run_as::<R, true, false, false>(network, spikes, decays, observer),
        (false, false, false) => run_as::<R, false, false, false>(network, spikes, decays, observer),
        (_, true, false) => run_as::<R, true, true, false>(network, spikes, decays, observer),
        (_, _, true) => run_as::<R, true, true, true>(network, spikes, decays, observer),
    }
}

/// With leak or without, with silent neurons or without, with time constants of neurons' own or one for all.
#[inline(always)]
fn run_as<R: Real, const LEAKS: bool, const SILENCES: bool, const OWN: bool>(
    network: &mut Network<R>,
    spikes: &[InputSpike],
    decays: &Decays,
    observer: &mut dyn Observer,
) {
    debug_assert!(network.potentials_since.iter().all(|&since| since == network.potentials_since[0]));
    let presentation = Presentation::<R, LEAKS, SILENCES, OWN> {
        spikes,
        decays: factors(network, spikes, decays),
        potentials_mv: tiled(&network.potentials_mv).collect(),
        ahead_mv: tiled(&network.potentials_mv).collect(),
        steps: Steps::new(),
        bounds: Bounds::new(network, spikes),
        silence: Silence::new(),
        learner: Learner::new(),
        own_decays: OwnDecays::new(),
        heard: Heard::new(network, spikes),
        network: &mut *network,
        observer,
        next: 0,
        stamped: 0,
        above: Vec::new(),
        winners: Vec::new(),
    };
    let (potentials_mv, last) = presentation.run();
    network.potentials_mv.iter_mut().zip(values(&potentials_mv)).for_each(|(stored, now)| *stored = now);
    network.potentials_since.fill(last);
}

struct Presentation<'a, R, const LEAKS: bool, const SILENCES: bool, const OWN: bool> {
    network: &'a mut Network<R>,
    observer: &'a mut dyn Observer,
    /// Those to deliver; the rest of them is dropped when the presentation ends.
    spikes: &'a [InputSpike],
    /// The decay factor before each input spike.
    decays: Vec<R>,
    /// The network's potentials during the presentation \[mV\].
    potentials_mv: Vec<Tile<R>>,
    /// Potentials after a block that is integrated on trust \[mV\].
    ahead_mv: Vec<Tile<R>>,
    /// A block whose spikes are looked at one by one.
    steps: Steps<R>,
    bounds: Bounds<R>,
    silence: Silence<R>,
    learner: Learner<R>,
    /// The decays of a block, where each neuron has its own.
    own_decays: OwnDecays<R>,
    /// The weights as they are read, where that is not exact.
    heard: Option<Heard<R>>,
    /// The next input spike to integrate.
    next: usize,
    /// The next input spike to remember in `last_input`.
    stamped: usize,
    above: Vec<(u32, R)>,
    winners: Vec<u32>,
}

impl<R: Real, const LEAKS: bool, const SILENCES: bool, const OWN: bool>
    Presentation<'_, R, LEAKS, SILENCES, OWN>
{
    /// The potentials in the end, and when that was.
    #[inline(always)]
    fn run(mut self) -> (Vec<Tile<R>>, Time) {
        while self.next < self.spikes.len() {
            self.bounds.hold(self.network, self.spikes, self.next);
            if OWN {
                let since = match self.next.checked_sub(1) {
                    None => self.network.potentials_since[0],
                    Some(before) => self.spikes[before].at,
                };
                self.own_decays.renew(self.network, self.spikes, self.next, since);
            }
            if !self.block() {
                self.one_by_one();
            }
        }
        self.stamp();
        (self.potentials_mv, self.spikes[self.spikes.len() - 1].at)
    }

    /// Integrates a whole block; false and without effect where a neuron might spike within it, or
    /// where not enough spikes are left.
    #[inline(always)]
    fn block(&mut self) -> bool {
        let (Some(spikes), Some(decays)) =
            (self.spikes[self.next..].first_chunk(), self.decays[self.next..].first_chunk())
        else {
            return false;
        };
        if SILENCES {
            self.silence.renew(self.network, spikes[0].at);
            if !self.silence.holds(spikes[BLOCK - 1].at) {
                return false;
            }
        }
        let lowest_mv = &self.bounds.lowest_mv;
        let weights_mv = self.heard.as_ref().map_or(&self.network.weights_mv, |heard| &heard.weights_mv);
        let (hears, from_mv, ahead_mv) = (&self.silence.hears, &self.potentials_mv, &mut self.ahead_mv);
        let decays = (decays, self.own_decays.factors.as_slice());
        let might_spike = integrate_block::<R, LEAKS, SILENCES, OWN>(
            weights_mv, hears, from_mv, lowest_mv, spikes, decays, ahead_mv,
        );
        if might_spike {
            return false;
        }
        std::mem::swap(&mut self.potentials_mv, &mut self.ahead_mv);
        self.next += BLOCK;
        true
    }

    /// Integrates as many input spikes as a block has, or until a neuron spikes.
    #[inline(always)]
    fn one_by_one(&mut self) {
        let spikes = &self.spikes[self.next..self.spikes.len().min(self.next + BLOCK)];
        let count = if SILENCES { self.hearing(spikes) } else { spikes.len() };
        let (hears, lowest_mv) = (&self.silence.hears, &self.bounds.lowest_mv);
        let weights_mv = self.heard.as_ref().map_or(&self.network.weights_mv, |heard| &heard.weights_mv);
        self.steps.integrate::<LEAKS, SILENCES, OWN>(
            weights_mv,
            hears,
            &self.potentials_mv,
            lowest_mv,
            &spikes[..count],
            (&self.decays[self.next..], &self.own_decays.factors),
        );
        for (step, &InputSpike { at: now, .. }) in spikes[..count].iter().enumerate() {
            self.next += 1;
            let is_complete = self.spikes.get(self.next).is_none_or(|following| following.at > now);
            if self.steps.might_spike(step) && is_complete {
                self.steps.put(step, &mut self.potentials_mv);
                if self.test(now) {
                    return;
                }
            }
        }
        self.steps.put(count - 1, &mut self.potentials_mv);
    }

    /// How many of these spikes find the same neurons silent as the first does.
    #[inline(always)]
    fn hearing(&mut self, spikes: &[InputSpike]) -> usize {
        self.silence.renew(self.network, spikes[0].at);
        spikes.iter().take_while(|spike| self.silence.holds(spike.at)).count()
    }

    /// The test of an instant whose input spikes are all delivered, and what follows from it.
    #[inline(always)]
    fn test(&mut self, now: Time) -> bool {
        above_threshold(self.network, &self.potentials_mv, &self.bounds.lowest_mv, now, &mut self.above);
        if self.above.is_empty() {
            return false;
        }
        spiking(&self.above, self.network.layer.tie_rule, &mut self.winners);
        self.observer.spiked(now, &self.winners, self.above.len());
        for &neuron in &self.winners {
            self.network.count_spike(neuron as usize);
        }
        self.stamp();
        self.learner.learn(self.network, &self.winners, now);
        let inhibition = self.network.layer.inhibition;
        inhibit::<R, SILENCES>(&mut self.potentials_mv, &self.silence, inhibition, &self.winners);
        self.network.hold_others(&self.winners, now);
        raise_thresholds(self.network, &self.winners, now);
        if let Some(heard) = &mut self.heard {
            heard.learned(self.network, &self.winners);
        }
        self.bounds.raised(self.network, &self.winners);
        self.silence.changed();
        if self.network.has_ended() {
            self.spikes = &self.spikes[..self.next];
        }
        true
    }

    /// Stamps the inputs that have spiked since the last time this was called.
    #[inline(always)]
    fn stamp(&mut self) {
        let spikes = &self.spikes[self.stamped..self.next];
        if let Some(rule) = self.network.layer.count_rule().cloned() {
            count(self.network, &rule, spikes);
        } else {
            for spike in spikes {
                self.network.last_input[spike.source as usize] = spike.at;
            }
        }
        self.stamped = self.next;
    }
}

/// The neurons above threshold; only one above its bound can be.
#[inline(always)]
fn above_threshold<R: Real>(
    network: &Network<R>,
    potentials_mv: &[Tile<R>],
    lowest_mv: &[Tile<R>],
    now: Time,
    above: &mut Vec<(u32, R)>,
) {
    above.clear();
    for (tile, (potentials, lowest)) in potentials_mv.iter().zip(lowest_mv).enumerate() {
        if !any_crosses(potentials, lowest) {
            continue;
        }
        for (lane, (&potential, &lowest)) in potentials.0.iter().zip(&lowest.0).enumerate() {
            let neuron = tile * LANES + lane;
            if crosses(potential, lowest) {
                let threshold = network.threshold(neuron, now);
                if crosses(potential, threshold) {
                    above.push((neuron as u32, margin(potential, threshold, network.layer.tie_rule)));
                }
            }
        }
    }
}

/// The others are inhibited, but for the silent ones, then the spiking ones reset.
#[inline(always)]
fn inhibit<R: Real, const SILENCES: bool>(
    potentials_mv: &mut [Tile<R>],
    silence: &Silence<R>,
    inhibition: Inhibition,
    winners: &[u32],
) {
    for (number, tile) in potentials_mv.iter_mut().enumerate() {
        for (lane, potential) in tile.0.iter_mut().enumerate() {
            if !SILENCES || silence.hears(number, lane) {
                *potential = inhibited(*potential, inhibition, winners.len());
            }
        }
    }
    for &neuron in winners {
        let (tile, lane) = place(neuron as usize);
        potentials_mv[tile].0[lane] = R::ZERO;
    }
}

#[inline(always)]
fn raise_thresholds<R: Real>(network: &mut Network<R>, winners: &[u32], now: Time) {
    let step = R::rounded(network.layer.adaptation_mv);
    for &neuron in winners {
        let neuron = neuron as usize;
        let (adaptation, since) = (network.adaptations_mv[neuron], network.adaptations_since[neuron]);
        let tau_ms = network.own.tau_adaptation_ms(neuron, network.layer.tau_adaptation_ms);
        network.adaptations_mv[neuron] = raised(adaptation, since, now, tau_ms, step);
        network.adaptations_since[neuron] = now;
        network.settle_spike(neuron, now);
    }
}
