//! What has its usual value is not written, so that the ids of runs from before a key was there stay.

use super::options::{HOMEOSTASIS_IMAGES, HOMEOSTASIS_MAX, HOMEOSTASIS_MIN, LASTING_TAU_MS, STDP_RATE};
use crate::spread::Spread;

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

pub(super) fn is_normal(law: &Spread) -> bool {
    *law == Spread::Normal
}

pub(super) fn is_one(number: &f64) -> bool {
    *number == 1.0
}

pub(super) fn is_long(tau_ms: &f64) -> bool {
    *tau_ms == LASTING_TAU_MS
}

pub(super) fn is_hundred(images: &f64) -> bool {
    *images == HOMEOSTASIS_IMAGES
}

pub(super) fn is_lowest(theta: &f64) -> bool {
    *theta == HOMEOSTASIS_MIN
}

pub(super) fn is_highest(theta: &f64) -> bool {
    *theta == HOMEOSTASIS_MAX
}

pub(super) fn is_rate(rate: &f64) -> bool {
    *rate == STDP_RATE
}

pub(super) fn is_true(flag: &bool) -> bool {
    *flag
}
