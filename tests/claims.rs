//! The report's claims, as data: judged at the points that they speak of, by the kept record.

use std::collections::BTreeMap;

use spiketime_study::archive;
use spiketime_study::evidence::Evidence;
use spiketime_study::judge::judge;
use spiketime_study::metric::Metric;
use spiketime_study::plan;
use spiketime_study::statistics::Verdict;
use spiketime_study::verdict::Claim;

use crate::records::{experiments, newest_record};

fn with_evidence<T>(look: impl Fn(&Evidence) -> T) -> T {
    let (experiments, archive) = (experiments(), archive::read(&newest_record()).expect("a sound record"));
    let planned = plan::runs(&experiments, |_| false).expect("sound names");
    look(&Evidence::new(&experiments, &planned, &archive.runs))
}

/// The counts of images that stand behind these words in the statistics of a claim.
fn judged_at(claims: &[Claim], id: &str, words: &str) -> Vec<u64> {
    let parts = &claims.iter().find(|claim| claim.id == id).expect("it is judged").parts;
    let begin = format!("{words} after ");
    let at = parts.iter().filter_map(|part| part.statistic.strip_prefix(&begin)?.split(" images").next());
    at.map(|images| images.replace('\u{a0}', "").parse().expect("a count")).collect()
}

#[test]
fn every_claim_is_judged_at_the_points_that_it_speaks_of_and_both_labellings_count_once() {
    // The report's words: 'at every point', 'starts', 'from 3 000 images on', 'after about 30 000', 'at 60 000'.
    let claims = with_evidence(judge);
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
        assert_eq!(judged_at(&claims, id, "accuracy with final labels"), last, "{id}");
    }
    assert_eq!(judged_at(&claims, "C6", "noisy neurons"), [900]);
}

#[test]
fn silent_neurons_count_in_n() {
    with_evidence(|evidence| {
        let points = evidence.points("variation-40-60-on", 60_000).expect("finished");
        assert!(points.values().any(|point| point.silent_neurons > 0));
        let percent = Metric::named("neurons_class_0_percent").expect("a metric");
        for point in points.values() {
            assert_eq!(percent.at(point, None), Some(100.0 / 196.0 * point.label_histogram[0] as f64));
        }
    });
}

#[test]
fn where_nothing_is_finished_every_claim_waits() {
    let (experiments, finished) = (experiments(), BTreeMap::new());
    let planned = plan::runs(&experiments, |_| false).expect("sound names");
    let claims = judge(&Evidence::new(&experiments, &planned, &finished));
    assert_eq!(claims.len(), 21);
    assert!(claims.iter().all(|claim| claim.verdict == Verdict::Waiting));
}
