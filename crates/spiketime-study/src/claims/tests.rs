//! What is judged where, against the report's words.

use std::path::Path;

use super::*;
use crate::archive;
use crate::plan;
use crate::spec::Experiment;
use spiketime_train::run::Run;

#[test]
fn a_map_is_balanced_from_a_twentieth_to_a_fifth_of_the_neurons_in_every_class() {
    // N = 200: from 10 to 40.
    let map = |first, second| [first, second, 20, 20, 20, 20, 20, 20, 20, 20];
    assert!(is_balanced(&map(10, 10), 200) && is_balanced(&map(40, 40), 200));
    assert!(!is_balanced(&map(9, 20), 200) && !is_balanced(&map(20, 41), 200));
    assert!(!is_balanced(&map(10, 20), 201));
    // N = 196: 9.8 and 39.2.
    assert!(
        !is_balanced(&map(9, 20), 196) && is_balanced(&map(39, 10), 196) && !is_balanced(&map(40, 20), 196)
    );
}

#[test]
fn a_map_shows_ten_types_from_a_twentieth_of_the_neurons_in_every_class() {
    let map = |first| [first, 191, 0, 0, 0, 0, 0, 0, 0, 0].map(|count| if count == 0 { 10 } else { count });
    assert!(has_ten_types(&map(10), 200) && !has_ten_types(&map(9), 200));
    assert!(!has_ten_types(&map(10), 201));
}

#[test]
fn silent_neurons_count_in_n() {
    let (experiments, planned, finished) = kept();
    let evidence = Evidence::new(&experiments, &planned, &finished);
    let points = evidence.points("variation-40-60-on", LAST).unwrap();
    assert!(points.values().any(|point| point.silent_neurons > 0));
    assert!(points.values().all(|point| neurons(point) == 196));
}

#[test]
fn a_curve_is_about_linear_from_an_r_squared_of_0_9_on() {
    // By hand about the means: Sxx = 10, Syy = 100, Sxy = 30, so R² is 900/1000; then Syy = 90.8, Sxy = 28: 0.8634.
    let at = [0.0, 1.0, 2.0, 3.0, 4.0];
    let curve = |values: [f64; 5]| at.into_iter().zip(values).collect::<Vec<(f64, f64)>>();
    assert!(is_linear(&curve([0.0, 0.0, 5.0, 10.0, 10.0])));
    assert!(!is_linear(&curve([0.0, 0.0, 5.0, 10.0, 9.0])));
    assert!(!is_linear(&curve([0.0, 0.0, 5.0, 10.0, 9.99])));
}

#[test]
fn points_are_cut_from_the_curve_on_and_before() {
    assert_eq!(from(15_000), [15_000, 20_000, 30_000, 40_000, 60_000]);
    assert_eq!(before(1_000), [300, 900]);
    assert_eq!((from(0).len(), before(60_000).len()), (12, 11));
}

#[test]
fn both_ways_of_labelling_are_one_number_on_the_last_network_and_count_once() {
    let (own, last) = ("accuracy", "accuracy_final_labels");
    let expected = [(own, 30_000), (own, 40_000), (own, 60_000), (last, 30_000), (last, 40_000)];
    assert_eq!(both_labellings(from(30_000)), expected);
}

type Kept = (
    Vec<Experiment>,
    std::collections::BTreeMap<String, Run>,
    std::collections::BTreeMap<String, spiketime_train::record::Record>,
);

/// The experiments, and the newest record that is kept with the code.
fn kept() -> Kept {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let paths = |folder: &str| {
        let entries = std::fs::read_dir(root.join(folder)).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    };
    let experiments: Vec<Experiment> =
        paths("experiments").iter().map(|path| Experiment::read(path).unwrap()).collect();
    let planned = plan::runs(&experiments, |_| false).unwrap();
    let newest = paths("records").into_iter().max().unwrap();
    (experiments, planned, archive::read(&newest).unwrap().runs)
}

/// The points at which a claim is judged, by metric.
fn judged_at(claims: &[Claim], id: &str, metric: &str) -> Vec<u64> {
    let parts = &claims.iter().find(|claim| claim.id == id).unwrap().parts;
    let begin = format!("{metric} at ");
    let at = parts.iter().filter_map(|part| part.statistic.strip_prefix(&begin)?.split(',').next());
    at.map(|images| images.parse().unwrap()).collect()
}

#[test]
fn every_claim_is_judged_at_the_points_that_it_speaks_of() {
    // The report's words: 'at every point', 'starts', 'from 3 000 images on', 'after about 30 000', 'at 60 000'.
    let (experiments, planned, finished) = kept();
    let claims = judge(&Evidence::new(&experiments, &planned, &finished));
    let every = [300, 900, 1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000];
    let start = [300, 900, 1_000, 2_000, 3_000, 5_000];
    let in_line = [3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000];
    for (id, own, last) in [
        ("C1", every.to_vec(), every[..11].to_vec()),
        ("C5", every.to_vec(), every[..11].to_vec()),
        ("C8", start.repeat(2), start.repeat(2)),
        ("C9", in_line.repeat(2), in_line[..7].repeat(2)),
        ("C10", [40_000, 60_000, 40_000, 60_000, 60_000].repeat(2), vec![]),
        ("C12", vec![60_000], vec![]),
        ("C13", vec![60_000], vec![]),
    ] {
        assert_eq!(judged_at(&claims, id, "accuracy"), own, "{id}");
        assert_eq!(judged_at(&claims, id, "accuracy_final_labels"), last, "{id}");
    }
    assert_eq!(judged_at(&claims, "C6", "noisy neurons"), [900]);
}

#[test]
fn a_curve_is_held_against_a_line_from_1000_images_on() {
    assert_eq!(
        from(LINEAR_FROM),
        [1_000, 2_000, 3_000, 5_000, 10_000, 15_000, 20_000, 30_000, 40_000, 60_000]
    );
}
