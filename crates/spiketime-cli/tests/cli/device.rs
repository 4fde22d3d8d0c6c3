//! `device fit`: measured pulses, and what is wrong with them.

use std::fmt::Write as _;

use spiketime_device::DeviceFile;

use crate::sandbox::Sandbox;

/// Soft steps up and down, as a spreadsheet would have them.
fn pulses(header: &str) -> String {
    let mut text = format!("{header}\n");
    let mut x = 0.0;
    for (direction, rate) in [("up", 0.05), ("down", -0.08)] {
        for pulse in 0..=60 {
            let _ = writeln!(text, "{pulse},{:.5},{direction}", 3.0 + 30.0 * x);
            x += if rate > 0.0 { rate * (1.0 - x) } else { rate * x };
        }
    }
    text
}

#[test]
fn pulses_become_a_device_file_a_picture_and_a_table() {
    let sandbox = Sandbox::new();
    sandbox.write("pulses.csv", pulses("pulse,conductance_nS,direction"));
    let told =
        sandbox.run(&["device", "fit", "pulses.csv", "--min", "3nS", "--max", "33nS"]).succeeded().stdout;
    for part in
        ["window 3 to 33 nS: as given", "potentiation (1 branches, 61 readings)", "device = \"device.toml\""]
    {
        assert!(told.contains(part), "'{part}' in {told}");
    }
    let device = DeviceFile::read(&sandbox.path("device.toml")).unwrap();
    // Readings have five digits after the point; a power of 1 and a step to e^(−∞) are soft too.
    assert!((device.potentiation.step() - 0.05).abs() < 1e-3, "{device:?}");
    assert!((device.depression.step() - 0.08).abs() < 1e-3, "{device:?}");
    assert!(std::fs::read(sandbox.path("device.png")).unwrap().starts_with(b"\x89PNG"));
    let again = ["device", "fit", "pulses.csv"];
    sandbox
        .run(&again)
        .refused(2, "device.toml is there already; name another file with --out, or write over it");
    let json = sandbox.run(&[&again[..], &["--force", "--json"]].concat()).succeeded().stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["directions"][1]["direction"], "depression");
}

#[test]
fn a_unit_is_asked_for_where_there_is_none_and_refused_where_there_are_two() {
    let sandbox = Sandbox::new();
    sandbox.write("bare.csv", pulses("pulse,conductance,direction"));
    sandbox.write("named.csv", pulses("pulse,conductance_uS,direction"));
    let fit = |arguments: &[&str]| sandbox.run(&[&["device", "fit"], arguments].concat());
    fit(&["bare.csv"])
        .refused(1, "bare.csv:1: the column `conductance` has no unit; give --unit nS, uS, mS or S");
    fit(&["named.csv", "--unit", "nS"]).refused(1, "the column is in µS, and --unit says nS; leave one out");
    fit(&["bare.csv", "--unit", "S"])
        .refused(1, "bare.csv:2: conductance 3 S is more than 1 S; is the unit right?");
    assert!(!sandbox.path("device.toml").exists());
    fit(&["bare.csv", "--unit", "uS", "--figure", "d.svg"]).succeeded();
    let device = DeviceFile::read(&sandbox.path("device.toml")).unwrap();
    assert!((device.conductance_min_ns - 3_000.0).abs() < 1.0, "{device:?}");
}

#[test]
fn what_is_wrong_with_pulses_is_one_line() {
    let sandbox = Sandbox::new();
    let whole = pulses("pulse,conductance_nS,direction");
    let up: String =
        whole.lines().filter(|line| !line.ends_with("down")).map(|line| format!("{line}\n")).collect();
    let cases = [
        (up, 1, "has no readings of depression; a device needs both directions"),
        (String::new(), 1, "is empty"),
        (whole.replace("\n7,", "\n5,"), 1, "pulse 5 comes after pulse 6 of the same branch"),
        (whole.replace("direction", "directon"), 1, "did you mean 'direction'?"),
        (whole.replace(",up", ",DOWN2"), 1, "is no direction; give potentiation or depression"),
        (
            whole
                .lines()
                .filter(|line| line.starts_with(['p', '0', '1']))
                .take(4)
                .collect::<Vec<_>>()
                .join("\n"),
            1,
            "has no readings",
        ),
    ];
    for (text, code, told) in cases {
        sandbox.write("p.csv", text);
        sandbox.run(&["device", "fit", "p.csv"]).refused(code, told);
    }
    sandbox.write("p.csv", whole);
    sandbox
        .run(&["device", "fit", "p.csv", "--min", "9nS", "--max", "5nS"])
        .refused(2, "does not lie below --max 5 nS");
    sandbox.run(&["device", "fit", "nowhere.csv"]).refused(1, "nowhere.csv: ");
}
