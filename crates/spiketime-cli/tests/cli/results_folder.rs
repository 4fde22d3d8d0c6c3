//! Results that cannot be written, a disk that is full, results that were damaged.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::sandbox::{LONG, Outcome, Running, Sandbox, TINY, files, without_provenance};

#[test]
fn a_results_folder_below_a_file_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("tiny.toml", TINY);
    sandbox.write("file", "in the way");
    let refused = sandbox.run(&["run", "tiny.toml", "--sample", "--results", "file/results"]);
    refused.refused(1, "choose another folder with --results DIR");
}

/// A run that succeeded once, its outcome repeated after `damage` was done to one file.
fn redone(damage: impl Fn(&Sandbox)) -> (Sandbox, Vec<u8>, Outcome) {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    let before = fs::read(sandbox.record()).unwrap();
    damage(&sandbox);
    let outcome = sandbox.experiment(TINY).succeeded();
    (sandbox, before, outcome)
}

#[test]
fn a_finished_run_is_skipped() {
    let (sandbox, before, outcome) = redone(|_| {});
    assert!(outcome.stderr.contains("1 finished before, 0 to do"), "{outcome:#?}");
    assert_eq!(fs::read(sandbox.record()).unwrap(), before);
}

#[test]
fn a_damaged_record_is_told_and_done_again_with_the_same_bytes() {
    let damages: [fn(&mut Vec<u8>); 3] = [
        |record| record.truncate(record.len() / 2),
        |record| record.clear(),
        |record| {
            let text = String::from_utf8(record.clone()).unwrap();
            *record = text.replacen("\"accuracy\":", "\"accuracy\":1", 1).into_bytes();
        },
    ];
    for damage in damages {
        let (sandbox, before, outcome) = redone(|sandbox| {
            let mut record = fs::read(sandbox.record()).unwrap();
            damage(&mut record);
            fs::write(sandbox.record(), record).unwrap();
        });
        assert!(outcome.stderr.contains("damaged result, done again: "), "{outcome:#?}");
        let after = fs::read(sandbox.record()).unwrap();
        assert_eq!(without_provenance(&after), without_provenance(&before));
    }
}

#[test]
fn damaged_and_missing_weights_are_told_and_the_run_is_done_again() {
    let damages: [fn(&Sandbox); 2] = [
        |sandbox| {
            let file = &files(&sandbox.path("results/sample/weights"))[0];
            let mut bytes = fs::read(file).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(file, bytes).unwrap();
        },
        |sandbox| fs::remove_dir_all(sandbox.path("results/sample/weights")).unwrap(),
    ];
    for damage in damages {
        let (sandbox, before, outcome) = redone(damage);
        assert!(outcome.stderr.contains("damaged result, done again: "), "{outcome:#?}");
        let after = fs::read(sandbox.record()).unwrap();
        assert_eq!(without_provenance(&after), without_provenance(&before));
    }
}

/// A file system of its own, unmounted when dropped.
struct Tmpfs<'a>(&'a Path);

impl Tmpfs<'_> {
    /// `None` where the machine refuses, which is said.
    fn mounted<'a>(folder: &'a Path, size: &str) -> Option<Tmpfs<'a>> {
        fs::create_dir(folder).unwrap();
        if mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"], folder) {
            return Some(Tmpfs(folder));
        }
        println!("skipped: mounting a tmpfs is refused here");
        None
    }
}

impl Drop for Tmpfs<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    let mounted = Command::new("mount").args(arguments).arg(folder).stderr(Stdio::null()).status();
    mounted.is_ok_and(|status| status.success())
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_finished_results_stay() {
    let sandbox = Sandbox::new();
    let disk = sandbox.path("results");
    let Some(_unmount) = Tmpfs::mounted(&disk, "1m") else { return };
    sandbox.experiment(TINY).succeeded();
    let before = fs::read(sandbox.record()).unwrap();
    // 400 neurons: the map alone is 1.25 MB.
    let large = TINY.replace("neurons = 4", "neurons = 400").replace("seeds = 1", "seeds = 3");
    let outcome = sandbox.experiment(&large.replace("name = 'tiny'", "name = 'large'"));
    outcome.failed(1, "No space left on device");
    assert_eq!(fs::read(sandbox.record()).unwrap(), before);
    assert_eq!(files(&sandbox.path("results/sample/weights")).len(), 1, "a torn file was left behind");
}

/// A mount, as a mode bit stops nobody who is root.
#[cfg(target_os = "linux")]
#[test]
fn a_read_only_folder_is_told_and_finished_results_can_be_read() {
    let sandbox = Sandbox::new();
    let disk = sandbox.path("results");
    let Some(_unmount) = Tmpfs::mounted(&disk, "8m") else { return };
    sandbox.experiment(TINY).succeeded();
    let before = sandbox.results();
    if !mount(&["-o", "remount,ro"], &disk) {
        println!("skipped: mounting read-only is refused here");
        return;
    }
    let more = sandbox.experiment(&TINY.replace("seeds = 1", "seeds = 3"));
    more.failed(1, "Read-only file system (os error 30); choose another folder with --results DIR");
    let status = sandbox.run(&["status", "--sample"]).succeeded();
    assert!(status.stdout.contains("1 of 1 runs finished"), "{status:#?}");
    // The verdicts are told although they cannot be written.
    let report = sandbox.run(&["report", "--sample"]);
    report.failed(1, "Read-only file system (os error 30); choose another folder with --results DIR");
    assert!(report.stdout.contains("after 10 images"), "{report:#?}");
    // What is asked for elsewhere is no business of this folder.
    let elsewhere = sandbox.run(&["report", "--sample", "--out", "page"]).succeeded();
    assert!(elsewhere.stdout == report.stdout && sandbox.path("page/report.html").exists(), "{elsewhere:#?}");
    for outcome in [more, report] {
        assert!(!outcome.stderr.contains("make room") && !outcome.stderr.contains("/."), "{outcome:#?}");
        assert_eq!(outcome.stderr.matches("Read-only").count(), 1, "{outcome:#?}");
    }
    assert_eq!(sandbox.results(), before);
}

/// A folder in its place: not even root can read it as a file.
#[test]
fn a_result_that_cannot_be_read_is_told_and_not_done_again() {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    let record = sandbox.record();
    fs::remove_file(&record).unwrap();
    fs::create_dir(&record).unwrap();
    let outcome = sandbox.experiment(TINY);
    outcome.failed(1, "a result cannot be read: ");
    assert!(outcome.stderr.contains("0 to do"), "{outcome:#?}");
    let status = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("cannot be read, who made it must allow that: "), "{status}");
    assert!(!status.contains("damaged"), "{status}");
}

#[cfg(unix)]
#[test]
fn files_have_the_mode_that_the_umask_gives_them() {
    use std::os::unix::fs::PermissionsExt as _;
    let sandbox = Sandbox::new();
    sandbox.write("tiny.toml", TINY);
    let program = env!("CARGO_BIN_EXE_spiketime");
    let script = format!("umask 027; exec {program} run tiny.toml --sample --keep-checkpoints");
    let done = Command::new("sh").args(["-c", &script]).current_dir(sandbox.path("")).output().unwrap();
    Outcome::of(&done).succeeded();
    let made = files(&sandbox.path("results"));
    assert!(made.len() > 8, "{made:?}");
    for file in made {
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o640, "{}: {mode:o}", file.display());
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_is_removed_under_way_is_told_and_the_next_start_does_the_rest() {
    let sandbox = Sandbox::new();
    let whole = Sandbox::new();
    whole.experiment(LONG).succeeded();
    sandbox.write("tiny.toml", LONG);
    let running = Running::start(&sandbox, &["run", "tiny.toml", "--sample", "--jobs", "1"]);
    let running = running.until_said(": started", 3);
    // The program may write into it at the same moment: then some folder is not empty.
    while fs::remove_dir_all(sandbox.path("results")).is_err() {}
    running.ended().failed(1, "results are gone from results/sample/ already; start again to do them");
    let again = sandbox.experiment(LONG).succeeded();
    assert!(again.stderr.contains("to do"), "{again:#?}");
    assert_eq!(sandbox.results(), whole.results());
}

#[test]
fn a_reader_that_hangs_up_loses_nothing_and_is_no_panic() {
    let (sandbox, whole) = (Sandbox::new(), Sandbox::new());
    whole.experiment(TINY).succeeded();
    sandbox.write("tiny.toml", TINY);
    let mut child = sandbox
        .command(&["run", "tiny.toml", "--sample"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let outcome = Outcome::of(&child.wait_with_output().unwrap());
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert!(sandbox.results().keys().eq(whole.results().keys()));
}

/// 100 000 neurons of 784 weights take 0.3 GB a network, and a run holds several.
#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_not_there_is_one_line() {
    let sandbox = Sandbox::new();
    sandbox.write("tiny.toml", TINY.replace("neurons = 4", "neurons = 100_000"));
    let program = env!("CARGO_BIN_EXE_spiketime");
    for command in [
        "run tiny.toml --sample --jobs 1",
        "explain tiny.toml --image 3 --sample",
        "compare-engines tiny.toml --images 1",
    ] {
        let script = format!("ulimit -v 900000; exec {program} {command}");
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &script])
            .current_dir(sandbox.path(""))
            .env("SPIKETIME_DATA_DIR", sandbox.path("cache"));
        let outcome = Outcome::of(&shell.output().unwrap());
        outcome.failed(1, "MB of memory, more than the system gives");
    }
}
