//! What every reader of a file from outside must hold, whatever the bytes: no panic, and what it takes is sound.
//!
//! libFuzzer calls these functions (`just fuzz`), and a test walks the committed corpus through them. Each says
//! whether the bytes were taken.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};
use spiketime_data::own::{self, Source};
use spiketime_data::{builtin, idx};
use spiketime_device::unit::Unit;
use spiketime_device::{DeviceFile, fit};
use spiketime_net::Net;
use spiketime_study::data_sets::OwnSets;
use spiketime_study::evidence::Evidence;
use spiketime_study::judge::judge;
use spiketime_study::plan;
use spiketime_study::spec::Experiment;
use spiketime_study::statistics::Verdict;
use spiketime_study::study::{Extent, STUDY_FILE, Study};
use spiketime_train::condition;
use spiketime_train::record::Record;
use spiketime_train::snapshot::{self, Snapshot};
use spiketime_train::weights::Weights;

/// Were the bytes taken?
type Target = fn(&[u8]) -> bool;

/// Every target by its name, which is that of its folder of inputs.
pub const ALL: [(&str, Target); 10] = [
    ("idx", idx),
    ("data", data),
    ("experiment", experiment),
    ("study", study),
    ("result", result),
    ("snapshot", snapshot),
    ("network", network),
    ("weights", weights),
    ("device", device),
    ("pulses", pulses),
];

/// An IDX file of images or of labels, raw or gzip.
pub fn idx(bytes: &[u8]) -> bool {
    let Ok(raw) = idx::unpacked(bytes.to_vec(), builtin::MAX_BYTES) else { return false };
    assert!(raw.len() <= builtin::MAX_BYTES);
    match (idx::images(raw.clone()), idx::labels(raw)) {
        (Ok(images), Err(_)) => {
            let [rows, columns] = images.shape;
            assert_eq!(images.pixels.len().checked_rem(rows * columns).unwrap_or(0), 0);
            images.of_known_set().is_ok()
        }
        (Err(_), Ok(labels)) => idx::digits(labels).is_ok(),
        (Err(_), Err(_)) => false,
        (Ok(_), Ok(_)) => panic!("images and labels at once"),
    }
}

/// A file of a data set of one's own: as images, as labels, as events, and as a recording of N-MNIST.
pub fn data(bytes: &[u8]) -> bool {
    let Ok(folder) = tempfile::tempdir() else { return false };
    for class in ["0", "1"] {
        let class = folder.path().join("recordings").join(class);
        assert!(std::fs::create_dir_all(&class).is_ok(), "a temporary folder can be written");
        // Three of each class, so that one can be held out.
        for name in ["1.bin", "2.bin", "3.bin"] {
            assert!(std::fs::write(class.join(name), bytes).is_ok(), "a temporary folder can be written");
        }
    }
    assert!(std::fs::write(folder.path().join("x"), bytes).is_ok(), "a temporary folder can be written");
    let text = |name: &str| Some(name.to_owned());
    let images = Source {
        train_images: text("x"),
        train_labels: text("x"),
        full_scale: Some(1.0),
        ..Source::default()
    };
    let events = |name: &str| Source { train_events: text(name), shape: Some([4, 3]), ..Source::default() };
    let sources = [images, events("x"), events("recordings")];
    let read = sources.iter().filter_map(|source| own::load("x", source, folder.path()).ok());
    // What is read can be shown: every input lies within the shape, and every recording within the events.
    read.map(|own| assert!(own.dataset.train.inputs_ever_lit(own.facts.inputs()).len() == own.facts.inputs()))
        .count()
        > 0
}

/// An experiment file, and the runs that it plans.
pub fn experiment(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Ok(experiment) = Experiment::parse(text, Path::new("x.toml"), "x".to_owned()) else { return false };
    assert!(
        experiment.conditions.iter().all(|condition| condition.neurons > 0 && condition.rate_max_hz >= 0.0)
    );
    let runs = experiment.conditions.len() as u64 * experiment.seeds;
    if runs <= 20
        && let Ok(planned) = plan::runs(&[experiment], |_| true)
    {
        assert!(planned.len() as u64 <= runs);
    }
    true
}

/// `study.toml`, a line of `---`, and an experiment file: what a claim looks at is there, and all of it waits.
pub fn study(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let (about, experiment) = text.split_once("\n---\n").unwrap_or(("", text));
    let files =
        [(STUDY_FILE, about), ("x.toml", experiment)].map(|(path, text)| (path.into(), text.to_owned()));
    let Ok(study) = Study::of_texts(files.into(), "x", Extent::Whole, OwnSets::new()) else { return false };
    let experiments = study.experiments();
    let runs: u64 = experiments.iter().map(|e| e.conditions.len() as u64 * e.seeds).sum();
    if runs <= 20
        && let Ok(planned) = plan::runs(&experiments, |_| true)
    {
        let claims = judge(&Evidence::new(&experiments, &planned, &BTreeMap::new()));
        assert!(claims.iter().all(|claim| claim.verdict == Verdict::Waiting && claim.is_looked_at));
    }
    let again = study.files.iter().map(|file| (file.path.clone(), file.text.clone()));
    let again = again.chain([(STUDY_FILE.into(), study.about_text())]).collect();
    let again =
        Study::of_texts(again, "", Extent::Whole, OwnSets::new()).expect("what is kept is read again");
    assert_eq!(again, study);
    true
}

/// A result; what is read is written and read again.
pub fn result(bytes: &[u8]) -> bool {
    let Ok(record) = Record::read(bytes) else { return false };
    let again =
        Record::read(record.to_json().as_bytes()).expect("what was read is written so that it is read");
    assert_eq!(again.comparable(), record.comparable());
    true
}

/// A snapshot: as it is, and with the frame and digest made right, so that what lies within is reached.
///
/// The frame is: a line of JSON, then arrays, repeated or cut to the length that the JSON asks for.
pub fn snapshot(bytes: &[u8]) -> bool {
    is_snapshot(bytes) | framed(bytes).is_some_and(|bytes| is_snapshot(&bytes))
}

fn is_snapshot(bytes: &[u8]) -> bool {
    let single = Snapshot::<f32>::read(bytes).map(|found| snapshot::to_bytes(&found.head, &found.network));
    let double = Snapshot::<f64>::read(bytes).map(|found| snapshot::to_bytes(&found.head, &found.network));
    if let Ok(again) = &single {
        assert!(Snapshot::<f32>::read(again).is_ok());
    }
    if let Ok(again) = &double {
        assert!(Snapshot::<f64>::read(again).is_ok());
    }
    assert!(single.is_err() || double.is_err(), "of two precisions");
    single.is_ok() || double.is_ok()
}

fn framed(bytes: &[u8]) -> Option<Vec<u8>> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let (head, arrays) = (&bytes[..end], &bytes[end + 1..]);
    let condition = serde_json::from_slice::<serde_json::Value>(head).ok()?.get("condition")?.clone();
    let condition: condition::Condition = serde_json::from_value(condition).ok()?;
    let neurons = Some(condition.neurons).filter(|neurons| (1..=4).contains(neurons))?;
    let value = if condition.precision == condition::Precision::F32 { 4 } else { 8 };
    let inputs = Some(condition.dataset.inputs()).filter(|inputs| (1..=1_000).contains(inputs))?;
    let length = (inputs + 3) * neurons * value + (2 * neurons + inputs) * 8;
    let mut framed = b"spiketime snapshot\n".to_vec();
    framed.extend((head.len() as u64).to_le_bytes());
    framed.extend(head);
    framed.extend(arrays.iter().cycle().take(length));
    framed.extend(Sha256::digest(&framed));
    Some(framed)
}

/// A network file of `simulate`: read, built and run, all of it small.
pub fn network(bytes: &[u8]) -> bool {
    const UNTIL_MS: f64 = 50.0;
    const LARGEST: f64 = 500.0;
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Ok(net) = Net::parse(text, Path::new("x.toml"), UNTIL_MS, LARGEST) else { return false };
    assert!(
        net.graph.neurons.len().max(net.graph.connections.len()).max(net.spikes.len()) as f64
            <= 2.0 * LARGEST
    );
    if let Ok(outcome) = net.run(UNTIL_MS, 500) {
        let times = &outcome.spikes.expect("all are kept").times_ms;
        assert!(times.is_sorted() && times.iter().all(|ms| (0.0..=UNTIL_MS).contains(ms)));
        assert!(outcome.learned.iter().all(|learned| learned.weight_mv.is_finite()));
    }
    true
}

/// Weights as `.npy` and as the picture of a record, of as many neurons as the first byte says.
pub fn weights(bytes: &[u8]) -> bool {
    let neurons = 1 + usize::from(bytes.first().copied().unwrap_or(0) % 8);
    let read = [
        Weights::from_npy(bytes).ok(),
        Weights::from_png(bytes.get(1..).unwrap_or(&[]), neurons, [28, 28]).ok(),
    ];
    for weights in read.iter().flatten() {
        let in_range = |neuron| weights.of_neuron(neuron).iter().all(|weight| (0.0..=4.0).contains(weight));
        assert!((0..weights.neurons()).all(in_range));
    }
    read.iter().any(Option::is_some)
}

/// A device file; what is read is written and read again, and is what the simulator takes.
pub fn device(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Ok(file) = DeviceFile::from_toml(text, Path::new("x.toml")) else { return false };
    let again = DeviceFile::from_toml(&file.to_toml(), Path::new("x.toml"));
    assert_eq!(again.expect("what was read is written so that it is read"), file);
    for steps in [&file.potentiation, &file.depression] {
        let (dependence, step) = (steps.dependence(), steps.step());
        assert!(step > 0.0 && step <= 1.0, "{step}");
        let factors = [0.0, 0.5, 1.0].map(|x| [dependence.rising(x, 1.0), dependence.falling(x, 1.0)]);
        assert!(factors.iter().flatten().all(|factor| factor.is_finite() && *factor >= 0.0), "{factors:?}");
    }
    true
}

/// A file of pulses; few of them are fitted too, and what is found is a device file that is read.
pub fn pulses(bytes: &[u8]) -> bool {
    const FEW: u32 = 300;
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let read = |unit| spiketime_device::pulses::parse(text, Path::new("x.csv"), unit).ok();
    let Some(branches) = read(None).or_else(|| read(Some(Unit::Nanosiemens))) else { return false };
    for branch in &branches {
        assert!(!branch.pulses.is_empty() && branch.pulses.is_sorted());
        assert_eq!(branch.pulses.len(), branch.conductance_ns.len());
    }
    let all: u32 = branches
        .iter()
        .filter_map(|branch| branch.pulses.last())
        .fold(0, |all, last| all.saturating_add(*last));
    if all <= FEW
        && let Ok(fitted) = fit(&branches, None, None)
    {
        let file = fitted.device("made".into()).to_toml();
        let read = DeviceFile::from_toml(&file, Path::new("x.toml"));
        assert!(read.is_ok(), "{read:?} of {file}");
    }
    true
}
