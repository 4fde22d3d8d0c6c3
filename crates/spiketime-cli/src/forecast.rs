//! What runs will take, before they are begun: time by the cost law of `docs/performance.md`, disk, memory.
//!
//! The law is of one core of the machine described there; how fast this machine is in comparison is measured by training
//! the reference layer on embedded images for a moment.
//!
//! ```text
//! an image = 3.8 µs + input spikes · (5 + 0.064 N) ns + output spikes · cost of one, by inhibition
//! ```

use std::collections::BTreeMap;
use std::time::Instant;

use spiketime_data::source::embedded;
use spiketime_data::{DatasetName, Encoder, ImageGain, Purpose};
use spiketime_sim::Engine;
use spiketime_study::data_sets::OwnSets;
use spiketime_train::condition::{Condition, Dependence, Inhibition};
use spiketime_train::context::work;
use spiketime_train::data_set::DataSet;
use spiketime_train::footprint;
use spiketime_train::present::{Presenter, initial_network};
use spiketime_train::run::Run;
use spiketime_train::schedule::Schedule;

/// A point of a record of 228 runs takes 1.5 kB.
const POINT_BYTES: u64 = 1_500;
/// Another way to read out a point.
const READING_BYTES: u64 = 65;
/// The head of a `.npy` file.
const NPY_HEAD_BYTES: u64 = 128;
/// A weight in a `.npy` file.
const WEIGHT_BYTES: u64 = 4;

/// Microseconds of an image, by the law.
struct Cost {
    train_us: f64,
    test_us: f64,
}

/// What a presentation costs more where neurons or readings differ \[µs\]: an exponential a neuron and input spike, a
/// normal number a neuron and lit input (`just bench-devices`).
fn varied_us(condition: &Condition, spikes_in: f64) -> f64 {
    let neurons = condition.neurons as f64;
    let has_taus = condition.tau_membrane_sd_ms > 0.0 || condition.tau_adaptation_sd_ms > 0.0;
    let taus_us = if has_taus { 0.0027 * spikes_in * neurons } else { 0.0 };
    taus_us + if condition.read_sd > 0.0 { 1.2 * neurons } else { 0.0 }
}

/// What an own spike costs more where devices differ \[µs\].
fn differing_us(condition: &Condition) -> f64 {
    let spreads = [
        condition.stdp_gain_sd,
        condition.stdp_loss_sd,
        condition.stdp_nonlinearity_sd,
        condition.weight_min_sd,
        condition.weight_max_sd,
    ];
    let differs = spreads.iter().any(|&sd| sd > 0.0) || condition.weight_levels > 0;
    (if differs { 2.0 } else { 0.0 }) + if condition.cycle_sd > 0.0 { 5.0 } else { 0.0 }
}

/// Output spikes of an image, and the microseconds that one costs when it is tested and when it is learned from.
///
/// `drive` is 1 where an image has as many input spikes as the report's digits.
fn outputs(condition: &Condition, drive: f64) -> (f64, f64, f64) {
    let exponents = [condition.stdp_gain_nonlinearity, condition.stdp_loss_nonlinearity];
    let dependences = [condition.stdp_gain_dependence, condition.stdp_loss_dependence];
    let is_linear = exponents == [0.0; 2] && dependences == [Dependence::Exponential; 2];
    match condition.inhibition {
        _ if condition.stdp_loss < 0.0 => (600.0 * drive, 0.05, 0.3),
        Inhibition::WinnerTakesAll if is_linear => (10.0 * drive * drive, 0.45, 1.0),
        Inhibition::WinnerTakesAll => (10.0 * drive * drive, 0.45, 3.5),
        Inhibition::Soft => (105.0 * drive, 0.38, 1.23),
        Inhibition::None => (400.0 * drive, 0.05, 0.49),
    }
}

/// Input spikes of an image: 1 238 and 2 788 of the known sets where a white pixel has 12.5 and there is no gain, of one's
/// own what its images come to. Where only its facts are kept it is taken to be as bright as digits.
fn spikes_in(condition: &Condition, encoder: &Encoder, own: &OwnSets) -> f64 {
    let set = &condition.dataset;
    let data = own.get(set.name()).and_then(|own| own.dataset.as_ref());
    if let Some(data) = data.filter(|_| set.known().is_none()) {
        return data.train.mean_spikes(encoder);
    }
    let is_fashion = set.known() == Some(DatasetName::FashionMnist);
    // White pixels of an image, and what its grey values sum up to in parts of their norm.
    let (white, of_norm) = if is_fashion { (0.284, 17.8) } else { (0.126, 10.8) };
    let whole = match encoder.gain {
        ImageGain::None => set.inputs() as f64 * white,
        ImageGain::Sum => 1.0,
        ImageGain::Norm => of_norm,
    };
    whole * encoder.input.rate_max_hz * encoder.input.duration_ms / 1_000.0
}

/// The part of its input spikes that an image which ends with an output spike has had by then: 520 of 2 160 digits.
const SHOWN: f64 = 0.25;

fn cost(condition: &Condition, own: &OwnSets) -> Cost {
    let [trained_in, tested_in] =
        [condition.input(), condition.test_input()].map(|encoder| spikes_in(condition, &encoder, own));
    if condition.spikes_an_image > 0 {
        let spikes = f64::from(condition.spikes_an_image);
        let shown_in = trained_in * (SHOWN * spikes).min(1.0);
        // What one learns goes through a column of weights.
        let learned_us = 0.005 * condition.dataset.inputs() as f64 + differing_us(condition);
        let test_us = streamed_us(condition, tested_in);
        return Cost { train_us: streamed_us(condition, shown_in) + spikes * learned_us, test_us };
    }
    let (tested_out, tested_us, _) = outputs(condition, tested_in / 1_238.0);
    let (trained_out, shown_us, learned_us) = outputs(condition, trained_in / 1_238.0);
    Cost {
        train_us: streamed_us(condition, trained_in)
            + trained_out * (shown_us + learned_us + differing_us(condition)),
        test_us: streamed_us(condition, tested_in) + tested_out * tested_us,
    }
}

fn streamed_us(condition: &Condition, spikes_in: f64) -> f64 {
    3.8 + spikes_in * (5.0 + 0.064 * condition.neurons as f64) / 1_000.0 + varied_us(condition, spikes_in)
}

/// Seconds of a run on one core of the machine of the law.
fn seconds(run: &Run, own: &OwnSets) -> f64 {
    let Cost { train_us, test_us } = cost(&run.condition, own);
    let trained = run.schedule.presentations().saturating_sub(run.begins_at());
    (trained as f64 * train_us + (work(run) - trained) as f64 * test_us) / 1e6
}

/// Seconds of any run on one core of this machine, which is measured once.
pub fn on_one_core(own: &OwnSets) -> impl Fn(&Run) -> f64 {
    let slowness = slowness(Engine::Dense);
    move |run| slowness * seconds(run, own)
}

/// What runs will take.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Seconds on so many threads.
    pub seconds: f64,
    /// Seconds of all of them on one core, one after the other.
    pub core_seconds: f64,
    /// Of records.
    pub record_bytes: u64,
    /// Of kept weights.
    pub weight_bytes: u64,
    /// Of what is saved under way, at most; it goes when a run is finished.
    pub snapshot_bytes: u64,
    /// Of memory, at most.
    pub memory_bytes: u64,
}

/// Of these runs on these sets of one's own, so many at a time, on a machine that takes so many times as long as the law
/// says.
pub fn of(runs: &[Run], own: &OwnSets, at_a_time: usize, slowness: f64) -> Forecast {
    let each: Vec<f64> = runs.iter().map(|run| slowness * seconds(run, own)).collect();
    let core_seconds: f64 = each.iter().sum();
    let longest = each.into_iter().fold(0.0, f64::max);
    let looks = |schedule: &Schedule| {
        POINT_BYTES * schedule.checkpoints.len() as u64 + READING_BYTES * schedule.readouts.len() as u64
    };
    let mut networks: Vec<u64> = runs.iter().map(|run| footprint::bytes(&run.condition)).collect();
    networks.sort_unstable_by(|a, b| b.cmp(a));
    Forecast {
        // No run is shared between threads.
        seconds: (core_seconds / at_a_time.max(1) as f64).max(longest),
        core_seconds,
        record_bytes: runs.iter().map(|run| looks(&run.schedule)).sum(),
        weight_bytes: runs.iter().map(weight_bytes).sum(),
        snapshot_bytes: networks.iter().take(at_a_time).sum(),
        memory_bytes: footprint::of_runs(runs, at_a_time) + data_bytes(runs),
    }
}

fn weight_bytes(run: &Run) -> u64 {
    let map = NPY_HEAD_BYTES + WEIGHT_BYTES * (run.condition.dataset.inputs() * run.condition.neurons) as u64;
    map * run.schedule.maps.len() as u64
}

/// Of the images and labels of every data set that the runs need.
fn data_bytes(runs: &[Run]) -> u64 {
    let images = |set: &DataSet, is_sample| set.epoch_images(is_sample) + set.test_images(is_sample);
    let bytes = |run: &Run| {
        let set = &run.condition.dataset;
        (set.name().to_owned(), images(set, run.is_sample) * (set.inputs() as u64 + 1))
    };
    runs.iter().map(bytes).collect::<BTreeMap<String, u64>>().into_values().sum()
}

/// How many times as long as the law says an image takes here: the reference layer, the median of a few rounds.
pub fn slowness(engine: Engine) -> f64 {
    const ROUNDS: usize = 9;
    const IMAGES: usize = 50;
    let condition = Condition::default();
    let Ok(data) = embedded(DatasetName::Mnist) else { return 1.0 };
    let mut presenter = Presenter::new(engine, &condition, 1, initial_network::<f32>(&condition, 1));
    let mut round = |round: usize| {
        let begin = Instant::now();
        for image in round * IMAGES..(round + 1) * IMAGES {
            presenter.show(data.train.presented(image), Purpose::TrainSpikes, image, condition.rest_ms);
        }
        1e6 * begin.elapsed().as_secs_f64() / IMAGES as f64
    };
    // The first rounds warm caches and clock, and the network spikes more than later on.
    let mut us: Vec<f64> = (0..2 * ROUNDS).map(&mut round).skip(ROUNDS).collect();
    us.sort_unstable_by(f64::total_cmp);
    us[ROUNDS / 2] / cost(&condition, &OwnSets::new()).train_us
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_study::plan;
    use spiketime_study::study::Study;

    /// `docs/performance.md`: all 228 runs took 1 180 s of processor time there, and 9 min 56 s on two cores.
    #[test]
    fn the_replication_takes_what_it_took() {
        let planned = plan::runs(&Study::report().unwrap().experiments(), |_| false).unwrap();
        let runs: Vec<Run> = planned.into_values().collect();
        assert_eq!(runs.len(), 228);
        let forecast = of(&runs, &OwnSets::new(), 2, 1.0);
        assert!((0.8..1.25).contains(&(forecast.core_seconds / 1_180.0)), "{forecast:?}");
        assert!((0.8..1.25).contains(&(forecast.seconds / 596.0)), "{forecast:?}");
        // It took 212 MB of memory; its 920 points are 1.4 MB of JSON.
        assert!((0.5..2.0).contains(&(forecast.memory_bytes as f64 / 212e6)), "{forecast:?}");
        assert!((0.9..1.1).contains(&(forecast.record_bytes as f64 / 1_396_699.0)), "{forecast:?}");
    }

    fn on_known(condition: &Condition) -> Cost {
        cost(condition, &OwnSets::new())
    }

    /// Measured there, µs, in the middle of a training: an image trained, an image tested.
    #[test]
    fn an_image_costs_what_was_measured() {
        let is_near = |law: f64, measured: f64| (0.75..1.25).contains(&(law / measured));
        for (neurons, train_us, test_us) in [(36, 26.0, 19.0), (196, 39.0, 29.0), (1_600, 178.0, 139.0)] {
            let law = on_known(&Condition { neurons, ..Condition::default() });
            assert!(is_near(law.train_us, train_us) && is_near(law.test_us, test_us), "N = {neurons}");
        }
        let of = |name: &str| {
            let experiments = Study::report().unwrap().experiments();
            let all = experiments.iter().flat_map(|experiment| &experiment.conditions);
            on_known(all.clone().find(|condition| condition.name == name).unwrap())
        };
        for (name, train_us, test_us) in [
            ("soft", 195.0, 66.0),
            ("none", 240.0, 44.0),
            ("fashion", 127.0, 84.0),
            ("nonlinear-reversed", 208.0, 55.0),
        ] {
            let law = of(name);
            assert!(is_near(law.train_us, train_us) && is_near(law.test_us, test_us), "{name}");
        }
    }

    #[test]
    fn one_long_run_is_not_shared_between_threads() {
        let planned = plan::runs(&Study::report().unwrap().experiments(), |_| false).unwrap();
        let one = [planned.into_values().next().unwrap()];
        let of = |threads, slowness| super::of(&one, &OwnSets::new(), threads, slowness);
        assert_eq!(of(8, 2.0).seconds, of(1, 2.0).seconds);
        assert_eq!(of(1, 2.0).seconds, 2.0 * of(1, 1.0).core_seconds);
    }
}
