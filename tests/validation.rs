//! Images that are kept for validation: they train and label nothing, and where they score, no test image does.

use std::path::Path;

use spiketime_data::own::{self, Source};
use spiketime_data::random::label_images;
use spiketime_data::{Class, Dataset, Purpose};
use spiketime_sim::Engine;
use spiketime_study::data_sets::OwnSets;
use spiketime_study::evidence::Evidence;
use spiketime_study::plan;
use spiketime_study::spec::{Experiment, Reduction};
use spiketime_study::study::{Extent, Study};
use spiketime_train::condition::{Condition, Score};
use spiketime_train::confusion::Confusion;
use spiketime_train::data_set::DataSet;
use spiketime_train::present::initial_network;
use spiketime_train::readout::Readout;
use spiketime_train::record::{Images, Record};
use spiketime_train::run::{self, Run};
use spiketime_train::runner::check;
use spiketime_train::schedule::Schedule;
use spiketime_train::score::{ClassSpikes, most_active};
use spiketime_train::weights::Weights;

use crate::passes::{self, Hand, SEED};
use crate::readouts::{assert_predicts_the_same, idx};
use crate::resume::Folder;

/// Of the 1 000 images of the sample.
const KEPT: usize = 200;

fn condition(score: Score) -> Condition {
    Condition { validation_images: KEPT, score, ..passes::condition() }
}

fn run(condition: Condition) -> Run {
    let is_sample = condition.dataset.own().is_none();
    let schedule = Schedule {
        checkpoints: [30, 810].into(),
        maps: [810].into(),
        readouts: [(810, 70, Readout::NaiveBayes)].into(),
        epochs: 2,
        ..Schedule::default()
    };
    let id = run::id(&condition, SEED, is_sample, None);
    Run {
        id,
        condition,
        seed: SEED,
        is_sample,
        branched_from: None,
        also_called: Default::default(),
        schedule,
    }
}

fn finished(score: Score) -> (Record, Vec<Vec<u8>>) {
    let folder = Folder::new();
    let record = folder.finish(&run(condition(score)), Engine::Dense);
    let weights = folder.weights(&record);
    (record, weights)
}

/// Image 801 that trains is the first one again: an epoch has 800.
#[test]
fn the_last_images_train_and_label_nothing_and_score_by_spikes_of_their_own() {
    let data = passes::data();
    let mut hand = Hand::new(initial_network::<f32>(&condition(Score::Validation), SEED));
    for number in 0..810 {
        hand.show(data.train.presented(number % 800), (Purpose::TrainSpikes, number as u64), 150.0);
    }
    let classes: Vec<Class> = {
        let mut of = vec![0; 1_000];
        data.train.label_split(SEED, 1_000).iter().for_each(|(index, _, class)| of[index] = class);
        of
    };
    let (mut labelling, mut scoring) = (Hand::still(&hand.network), Hand::still(&hand.network));
    let mut sums = ClassSpikes::new(20, 10);
    for index in label_images(SEED, 800, 60) {
        let image = data.train.presented(index);
        sums.add(classes[index], &labelling.show(image, (Purpose::LabelSpikes, index as u64), 150.0));
    }
    let (labels, mut confusion) = (sums.labels(), Confusion::new(10));
    for number in 0..100 {
        let image = data.train.presented(800 + number);
        let winner = most_active(&scoring.show(image, (Purpose::ValidationSpikes, number as u64), 0.0));
        confusion[(usize::from(classes[800 + number]), usize::from(labels.classes[winner]))] += 1;
    }
    let (record, weights) = finished(Score::Validation);
    let point = &record.checkpoints[1];
    assert!(weights == [Weights::of(&hand.network).to_npy()], "other weights");
    assert_eq!((&point.label_histogram, &point.confusion), (&labels.histogram(10), &confusion));
    let (tested, same) = finished(Score::Test);
    assert!(same == weights && tested.checkpoints[1].confusion != confusion, "the test set scores otherwise");
}

#[test]
fn a_record_says_which_images_did_what() {
    let of =
        |score| finished(score).0.checkpoints.into_iter().map(|point| point.images.expect("some are kept"));
    let images = |trained, labelled, validated, tested| Images {
        trained: [0, trained],
        label_range: [0, 800],
        labelled,
        validated,
        tested,
    };
    let (here, there) = (Some([800, 900]), Some([0, 100]));
    assert!(of(Score::Validation).eq([images(30, 60, here, None), images(800, 70, here, None)]));
    assert!(of(Score::Test).eq([images(30, 60, None, there), images(800, 70, None, there)]));
}

#[test]
fn a_run_that_keeps_none_has_the_id_and_the_bytes_that_it_had() {
    let plain = serde_json::to_string(&passes::condition()).expect("JSON");
    assert!(!plain.contains("validation") && !plain.contains("score"));
    let id = |condition| run(condition).id;
    let ids = [id(passes::condition()), id(condition(Score::Test)), id(condition(Score::Validation))];
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    let point = &Folder::new().finish(&run(passes::condition()), Engine::Dense).checkpoints[0];
    assert!(!serde_json::to_string(point).expect("JSON").contains("images\":"));
}

/// The sample's training images; the labels of the kept ones are wrong by `shift`.
fn planted(shift: u16) -> (DataSet, Dataset) {
    let data = passes::data();
    let grey = |index: usize| data.train.presented(index).image().expect("grey").to_vec();
    let mut labels = vec![0; 1_000];
    for (index, _, class) in data.train.label_split(1, 1_000).iter() {
        labels[index] = if index < 800 { class } else { (class + shift) % 10 } as u8;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, sizes: &[u32], values: Vec<u8>| {
        std::fs::write(folder.path().join(name), idx(sizes, values)).expect("written");
        Some(name.to_owned())
    };
    let source = Source {
        train_images: write("x", &[1_000, 28, 28], (0..1_000).flat_map(grey).collect()),
        train_labels: write("y", &[1_000], labels),
        test_images: write("tx", &[10, 28, 28], (0..10).flat_map(grey).collect()),
        test_labels: write("ty", &[10], (0..10).collect()),
        ..Source::default()
    };
    let own = own::load("planted", &source, folder.path()).expect("a sound set");
    (DataSet::Own(own.facts.into()), own.dataset)
}

#[test]
fn no_validation_label_reaches_a_weight_a_label_or_a_prediction() {
    let [(right, weights), (wrong, same)] = [0, 3].map(|shift| {
        let (dataset, data) = planted(shift);
        let folder = Folder::with([("planted".to_owned(), data)].into());
        let record =
            folder.finish(&run(Condition { dataset, ..condition(Score::Validation) }), Engine::Dense);
        let weights = folder.weights(&record);
        (record, weights)
    });
    assert!(weights == same, "other weights");
    assert_predicts_the_same(&right, &wrong);
    assert_ne!(right.checkpoints[1].readouts, wrong.checkpoints[1].readouts, "the kept labels score");
}

pub fn text(keys: &str, score: &str) -> String {
    let condition = "neurons = 12\nlabel_images = 30\ntest_images = 60\nvalidation_images = 100";
    format!(
        "seeds = 1\ncheckpoints = [50, 90]\n{keys}\n[[condition]]\nname = 'small'\n{condition}\n{score}\n"
    )
}

#[test]
fn a_metric_of_validation_images_has_a_name_of_its_own_that_no_test_has() {
    let study = |keys: &str, score: &str| {
        let text = text(keys, score);
        let study = Study::of_texts(vec![("x.toml".into(), text)], "", Extent::Whole, OwnSets::new());
        study.map_or_else(|error| error.to_string(), |_| "sound".into())
    };
    let claim = |metric: &str| {
        format!(
            "claim = [{{ id = 'R', question = '', statistic = [{{ rule = 'learned', metric = '{metric}', condition = \
             'small', images = 90 }}] }}]"
        )
    };
    let panel = |metric: &str| format!("panel = [{{ kind = 'curve', metric = '{metric}' }}]");
    let expected = |metric: &str| {
        let entry = format!("condition = 'small', metric = '{metric}', source = '', points = [[90, 1]]");
        format!("expected = [{{ {entry} }}]")
    };
    let (test, validation) = ("score = 'test'", "score = 'validation'");
    for keys in [claim, panel, expected].map(|of| [of("accuracy"), of("accuracy_validation")]) {
        let [plain, named] = &keys;
        assert_eq!([study(plain, test), study(named, validation)], ["sound", "sound"]);
        assert!(study(plain, validation).contains("accuracy_validation"), "{}", study(plain, validation));
        assert_ne!(study(named, test), "sound", "{named}");
    }
    assert_eq!(study("", validation), "sound");
    let experiments =
        [Experiment::parse(&text("", validation), Path::new("x.toml"), "x".into()).expect("sound")];
    let planned = plan::runs(&experiments, |_| true).expect("sound names");
    let record = Folder::new().finish(planned.values().next().expect("a run"), Engine::Dense);
    let accuracy = record.checkpoints[1].accuracy;
    let finished = [(record.id.clone(), record)].into();
    let at = |metric: &str| Evidence::new(&experiments, &planned, &finished).at("small", 90, metric);
    assert_eq!(at("accuracy_validation"), Some([(1, accuracy)].into()));
    assert_eq!([at("accuracy"), at("accuracy_final_labels"), at("test_spikes_in")], [None, None, None]);
    assert_eq!(at("accuracy_validation_final_labels"), at("accuracy_validation"));
    assert!(at("validation_spikes_in").is_some() && at("training_spikes_in").is_some());
}

#[test]
fn what_cannot_be_kept_or_scored_is_told() {
    let parse = |keys: &str| {
        let text = text("", "").replace("validation_images = 100", keys);
        Experiment::parse(&text, Path::new("x.toml"), "x".into())
    };
    let told = |keys: &str| parse(keys).map_or_else(|error| error.to_string(), |_| "sound".into());
    assert_eq!(told("validation_images = 60\nscore = 'validation'"), "sound");
    for keys in ["score = 'validation'", "validation_images = 59\nscore = 'validation'"] {
        let rule = "test_images is 60; it must be at most validation_images";
        assert!(told(keys).contains(rule), "{}", told(keys));
    }
    let kept = |validation_images| {
        check(&run(Condition { validation_images, ..condition(Score::Test) }), &passes::data())
            .map_or_else(|error| error.to_string(), |()| "sound".into())
    };
    assert_eq!(kept(595), "sound");
    let beyond = "checkpoint 810 lies beyond 2 epoch(s) of mnist's 404 training images";
    assert!(kept(596).starts_with(beyond), "{}", kept(596));
    assert_eq!(kept(941), "label_images is 60, but mnist has 59 such images");
    let none = "validation_images is 1000, but mnist has 1000 training images; leave some to train with";
    assert_eq!(kept(1_000), none);
    // A smaller version goes through what is left of the sample twice.
    let whole = parse("validation_images = 10_000").expect("sound");
    let sample = whole.reduced(&Reduction::SAMPLE);
    let planned = plan::runs(&[sample], |_| true).expect("sound names");
    assert!(planned.values().all(|run| check(run, &passes::data()).is_ok()));
}
