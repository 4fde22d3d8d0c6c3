//! A law fitted to series: least squares by Levenberg and Marquardt from the best of many starts, with 95 % intervals.
//!
//! ```text
//! variance = the larger of  (JᵀJ)⁻¹ Σe²/(N − p)  and  (JᵀJ)⁻¹ Σ_k (e_k/(1 − h_k))² J_kJ_kᵀ (JᵀJ)⁻¹
//! h_k      = J_k (JᵀJ)⁻¹ J_kᵀ,  J of ln step and the exponent β or γ itself
//! interval = value ± t(97.5 %, N − p) · standard error;  of a step, e to that
//! ```
//!
//! The second holds too where noise is not alike everywhere, as of a device whose larger steps vary more: HC3 of MacKinnon &
//! White 1985, J. Econometrics 29:305. While it is fitted an exponent is held within its bounds by a logistic function. More
//! 1978, Lect. Notes Math. 630:105.

use levenberg_marquardt::{LeastSquaresProblem, LevenbergMarquardt};
use nalgebra::{DMatrix, DVector, Dyn, storage::Owned};
use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::curve::{Law, Shape};
use crate::kind::LawKind;
use crate::likelihood::{Left, Noise, Series, aic, left};
use crate::neurosim;

/// What is tried of exponents before anything is minimised.
const TRIED: [f64; 6] = [0.1, 0.5, 1.5, 3.0, 5.0, 9.0];
/// Of steps: the mean step, times two to this.
const TRIED_DOUBLINGS: i32 = 9;
/// A reading that alone says what a parameter is leaves no residual.
const MOST_LEVERAGE: f64 = 0.99;
/// So many of what was tried are minimised.
const MINIMISED: usize = 3;

/// Series that a law is fitted to, and where their ways end.
#[derive(Clone, Copy)]
pub(crate) struct Sample<'a> {
    pub series: &'a [Series],
    pub top: f64,
}

impl Sample<'_> {
    /// Readings beyond the level of each branch.
    pub fn count(&self) -> usize {
        self.series.iter().map(|branch| branch.ways.len() - 1).sum()
    }

    /// Of a pulse, by the first and last reading of every branch \[window\].
    pub fn mean_step(&self) -> f64 {
        let way = |branch: &Series| branch.ways[branch.ways.len() - 1] - branch.ways[0];
        let pulses: f64 = self.series.iter().flat_map(Series::gaps).map(f64::from).sum();
        self.series.iter().map(way).sum::<f64>() / pulses.max(1.0)
    }
}

/// A law with what is known of its parameters.
#[derive(Clone, Debug)]
pub(crate) struct Fit {
    pub shape: Shape,
    pub noise: Noise,
    /// ln step and the exponent, or ln of the steps at points.
    pub parameters: Vec<f64>,
    /// Half of a 95 % interval of each; infinite where the data say nothing.
    pub half_widths: Vec<f64>,
    /// Standard errors.
    pub errors: Vec<f64>,
    /// What the law leaves.
    pub left: Left,
    pub aic: f64,
}

/// Bounds of an exponent.
fn bounds(kind: LawKind) -> [f64; 2] {
    match kind {
        LawKind::Neurosim => neurosim::LABELS.map(neurosim::exponent),
        _ => [1e-6, 50.0],
    }
}

/// One shape, one noise, the data.
struct Problem<'a> {
    shape: &'a Shape,
    noise: Noise,
    sample: Sample<'a>,
    /// ln step and a number that a logistic function brings between the bounds; of points, parameters as they are.
    free: DVector<f64>,
    left: Left,
}

impl<'a> Problem<'a> {
    fn new(shape: &'a Shape, noise: Noise, sample: Sample<'a>, parameters: &[f64]) -> Problem<'a> {
        let mut free = DVector::from_column_slice(parameters);
        if let (Shape::Formula(kind), 2) = (shape, parameters.len()) {
            let [low, high] = bounds(*kind);
            let part = ((parameters[1] - low) / (high - low)).clamp(1e-9, 1.0 - 1e-9);
            free[1] = (part / (1.0 - part)).ln();
        }
        let mut problem = Problem { shape, noise, sample, free, left: Left::default() };
        problem.look();
        problem
    }

    fn parameters(&self) -> Vec<f64> {
        let mut parameters: Vec<f64> = self.free.iter().copied().collect();
        if let Some([low, high]) = self.exponent_bounds() {
            parameters[1] = low + (high - low) / (1.0 + (-parameters[1]).exp());
        }
        parameters
    }

    fn exponent_bounds(&self) -> Option<[f64; 2]> {
        match self.shape {
            Shape::Formula(kind) if self.free.len() == 2 => Some(bounds(*kind)),
            _ => None,
        }
    }

    fn look(&mut self) {
        let law = Law::new(self.shape, &self.parameters());
        self.left = left(&law, self.sample.series, self.sample.top, self.noise);
    }

    fn squares(&self) -> f64 {
        self.left.residuals.iter().map(|residual| residual * residual).sum()
    }

    /// By the parameters themselves.
    fn slopes(&self) -> DMatrix<f64> {
        DMatrix::from_fn(self.left.slopes.len(), self.free.len(), |row, column| self.left.slopes[row][column])
    }
}

impl LeastSquaresProblem<f64, Dyn, Dyn> for Problem<'_> {
    type ParameterStorage = Owned<f64, Dyn>;
    type ResidualStorage = Owned<f64, Dyn>;
    type JacobianStorage = Owned<f64, Dyn, Dyn>;

    fn set_params(&mut self, free: &DVector<f64>) {
        self.free.copy_from(free);
        self.look();
    }

    fn params(&self) -> DVector<f64> {
        self.free.clone()
    }

    fn residuals(&self) -> Option<DVector<f64>> {
        let is_sound = self.left.residuals.iter().all(|residual| residual.is_finite());
        is_sound.then(|| DVector::from_column_slice(&self.left.residuals))
    }

    fn jacobian(&self) -> Option<DMatrix<f64>> {
        let mut slopes = self.slopes();
        if let Some([low, high]) = self.exponent_bounds() {
            let part = 1.0 / (1.0 + (-self.free[1]).exp());
            slopes.column_mut(1).scale_mut((high - low) * part * (1.0 - part));
        }
        slopes.iter().all(|slope| slope.is_finite()).then_some(slopes)
    }
}

/// The best fit of a formula, or `None` where there are too few readings for it.
pub(crate) fn formula(kind: LawKind, noise: Noise, sample: Sample) -> Option<Fit> {
    let shape = Shape::Formula(kind);
    let tried = tried(&shape, sample);
    let mut tried: Vec<(f64, Vec<f64>)> = tried
        .into_iter()
        .map(|parameters| (Problem::new(&shape, noise, sample, &parameters).squares(), parameters))
        .filter(|(squares, _)| squares.is_finite())
        .collect();
    tried.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let fits = tried.into_iter().take(MINIMISED).filter_map(|(_, start)| from(&shape, noise, sample, &start));
    fits.min_by(|a, b| a.aic.total_cmp(&b.aic))
}

fn tried(shape: &Shape, sample: Sample) -> Vec<Vec<f64>> {
    let mean = sample.mean_step().max(1e-9);
    let steps = (0..=TRIED_DOUBLINGS).map(|doublings| (mean * 2.0_f64.powi(doublings)).min(1.0).ln());
    match shape.count() {
        1 => steps.map(|step| vec![step]).collect(),
        _ => steps.flat_map(|step| TRIED.map(|exponent| vec![step, exponent])).collect(),
    }
}

/// The fit that one start leads to, or `None` where there are too few readings for it.
pub(crate) fn from(shape: &Shape, noise: Noise, sample: Sample, start: &[f64]) -> Option<Fit> {
    let (count, parameters) = (sample.count(), shape.count());
    if count < parameters + 2 {
        return None;
    }
    let problem = Problem::new(shape, noise, sample, start);
    // The tolerances are those of rounding: a fit costs little, and data without noise deserve all their digits.
    let minimiser =
        LevenbergMarquardt::new().with_ftol(1e-14).with_xtol(1e-12).with_gtol(1e-14).with_patience(60);
    let (problem, _) = minimiser.minimize(problem);
    let squares = problem.squares();
    if !squares.is_finite() {
        return None;
    }
    let freedom = (count - parameters) as f64;
    let errors = errors(&problem.slopes(), &problem.left.residuals, freedom);
    let quantile = StudentsT::new(0.0, 1.0, freedom).ok()?.inverse_cdf(0.975);
    Some(Fit {
        shape: shape.clone(),
        noise,
        parameters: problem.parameters(),
        half_widths: errors.iter().map(|error| error * quantile).collect(),
        errors,
        aic: aic(squares, problem.left.extra, count, parameters),
        left: problem.left,
    })
}

/// Standard errors, infinite where the data say nothing.
fn errors(slopes: &DMatrix<f64>, residuals: &[f64], freedom: f64) -> Vec<f64> {
    let Some(inverse) = slopes.tr_mul(slopes).try_inverse() else {
        return vec![f64::INFINITY; slopes.ncols()];
    };
    let variance = residuals.iter().map(|residual| residual * residual).sum::<f64>() / freedom;
    // What each parameter moves by with each residual.
    let mut moves = slopes * &inverse;
    for (row, &residual) in residuals.iter().enumerate() {
        let leverage = moves.row(row).dot(&slopes.row(row)).min(MOST_LEVERAGE);
        moves.row_mut(row).scale_mut(residual / (1.0 - leverage));
    }
    let of = |number: usize| match inverse[(number, number)] {
        alike if alike > 0.0 => (alike * variance).max(moves.column(number).norm_squared()).sqrt(),
        _ => f64::INFINITY,
    };
    (0..slopes.ncols()).map(of).collect()
}

impl Fit {
    /// The value of a parameter and its 95 % interval, as a device file has them: a step, or a nonlinearity.
    pub fn value(&self, number: usize) -> Value {
        let (value, half) = (self.parameters[number], self.half_widths[number]);
        let ends = [value - half, value, value + half];
        let [low, value, high] = match &self.shape {
            Shape::Formula(kind) if number == 1 => ends.map(|exponent| nonlinearity(*kind, exponent)),
            _ => ends.map(f64::exp),
        };
        // At a bound, or without any, readings do not say where it ends.
        let is_told = half.is_finite() && (low, high) != self.widest(number);
        Value { value, interval: is_told.then_some([low, high]) }
    }

    fn widest(&self, number: usize) -> (f64, f64) {
        match &self.shape {
            Shape::Formula(kind) if number == 1 => {
                let [low, high] = bounds(*kind).map(|exponent| nonlinearity(*kind, exponent));
                (low, high)
            }
            _ => (0.0, f64::INFINITY),
        }
    }

    /// A nonlinearity and its standard error, as a device file has them.
    pub fn nonlinearity(&self) -> Option<[f64; 2]> {
        let (Shape::Formula(kind), Some(&exponent)) = (&self.shape, self.parameters.get(1)) else {
            return None;
        };
        let ends = [exponent - self.errors[1], exponent + self.errors[1]].map(|end| nonlinearity(*kind, end));
        Some([nonlinearity(*kind, exponent), (ends[1] - ends[0]) / 2.0])
    }
}

/// As a device file has it; no exponent is below its bounds.
fn nonlinearity(kind: LawKind, exponent: f64) -> f64 {
    let [low, high] = bounds(kind);
    let exponent = exponent.clamp(low, high);
    if kind == LawKind::Neurosim { neurosim::label(exponent) } else { exponent }
}

/// A number and its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Value {
    /// The best value.
    pub value: f64,
    /// None where the readings do not say.
    pub interval: Option<[f64; 2]>,
}

#[cfg(test)]
mod tests;
