//! What is to be stored of a network besides its public arrays, and putting it back.

use crate::layer::network::Network;
use crate::real::Real;

impl<R: Real> Network<R> {
    /// The state of other laws than the report's: names and values, each exactly, in one order; empty where there is none.
    #[must_use]
    pub fn extra_state(&self) -> Vec<(&'static str, Vec<f64>)> {
        let mut memory = self.memory.clone();
        let arrays = memory.arrays().map(|(name, array)| (name, array.values()));
        arrays.into_iter().filter(|(_, values)| !values.is_empty()).collect()
    }

    /// Puts back what [`Network::extra_state`] gave, after the public arrays; what follows from them is made anew.
    ///
    /// # Errors
    /// The name of the first array that is missing, not this layer's, or impossible.
    pub fn set_extra_state(&mut self, stored: &[(&str, Vec<f64>)]) -> Result<(), String> {
        let mut stored = stored.iter();
        for (name, mut array) in self.memory.arrays() {
            if array.values().is_empty() {
                continue;
            }
            if !stored.next().is_some_and(|(stored, values)| *stored == name && array.set(values)) {
                return Err(name.to_owned());
            }
        }
        self.measure();
        stored.next().map_or(Ok(()), |(name, _)| Err((*name).to_owned()))
    }
}
