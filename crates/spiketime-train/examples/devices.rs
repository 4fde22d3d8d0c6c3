//! What devices cost: microseconds a training image, one core, every kind beside the report's linear rule.
//!
//! `just bench-devices`, or `cargo run --release --example devices -p spiketime-train -- [NEURONS]`. The images are the
//! first real ones; each network has learned from 2 000 of them and goes on learning. Rounds in turn; the median of each.

use std::time::Instant;

use spiketime_data::{Dataset, Purpose, source};
use spiketime_sim::Engine;
use spiketime_train::condition::{Condition, CycleOf, Dependence};
use spiketime_train::present::{Presenter, initial_network};

const LEARNED: usize = 2_000;
const IMAGES: usize = 1_000;
const ROUNDS: usize = 7;

fn conditions(neurons: usize) -> Vec<(&'static str, Condition)> {
    let base = || Condition { neurons, ..Condition::default() };
    let table = |largest: f64| (0..=16).map(|at| [f64::from(at) / 16.0, largest]).collect();
    let measured = || Condition {
        stdp_gain: 1.0,
        stdp_loss: 1.0,
        stdp_gain_dependence: Dependence::Table,
        stdp_loss_dependence: Dependence::Table,
        stdp_gain_table: table(0.01),
        stdp_loss_table: table(0.005),
        ..base()
    };
    let power = || Condition {
        stdp_gain_dependence: Dependence::Power,
        stdp_loss_dependence: Dependence::Power,
        stdp_gain_nonlinearity: 0.5,
        stdp_loss_nonlinearity: 0.5,
        ..base()
    };
    vec![
        ("linear", base()),
        ("exponential", Condition { stdp_gain_nonlinearity: 0.5, stdp_loss_nonlinearity: 0.5, ..base() }),
        ("power", power()),
        ("table", measured()),
        (
            "device to device",
            Condition { stdp_gain_sd: 0.3, stdp_loss_sd: 0.3, weight_max_sd: 0.3, ..base() },
        ),
        ("cycle to cycle", Condition { cycle_sd: 0.3, ..base() }),
        ("cycle to cycle, of the range", Condition { cycle_sd: 0.003, cycle_of: CycleOf::Range, ..base() }),
        ("256 levels", Condition { weight_levels: 256, ..base() }),
        ("read noise", Condition { read_sd: 0.3, ..base() }),
        ("time constants", Condition { tau_membrane_sd_ms: 2.0, ..base() }),
    ]
}

/// A network that goes on learning.
struct Bench<'a> {
    presenter: Presenter<f32>,
    data: &'a Dataset,
    index: usize,
    seconds: Vec<f64>,
    rest_ms: f64,
}

impl Bench<'_> {
    fn show(&mut self, images: usize) {
        for _ in 0..images {
            let image = self.data.train.presented(self.index);
            self.presenter.show(image, Purpose::TrainSpikes, self.index, self.rest_ms);
            self.index += 1;
        }
    }

    fn round(&mut self) {
        let begin = Instant::now();
        self.show(IMAGES);
        self.seconds.push(begin.elapsed().as_secs_f64());
    }

    fn microseconds(&self) -> [f64; 3] {
        let mut seconds = self.seconds.clone();
        seconds.sort_unstable_by(f64::total_cmp);
        let at = |place: usize| seconds[place] * 1e6 / IMAGES as f64;
        [at(ROUNDS / 2), at(0), at(ROUNDS - 1)]
    }
}

fn main() {
    let neurons = std::env::args().nth(1).map_or(196, |text| text.parse().expect("a number of neurons"));
    let conditions = conditions(neurons);
    let data =
        source::embedded(conditions[0].1.dataset.known().expect("a known set")).expect("the sample is sound");
    let mut benches: Vec<Bench> = conditions
        .iter()
        .map(|(_, condition)| {
            let network = initial_network::<f32>(condition, 1);
            let presenter = Presenter::new(Engine::Dense, condition, 1, network);
            Bench { presenter, data: &data, index: 0, seconds: Vec::new(), rest_ms: condition.rest_ms }
        })
        .collect();
    benches.iter_mut().for_each(|bench| bench.show(LEARNED));
    for _ in 0..ROUNDS {
        benches.iter_mut().for_each(Bench::round);
    }
    let [linear, ..] = benches[0].microseconds();
    println!(
        "N = {neurons}, microseconds a training image: median (least to most), spikes out, times linear"
    );
    for ((name, _), bench) in conditions.iter().zip(&benches) {
        let [median, least, most] = bench.microseconds();
        let spikes = bench.presenter.totals.spikes_out as f64 / bench.presenter.totals.images as f64;
        println!("{name:>30}  {median:7.1} ({least:.1} to {most:.1})  {spikes:5.1}  {:.2}", median / linear);
    }
}
