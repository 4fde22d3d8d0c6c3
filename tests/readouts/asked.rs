//! What experiment files say of read-outs, and what each of them sees of a run that they share.

use std::path::Path;

use spiketime_sim::Engine;
use spiketime_study::data_sets::OwnSets;
use spiketime_study::evidence::Evidence;
use spiketime_study::plan;
use spiketime_study::spec::{Experiment, Reduction};
use spiketime_study::study::{Extent, Study};
use spiketime_study::tidy;
use spiketime_train::condition::Condition;
use spiketime_train::context::work;

use crate::resume::Folder;

/// A condition of an experiment file, small enough for the sample as it is.
fn text(keys: &str) -> String {
    let condition =
        "neurons = 12\nlabel_images = 30\ntest_images = 60\nthreshold_min_mv = 20\nthreshold_max_mv = 20";
    format!("seeds = 1\ncheckpoints = [50, 90]\n{keys}\n[[condition]]\nname = 'small'\n{condition}\n")
}

fn experiment(name: &str, keys: &str) -> Experiment {
    Experiment::parse(&text(keys), Path::new("x.toml"), name.into()).expect("a sound experiment")
}

#[test]
fn experiments_that_share_a_run_each_see_their_own_read_outs_at_their_own_budgets() {
    let experiments = [
        experiment("plain", ""),
        experiment("few", "readouts = ['naive-bayes']\nlabel_budgets = [5, 2]"),
        Experiment {
            checkpoints: vec![90],
            ..experiment("many", "readouts = ['naive-bayes']\nlabel_budgets = [200]")
        },
    ];
    let planned = plan::runs(&experiments, |_| true).expect("sound names");
    let run = planned.values().next().expect("one run serves all");
    // The most label images of all are shown where they are asked for, and there alone.
    let wanted = |images_seen| run.schedule.readouts_at(images_seen).into_iter().map(|(labels, _)| labels);
    assert!(wanted(50).eq([2, 5]) && wanted(90).eq([2, 5, 200]));
    assert_eq!(work(run), 90 + (30 + 60) + (200 + 60));
    let record = Folder::new().finish(run, Engine::Dense);
    let reading = |images_seen, labels| {
        let mut readings = record.point(images_seen)?.readouts.iter();
        readings.find(|reading| reading.labels == labels).map(|reading| reading.accuracy)
    };
    assert_ne!(reading(90, 5), reading(90, 200), "the budgets must disagree, or nothing is shown");
    let finished = [(record.id.clone(), record.clone())].into();
    let evidence = Evidence::new(&experiments, &planned, &finished);
    let at = |number: usize, images_seen, metric: &str| {
        evidence.of_experiment(&experiments[number]).at("small", images_seen, metric).map(|values| values[&1])
    };
    let largest = "accuracy_naive_bayes";
    assert_eq!([at(1, 50, largest), at(1, 90, largest)], [reading(50, 5), reading(90, 5)]);
    assert_eq!([at(2, 50, largest), at(2, 90, largest)], [reading(50, 5), reading(90, 200)]);
    assert_eq!(at(0, 90, largest), reading(90, 5), "who says nothing sees what the first one says that does");
    let rows = tidy::table(&evidence);
    let named = |name: &str, part: &str| {
        let of = format!("{{\"experiment\":\"{name}\"");
        rows.lines().filter(|row| row.starts_with(&of) && row.contains(part)).count()
    };
    assert_eq!([named("plain", largest), named("few", largest), named("many", largest)], [0, 6, 2]);
    assert_eq!(
        [named("few", "accuracy_naive_bayes_2\""), named("many", "accuracy_naive_bayes_200\"")],
        [2, 1]
    );
}

#[test]
fn what_a_file_says_of_read_outs_is_sound_or_it_is_told_what_to_do() {
    let told = |keys: &str| {
        let study = Study::of_texts(vec![("x.toml".into(), text(keys))], "", Extent::Whole, OwnSets::new());
        study.map_or_else(|error| error.to_string(), |_| "sound".into())
    };
    let both = "readouts = ['naive-bayes', 'proportion']\nlabel_budgets = [300, 1_000]\n";
    let claim = |metric: &str| {
        format!(
            "{both}claim = [{{ id = 'R', question = '', statistic = [{{ rule = 'higher', metric = '{metric}', condition = \
             'small', images = 90, than = {{ metric = 'accuracy' }} }}] }}]"
        )
    };
    let panel = |metric: &str| format!("{both}panel = [{{ kind = 'curve', metric = '{metric}' }}]");
    let expected = |metric: &str| {
        let entry = format!("condition = 'small', metric = '{metric}', source = '', points = [[90, 1]]");
        format!("{both}expected = [{{ {entry} }}]")
    };
    for metric in ["accuracy_naive_bayes", "accuracy_proportion_300", "accuracy"] {
        let is_accuracy = metric == "accuracy";
        assert!(is_accuracy || told(&claim(metric)) == "sound", "{}", told(&claim(metric)));
        assert_eq!([told(&panel(metric)), told(&expected(metric))], ["sound", "sound"], "{metric}");
    }
    for (keys, part) in [
        ("readouts = ['naive-bayes']", "readouts and label_budgets go together"),
        ("label_budgets = [300]", "readouts and label_budgets go together"),
        ("readouts = ['naive-bayes']\nlabel_budgets = [300, 0]", "label_budgets names 0 images"),
        (
            "readouts = ['naive-byes']\nlabel_budgets = [300]",
            "unknown value 'naive-byes'; did you mean 'naive-bayes'?",
        ),
        (&claim("accuracy_naive_bayes_301"), "name it under readouts and label_budgets"),
        (&claim("accuracy_class_mean"), "name it under readouts and label_budgets"),
        (&claim("accuracy_class_mean_line_r_squared"), "name it under readouts and label_budgets"),
        (&panel("accuracy_naive_bayes_301"), "name it under readouts and label_budgets"),
        (&expected("accuracy_naive_bayes_301"), "there is no metric 'accuracy_naive_bayes_301'"),
        (&expected("accuracy_class_mean"), "there is no metric 'accuracy_class_mean'"),
    ] {
        assert!(told(keys).contains(part), "{keys}: {}", told(keys));
    }
}

#[test]
fn a_smaller_version_of_an_experiment_asks_for_no_more_label_images_than_it_has() {
    let whole = experiment("whole", "readouts = ['naive-bayes']\nlabel_budgets = [300, 10_000]");
    assert_eq!(whole.reduced(&Reduction::QUICK).label_budgets, [300, 1_000]);
    assert_eq!(
        whole.reduced(&Reduction::QUICK).asked(&Condition::default(), false).label_budget,
        Some(1_000)
    );
    let small = experiment("small", "readouts = ['naive-bayes']\nlabel_budgets = [300]");
    assert_eq!(small.reduced(&Reduction::QUICK), small);
}
