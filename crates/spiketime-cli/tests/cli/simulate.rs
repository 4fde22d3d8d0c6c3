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
        let intervals = (until_ms / (20.0 * std::f64::consts::LN_2)).floor();
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
    outcome.refused(1, "net.toml: this needs about 4");
    outcome
        .refused(1, " MB of memory, more than the system gives; make it smaller, or allow more (ulimit -v)");
    sandbox.write("small.toml", many(1000));
    limited("small.toml").succeeded();
}

/// A driven and a resting population that excite each other, and an input.
const PAIR: &str = "
[[neurons]]
name = 'driven'
count = 20
tau_membrane_ms = 20
bias_mv = 20
threshold_mv = 10
initial_max_mv = 9
refractory_ms = 2
[[neurons]]
name = 'resting'
count = 30
synapses = 'exponential'
tau_synapse_ms = 5
tau_membrane_ms = 20
threshold_mv = 10
refractory_ms = 2
[[inputs]]
name = 'noise'
count = 30
rate_hz = 200
[[learning]]
name = 'pairs'
rule = 'all-to-all'
weight_max_mv = 20
gain = 0.01
loss = 0.01
tau_gain_ms = 20
tau_loss_ms = 20
[[connections]]
from = 'noise'
to = 'resting'
one_to_one = true
weight_mv = 15
[[connections]]
from = 'driven'
to = 'resting'
probability = 0.5
delay_ms = 1.5
weight_mv = 12
learning = 'pairs'
[[connections]]
from = 'resting'
to = 'driven'
probability = 0.3
delay_ms = 0.5
weight_mv = -1
";

#[test]
fn both_engines_and_any_number_of_threads_write_the_same_bytes() {
    let sandbox = Sandbox::new();
    sandbox.write("net.toml", PAIR);
    let written = |name: &str, how: &[&str]| {
        let [document, spikes, potentials] =
            ["json", "npy", "jsonl"].map(|extension| format!("{name}.{extension}"));
        let outputs = ["--out", &document, "--spikes", &spikes, "--potentials", &potentials];
        let look = ["--neurons", "0,20..22,49", "--every", "0.3"];
        let simulate = ["simulate", "net.toml", "--until", "200"];
        sandbox.run(&[&simulate[..], &outputs, &look, how].concat()).succeeded();
        [document, spikes, potentials].map(|file| fs::read(sandbox.path(&file)).unwrap())
    };
    let expected = written("a", &["--engine", "reference"]);
    for threads in ["1", "2", "3"] {
        assert!(written("b", &["--threads", threads]) == expected, "{threads} threads");
    }
    let [document, spikes, potentials] = expected.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let document: Value = serde_json::from_str(&document).unwrap();
    // Spikes went elsewhere; the learned weights are told, and have moved.
    assert!(document.get("spikes").is_none() && spikes.starts_with("\u{fffd}NUMPY"));
    let learned = document["learned"].as_array().unwrap();
    assert!(learned.len() > 200 && learned.iter().any(|own| own["weight_mv"] != 12.0));
    // At 0, 0.3 and so on up to 199.8 ms, five neurons each.
    let lines: Vec<&str> = potentials.lines().collect();
    assert_eq!(lines.len(), 5 * 667);
    assert!(lines[0].starts_with("{\"time_ms\":0.0,\"neuron\":0,\"potential_mv\":"), "{}", lines[0]);
    let last: Value = serde_json::from_str(lines[lines.len() - 1]).unwrap();
    assert_eq!((last["time_ms"].as_f64().unwrap(), &last["neuron"]), (666.0 * 0.3, &49.into()));
    let compared = sandbox.run(&["compare-engines", "net.toml", "--until", "50"]).succeeded();
    assert!(compared.stdout.starts_with("net.toml: 50 ms, ") && compared.stdout.contains(": the same bits"));
}

#[test]
fn a_raster_is_drawn_and_a_clock_is_looked_at_where_it_stands() {
    let sandbox = clock();
    let look = ["--potentials", "v.jsonl", "--neurons", "0", "--every", "5"];
    let simulate = ["simulate", "net.toml", "--until", "30", "--raster", "raster.svg"];
    sandbox.run(&[&simulate[..], &look].concat()).succeeded();
    let svg = fs::read_to_string(sandbox.path("raster.svg")).unwrap();
    assert!(svg.contains("<svg") && svg.contains("clock") && svg.contains("rate [Hz]"));
    // 20 (1 − e^(−t/20)), reset at 13.86 ms.
    let period_ms = 20.0 * std::f64::consts::LN_2;
    let lines = fs::read_to_string(sandbox.path("v.jsonl")).unwrap();
    for (line, at_ms) in lines.lines().zip([0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]) {
        let row: Value = serde_json::from_str(line).unwrap();
        let since_ms: f64 = at_ms % period_ms;
        let expected_mv = 20.0 * (1.0 - (-since_ms / 20.0).exp());
        assert!((row["potential_mv"].as_f64().unwrap() - expected_mv).abs() < 1e-12, "{line}: {expected_mv}");
        assert_eq!(row["time_ms"], at_ms);
    }
    assert_eq!(lines.lines().count(), 7);
}

#[test]
fn what_cannot_be_is_refused_with_what_to_do() {
    let sandbox = clock();
    for (arguments, told) in [
        (&["--spikes", "x.csv"][..], "its name must end in .npy or .jsonl"),
        (&["--raster", "x.pdf"], "its name must end in .svg or .png"),
        (&["--potentials", "v.npy"], "--neurons"),
        (&["--potentials", "v.npy", "--neurons", "0..x"], "'0..x' is no neuron and no range of them"),
        (&["--potentials", "v.npy", "--neurons", "0,1"], "there is no neuron 1; they go from 0 to 0"),
        (
            &["--spikes", "x.npy", "--potentials", "x.npy", "--neurons", "0"],
            "--spikes and --potentials both name",
        ),
        (&["--spikes", "nowhere/x.npy"], "nowhere/x.npy"),
        (&["--memory", "4"], "give a number and its unit: 500MB, 4GB"),
        (&["--threads", "many"], "it must be 0 to 1024"),
        (&["--max-spikes", "5"], "more than 5 spikes by 83.1"),
    ] {
        let outcome = sandbox.run(&[&["simulate", "net.toml", "--until", "100"], arguments].concat());
        assert!(outcome.code != Some(0) && outcome.stderr.contains(told), "{told}: {outcome:#?}");
        assert_eq!(files(&sandbox.path("")), [sandbox.path("net.toml")], "nothing is left: {told}");
    }
}

#[test]
fn a_network_beyond_its_budget_is_refused_with_what_it_needs() {
    let sandbox = Sandbox::new();
    let all = "[[connections]]\nfrom = 'clock'\nto = 'clock'\ndelay_ms = 1\nweight_mv = 1\n";
    sandbox.write("net.toml", CLOCK.replace("name", "count = 3000\nname") + all);
    let outcome = sandbox.run(&["simulate", "net.toml", "--until", "1", "--memory", "100MB"]);
    // 9 million connections of 24 bytes, and a little for each thread.
    outcome.refused(1, "net.toml: this needs about 2");
    outcome.refused(1, " MB, more than the 100 MB that --memory allows; allow more, or make it smaller");
}

#[test]
fn spikes_that_multiply_end_in_an_error_that_tells_their_rate() {
    let sandbox = Sandbox::new();
    let all = "[[connections]]\nfrom = 'clock'\nto = 'clock'\ndelay_ms = 1\nweight_mv = 11\n";
    sandbox.write("net.toml", CLOCK.replace("name", "count = 30\nname") + all);
    let outcome = sandbox.run(&["simulate", "net.toml", "--until", "1000", "--max-spikes", "10000"]);
    outcome.refused(2, "more than 10000 spikes by ");
    outcome.refused(2, " Hz a neuron of late; weaken what excites");
    let told = outcome.stderr.split(" ms, ").nth(1).and_then(|rest| rest.split(" Hz").next());
    // Each spike makes all others spike 1 ms later, and some by themselves in between.
    assert!(
        told.and_then(|hz| hz.parse().ok()).is_some_and(|hz: f64| (900.0..3000.0).contains(&hz)),
        "{told:?}"
    );
}
