//! The program as its users meet it: arguments, files, exit codes, what stands on stderr.
//!
//! Every refusal is one line that begins with `error:` and says what to do; the exit code is 2 for
//! misuse, 1 where a run or the machine failed. Nothing here uses the network.

#![allow(clippy::unwrap_used)] // Helpers of tests are tests.

mod ahead; // --dry-run
mod arrays; // as numpy writes them
mod branches; // trained under one condition, then under another
mod clean; // what no experiment wants
mod compare; // two results folders or records side by side
mod data_files; // what is wrong with the images
mod device; // measured pulses
mod experiment_files; // what is wrong with the question
mod given; // thresholds and weights from files
mod grids; // keys crossed, and runs of several names
#[cfg(all(unix, debug_assertions))]
mod killed; // again and again, at random
mod laboratory; // laws that the report does not know
mod listed; // list and status as JSON
mod looking; // explain, compare-engines, map, rerun
mod named; // runs by name
mod new; // a study to begin with
mod own_data; // images of one's own, and laws of thresholds and weights
mod parts; // some seeds, some conditions
mod predict; // a trained network on images of one's own
#[cfg(unix)]
mod progress; // on a terminal, and elsewhere
mod results_folder; // what is wrong with the place for the answers
mod same_bytes; // on any number of threads, in any order, twice
mod sandbox; // a folder of one's own to run the program in
mod shards; // a part here, the rest elsewhere
mod shells; // version, completions, manual pages
#[cfg(unix)]
mod simulate; // a network file, its results and their place
#[cfg(unix)]
mod stopped; // by Ctrl-C or SIGTERM
mod studies; // a study of one's own, and folders of before
#[cfg(unix)]
mod submit; // to a cluster
mod tables; // of all that was run in a folder
mod together; // two processes on one results folder
mod tutorial; // docs/your-own-study.md, word for word
mod words; // of what is wrong with a value
