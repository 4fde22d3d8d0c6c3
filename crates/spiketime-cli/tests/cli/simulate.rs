//! `spiketime simulate`: where its results may go, what a stop leaves, and a network that finds no memory.

use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::sandbox::{Outcome, Running, Sandbox, files};

/// A clock: μ = 20 mV crosses 10 mV every 20 ms · ln 2.
const CLOCK: &str = "
[[neurons]]
name = 'clock'
tau_membrane_ms = 20
bias_mv = 20
threshold_mv = 10
";

fn clock() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("net.toml", CLOCK);
    sandbox
}

fn document(sandbox: &Sandbox, name: &str) -> Value {
    serde_json::from_slice(&fs::read(sandbox.path(name)).unwrap()).unwrap()
}

#[test]
fn a_simulation_that_is_finished_says_how_long_it_was_and_no_more() {
    let sandbox = clock();
    sandbox.run(&["simulate", "net.toml", "--until", "100", "--out", "out.json"]).succeeded();
    let document = document(&sandbox, "out.json");
    let keys: Vec<&str> = document.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["deliveries", "learned", "populations", "schema", "spikes", "until_ms"]);
    assert_eq!(document["until_ms"], 100.0);
    assert_eq!(document["spikes"]["times_ms"].as_array().unwrap().len(), 7); // 100/13.86…
}

#[test]
fn the_network_file_is_never_overwritten_by_its_own_results() {
    let sandbox = clock();
    fs::create_dir(sandbox.path("folder")).unwrap();
    std::os::unix::fs::symlink(sandbox.path("net.toml"), sandbox.path("link.toml")).unwrap();
    for (file, out) in [
        ("net.toml", "net.toml"),
        ("net.toml", "folder/../net.toml"),
        ("net.toml", "link.toml"),
        ("link.toml", "net.toml"),
    ] {
        let outcome = sandbox.run(&["simulate", file, "--until", "10", "--out", out]);
        outcome.refused(2, &format!("--out {out} is the network file {file} itself; name another file"));
        assert_eq!(fs::read_to_string(sandbox.path("net.toml")).unwrap(), CLOCK);
    }
    // A file of before is no network file.
    sandbox.write("out.json", "before");
    sandbox.run(&["simulate", "net.toml", "--until", "10", "--out", "out.json"]).succeeded();
}

const ARGUMENTS: [&str; 8] =
    ["simulate", "pipe", "--until", "1e9", "--max-spikes", "1000000000", "--out", "out.json"];

/// Starts a simulation that reads its network from a pipe: once that is open, signals are heard.
fn started(sandbox: &Sandbox) -> Running {
    assert!(Command::new("mkfifo").arg(sandbox.path("pipe")).status().unwrap().success());
    let running = Running::start(sandbox, &ARGUMENTS);
    fs::write(sandbox.path("pipe"), CLOCK.replace("name", "count = 100\nname")).unwrap();
    running
}

#[test]
fn a_simulation_that_is_stopped_keeps_what_it_has_and_says_up_to_when() {
    for signal in ["INT", "TERM"] {
        let sandbox = Sandbox::new();
        let running = started(&sandbox);
        std::thread::sleep(Duration::from_millis(300));
        let stopped = running.signalled(signal).ended();
        assert_eq!(stopped.code, Some(130), "{stopped:#?}");
        let document = document(&sandbox, "out.json");
        let until_ms = document["until_ms"].as_f64().unwrap();
        assert!((0.0..1e9).contains(&until_ms), "{until_ms}");
        assert_eq!(document["wanted_until_ms"], 1e9);
        let said = format!("stopped at {until_ms} ms of 1000000000 ms");
        assert!(stopped.stderr.contains(&said), "{said}: {stopped:#?}");
        // 100 clocks: as many spikes as have come by then, none missing, and the rate of that time.
        let intervals = (until_ms / (20.0 * std::f64::consts::LN_2)).round();
        assert_eq!(document["spikes"]["times_ms"].as_array().unwrap().len() as f64, 100.0 * intervals);
        let rate_hz = document["populations"][0]["rate_hz"].as_f64().unwrap();
        assert!((rate_hz * until_ms - 1000.0 * intervals).abs() < 1e-6 * intervals, "{rate_hz}");
    }
}

#[cfg(debug_assertions)]
#[test]
fn a_second_signal_stops_a_simulation_at_once_and_leaves_nothing_behind() {
    let sandbox = clock();
    // A simulation that is held still does not see the wish to stop.
    let mut command = sandbox.command(&["simulate", "net.toml", "--until", "100", "--out", "out.json"]);
    let running =
        Running::spawn(command.env("SPIKETIME_HALT_AT", "piece:1")).until_said("halted at piece", 1);
    let running = running.signalled("INT").until_said("press Ctrl-C again to stop at once", 1);
    assert_eq!(running.signalled("INT").ended().code, Some(130));
    assert_eq!(files(&sandbox.path("")), [sandbox.path("net.toml")]);
}

#[test]
fn a_network_that_finds_no_memory_is_refused_in_one_line_and_so_is_what_it_says() {
    let sandbox = Sandbox::new();
    let all = "[[connections]]\nfrom = 'clock'\nto = 'clock'\ndelay_ms = 1\nweight_mv = 1\n";
    let many = |count: u32| CLOCK.replace("name", &format!("count = {count}\nname")) + all;
    sandbox.write("net.toml", many(4400));
    let program = env!("CARGO_BIN_EXE_spiketime");
    let limited = |file: &str| {
        let line = format!("ulimit -v 300000; exec {program} simulate {file} --until 1");
        Outcome::of(&Command::new("sh").args(["-c", &line]).current_dir(sandbox.path("")).output().unwrap())
    };
    let outcome = limited("net.toml");
    outcome.refused(1, "net.toml: this needs about 25");
    outcome
        .refused(1, " MB of memory, more than the system gives; make it smaller, or allow more (ulimit -v)");
    sandbox.write("small.toml", many(1000));
    limited("small.toml").succeeded();
}
