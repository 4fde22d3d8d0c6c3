//! The numbers that a condition gives itself in place of a law ([`crate::given`]): which, and do they fit it?

use std::path::Path;

use super::Condition;
use crate::given::{Content, Given, GivenError, kept_at};
use crate::spread::Spread;

impl Condition {
    /// The keys that numbers of one's own stand under, and those.
    pub fn given(&mut self) -> impl Iterator<Item = (&'static str, &mut Given)> {
        let thresholds = self.threshold_file.as_mut().map(|given| ("threshold_file", given));
        let weights = self.initial_weight_file.as_mut().map(|given| ("initial_weight_file", given));
        thresholds.into_iter().chain(weights)
    }

    /// Numbers of which a record has the digest only, from the copies that lie in `folder` ([`kept_at`]).
    ///
    /// # Errors
    /// When a copy cannot be read or holds something else.
    pub fn fetch_given(&mut self, folder: &Path) -> Result<(), GivenError> {
        for (_, given) in self.given() {
            let Some(wanted) = given.content().filter(|content| !content.is_at_hand()) else { continue };
            let path = kept_at(folder, &wanted.sha256);
            let told = |error: GivenError| GivenError::Kept { path: path.clone(), reason: Box::new(error) };
            let found = Content::read(&path).map_err(told)?;
            if found != *wanted {
                return Err(GivenError::Changed { path });
            }
            *given = Given::Content(found);
        }
        Ok(())
    }

    /// The digest of numbers that a computation would need and that are not at hand.
    #[must_use]
    pub fn lacks(&self) -> Option<&str> {
        let given = [&self.threshold_file, &self.initial_weight_file].into_iter().flatten();
        let mut contents = given.filter_map(Given::content);
        contents.find(|content| !content.is_at_hand()).map(|content| content.sha256.as_str())
    }

    /// The first rule of numbers of one's own that is broken: (key, value, rule).
    pub(crate) fn broken_rule_of_given(&self) -> Option<(&'static str, String, &'static str)> {
        let size = |content: &Content| {
            let lengths: Vec<String> = content.shape.iter().map(usize::to_string).collect();
            format!("an array of {} numbers", lengths.join(" x "))
        };
        let thresholds = self.threshold_file.as_ref().map(|given| (given.content(), self.draws_thresholds()));
        let weights = self.initial_weight_file.as_ref().map(|given| (given.content(), self.draws_weights()));
        match (thresholds, weights) {
            (Some((_, true)), _) => Some(("threshold_file", "given".into(), TWO_SOURCES_OF_THRESHOLDS)),
            (_, Some((_, true))) => Some(("initial_weight_file", "given".into(), TWO_SOURCES_OF_WEIGHTS)),
            (Some((Some(content), _)), _) if content.shape != [self.neurons] => Some((
                "threshold_file",
                size(content),
                "it must be one threshold a neuron: `neurons` numbers [mV]",
            )),
            (Some((Some(content), _)), _) if content.values.iter().any(|&threshold| threshold > 1e9) => {
                Some(("threshold_file", size(content), "each threshold must be at most 1 000 000 000 mV"))
            }
            (_, Some((Some(content), _))) if content.shape != [self.neurons, self.dataset.inputs()] => {
                Some(("initial_weight_file", size(content), "it must be `neurons` x inputs of the data set"))
            }
            (_, Some((Some(content), _))) if content.values.iter().any(|&weight| weight > 1.0) => Some((
                "initial_weight_file",
                size(content),
                "each weight must be 0 to 1, a fraction of g_max",
            )),
            _ => None,
        }
    }

    /// Does it say how thresholds are drawn?
    fn draws_thresholds(&self) -> bool {
        let usual = Condition::default();
        self.threshold_law != Spread::Uniform
            || self.threshold_sd_mv != 0.0
            || [self.threshold_min_mv, self.threshold_max_mv]
                != [usual.threshold_min_mv, usual.threshold_max_mv]
    }

    /// Does it say how initial weights are drawn?
    fn draws_weights(&self) -> bool {
        self.initial_weight_law != Spread::Uniform
            || self.initial_weight_sd != 0.0
            || [self.initial_weight_min, self.initial_weight_max] != [0.0, 1.0]
    }
}

const TWO_SOURCES_OF_THRESHOLDS: &str = "it gives every threshold: leave threshold_law, threshold_min_mv, \
     threshold_max_mv and threshold_sd_mv out";
const TWO_SOURCES_OF_WEIGHTS: &str = "it gives every weight: leave initial_weight_law, initial_weight_min, \
     initial_weight_max and initial_weight_sd out";

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_data::array::written::npy;

    fn given(shape: &[usize], values: &[f64]) -> Given {
        Given::Content(Content::from_npy(&npy(shape, values)).unwrap())
    }

    #[test]
    fn what_does_not_fit_a_network_is_told_under_its_key() {
        let condition = Condition { neurons: 2, ..Condition::default() };
        let broken = |condition: Condition| condition.broken_rule().map(|(key, value, _)| (key, value));
        let thresholds = |given| Condition { threshold_file: Some(given), ..condition.clone() };
        assert_eq!(broken(thresholds(given(&[2], &[1.0, 2.0]))), None);
        assert_eq!(
            broken(thresholds(given(&[3], &[1.0; 3]))),
            Some(("threshold_file", "an array of 3 numbers".to_owned()))
        );
        assert!(broken(thresholds(given(&[2], &[1.0, 2e9]))).is_some());
        let weights = |given| Condition { initial_weight_file: Some(given), ..condition.clone() };
        assert_eq!(broken(weights(given(&[2, 784], &[0.5; 1568]))), None);
        assert_eq!(broken(weights(given(&[2, 784], &[1.5; 1568]))).unwrap().0, "initial_weight_file");
        assert_eq!(broken(weights(given(&[784, 2], &[0.5; 1568]))).unwrap().1, "an array of 784 x 2 numbers");
        let two = Condition { threshold_max_mv: 60.0, ..thresholds(given(&[2], &[1.0, 2.0])) };
        assert!(two.broken_rule().unwrap().2.contains("leave threshold_law, threshold_min_mv"));
        let two = Condition { initial_weight_max: 0.5, ..weights(given(&[2, 784], &[0.5; 1568])) };
        assert!(two.broken_rule().unwrap().2.contains("leave initial_weight_law"));
    }

    #[test]
    fn a_network_starts_from_the_numbers_that_are_given() {
        let weights: Vec<f64> = (0..1568).map(|at| f64::from(at) / 2048.0).collect();
        let condition = Condition {
            neurons: 2,
            jump_max_mv: 4.0,
            threshold_file: Some(given(&[2], &[40.0, 60.5])),
            initial_weight_file: Some(given(&[2, 784], &weights)),
            ..Condition::default()
        };
        assert_eq!(condition.thresholds::<f64>(1), [40.0, 60.5]);
        let initial = condition.initial_weights::<f64>(1);
        // Input 1: of neuron 0 the second number, of neuron 1 the second after its 784.
        assert_eq!(initial[2..4], [4.0 * 1.0 / 2048.0, 4.0 * 785.0 / 2048.0]);
        assert_eq!(condition.lacks(), None);
        let kept: Condition = serde_json::from_str(&serde_json::to_string(&condition).unwrap()).unwrap();
        assert_eq!(kept, condition);
        assert_eq!(kept.lacks().map(str::len), Some(64));
    }
}
