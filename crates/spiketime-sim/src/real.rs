//! The two precisions of a network's weights and state.

use std::fmt::Debug;
use std::ops::{Add, Div, Mul, Sub};

/// `f32` for training runs, `f64` where exactness is tested. Times are always `f64`.
pub trait Real:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
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
}

macro_rules! real {
    ($real:ident) => {
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
        }
    };
}

real!(f32);
real!(f64);
