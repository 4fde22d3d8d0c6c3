//! What a law cannot hold of its readings, in words: memory in the noise, a systematic rest, jumps, cycles that differ.
//!
//! ```text
//! memory      correlation of neighbouring residuals, beyond 2.6/√pairs and beyond 0.1
//! systematic  mean residual in eighths of the window, beyond 3.3 of its standard errors
//! jump        first reading of a branch less the last of the one before it on the device, beyond 3 times the noise
//! cycles      step of a branch by regression on the law: χ² of their differences from the device's mean, beyond 1 %
//! ```
//!
//! 2.6, 3.3 and 1 % are said by noise alone about once in a hundred times.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::choice::Choice;
use crate::curve::Law;
use crate::least_squares::{Fit, Sample};
use crate::likelihood::{Noise, Series};
use crate::measured::Measured;
use crate::pulses::{Branch, Direction};
use crate::scale::scale;
use crate::spread::noise_sd;

const BINS: usize = 8;
const CHANCE: f64 = 0.01;
/// A rest below this is systematic, but nobody's concern \[noise\].
const SMALL_REST: f64 = 0.2;
const SMALL_CORRELATION: f64 = 0.1;

/// Everything that is to be said, a sentence a direction.
pub(crate) fn remarks(branches: &[Branch], measured: &Measured, choices: &[Choice; 2]) -> Vec<String> {
    let of_direction = |direction: Direction| {
        let (fit, sample) = (&choices[direction as usize].chosen().1, measured.sample(direction));
        let range_ns = measured.window.max_ns - measured.window.min_ns;
        let told = [
            memory(fit, sample),
            systematic(fit, sample, direction, measured),
            cycles(fit, sample, measured),
        ];
        let jumps = jumps(branches, direction, noise_sd(fit) * range_ns);
        let told: Vec<String> = told.into_iter().chain([jumps]).flatten().collect();
        (!told.is_empty()).then(|| format!("{}: {}", direction.word(), told.join(", ")))
    };
    Direction::BOTH.into_iter().filter_map(of_direction).collect()
}

/// Residuals by branch.
fn by_branch<'a>(fit: &'a Fit, sample: Sample<'a>) -> impl Iterator<Item = (&'a Series, &'a [f64])> {
    let mut rest = &fit.left.residuals[..];
    sample.series.iter().map(move |branch| {
        let count = branch.ways.len() - usize::from(fit.noise == Noise::Walk);
        let (own, others) = rest.split_at(count);
        rest = others;
        (branch, own)
    })
}

fn memory(fit: &Fit, sample: Sample) -> Option<String> {
    let pairs: Vec<f64> =
        by_branch(fit, sample).flat_map(|(_, own)| own.windows(2).map(|pair| pair[0] * pair[1])).collect();
    let squares: f64 = fit.left.residuals.iter().map(|residual| residual * residual).sum();
    let correlation =
        pairs.iter().sum::<f64>() / squares * fit.left.residuals.len() as f64 / pairs.len() as f64;
    let is_said = correlation.abs() > (2.6 / (pairs.len() as f64).sqrt()).max(SMALL_CORRELATION);
    let kind = if correlation > 0.0 { "drift or 1/f noise" } else { "errors of readings beside a walk" };
    is_said.then(|| format!("neighbouring residuals correlate by {correlation:.2} ({kind})"))
}

fn systematic(fit: &Fit, sample: Sample, direction: Direction, measured: &Measured) -> Option<String> {
    let mut bins = [(0.0, 0.0); BINS];
    for (branch, own) in by_branch(fit, sample) {
        // The residual of a walk is that of the way before it.
        for (way, residual) in branch.ways.iter().zip(own) {
            let bin = &mut bins[((way * BINS as f64).max(0.0) as usize).min(BINS - 1)];
            *bin = (bin.0 + residual, bin.1 + 1.0);
        }
    }
    let sd = noise_sd(fit);
    let rest = |bin: &(f64, f64)| if bin.1 > 0.0 { bin.0 / bin.1 } else { 0.0 };
    let is_said = |bin: &(f64, f64)| rest(bin).abs() > (3.3 / bin.1.sqrt()).max(SMALL_REST) * sd;
    let worst = (0..BINS)
        .filter(|&bin| is_said(&bins[bin]))
        .max_by(|&a, &b| rest(&bins[a]).abs().total_cmp(&rest(&bins[b]).abs()))?;
    let range_ns = measured.window.max_ns - measured.window.min_ns;
    let at_ns = measured.window.ns(direction, (worst as f64 + 0.5) / BINS as f64);
    let (rest_ns, sd_ns) = (rest(&bins[worst]).abs() * range_ns, sd * range_ns);
    let what = if fit.noise == Noise::Walk { "steps are" } else { "the curve is" };
    Some(format!("{what} off by {rest_ns:.3} nS on average around {at_ns:.3} nS (noise {sd_ns:.3} nS)"))
}

fn jumps(branches: &[Branch], direction: Direction, noise_ns: f64) -> Option<String> {
    let of_device = |branch: &Branch, number: usize| {
        let before = branches[..number].iter().rev().find(|before| before.device == branch.device)?;
        // What pulses were not read between two branches nobody knows.
        let last = before.conductance_ns.last()?;
        Some(branch.conductance_ns.first()? - last).filter(|_| branch.pulses.first() == Some(&0))
    };
    let jumps = branches.iter().enumerate().filter(|(_, branch)| branch.direction == direction);
    let jumps: Vec<f64> = jumps.filter_map(|(number, branch)| of_device(branch, number)).collect();
    let squares: f64 = jumps.iter().map(|jump| jump * jump).sum();
    let rms_ns = (squares / jumps.len().max(1) as f64).sqrt();
    // Two readings differ by √2 of their noise.
    (rms_ns > 3.0 * std::f64::consts::SQRT_2 * noise_ns)
        .then(|| format!("branches begin {rms_ns:.3} nS (rms) from where the last one ended"))
}

fn cycles(fit: &Fit, sample: Sample, measured: &Measured) -> Option<String> {
    let law = Law::new(&fit.shape, &fit.parameters);
    let scale = |branch: &Series| {
        let [scale, error] = scale(&law, &[branch], sample.top)?;
        Some((branch.device, scale, error * error))
    };
    let scales: Vec<(usize, f64, f64)> = sample.series.iter().filter_map(scale).collect();
    let (mut chi, mut freedom, mut excess) = (0.0, 0.0, 0.0);
    for device in 0..measured.devices.len() {
        let own =
            || scales.iter().filter(|(of, ..)| *of == device).map(|&(_, scale, variance)| (scale, variance));
        let weights: f64 = own().map(|(_, variance)| 1.0 / variance).sum();
        let mean = own().map(|(scale, variance)| scale / variance).sum::<f64>() / weights;
        chi += own().map(|(scale, variance)| (scale - mean) * (scale - mean) / variance).sum::<f64>();
        excess += own().map(|(scale, variance)| (scale - mean) * (scale - mean) - variance).sum::<f64>();
        freedom += own().count().saturating_sub(1) as f64;
    }
    let chance = ChiSquared::new(freedom).ok()?.sf(chi);
    (chance < CHANCE && excess > 0.0).then(|| {
        format!(
            "steps differ from cycle to cycle by {:.0} %, which the file does not hold",
            100.0 * (excess / freedom).sqrt()
        )
    })
}
