//! The two precisions of a network's weights and state.

use std::fmt::Debug;
use std::ops::{Add, Mul, Sub};

use crate::event::InputSpike;
use crate::kernel;

/// `f32` for training runs, `f64` where exactness is tested. Times are always `f64`.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Send
    + Sync
    + 'static
{
    /// What the experiment file and numpy call it.
    const NAME: &'static str;
    /// 0.
    const ZERO: Self;

    /// The nearest value of this precision. Factors are computed in `f64`, then rounded here.
    fn rounded(value: f64) -> Self;

    /// The same value as `f64`, exactly.
    fn to_f64(self) -> f64;

    /// See [`kernel`]: integrates input spikes until a potential stands above `bounds`.
    #[doc(hidden)]
    fn integrate(
        potentials: &mut [Self],
        bounds: &[Self],
        weights: &[Self],
        spikes: &[InputSpike],
        decays: &[Self],
    ) -> Option<usize>;

    /// See [`kernel`]: the decay factors between consecutive input spikes.
    #[doc(hidden)]
    fn decays(elapsed_ms: &[f64], tau_ms: f64, factors: &mut [Self]);
}

macro_rules! real {
    ($real:ident, $integrate:path, $decays:path) => {
        impl Real for $real {
            const NAME: &'static str = stringify!($real);
            const ZERO: Self = 0.0;

            #[inline(always)]
            #[allow(clippy::cast_possible_truncation)]
            fn rounded(value: f64) -> Self {
                value as $real
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }

            fn integrate(
                potentials: &mut [Self],
                bounds: &[Self],
                weights: &[Self],
                spikes: &[InputSpike],
                decays: &[Self],
            ) -> Option<usize> {
                $integrate(potentials, bounds, weights, spikes, decays)
            }

            fn decays(elapsed_ms: &[f64], tau_ms: f64, factors: &mut [Self]) {
                $decays(elapsed_ms, tau_ms, factors);
            }
        }
    };
}

real!(f32, kernel::integrate_f32, kernel::decays_f32);
real!(f64, kernel::integrate_f64, kernel::decays_f64);
