//! A replication that is killed again and again ends with the bytes of one that was left alone.
//!
//! `just test-kill` kills a hundred times: at random moments, and at places where the program holds still
//! and says so (`SPIKETIME_HALT_AT`, debug builds only), so that it is known where it died. Which moments
//! and places follows from one seed, `SPIKETIME_KILL_SEED`.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::sandbox::{Sandbox, files};

const KILLS: usize = 100;
const RUNS: usize = 12;
/// Three networks of both precisions, looked at and drawn under way.
const EXPERIMENT: &str = "
figure = 'none'
title = 'killed'
question = 'is it the same?'
analysis = 'it should'
seeds = 4
checkpoints = [100, 400, 1_000]
maps = [100, 1_000]
with_rest = [400]

[[condition]]
name = 'winner'
neurons = 40
label_images = 50
test_images = 50

[[condition]]
name = 'soft'
inhibition = 'soft'
neurons = 30
precision = 'f64'
label_images = 50
test_images = 50

[[condition]]
name = 'fashion'
dataset = 'fashion-mnist'
neurons = 20
label_images = 50
test_images = 50
";
/// Where it is held, and how often it may have come by.
const PLACES: [(&str, u64); 5] =
    [("image", 2_000), ("look", 10), ("write-half", 100), ("write-synced", 100), ("write-renamed", 100)];

/// SplitMix64: kills must not depend on the dice that are tested.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % end
    }
}

const ARGUMENTS: [&str; 7] = ["run", "files", "--sample", "--jobs", "2", "--snapshot-every", "25"];

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("files/killed.toml", EXPERIMENT);
    sandbox
}

fn start(sandbox: &Sandbox, halt_at: Option<String>) -> Child {
    let mut command = sandbox.command(&ARGUMENTS);
    command.envs(halt_at.map(|place| ("SPIKETIME_HALT_AT", place)));
    command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    /// At least one run had begun, and not all were finished.
    mid_run: usize,
    in_a_write: usize,
    rounds: usize,
    files_compared: usize,
    bytes_compared: usize,
}

impl Tally {
    /// Whatever is there must be right, at any moment.
    fn compare(&mut self, sandbox: &Sandbox, expected: &BTreeMap<PathBuf, Vec<u8>>) -> usize {
        let found = sandbox.results();
        for (name, bytes) in &found {
            // Summaries are made anew at the end of every replication, from what has finished.
            if name.components().count() == 2 || found.len() == expected.len() {
                assert!(bytes == &expected[name], "{} differs; {self:?}", name.display());
                self.bytes_compared += bytes.len();
                self.files_compared += 1;
            }
        }
        found.keys().filter(|name| name.starts_with("runs")).count()
    }
}

#[test]
#[ignore = "`just test-kill`: a hundred kills take a minute"]
fn a_replication_killed_a_hundred_times_gives_the_same_bytes() {
    let seed = std::env::var("SPIKETIME_KILL_SEED").map_or(1, |seed| seed.parse().unwrap());
    let (mut dice, mut tally) = (Dice(seed), Tally::default());
    let whole = sandbox();
    let begin = Instant::now();
    assert!(start(&whole, None).wait_with_output().unwrap().status.success());
    let duration_ms = begin.elapsed().as_millis() as u64;
    let expected = whole.results();
    let mut sandbox = sandbox();
    while tally.kills < KILLS {
        let place = PLACES[dice.below(PLACES.len() as u64) as usize];
        let halt_at = (dice.below(2) == 0).then(|| format!("{}:{}", place.0, 1 + dice.below(place.1)));
        let moment = Duration::from_millis(dice.below(duration_ms / 3));
        let (was_killed, said) =
            killed(start(&sandbox, halt_at.clone()), halt_at.is_none().then_some(moment));
        let finished = tally.compare(&sandbox, &expected);
        if was_killed {
            tally.kills += 1;
            tally.mid_run += usize::from(said.contains(": started") && finished < RUNS);
            tally.in_a_write += usize::from(said.contains("halted at write-"));
        } else {
            tally.rounds += 1;
            assert_eq!(sandbox.results(), expected, "after the end; {tally:?}\n{said}");
            assert_eq!(half_written(&sandbox), [] as [PathBuf; 0], "left behind; {tally:?}");
            sandbox = self::sandbox();
        }
    }
    let (was_killed, _) = killed(start(&sandbox, None), None);
    assert!(!was_killed && sandbox.results() == expected, "{tally:?}");
    println!(
        "seed {seed}: {tally:?}, of {duration_ms} ms undisturbed, in {:.0} s",
        begin.elapsed().as_secs_f64()
    );
    assert!(tally.mid_run >= 80 && tally.in_a_write >= 10, "{tally:?}");
}

/// A killed process leaves such a file; whoever does the run next removes it.
fn half_written(sandbox: &Sandbox) -> Vec<PathBuf> {
    let all =
        ["runs", "weights", "snapshots"].map(|folder| files(&sandbox.path("results/sample").join(folder)));
    let is_hidden = |path: &PathBuf| path.file_name().unwrap().as_encoded_bytes().starts_with(b".");
    all.into_iter().flatten().filter(is_hidden).collect()
}

/// Kills at the moment, or when it halts; `false` where it came to its end before. With what it said.
fn killed(mut child: Child, moment: Option<Duration>) -> (bool, String) {
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let mut said = Vec::new();
    match moment {
        Some(moment) => std::thread::sleep(moment),
        None => {
            for line in lines.by_ref() {
                let halted = line.starts_with("halted at ");
                said.push(line);
                if halted {
                    break;
                }
            }
        }
    }
    child.kill().unwrap();
    let status = child.wait().unwrap();
    said.extend(lines);
    let said = said.join("\n");
    assert!(status.success() || status.signal() == Some(9), "{status}\n{said}");
    (!status.success(), said)
}
