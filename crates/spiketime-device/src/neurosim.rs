//! The label of nonlinearity of NeuroSim and the exponent β that it stands for.
//!
//! ```text
//! n of P pulses lead to  (1 − e^(−βp))/(1 − e^(−β))  of the window,  p = n/P
//! label = 10.1 · the largest distance of that from p
//!       = 10.1 · (1/q − 1/β − ln(β/q)/β),  q = 1 − e^(−β),  where its slope is 1
//! step of one pulse at the bound it leads away from = (1 − e^(−β/P))/q
//! ```
//!
//! Chen, Peng & Yu 2018, IEEE TCAD 37:3067. They tabulate A/P = 1/β by label; that its label is this distance was found
//! by comparing, and holds to the four digits of the table.

// Not the platform's, whose last digits change from one to the next: an exponent is part of what a run makes.
use libm::{expm1, log};

/// The labels that are tabulated.
pub const LABELS: [f64; 2] = [0.01, 9.0];
/// Between the straight line and the sharpest bend of the table, in exponents with room to spare.
const EXPONENTS: [f64; 2] = [1e-3, 100.0];

/// The label of an exponent β above 0.
#[must_use]
pub fn label(exponent: f64) -> f64 {
    let whole = -expm1(-exponent);
    10.1 * (1.0 / whole - 1.0 / exponent - log(exponent / whole) / exponent)
}

/// The exponent β of a label; the nearer end of [`LABELS`] where it lies outside.
#[must_use]
pub fn exponent(of_label: f64) -> f64 {
    let of_label = of_label.clamp(LABELS[0], LABELS[1]);
    let [mut low, mut high] = EXPONENTS;
    // Halved until no number lies between: the label grows with β.
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return middle;
        }
        if label(middle) < of_label { low = middle } else { high = middle }
    }
}

/// The step of one pulse at the bound that it leads away from, where `pulses` lead from bound to bound \[window\].
#[must_use]
pub fn step(exponent: f64, pulses: f64) -> f64 {
    expm1(-exponent / pulses) / expm1(-exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A/P by label, as NeuroSim V3.0 tabulates it.
    const TABLE: [[f64; 2]; 11] = [
        [0.1, 12.626],
        [0.5, 2.520],
        [1.0, 1.2517],
        [2.0, 0.6090],
        [2.4, 0.4992],
        [3.0, 0.3868],
        [4.0, 0.2691],
        [4.88, 0.2003],
        [5.0, 0.1924],
        [6.0, 0.1356],
        [9.0, 0.0228],
    ];

    #[test]
    fn an_exponent_is_what_neurosim_tabulates_for_its_label() {
        for [of_label, tabulated] in TABLE {
            let found = 1.0 / exponent(of_label);
            // Their labels are themselves rounded to a hundredth of a percent or so; at 9 the table has three digits.
            assert!((found / tabulated - 1.0).abs() < 2.5e-3, "{of_label}: {found} against {tabulated}");
        }
    }

    #[test]
    fn a_label_of_an_exponent_of_a_label_is_that_label() {
        for of_label in (1..=900).map(|hundredths| f64::from(hundredths) / 100.0) {
            // The difference of 1/q and 1/β loses as many digits as β is small: 1e-16/β².
            assert!((label(exponent(of_label)) - of_label).abs() < 1e-10, "{of_label}");
        }
        assert_eq!([exponent(0.0), exponent(99.0)], [exponent(0.01), exponent(9.0)]);
    }

    #[test]
    fn as_many_pulses_as_are_said_lead_from_bound_to_bound() {
        let (exponent, pulses) = (exponent(2.4), 97.0);
        let whole = -(-exponent).exp_m1();
        let end = (0..97).fold(0.0, |x, _| x + step(exponent, pulses) * (1.0 - whole * x));
        assert!((end - 1.0).abs() < 1e-12, "{end}"); // 97 roundings.
    }
}
