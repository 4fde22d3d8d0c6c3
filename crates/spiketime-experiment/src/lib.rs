//! Experiment files to results to verdicts.
