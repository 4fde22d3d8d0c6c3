//! Read-outs against scikit-learn, numpy and exact fractions (`fixtures/readouts`), and their way through a run.

mod asked;

use std::collections::BTreeSet;

use spiketime_data::own::{self, Source};
use spiketime_data::random::label_images;
use spiketime_data::{Class, Dataset, Purpose};
use spiketime_sim::Engine;
use spiketime_train::condition::Condition;
use spiketime_train::data_set::DataSet;
use spiketime_train::metrics::Asked;
use spiketime_train::present::{Presenter, teach};
use spiketime_train::readout::lesson::{Lesson, Shown};
use spiketime_train::readout::{Reader, Readout, softmax};
use spiketime_train::record::{Checkpoint, Record};
use spiketime_train::run::Run;
use spiketime_train::runner::check;
use spiketime_train::schedule::Schedule;

use crate::fixture::{Row, cases, passed};
use crate::passes::{self, Hand, SEED, trained};
use crate::resume::{self, Folder, one_image};

const IMAGES: &str = include_str!("../fixtures/readouts/images.csv");
const SCORES: &str = include_str!("../fixtures/readouts/scores.csv");
const LOSSES: &str = include_str!("../fixtures/readouts/losses.csv");

fn numbers<T: std::str::FromStr>(text: &str) -> Vec<T> {
    text.split(' ').map(|number| number.parse().ok().expect("a number")).collect()
}

/// What the label images of a case teach, and the images to read.
fn case(rows: &[Row]) -> (Lesson, Vec<Vec<u32>>) {
    let spikes = |row: &Row| numbers::<u32>(row.text("spikes"));
    let (label, read): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.text("part") == "label");
    let mut lesson = Lesson::new(spikes(&rows[0]).len(), rows[0].number("classes") as usize, true);
    label.iter().for_each(|row| lesson.add(row.number("class") as Class, &spikes(row)));
    (lesson, read.into_iter().map(spikes).collect())
}

fn readout(name: &str) -> Readout {
    serde_json::from_value(name.into()).expect("a read-out")
}

/// Sums of at most 20 products of counts up to 60 and logarithms; softmax repeats as many 200 times.
fn tolerance(readout: Readout) -> f64 {
    if readout == Readout::SupervisedSoftmax { 1e-8 } else { 1e-10 }
}

#[test]
fn every_read_out_gives_the_scores_and_classes_of_the_tables() {
    let images = cases(IMAGES, "case");
    for (name, rows) in cases(SCORES, "case") {
        let (lesson, read) = case(&images[name]);
        for row in &rows {
            let reader = Reader::new(readout(row.text("readout")), &lesson);
            let (spikes, told) =
                (&read[row.number("image") as usize], format!("{name} {:?}", reader.readout));
            let (found, expected) = (reader.scores(spikes), numbers::<f64>(row.text("scores")));
            let tolerance = tolerance(reader.readout);
            for (class, (found, expected)) in found.iter().zip(&expected).enumerate() {
                // A class without a label image is no candidate, whatever its score.
                let is_known = lesson.images[class] > 0;
                assert!(!is_known || (found - expected).abs() < tolerance, "{told}: {found} and {expected}");
            }
            // Where two classes tie as fractions, rounding may part them: then only exact scores must agree.
            let is_exact = matches!(reader.readout, Readout::MostActive | Readout::ClassMean);
            if is_exact || row.number("lead") > tolerance || spikes.iter().all(|&count| count == 0) {
                assert_eq!(
                    f64::from(reader.predict(spikes)),
                    row.number("predicted"),
                    "{told} of {spikes:?}"
                );
            }
        }
        passed("readouts/scores", name, rows.len());
    }
}

/// −ln of the probability of the class, averaged over the label images.
fn loss(lesson: &Lesson, weights: &[f64]) -> f64 {
    let (classes, shown) = (lesson.images.len(), lesson.shown.as_ref().expect("kept"));
    let of = |image: &Shown| {
        let all: u32 = image.spikes.iter().map(|&(_, count)| count).sum();
        let score = |class: usize| {
            let terms = image.spikes.iter();
            terms
                .map(|&(k, count)| f64::from(count) / f64::from(all) * weights[k as usize * classes + class])
                .sum()
        };
        let scores: Vec<f64> = (0..classes).map(score).collect();
        scores.iter().map(|score| score.exp()).sum::<f64>().ln() - scores[usize::from(image.class)]
    };
    shown.iter().map(of).sum::<f64>() / shown.len() as f64
}

#[test]
fn softmax_regression_comes_within_a_thousandth_of_the_optimum_of_scikit_learn() {
    let images = cases(IMAGES, "case");
    for (name, rows) in cases(LOSSES, "case") {
        let (lesson, _) = case(&images[name]);
        let found = loss(&lesson, &softmax::weights(&lesson));
        let (after, optimum) = (rows[0].number("after"), rows[0].number("optimum"));
        assert!((found - after).abs() < 1e-10, "{name}: the same steps give {found} and {after}");
        assert!((0.0..1e-3).contains(&(found - optimum)), "{name}: {found} against {optimum} at best");
    }
}

/// Few are drawn by another rule than many: whatever finds the labels, larger budgets go on from there.
#[test]
fn the_images_that_find_the_labels_come_first_and_every_image_comes_once() {
    let train = passes::data().train;
    let order =
        |first, count| train.label_order(SEED, first, count).iter().map(|(index, ..)| index).collect();
    for first in [1, 5, 12, 100, 162, 163, 1_000] {
        let (all, labels): (Vec<usize>, Vec<usize>) = (order(first, 1_000), order(first, 0));
        assert!(labels.iter().eq(&all[..first]), "{first} label images");
        assert!(
            train.label_split(SEED, first).iter().map(|(index, ..)| index).eq(labels),
            "{first} label images"
        );
        for count in [first, 500, 999] {
            assert_eq!(order(first, count), all[..count.max(first)], "{count} after {first}");
        }
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 1_000, "{first} label images");
    }
}

/// So on the known sets each budget is the report's draw of as many label images.
#[test]
fn of_sixty_thousand_images_the_first_draws_are_those_of_fewer() {
    let all = label_images(1, 60_000, 60_000);
    for count in [300, 1_000, 10_000] {
        assert_eq!(label_images(1, 60_000, count), all[..count]);
    }
}

const BUDGETS: [u64; 4] = [7, 60, 61, 150];

fn asked(images_seen: u64, budgets: &[u64]) -> BTreeSet<(u64, u64, Readout)> {
    let of_budget = |&labels: &u64| Readout::ALL.map(|readout| (images_seen, labels, readout));
    budgets.iter().flat_map(of_budget).collect()
}

fn looked(budgets: &[u64]) -> Checkpoint {
    let schedule = Schedule {
        checkpoints: [200].into(),
        readouts: asked(200, budgets),
        epochs: 1,
        ..Schedule::default()
    };
    let schedule = Schedule { maps: [200].into(), ..schedule };
    passes::run(schedule).0.checkpoints.remove(0)
}

/// Sixty images find the labels; the lesson goes on from there to 150.
#[test]
fn a_record_tells_what_every_read_out_makes_of_presentations_made_by_hand() {
    let (network, data) = (trained(200).network, passes::data());
    let (mut labelling, mut testing) = (Hand::still(&network), Hand::still(&network));
    let mut lesson = Lesson::new(network.neurons(), 10, true);
    let order = data.train.label_order(SEED, 60, 150);
    let tests: Vec<(Vec<u32>, Class)> = data
        .test
        .iter(100)
        .map(|(index, image, truth)| (testing.show(image, (Purpose::TestSpikes, index as u64), 0.0), truth))
        .collect();
    let mut expected = Vec::new();
    for (shown, (index, image, class)) in (1..).zip(order.iter()) {
        lesson.add(class, &labelling.show(image, (Purpose::LabelSpikes, index as u64), 150.0));
        for readout in Readout::ALL.into_iter().filter(|_| BUDGETS.contains(&shown)) {
            let reader = Reader::new(readout, &lesson);
            let right = tests.iter().filter(|(spikes, truth)| reader.predict(spikes) == *truth).count();
            expected.push((shown, readout, right as f64));
        }
    }
    let found = looked(&BUDGETS).readouts;
    let found: Vec<_> =
        found.iter().map(|reading| (reading.labels, reading.readout, reading.accuracy)).collect();
    assert_eq!(found, expected);
    let accuracies: BTreeSet<u64> = found.iter().map(|&(.., accuracy)| accuracy as u64).collect();
    assert!(accuracies.len() > 5, "the read-outs must disagree, or nothing is shown: {accuracies:?}");
}

#[test]
fn a_budget_depends_on_no_other_one_and_the_labels_of_the_report_on_none() {
    let all = looked(&BUDGETS);
    for (at, labels) in BUDGETS.into_iter().enumerate() {
        let alone = looked(&[labels]);
        assert_eq!(alone.readouts, all.readouts[6 * at..6 * (at + 1)], "{labels} label images");
        assert_eq!(Checkpoint { readouts: all.readouts.clone(), ..alone }, all, "{labels} label images");
    }
    let none = looked(&[]);
    assert!(
        !serde_json::to_string(&none).expect("JSON").contains("readouts"),
        "absent where none is asked for"
    );
    assert_eq!(Checkpoint { readouts: all.readouts.clone(), ..none }, all);
}

/// The run of `resume`, read out at two of its three looks.
fn run(condition: Condition) -> Run {
    let mut run = resume::run(condition);
    run.schedule.readouts = asked(4, &[3, 8]).into_iter().chain(asked(13, &[8, 20])).collect();
    run
}

#[test]
fn a_run_that_is_cut_after_every_image_reads_out_the_same_bytes_in_both_engines() {
    for run in resume::conditions().into_iter().map(run) {
        let expected = Folder::new().finish(&run, Engine::Dense);
        assert_eq!(
            expected.checkpoints.iter().map(|point| point.readouts.len()).collect::<Vec<_>>(),
            [12, 0, 12]
        );
        for engine in [Engine::Dense, Engine::Reference] {
            let folder = Folder::new();
            let record = (0..=13).find_map(|_| one_image(&folder, &run, engine).1).expect("it is finished");
            assert_eq!(record.comparable(), expected.comparable());
        }
    }
}

#[test]
fn a_snapshot_serves_only_a_run_that_wants_what_was_read_out_so_far() {
    let first = run(Condition::default());
    let changed = |change: fn(&mut BTreeSet<(u64, u64, Readout)>) -> bool| {
        let mut run = first.clone();
        assert!(change(&mut run.schedule.readouts));
        run
    };
    let less = changed(|readouts| readouts.remove(&(4, 3, Readout::NaiveBayes)));
    let more = changed(|readouts| readouts.insert((4, 5, Readout::NaiveBayes)));
    let more_later = changed(|readouts| readouts.insert((13, 5, Readout::NaiveBayes)));
    for (run, goes_on) in [(first.clone(), true), (less, false), (more, false), (more_later, true)] {
        let folder = Folder::new();
        for _ in 0..6 {
            assert!(one_image(&folder, &first, Engine::Dense).1.is_none());
        }
        let (noted, _) = one_image(&folder, &run, Engine::Dense);
        assert_eq!(noted.iter().any(|line| line == "goes on after 6 images"), goes_on, "{noted:?}");
    }
}

#[test]
fn a_record_that_lacks_a_read_out_or_a_budget_is_made_again_and_one_that_has_more_is_not() {
    use spiketime_train::store::Stored;
    let (folder, full) = (Folder::new(), run(Condition::default()));
    folder.store.keep(&folder.finish(&full, Engine::Dense)).expect("kept");
    let mut fewer = full.clone();
    fewer.schedule.readouts.remove(&(13, 20, Readout::Proportion));
    assert!(matches!(folder.store.find(&fewer), Stored::Finished(_)));
    for wanted in [(13, 21, Readout::Proportion), (9, 20, Readout::Proportion)] {
        let mut more = full.clone();
        more.schedule.readouts = [wanted].into();
        let Stored::Partial(record) = folder.store.find(&more) else { panic!("{wanted:?} is not there") };
        let both = more.with_all_of(&record).schedule.readouts;
        assert!(both.is_superset(&full.schedule.readouts) && both.contains(&wanted));
    }
}

/// As IDX: its sizes, then a byte a value.
pub(crate) fn idx(sizes: &[u32], values: Vec<u8>) -> Vec<u8> {
    let dimensions = sizes.len() as u8;
    let sizes = sizes.iter().flat_map(|size| size.to_be_bytes());
    [0, 0, 8, dimensions].into_iter().chain(sizes).chain(values).collect()
}

/// 300 images of the sample, of which the last 100 test, with labels that are wrong by `shift`.
fn planted(shift: u16) -> (DataSet, Dataset) {
    let data = passes::data();
    let order = data.train.label_order(1, 300, 300);
    let pixels =
        order.iter().flat_map(|(_, image, _)| image.image().expect("grey").to_vec()).collect::<Vec<u8>>();
    let labels: Vec<u8> = order.iter().map(|(.., class)| class as u8).collect();
    let wrong = labels[200..].iter().map(|&label| (label + shift as u8) % 10).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, sizes: &[u32], values: Vec<u8>| {
        std::fs::write(folder.path().join(name), idx(sizes, values)).expect("written");
        Some(name.to_owned())
    };
    let source = Source {
        train_images: write("x", &[200, 28, 28], pixels[..200 * 784].to_vec()),
        train_labels: write("y", &[200], labels[..200].to_vec()),
        test_images: write("tx", &[100, 28, 28], pixels[200 * 784..].to_vec()),
        test_labels: write("ty", &[100], wrong),
        ..Source::default()
    };
    let own = own::load("planted", &source, folder.path()).expect("a sound set");
    (DataSet::Own(own.facts.into()), own.dataset)
}

/// Weights, labels, and the class that each reader predicts for each test image: all that a test label must not reach.
fn blind(shift: u16) -> (Record, Vec<Vec<u8>>, Vec<Class>) {
    let (dataset, data) = planted(shift);
    let run = Run { is_sample: false, ..run(Condition { dataset, ..Condition::default() }) };
    let folder = Folder::with([("planted".to_owned(), data.clone())].into());
    let record = folder.finish(&run, Engine::Dense);
    let mut presenter = Presenter::new(Engine::Dense, &run.condition, 1, {
        let network = spiketime_train::present::initial_network::<f32>(&run.condition, 1);
        let mut training = Presenter::new(Engine::Dense, &run.condition, 1, network);
        (0..13).for_each(|image| {
            training.show(data.train.presented(image), Purpose::TrainSpikes, image, 150.0);
        });
        training.into_network().frozen()
    });
    let budgets = asked(13, &[8, 20]).into_iter().map(|(_, labels, readout)| (labels, readout)).collect();
    let still = Presenter::testing(Engine::Dense, &run.condition, 1, presenter.network());
    let readers = teach(still, &run.condition, &data, &budgets, &|_| {}).readers;
    let mut predicted = Vec::new();
    for (index, image, _) in data.test.iter(50) {
        let spikes = presenter.show(image, Purpose::TestSpikes, index, 0.0);
        predicted.extend(readers.iter().map(|reader| reader.predict(spikes)));
    }
    (record.clone(), folder.weights(&record), predicted)
}

/// Labels and predictions of two runs whose scoring labels are three classes apart.
pub(crate) fn assert_predicts_the_same(right: &Record, wrong: &Record) {
    for (right, wrong) in right.checkpoints.iter().zip(&wrong.checkpoints) {
        assert_eq!(
            (&right.label_histogram, right.silent_neurons),
            (&wrong.label_histogram, wrong.silent_neurons)
        );
        for (truth, row) in right.confusion.rows().enumerate() {
            assert_eq!(
                wrong.confusion.rows().nth((truth + 3) % 10),
                Some(row),
                "the same predictions of class {truth}"
            );
        }
    }
}

#[test]
fn no_test_label_reaches_a_weight_a_label_or_a_prediction() {
    let (right, wrong) = (blind(0), blind(3));
    assert_eq!((&right.1, &right.2), (&wrong.1, &wrong.2), "weights and predictions");
    assert!(right.2.iter().any(|&class| class != right.2[0]), "something is predicted");
    assert_predicts_the_same(&right.0, &wrong.0);
    assert_ne!(
        right.0.checkpoints[2].readouts, wrong.0.checkpoints[2].readouts,
        "what scores is the test's label"
    );
}

#[test]
fn a_metric_is_of_the_largest_budget_of_who_asks_or_of_the_one_that_it_names() {
    let point = looked(&[7, 150]);
    let of = |labels| {
        let mut readings = point.readouts.iter();
        readings
            .find(|reading| (reading.labels, reading.readout) == (labels, Readout::NaiveBayes))
            .map(|r| r.accuracy)
    };
    let metric = |name: &str, label_budget| point.metric(name, Asked { label_budget, ..Asked::default() });
    assert_ne!(of(7), of(150));
    assert_eq!(metric("accuracy_naive_bayes", Some(150)), of(150));
    assert_eq!(metric("accuracy_naive_bayes", Some(7)), of(7));
    assert_eq!(metric("accuracy_naive_bayes", None), None);
    assert_eq!(metric("accuracy_naive_bayes_7", None), of(7));
    assert_eq!(metric("accuracy_naive_bayes_8", Some(150)), None);
}

#[test]
fn a_budget_beyond_the_training_images_is_refused_before_anything_is_trained() {
    let with = |labels| {
        let mut run = run(Condition::default());
        run.schedule.readouts.insert((13, labels, Readout::Proportion));
        check(&run, &passes::data())
    };
    assert!(with(1_000).is_ok());
    let told = "label_budgets names 1001 images, but mnist has 1000 training images; name no more than these";
    assert_eq!(with(1_001).expect_err("too many").to_string(), told);
}
