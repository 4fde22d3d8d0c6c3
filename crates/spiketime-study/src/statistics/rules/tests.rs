//! Expected values: scipy 1.17, stats.t.ppf and stats.t.sf on sd·√(1 + 1/n) or sd/√n, unless by hand.

use super::Verdict::{NotDecidable, NotReproduced, Refuted, Reproduced};
use super::*;

fn seeds(values: &[f64]) -> BySeed {
    (1..).zip(values.iter().copied()).collect()
}

fn is_near(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() < 1e-9 * theirs.abs().max(1.0)
}

#[track_caller]
fn assert_part(part: &Part, verdict: Verdict, interval: [f64; 2], p: f64) {
    let [low, high] = part.interval.unwrap();
    assert_eq!(part.verdict, verdict);
    assert!(
        is_near(low, interval[0]) && is_near(high, interval[1]) && is_near(part.p.unwrap(), p),
        "{part:?}"
    );
}

#[test]
fn a_value_is_judged_by_the_prediction_interval_of_a_single_run() {
    let narrow = seeds(&[75.5, 75.75, 76.0, 76.25, 76.5]);
    let interval = [74.797_764_003_342_88, 77.202_235_996_657_12];
    assert_part(&value("", 78.5, &narrow), NotReproduced, interval, 0.004_468_575_556_053);
    assert_eq!(value("", 70.0, &seeds(&[76.0])).verdict, NotDecidable);
}

#[test]
fn a_value_outside_is_not_reproduced_however_wide_the_interval() {
    let wide = seeds(&[20.0, 24.0, 27.0, 30.0, 37.0]);
    let interval = [8.054_141_967_079_53, 47.145_858_032_920_47];
    assert_part(&value("", 0.0, &wide), NotReproduced, interval, 0.017_240_158_358_233);
    assert_eq!(value("", 8.1, &wide).verdict, NotDecidable);
    assert_eq!(value("", 47.2, &wide).verdict, NotReproduced);
}

#[test]
fn a_value_inside_is_decided_up_to_a_half_width_of_four_points() {
    // t(0.975, 4)·√1.2 = 3.041444; the sd of m − 2s, m − s, m, m + s, m + 2s is 1.581139·s: half-width 4.808944·s.
    let spread = |s: f64| seeds(&[50.0 - 2.0 * s, 50.0 - s, 50.0, 50.0 + s, 50.0 + 2.0 * s]);
    assert_eq!(value("", 53.0, &spread(0.83)).verdict, Reproduced); // 3.9914
    assert_eq!(value("", 53.0, &spread(0.84)).verdict, NotDecidable); // 4.0395
}

#[test]
fn a_value_within_two_points_of_the_mean_is_reproduced_whatever_the_spread() {
    let part = |report| value("", report, &seeds(&[9.8; 5]));
    assert_part(&part(11.8 - 1e-9), Reproduced, [9.8, 9.8], 1.0);
    assert_part(&part(11.8 + 1e-9), NotReproduced, [9.8, 9.8], 0.0);
    assert_eq!(value("", 29.6, &seeds(&[20.0, 24.0, 27.0, 30.0, 37.0])).verdict, Reproduced);
    assert_eq!(value("", 29.7, &seeds(&[20.0, 24.0, 27.0, 30.0, 37.0])).verdict, NotDecidable);
}

#[test]
fn the_interval_of_a_percentage_stays_within_0_and_100() {
    let high = value("", 85.0, &seeds(&[99.0, 99.0, 100.0, 100.0, 92.0]));
    assert_part(&high, NotReproduced, [87.685_964_202_794_35, 100.0], 0.024_907_837_572_913);
    let low = value("", 5.0, &seeds(&[0.0, 0.0, 0.5, 1.0, 1.5]));
    assert_part(&low, NotReproduced, [0.0, 2.582_778_400_454_817], 0.003_522_206_898_744);
    assert_part(&most("", &seeds(&[98.0, 99.0, 100.0])), Reproduced, [96.515_862_288_249_66, 100.0], 1.0);
    assert_eq!(measured("", &seeds(&[98.0, 99.0, 100.0]), PERCENT).interval.unwrap()[1], 100.0);
}

#[test]
fn the_interval_of_a_difference_may_be_negative_and_stays_within_a_hundred_points() {
    let one_apart = measured("", &seeds(&[98.0, 99.0, 100.0]), POINTS).interval.unwrap();
    assert!(is_near(one_apart[0], 96.515_862_288_249_66) && one_apart[1] == 100.0);
    assert!(is_near(
        measured("", &seeds(&[-1.0, -2.0, -3.0]), POINTS).interval.unwrap()[0],
        -4.484_137_711_750_33
    ));
    assert_eq!(ordering("", &seeds(&[-98.0, -99.0, -100.0]), POINTS).interval.unwrap()[0], -100.0);
}

#[test]
fn an_ordering_is_judged_by_the_interval_of_the_mean_difference() {
    let interval = [-0.484_137_711_750_33, 4.484_137_711_750_33];
    assert_part(&ordering("", &seeds(&[1.0, 2.0, 3.0]), POINTS), NotDecidable, interval, 1.0);
    let interval = [1.257_931_144_124_835, 3.742_068_855_875_165];
    assert_part(&ordering("", &seeds(&[2.0, 2.5, 3.0]), POINTS), Reproduced, interval, 1.0);
    let interval = [-3.742_068_855_875_165, -1.257_931_144_124_835];
    assert_part(&ordering("", &seeds(&[-2.0, -2.5, -3.0]), POINTS), Refuted, interval, 0.013_072_457_560_347);
    let interval = [-4.484_137_711_750_33, 0.484_137_711_750_33];
    assert_part(
        &ordering("", &seeds(&[-1.0, -2.0, -3.0]), POINTS),
        NotDecidable,
        interval,
        0.074_179_900_227_449,
    );
    assert_eq!(ordering("", &seeds(&[5.0]), POINTS).verdict, NotDecidable);
}

#[test]
fn in_line_needs_the_whole_interval_within_three_points() {
    let half = 1.242_068_855_875_165;
    assert_part(&in_line("", &seeds(&[1.0, 1.5, 2.0])), Reproduced, [1.5 - half, 1.5 + half], 1.0);
    assert_eq!(in_line("", &seeds(&[2.0, 2.5, 3.0])).verdict, NotDecidable);
    let (interval, p) = ([-5.5 - half, -5.5 + half], 0.013_072_457_560_347);
    assert_part(&in_line("", &seeds(&[-5.0, -5.5, -6.0])), Refuted, interval, p);
    assert_part(&in_line("", &seeds(&[5.0, 5.5, 6.0])), Refuted, [5.5 - half, 5.5 + half], p);
    assert_eq!(in_line("", &seeds(&[1.3, 1.8, 2.3])).verdict, NotDecidable); // up to 3.04
}

#[test]
fn two_costs_are_alike_if_their_difference_lies_within_ten_percent_of_their_mean() {
    // In percent of the pair's mean: 1.980, 3.922, 2.956; then 7.692, 11.321, 9.524; then 59.459, 60.550, 60.714.
    let hundred = seeds(&[100.0; 3]);
    let interval = [0.541_151_502_124_557, 5.363_803_027_445_779];
    let near = alike("", &seeds(&[102.0, 104.0, 103.0]), &hundred);
    assert!(near.verdict == Reproduced && is_near(near.interval.unwrap()[0], interval[0]), "{near:?}");
    assert_eq!(alike("", &seeds(&[108.0, 112.0, 110.0]), &hundred).verdict, NotDecidable);
    let far = alike("", &seeds(&[72.0, 71.0, 73.0]), &seeds(&[39.0, 38.0, 39.0]));
    assert_part(&far, Refuted, [58.546_926_917_464_28, 61.935_875_675_430_06], 0.000_061_437_553_066);
    assert_eq!(alike("", &hundred, &seeds(&[150.0, 151.0, 149.0])).verdict, Refuted);
}

#[test]
fn most_and_few_are_judged_against_one_half() {
    let large = seeds(&[70.0, 72.0, 74.0]);
    let interval = [67.031_724_576_499_34, 76.968_275_423_500_66];
    assert_part(&most("", &large), Reproduced, interval, 1.0);
    assert_part(&few("", &large), Refuted, interval, 0.002_743_489_394_426);
    assert_eq!(most("", &seeds(&[30.0, 28.0, 26.0])).verdict, Refuted);
    assert_eq!(few("", &seeds(&[30.0, 28.0, 26.0])).verdict, Reproduced);
    assert_eq!(most("", &seeds(&[48.0, 52.0, 51.0])).verdict, NotDecidable);
}

#[test]
fn a_mean_is_above_what_is_published_where_its_whole_interval_is() {
    // The interval of the test above.
    let mean = seeds(&[70.0, 72.0, 74.0]);
    let at = |published| above("", published, &mean);
    assert_eq!((at(67.0).verdict, at(67.0).report), (Reproduced, Some(67.0)));
    assert_eq!((at(67.1).verdict, at(76.9).verdict, at(77.0).verdict), (NotDecidable, NotDecidable, Refuted));
}

#[test]
fn what_holds_in_no_seed_has_the_p_of_a_sign_test() {
    // scipy: stats.binomtest(0, 5, 0.5, alternative="less") = 1/32
    let part = |holds: &[f64]| in_every_seed("", &seeds(holds));
    let (none, some, all) = (part(&[0.0; 5]), part(&[0.0, 1.0, 0.0, 0.0, 0.0]), part(&[1.0; 5]));
    assert_eq!((none.verdict, none.p, none.ours), (NotReproduced, Some(0.031_25), 0.0));
    assert_eq!((some.verdict, some.p, some.ours), (NotDecidable, Some(1.0), 20.0));
    assert_eq!((all.verdict, all.p, all.ours), (Reproduced, Some(1.0), 100.0));
}

#[test]
fn a_question_is_answered_by_the_side_and_refutes_nothing() {
    let part = |values: &[f64]| answer(ordering("", &seeds(values), POINTS));
    let (yes, no, open) = (part(&[2.0, 2.5, 3.0]), part(&[-2.0, -2.5, -3.0]), part(&[1.0, 2.0, 3.0]));
    assert_eq!([yes.verdict, no.verdict, open.verdict], [Verdict::Yes, Verdict::No, NotDecidable]);
    assert_eq!([yes.p, no.p, open.p], [None; 3]);
}
