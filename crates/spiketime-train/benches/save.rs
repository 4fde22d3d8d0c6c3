//! What saving a run costs: one save each ten seconds must take less than 1 % of the time.
//!
//! The run is saved as late as it gets: after a curve of 24 points, each with the winners of 10 000 test
//! images. A save makes the bytes and their digest, writes, syncs, renames. Told: their mean.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use spiketime_data::source;
use spiketime_sim::Engine;

use spiketime_train::condition::Condition;
use spiketime_train::context::{Context, Silent, SnapshotEvery};
use spiketime_train::run::{self, Run};
use spiketime_train::runner::run_one;
use spiketime_train::schedule::Schedule;
use spiketime_train::snapshot::{Head, Snapshot};
use spiketime_train::store::Store;

/// What `--snapshot-every` is where nothing is said \[s\].
const EVERY_S: f64 = 10.0;
/// The sample has 500 test images; the report tests on 10 000.
const TESTS: usize = 20;
const POINTS: u64 = 24;
const SAVES: u32 = 100;

fn main() -> Result<(), Box<dyn Error>> {
    println!("| N | bytes of a snapshot | mean save [ms] | of the run time at one in 10 s [%] |");
    println!("|---:|---:|---:|---:|");
    for neurons in [36, 196, 400, 1_600] {
        let folder = tempfile::tempdir_in(".")?;
        let store = Store::open(folder.path())?.keeping_checkpoints(true);
        let late = late(neurons, &store)?;
        let begin = Instant::now();
        for _ in 0..SAVES {
            store.keep_snapshot(&late.head, &late.network)?;
        }
        let save_ms = 1e3 * begin.elapsed().as_secs_f64() / f64::from(SAVES);
        let bytes = std::fs::metadata(store.path("snapshots").join(&late.head.id))?.len();
        println!("| {neurons} | {bytes} | {save_ms:.1} | {:.2} |", save_ms / 10.0 / EVERY_S);
    }
    Ok(())
}

/// A run on the sample at its end, as if it had been tested on all images.
fn late(neurons: usize, store: &Store) -> Result<Snapshot<f32>, Box<dyn Error>> {
    let condition = Condition { neurons, label_images: 10, test_images: 500, ..Condition::default() };
    let id = run::id(&condition, 1, true, None);
    let checkpoints = (1..=POINTS).map(|point| 10 * point).collect();
    let schedule = Schedule { checkpoints, epochs: 1, ..Schedule::default() };
    let run = Run {
        id,
        condition,
        seed: 1,
        is_sample: true,
        branched_from: None,
        also_called: Default::default(),
        schedule,
    };
    let data = BTreeMap::from([("mnist".to_owned(), source::embedded(spiketime_data::DatasetName::Mnist)?)]);
    let stop = AtomicBool::new(false);
    let (engine, snapshot_every) = (Engine::Dense, SnapshotEvery::Never);
    run_one(&run, &Context { engine, data: &data, store, progress: &Silent, stop: &stop, snapshot_every })?;
    let file = store.path("checkpoints").join(format!("{}-{}", run.id, 10 * POINTS));
    let saved = Snapshot::<f32>::read(&std::fs::read(file)?)?;
    Ok(Snapshot { head: tested_on_all(&saved.head)?, ..saved })
}

fn tested_on_all(head: &Head) -> Result<Head, Box<dyn Error>> {
    let mut head = serde_json::to_value(head)?;
    for point in head["points"].as_array_mut().ok_or("a head has points")? {
        let winners = point["test"]["winners"].as_array_mut().ok_or("a test has winners")?;
        *winners = std::iter::repeat_n(winners.clone(), TESTS).flatten().collect();
    }
    Ok(serde_json::from_value(head)?)
}
