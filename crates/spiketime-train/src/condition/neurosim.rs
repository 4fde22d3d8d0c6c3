//! temporary
pub(super) fn exponent(label: f64) -> f64 {
    let off = |beta: f64| {
        let whole = 1.0 - (-beta).exp();
        let at = (beta / whole).ln() / beta;
        10.1 * ((1.0 - (-beta * at).exp()) / whole - at)
    };
    let (mut low, mut high) = (1e-6, 1e4);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if off(middle) < label { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}
