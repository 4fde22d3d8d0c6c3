//! Time: milliseconds since the onset of the current presentation, with a total order.
//!
//! At the next onset every stored stamp moves back by one period, so a spike after a million
//! presentations is as exact as one in the first (the clock of the model, settled semantics).

use ordered_float::OrderedFloat;

/// A moment \[ms\], or [`Time::NEVER`]. The only place where a float becomes an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(OrderedFloat<f64>);

impl Time {
    /// The onset of the current presentation.
    pub const ZERO: Time = Time(OrderedFloat(0.0));

    /// Before every other time: the stamp of an input that has not spiked yet.
    pub const NEVER: Time = Time(OrderedFloat(f64::NEG_INFINITY));

    /// After every other time: a silence that ends at the next onset.
    pub const END: Time = Time(OrderedFloat(f64::INFINITY));

    /// The moment `ms` milliseconds after the onset.
    ///
    /// # Panics
    /// When `ms` is NaN or infinite: no event can happen then.
    #[inline]
    #[must_use]
    pub fn from_ms(ms: f64) -> Time {
        assert!(ms.is_finite(), "an event needs a finite time, got {ms} ms");
        Time(OrderedFloat(ms))
    }

    /// As it was told by [`Time::ms`]; infinite ones are [`Time::NEVER`] and [`Time::END`].
    pub(crate) fn stored(ms: f64) -> Time {
        Time(OrderedFloat(ms))
    }

    /// Milliseconds since the onset.
    #[inline]
    #[must_use]
    pub const fn ms(self) -> f64 {
        self.0.0
    }

    /// Milliseconds from `earlier` to `self`; infinite if `earlier` is [`Time::NEVER`].
    #[inline]
    #[must_use]
    pub fn elapsed_since(self, earlier: Time) -> f64 {
        self.ms() - earlier.ms()
    }

    /// The same moment, told from an onset that lies `period_ms` later.
    #[inline]
    #[must_use]
    pub fn seen_after(self, period_ms: f64) -> Time {
        Time(OrderedFloat(self.ms() - period_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_lies_before_every_time_and_stays_there() {
        assert!(Time::NEVER < Time::from_ms(-1e300));
        assert_eq!(Time::NEVER.seen_after(400.0), Time::NEVER);
        assert_eq!(Time::ZERO.elapsed_since(Time::NEVER), f64::INFINITY);
    }

    #[test]
    #[should_panic(expected = "finite time")]
    fn nan_is_no_time() {
        let _ = Time::from_ms(f64::NAN);
    }
}
