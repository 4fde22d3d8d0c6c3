//! From a value a seed to a verdict: the rules, each a pure function.
//!
//! The report is one run; we have several seeds. With mean m, standard deviation sd of n seeds and t
//! the two-sided 95 % quantile of Student's t with n − 1 degrees of freedom:
//!
//! ```text
//! value      m ± t·sd·√(1 + 1/n), kept within 0 to 100 %: where a single run would fall. Reproduced if the
//!            report's value is within 2 points of m, or in the interval and its half-width is at most 4;
//!            not reproduced if it is outside, however wide; else not decidable.
//! ordering   m ± t·sd/√n of the paired differences: reproduced if it excludes 0 on the right side, refuted
//!            if on the wrong side, else not decidable.
//! in line    the same interval: reproduced within ±3 points, refuted wholly outside, else not decidable.
//! alike      in line, of the difference in percent of the pair's mean, within ±10 %.
//! learned    the same interval of an accuracy, against twice that of a guess.
//! majority   the same interval of a percentage: reproduced on the right side of 50 %, refuted on the other.
//! every seed reproduced if it holds in all seeds, not reproduced if in none, else not decidable.
//! claim      Holm over its statistics finds those that are refuted at 5 % (see `holm`); what they say
//!            together stands in `verdict`.
//! ```
//!
//! A statistic's p says how likely values so far on the wrong side would be if the report were right: that of
//! the same t, so that p < 0.05 where the interval refutes; of a sign test where it holds in no seed; 1 where
//! nothing speaks against it.
//!
//! Beside what is not decidable stands how many more seeds would decide it (see `outlook`): the same rule, asked with the
//! same m and sd and a larger n.

mod held;
mod holm;
mod outlook;
mod rules;
mod sample;

use serde::{Deserialize, Serialize};

pub use holm::{is_significant, with_holm};
pub use outlook::Outlook;
pub use rules::{
    above, alike, answer, few, in_every_seed, in_line, learned, measured, most, ordering, value,
};
pub use sample::{BySeed, Limits, PERCENT, POINTS, mean, paired, pooled_spread, r_squared, single_run};

/// What is found about a claim, a question, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Verdict {
    Reproduced,
    PartlyReproduced,
    NotReproduced,
    Refuted,
    NotDecidable,
    /// The answer to a question.
    Yes,
    No,
    /// A number that nothing is held against.
    Measured,
    /// Runs are missing.
    Waiting,
    /// The runs were made smaller, so that nothing can be judged.
    Quick,
    /// The runs saw the embedded sample, so that nothing can be judged.
    Sample,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Verdict::Reproduced => "reproduced",
            Verdict::PartlyReproduced => "partly reproduced",
            Verdict::NotReproduced => "not reproduced",
            Verdict::Refuted => "refuted",
            Verdict::NotDecidable => "not decidable",
            Verdict::Yes => "yes",
            Verdict::No => "no",
            Verdict::Measured => "measured",
            Verdict::Waiting => "waiting",
            Verdict::Quick => "quick: no verdict",
            Verdict::Sample => "sample: no verdict",
        })
    }
}

/// One statistic of a claim or a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// What was measured.
    pub statistic: String,
    /// After how many images, if it looks at one point or compares two networks at it.
    pub images: Option<u64>,
    /// What the report says, if it gives a number.
    pub report: Option<f64>,
    /// Mean over our seeds.
    pub ours: f64,
    /// 95 % interval: of a single run for values, of the mean for the rest.
    pub interval: Option<[f64; 2]>,
    /// How many seeds.
    pub seeds: usize,
    /// How likely values so far on the wrong side would be if the report were right; none where it says nothing.
    pub p: Option<f64>,
    /// The same by Holm over all statistics of the claim: refuted at 5 %, so many are looked at.
    pub p_holm: Option<f64>,
    /// What follows from this statistic alone.
    pub verdict: Verdict,
    /// About so many more seeds would decide it, if mean and spread stay; none where it is decided or nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub more_seeds: Option<u64>,
    /// What more seeds would say.
    #[serde(skip)]
    pub outlook: Option<Outlook>,
}
