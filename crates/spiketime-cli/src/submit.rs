//! `spiketime submit --slurm`: a study as an array of jobs, of which each does a part.
//!
//! A part is a shard of the whole plan, whatever of it is finished, so all jobs agree on it without a word. Only parts in
//! which runs wait become jobs.

mod parts;
mod script;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use spiketime_study::spec::Experiment;
use spiketime_study::study::{STUDY_FILE, Study};
use spiketime_study::survey::{Survey, survey};

use self::parts::Parts;
use self::script::{Script, absolute, in_parts, lasting, program, sbatch_lines};
use crate::conditions::Conditions;
use crate::exit::ExitCode;
use crate::forecast;
use crate::replicate::check_all;
use crate::say::{log, say};
use crate::session::{Misuse, Options, Runs, Words, quoted};
use crate::sets::load;

const EXAMPLES: &str = "\
Examples: on the login node of a cluster, in a folder that its machines share
  spiketime submit mine --slurm --print             the script, to look at; nothing is written or submitted
  spiketime submit mine --slurm                     jobs of about half an hour on one core each
  spiketime submit mine --slurm --minutes 60 --cpus 4 -- --partition=short --account=mine
  squeue --me                                       how they are getting on
  spiketime gather results                          in the end: tables, verdicts and page";

/// Of what, and in which jobs.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct SubmitOptions {
    #[command(flatten)]
    words: Words,
    #[command(flatten)]
    session: Options,
    #[command(flatten)]
    conditions: Conditions,
    /// To Slurm, by its program `sbatch`
    #[arg(long, required = true)]
    slurm: bool,
    /// Prints the script and does nothing
    #[arg(long)]
    print: bool,
    /// About how long a job is to take, by the forecast of `spiketime plan`
    #[arg(long, value_name = "M", default_value = "30", value_parser = minutes)]
    minutes: f64,
    /// After how many minutes Slurm ends a job, which then is queued again and goes on; twice --minutes and ten more if
    /// it is not said. Less than three are of no use: Slurm itself looks at clocks twice a minute
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    time_limit: Option<u64>,
    /// Cores of a job, for as many runs at a time; it holds so many times as much
    #[arg(long, value_name = "C", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_024))]
    cpus: u64,
    /// As `spiketime run` takes it
    #[arg(long, value_name = "DIR|FILE.toml", conflicts_with = "sample")]
    data: Option<PathBuf>,
    /// More of Slurm's own options, as lines of the script
    #[arg(last = true, value_name = "SLURM'S OPTIONS")]
    further: Vec<String>,
}

fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse().ok().filter(|minutes| (0.01..=100_000.0).contains(minutes));
    minutes.ok_or("it must be 0.01 to 100000".to_owned())
}

/// Writes the script and hands it to Slurm.
pub fn submit(options: &SubmitOptions) -> Result<ExitCode> {
    let further = sbatch_lines(&options.further)?;
    if !options.print {
        be_where_sbatch_is()?;
    }
    let study = options.words.study_on(options.data.as_deref())?;
    let experiments = options.conditions.of(options.session.sized(study.experiments()))?;
    let planned = options.session.plan(&experiments)?;
    let store = options.session.store_as_it_is()?;
    options.session.united(&study, &store)?;
    let found = survey(&planned, &store);
    if found.waiting.is_empty() {
        log!("nothing waits: {} of {} runs are finished", found.finished.len(), planned.len());
        return Ok(ExitCode::SUCCESS);
    }
    let folder = absolute(&store.path("slurm"))?;
    let parts = options.parts(&study, &planned, &found);
    let script = options.script(&study, &parts, &folder, further)?;
    if options.print {
        say!("{}", script.trim_end())?;
        return Ok(ExitCode::SUCCESS);
    }
    options.have_data(&study, &experiments, &planned)?;
    let file = Path::new(&folder).join("submit.sh");
    fs::create_dir_all(&folder).with_context(|| folder.clone())?;
    fs::write(&file, script).with_context(|| file.display().to_string())?;
    options.tell(&study, &parts, &file, &handed_over(&file)?)?;
    Ok(ExitCode::SUCCESS)
}

impl SubmitOptions {
    /// In which parts runs wait.
    fn parts(&self, study: &Study, planned: &Runs, found: &Survey) -> Parts {
        let waiting: BTreeSet<&str> = found.waiting.iter().map(|run| run.id.as_str()).collect();
        Parts::new(
            planned,
            forecast::on_one_core(&study.sets),
            &waiting,
            60.0 * self.minutes * self.cpus as f64,
        )
    }

    fn script(&self, study: &Study, parts: &Parts, folder: &str, further: Vec<String>) -> Result<String> {
        let script = Script {
            runs: parts.runs(),
            jobs: parts.numbers(),
            cpus: self.cpus,
            minutes: parts.minutes(self.cpus),
            time_limit: self.time_limit.unwrap_or((2.0 * self.minutes).ceil() as u64 + 10),
            here: absolute(Path::new("."))?,
            folder: folder.to_owned(),
            further,
            program: program()?,
            run: format!(
                "{} --shard \"$SLURM_ARRAY_TASK_ID/{}\" --jobs {}",
                self.study_words(study)?,
                parts.of(),
                self.cpus
            ),
            options: self.all_options()?,
        };
        Ok(script.text())
    }

    /// The study as it is called wherever the jobs run.
    fn study_words(&self, study: &Study) -> Result<String> {
        let words: Vec<String> = match (self.words.words.as_slice(), &study.folder) {
            ([], Some(folder)) if !study.is_carried() => vec![absolute(folder)?],
            ([], _) => vec![study.about.id.clone()],
            (words, _) => words.iter().map(|word| lasting(word)).collect::<Result<_>>()?,
        };
        Ok(words.iter().map(|word| quoted(Path::new(word))).collect::<Vec<_>>().join(" "))
    }

    /// Where results are and how large runs are meant.
    fn session_options(&self) -> Result<String> {
        let session = &self.session;
        let mut words = format!("--results {}", self.results()?);
        words += if session.sample { " --sample" } else { "" };
        words += if session.quick { " --quick" } else { "" };
        words += &session.seeds.map_or_else(String::new, |seeds| format!(" --seeds {seeds}"));
        Ok(words)
    }

    fn results(&self) -> Result<String> {
        Ok(quoted(Path::new(&absolute(&self.session.results)?)))
    }

    /// The same, and what is run on which data.
    fn all_options(&self) -> Result<String> {
        let mut words = self.session_options()?;
        for name in &self.conditions.names {
            words += &format!(" --condition {}", quoted(Path::new(name)));
        }
        if let Some(data) = &self.data {
            words += &format!(" --data {}", quoted(Path::new(&absolute(data)?)));
        }
        Ok(words)
    }

    /// Fetches what is not there yet, and looks whether it fits: where jobs run there is often no network.
    fn have_data(&self, study: &Study, experiments: &[Experiment], planned: &Runs) -> Result<()> {
        let data = load(experiments, &study.sets, self.data.as_deref(), self.session.sample)?;
        if let Some((name, _)) = data.iter().find(|(_, set)| set.is_sample && !self.session.sample) {
            bail!(
                "the data set '{name}' is not to be had here; bring it with `spiketime data`, or give --sample"
            );
        }
        check_all(planned, &data)
    }

    /// What there is now, and what to type next.
    fn tell(&self, study: &Study, parts: &Parts, file: &Path, job: &str) -> Result<()> {
        let (runs, in_parts, minutes) =
            (parts.runs(), in_parts(parts.numbers().len()), parts.minutes(self.cpus));
        say!("job {job}: {runs} runs {in_parts}, each up to about {minutes} min; {}", file.display())?;
        let words = self.study_words(study)?;
        let status = format!("spiketime status {words} {}", self.status_options()?);
        say!("look        squeue -j {job}")?;
        say!("            {status}")?;
        say!("stop        scancel {job}; what is done is kept, and the same command again does the rest")?;
        // `gather` tells what the whole study misses.
        match self.conditions.names.is_empty() {
            true => say!("in the end  spiketime gather {} {}", self.results()?, self.gather_options(study)?)?,
            false => say!("in the end  spiketime run {words} {}", self.all_options()?)?,
        }
        Ok(())
    }

    /// Results keep no paths, so the page needs to be told where a study's own images are.
    fn gather_options(&self, study: &Study) -> Result<String> {
        let own = || Some(study.folder.as_ref()?.join(STUDY_FILE)).filter(|_| !study.sets.is_empty());
        let mut words = self.session_options()?;
        if let Some(data) = self.data.clone().or_else(own) {
            words += &format!(" --data {}", quoted(Path::new(&absolute(&data)?)));
        }
        Ok(words)
    }

    fn status_options(&self) -> Result<String> {
        let conditions = self.conditions.names.iter();
        let conditions = conditions.map(|name| format!(" --condition {}", quoted(Path::new(name))));
        Ok(self.session_options()? + &conditions.collect::<String>())
    }
}

/// Before anything is fetched or written.
fn be_where_sbatch_is() -> Result<(), Misuse> {
    let path = env::var_os("PATH").unwrap_or_default();
    match env::split_paths(&path).any(|folder| folder.join("sbatch").is_file()) {
        true => Ok(()),
        false => Err(Misuse(
            "there is no program `sbatch` here; submit on the login node of the cluster, or see the script with \
             --print"
                .into(),
        )),
    }
}

/// The job's number, as Slurm tells it.
fn handed_over(file: &Path) -> Result<String> {
    let told = Command::new("sbatch").arg("--parsable").arg(file).output().context("sbatch")?;
    let [stdout, stderr] =
        [told.stdout, told.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let lines = || stderr.lines().map(str::trim).filter(|line| !line.is_empty());
    if !told.status.success() {
        let reason = lines().collect::<Vec<_>>().join("; ");
        bail!("Slurm did not take {}: {reason}", file.display());
    }
    lines().for_each(|line| log!("{line}"));
    // With the name of the cluster behind it where there are several.
    Ok(stdout.trim().split(';').next().unwrap_or_default().to_owned())
}
