//! How far it is: bars on a terminal, plain lines elsewhere. Always on stderr.

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use spiketime_train::context::Progress;
use spiketime_train::run::Run;

use crate::say::log;

/// A bar for the whole and one a running seed, or a line a checkpoint.
pub struct Shown {
    bars: Option<MultiProgress>,
    whole: ProgressBar,
    running: Mutex<BTreeMap<String, ProgressBar>>,
    begin: Instant,
}

impl Shown {
    /// For so many presentations in all.
    pub fn new(work: u64) -> Shown {
        let bars = std::io::stderr().is_terminal().then(MultiProgress::new);
        let whole = bars.as_ref().map_or_else(ProgressBar::hidden, |bars| bars.add(ProgressBar::new(work)));
        whole.set_style(style("{msg:31} {wide_bar} {percent:>3} %  {rate}  {eta} left"));
        whole.set_message("all runs");
        whole.set_length(work);
        Shown { bars, whole, running: Mutex::default(), begin: Instant::now() }
    }

    /// Takes the bars away.
    pub fn finish(&self) {
        self.whole.finish_and_clear();
    }

    fn bar(&self, run: &Run) -> Option<ProgressBar> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).get(&run.id).cloned()
    }
}

/// One bar on a terminal, nothing elsewhere: for what keeps no result.
#[derive(Clone)]
pub struct Bar(ProgressBar);

impl Bar {
    /// Nothing is seen until it is known how many steps there are.
    pub fn new(what: &'static str) -> Bar {
        let bar = ProgressBar::hidden();
        bar.set_style(style("{msg:31} {wide_bar} {percent:>3} %  {eta} left"));
        bar.set_message(what);
        Bar(bar)
    }

    /// So many steps will be done.
    pub fn expect(&self, steps: u64) {
        self.0.set_length(steps);
        self.0.set_draw_target(ProgressDrawTarget::stderr());
    }

    /// One more step is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// So many steps are done.
    pub fn reach(&self, steps: u64) {
        self.0.set_position(steps);
    }

    /// Takes it away: what follows stands in its place.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("the template is a constant");
    style.with_key("rate", |state: &ProgressState, to: &mut dyn std::fmt::Write| {
        // A bar that cannot be drawn is not worth a failed run.
        let _ = write!(to, "{:.0} images/s", state.per_sec());
    })
}

impl Progress for Shown {
    fn started(&self, run: &Run, work: u64) {
        if let Some(bars) = &self.bars {
            let bar = bars.add(ProgressBar::new(work));
            bar.set_style(style("{prefix:31} {wide_bar} {percent:>3} %  {rate}  {eta} left  {msg}"));
            bar.set_prefix(run.name());
            self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(run.id.clone(), bar);
        } else {
            log!("{}: started", run.name());
        }
    }

    fn advanced(&self, run: &Run, presentations: u64) {
        self.whole.inc(presentations);
        if let Some(bar) = self.bar(run) {
            bar.inc(presentations);
        }
    }

    fn scored(&self, run: &Run, images_seen: u64, accuracy: f64) {
        if let Some(bar) = self.bar(run) {
            bar.set_message(format!("{accuracy:.1} % at {images_seen}"));
        } else {
            let (seconds, done, all) =
                (self.begin.elapsed().as_secs_f64(), self.whole.position(), self.whole.length().unwrap_or(0));
            let rate = done as f64 / seconds;
            let left = all.saturating_sub(done) as f64 / rate;
            log!(
                "{}: {accuracy:.2} % at {images_seen} images; {:.0} % of all, {rate:.0} images/s, {left:.0} s left",
                run.name(),
                100.0 * done as f64 / all as f64
            );
        }
    }

    fn noted(&self, run: &Run, what: &str) {
        let line = format!("{}: {what}", run.name());
        match &self.bars {
            Some(bars) => drop(bars.println(line)), // A terminal that is gone hears nothing.
            None => log!("{line}"),
        }
    }

    fn ended(&self, run: &Run) {
        let bar = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&run.id);
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }
}
