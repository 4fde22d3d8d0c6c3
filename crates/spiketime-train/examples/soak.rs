//! A long soak: 600 000 presentations of one network, with labels, tests and snapshots; memory must not grow.
//!
//! `just soak`. Resident memory is read from the operating system, after a tenth (everything that is kept is there
//! by then) and at the end; more than 2 MB between them is a failure.

use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use spiketime_data::source::embedded;
use spiketime_data::{DatasetName, Purpose};
use spiketime_sim::Engine;
use spiketime_train::condition::Condition;
use spiketime_train::present::{Presenter, initial_network, label, test};
use spiketime_train::run::{self, Run};
use spiketime_train::schedule::Schedule;
use spiketime_train::snapshot::{Head, to_bytes};

const PRESENTATIONS: usize = 600_000;
const LOOK_EVERY: usize = 10_000;
const MAX_GROWTH_KB: u64 = 2_048;

fn main() -> Result<()> {
    let condition = Condition { label_images: 100, test_images: 100, ..Condition::default() };
    let (seed, engine) = (1, Engine::Dense);
    let run = Run {
        id: run::id(&condition, seed, true, None),
        condition: condition.clone(),
        seed,
        is_sample: true,
        branched_from: None,
        also_called: Default::default(),
        schedule: Schedule {
            checkpoints: [PRESENTATIONS as u64].into(),
            epochs: 1_000,
            ..Schedule::default()
        },
    };
    let data = embedded(DatasetName::Mnist)?;
    let network = initial_network::<f32>(&condition, seed);
    let mut presenter = Presenter::new(engine, &condition, seed, network);
    let (begin, mut early_kb) = (Instant::now(), 0);
    for number in 0..PRESENTATIONS {
        let image = data.train.presented(number % data.train.len());
        presenter.show(image, Purpose::TrainSpikes, number, condition.rest_ms);
        if (number + 1) % LOOK_EVERY == 0 {
            let network = presenter.network();
            let labels = label(engine, &condition, seed, network, &data);
            let tested = test(engine, &condition, seed, network, &labels, &data, condition.test_rest_ms);
            let head = Head::new(&run);
            ensure!(to_bytes(&head, network).len() > 600_000 && tested.totals.images == 100, "an empty look");
        }
        if number + 1 == PRESENTATIONS / 10 {
            early_kb = resident_kb()?;
        }
    }
    let (late_kb, seconds) = (resident_kb()?, begin.elapsed().as_secs_f64());
    let spikes = presenter.totals.spikes_in;
    println!("{PRESENTATIONS} presentations, {spikes} input spikes in {seconds:.0} s");
    println!("resident after a tenth {early_kb} kB, at the end {late_kb} kB");
    ensure!(late_kb <= early_kb + MAX_GROWTH_KB, "memory grew by {} kB", late_kb - early_kb);
    Ok(())
}

/// `VmRSS` of this process.
fn resident_kb() -> Result<u64> {
    let status =
        std::fs::read_to_string("/proc/self/status").context("resident memory is read on Linux only")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("VmRSS is not told")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
