//! A bar for what takes long and keeps no result: on a terminal, and nothing of it elsewhere.

use std::process::Command;

use crate::sandbox::{Sandbox, TINY};

const CLOCKS: &str = "
[[neurons]]
name = 'clock'
count = 10
tau_membrane_ms = 20
bias_mv = 20
threshold_mv = 10
";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("net.toml", CLOCKS);
    sandbox.write("tiny.toml", TINY);
    sandbox
}

const SIMULATE: [&str; 4] = ["simulate", "net.toml", "--until", "1000"];
const EXPLAIN: [&str; 5] = ["explain", "tiny.toml", "--image", "50", "--sample"];

#[test]
fn a_bar_is_drawn_on_a_terminal() {
    if Command::new("script").arg("--version").output().is_err() {
        println!("skipped: there is no `script` to make a terminal");
        return;
    }
    let sandbox = sandbox();
    for (arguments, what) in [(&SIMULATE[..], "simulating"), (&EXPLAIN, "training, then labels")] {
        let line = format!("{} {}", env!("CARGO_BIN_EXE_spiketime"), arguments.join(" "));
        let mut command = Command::new("script");
        let output =
            command.args(["-qec", &line, "/dev/null"]).current_dir(sandbox.path("")).output().unwrap();
        let seen = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(seen.contains(what) && seen.contains(" %  "), "{seen}");
    }
}

#[test]
fn nothing_is_drawn_elsewhere() {
    let sandbox = sandbox();
    assert_eq!(sandbox.run(&SIMULATE).succeeded().stderr, "");
    assert_eq!(sandbox.run(&EXPLAIN).succeeded().stderr, "tiny: training on 50 images first\n");
}
