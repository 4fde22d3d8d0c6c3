use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};
use spiketime_data::{Purpose, stream};

use super::*;

/// A walk whose pulses vary by a part of their steps.
const OF_STEPS: Option<Noise> = None;

/// Made data of a law, whose truth is known.
struct Made {
    step: f64,
    exponent: f64,
    series: Vec<Series>,
}

impl Made {
    fn sample(&self) -> Sample<'_> {
        Sample { series: &self.series, top: 1.0 }
    }
}

fn between(rng: &mut ChaCha8Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// Two or three branches of 40 to 100 pulses that use most of the window, a third of the readings missing.
fn made(kind: LawKind, case: u64, noise: Option<Noise>, sd: f64) -> Made {
    let mut rng = stream(case, Purpose::NetInputs, kind as u64);
    let pulses = between(&mut rng, 40.0, 100.0) as u32;
    let (exponent, travel) = match kind {
        LawKind::Linear => (0.0, between(&mut rng, 0.5, 0.8)),
        LawKind::Soft => (0.0, between(&mut rng, 1.0, 4.0)),
        LawKind::Power => (between(&mut rng, 0.8, 3.0), between(&mut rng, 1.5, 4.0)),
        _ => {
            let exponent = between(&mut rng, 1.0, 5.0);
            (exponent, between(&mut rng, 0.6, 0.95) * exponent.exp_m1() / exponent)
        }
    };
    // A straight step that shrinks to e^(−β) takes β/(1 − e^(−β)) times the pulses of one that does not.
    let whole = -(-exponent).exp_m1();
    let travel =
        if kind == LawKind::Neurosim { between(&mut rng, 0.7, 1.0) * exponent / whole } else { travel };
    let step = travel / f64::from(pulses);
    let dependence = kind.dependence(exponent).unwrap();
    let branches = 2 + rng.random_range(0..2);
    let mut branch = || {
        let mut way = between(&mut rng, 0.0, 0.1);
        let (mut kept, mut ways) = (vec![], vec![]);
        for pulse in 0..=pulses {
            let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
            if pulse > 0 {
                let pulse = step * dependence.rising(way, 1.0);
                let walked = match noise {
                    OF_STEPS => sd * normal() * pulse,
                    Some(Noise::Walk) => sd * normal(),
                    Some(Noise::Readings) => 0.0,
                };
                way = (way + pulse + walked).min(1.0);
            }
            let read = if noise == Some(Noise::Readings) { way + sd * normal() } else { way };
            // Uneven: readings are rarer towards the end.
            if rng.random::<f64>() > 0.2 + 0.3 * f64::from(pulse) / f64::from(pulses) {
                kept.push(pulse);
                ways.push(read);
            }
        }
        Series { device: 0, pulses: kept, ways }
    };
    let series = (0..branches).map(|_| branch()).collect();
    Made { step, exponent, series }
}

#[test]
fn data_without_noise_give_the_parameters_back() {
    for kind in LawKind::WITH_FORMULA {
        for case in 0..20 {
            let made = made(kind, case, OF_STEPS, 0.0);
            for noise in [Noise::Readings, Noise::Walk] {
                let fit = formula(kind, noise, made.sample()).unwrap();
                let step = fit.parameters[0].exp();
                // Residuals of rounding, 1e-16 of the window, over slopes of about 0.1 and more.
                assert!(
                    (step / made.step - 1.0).abs() < 1e-9,
                    "{kind:?} {case} {noise:?}: {step} of {}",
                    made.step
                );
                if let Some(exponent) = fit.parameters.get(1) {
                    assert!(
                        (exponent / made.exponent - 1.0).abs() < 1e-8,
                        "{kind:?} {case} {noise:?}: {exponent}"
                    );
                }
            }
        }
    }
}

/// How many of so many intervals hold the step, and the exponent.
fn held(kind: LawKind, noise: Option<Noise>, sd: f64, cases: u64) -> [f64; 2] {
    let mut held = [0.0; 2];
    for case in 0..cases {
        let made = made(kind, case, noise, sd);
        let fit = formula(kind, noise.unwrap_or(Noise::Walk), made.sample()).unwrap();
        for (number, truth) in
            [made.step.ln(), made.exponent].into_iter().enumerate().take(fit.parameters.len())
        {
            held[number] += f64::from((fit.parameters[number] - truth).abs() <= fit.half_widths[number]);
        }
    }
    held.map(|held| 100.0 * held / cases as f64)
}

/// Of 1 000 cases 95 % ± 1.4 % (two standard errors) are held if the intervals are what they say.
fn intervals_hold(noise: Option<Noise>, sd: f64, least: f64) {
    for kind in LawKind::WITH_FORMULA {
        let held = held(kind, noise, sd, 1_000);
        let held = &held[..1 + usize::from(kind.nonlinearity().is_some())];
        println!("{} {noise:?}: step and nonlinearity {held:.1?} %", kind.word());
        assert!(held.iter().all(|held| (least..=97.5).contains(held)), "{kind:?}: {held:?} %");
    }
}

#[test]
fn an_interval_of_95_percent_holds_the_truth_in_95_of_100_cases_of_errors_of_readings() {
    intervals_hold(Some(Noise::Readings), 0.01, 93.0);
}

#[test]
fn an_interval_of_95_percent_holds_the_truth_in_95_of_100_cases_of_a_walk() {
    intervals_hold(Some(Noise::Walk), 0.004, 93.0);
}

/// Neither model of noise says that, and where steps shrink a hundredfold few readings carry most of it: the weights are those of
/// noise that is alike, and what is asked of the interval is that it knows of it. Without that it
/// holds in 55 of an exponential step.
#[test]
fn an_interval_of_95_percent_holds_the_truth_in_90_of_100_cases_of_steps_that_vary_by_a_third_of_themselves()
{
    intervals_hold(OF_STEPS, 0.3, 89.0);
}
