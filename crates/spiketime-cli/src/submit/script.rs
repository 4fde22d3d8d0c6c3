//! The text of a job array for Slurm: plain bash, to be read before it is submitted.

use std::path::{Path, PathBuf};
use std::{env, path};

use anyhow::{Context as _, Result};

use crate::dask::interpreter;
use crate::session::{Misuse, quoted};

/// Seconds before the time limit at which a job is asked to save; of a short one a sixth.
const SAVED_BEFORE: u64 = 60;

/// Slurm tells the shell alone that the limit is near, by a signal that it sends for nothing else. What `scancel`, another
/// job's right of way or the end of a machine send is TERM, to the program as well.
const END: &str = "\
program=$!

# Near its time limit Slurm sends USR1: the program saves and stops (130), and the job is queued again to go on there.
# TERM, as scancel sends it, reaches the program itself; nothing is queued again then.
trap 'is_near_limit=yes; kill -TERM \"$program\"' USR1
trap 'is_near_limit=' TERM

# A signal ends `wait`, not the program.
while kill -0 \"$program\" 2> /dev/null; do wait \"$program\"; done
wait \"$program\"
code=$?
if [ \"$code\" -eq 130 ] && [ -n \"$is_near_limit\" ]; then
    echo \"the time limit is near: saved and queued again\"
    scontrol requeue \"${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID\"
fi
exit \"$code\"
";

/// What it says.
pub struct Script {
    /// How many runs wait.
    pub runs: usize,
    /// The numbers of the parts, in order.
    pub jobs: Vec<u64>,
    /// Cores of each.
    pub cpus: u64,
    /// About how long the longest takes.
    pub minutes: u64,
    /// When Slurm ends it [min].
    pub time_limit: u64,
    /// Where it was submitted.
    pub here: String,
    /// Where its logs go.
    pub folder: String,
    /// Lines of the user's own.
    pub further: Vec<String>,
    /// How the program is called.
    pub program: String,
    /// What it runs, in words of the shell.
    pub run: String,
    /// And its options.
    pub options: String,
}

impl Script {
    /// As a file.
    pub fn text(&self) -> String {
        let Script { runs, minutes, program, run, options, .. } = self;
        let (parts, folder) = (in_parts(self.jobs.len()), quoted(Path::new(&self.folder)));
        let settings: String = self.settings().iter().map(|line| format!("#SBATCH {line}\n")).collect();
        format!(
            "#!/bin/bash\n\
             # {runs} runs {parts}, each up to about {minutes} min; made by `spiketime submit`. It may be\n\
             # submitted again: what is finished is skipped, and what was cut goes on. Logs need their folder:\n\
             # mkdir -p {folder}\n\
             {settings}\n\
             {program} run \\\n    {run} \\\n    {options} &\n\
             {END}"
        )
    }

    fn settings(&self) -> Vec<String> {
        let seconds = SAVED_BEFORE.min(60 * self.time_limit / 6);
        // A percent sign stands for a number there.
        let folder = quoted(Path::new(&self.folder.replace('%', "%%")));
        let mut lines = vec![
            "--job-name=spiketime".to_owned(),
            format!("--array={}", ranges(&self.jobs)),
            "--ntasks=1".to_owned(),
            format!("--cpus-per-task={}", self.cpus),
            format!("--time={}", self.time_limit),
            format!("--signal=B:USR1@{seconds}"),
            "--requeue".to_owned(),
            "--open-mode=append".to_owned(),
            format!("--chdir={}", in_sbatch(&self.here)),
            format!("--output={folder}/%A_%a.log"),
        ];
        lines.extend(self.further.iter().cloned());
        lines
    }
}

/// In how many, in words.
pub fn in_parts(count: usize) -> String {
    format!("in {count} {}", if count == 1 { "part" } else { "parts" })
}

/// `1-3,5`.
fn ranges(numbers: &[u64]) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let text = |&(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    ranges.iter().map(text).collect::<Vec<_>>().join(",")
}

/// What a user adds: a word that begins with `-` begins a line.
pub fn sbatch_lines(words: &[String]) -> Result<Vec<String>, Misuse> {
    let mut lines: Vec<String> = Vec::new();
    for word in words {
        let text = in_sbatch(word);
        match lines.last_mut() {
            _ if word.chars().any(char::is_control) => {
                return Err(Misuse(format!("{word:?}: an option of Slurm must be text of one line")));
            }
            _ if word.starts_with('-') => lines.push(text),
            Some(line) => *line += &format!(" {text}"),
            None => {
                let told = "give Slurm's options behind -- as Slurm takes them, such as -- --partition=short";
                return Err(Misuse(format!("'{word}': {told}")));
            }
        }
    }
    Ok(lines)
}

/// A word as lines of `#SBATCH` have it: quoted as in a shell.
fn in_sbatch(word: &str) -> String {
    match word.split_once('=') {
        Some((name, value)) if name.starts_with('-') => {
            format!("{}={}", quoted(Path::new(name)), quoted(Path::new(value)))
        }
        _ => quoted(Path::new(word)),
    }
}

/// A path as jobs find it from anywhere.
pub fn absolute(path: &Path) -> Result<String> {
    let whole = path::absolute(path).with_context(|| path.display().to_string())?;
    // Without the dots of `.` and what follows from them.
    let whole: PathBuf = whole.components().collect();
    match whole.to_str() {
        Some(text) if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        _ => Err(Misuse(format!("{}: a script for Slurm needs a path of plain text", path.display())).into()),
    }
}

/// A word behind `spiketime run` as it is understood from anywhere: files and folders, not names.
pub fn lasting(word: &str) -> Result<String> {
    let file = format!("{word}.toml");
    let found = [word, &file].into_iter().find(|name| Path::new(name).exists());
    found.map_or_else(|| Ok(word.to_owned()), |path| absolute(Path::new(path)))
}

/// How jobs call this program: Python's package says which interpreter carries it.
pub fn program() -> Result<String> {
    match interpreter() {
        Some(python) => Ok(format!("{} -m spiketime", quoted(Path::new(&absolute(Path::new(&python))?)))),
        None => Ok(quoted(Path::new(&absolute(&env::current_exe()?)?))),
    }
}
