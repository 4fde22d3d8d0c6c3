//! `docs/your-own-study.md` and `docs/devices.md`, followed word for word: their files are written, their commands run,
//! what they say compared.
//!
//! A block of TOML whose first line is `# file: NAME` is a file, and one that begins with `# written: NAME` is what a command has
//! written; in a block `console` a line `$ spiketime …` is a command and what follows is what it prints, where a line `...`
//! stands for any lines, and in a block `console fails` what it prints as it fails. The document makes its arrays with
//! numpy; here the same arrays are written byte by byte.

use crate::arrays::{npy, npz};
use crate::sandbox::Sandbox;

const STUDIES: &str = include_str!("../../../../docs/your-own-study.md");
const DEVICES: &str = include_str!("../../../../docs/devices.md");

#[test]
fn the_tutorial_says_what_happens() {
    let sandbox = Sandbox::new();
    sandbox.write("bars/bars.npz", bars());
    sandbox.write("dots/dots.npz", dots());
    assert!(follow_all(&sandbox, STUDIES) >= 10);
}

#[test]
fn from_pulses_to_a_verdict_it_is_as_the_document_says() {
    let sandbox = Sandbox::new();
    sandbox.write("pulses.csv", include_bytes!("../../../../experiments/devices/pulses.csv"));
    assert!(follow_all(&sandbox, DEVICES) >= 5);
}

/// Follows a document and returns how many commands it has.
fn follow_all(sandbox: &Sandbox, document: &str) -> usize {
    let mut commands = 0;
    for (kind, block) in blocks(document) {
        match (kind, block.strip_prefix("# file: "), block.strip_prefix("# written: ")) {
            ("toml", Some(file), _) => {
                let (name, text) = file.split_once('\n').unwrap();
                sandbox.write(name, text);
            }
            ("toml", _, Some(file)) => {
                let (name, text) = file.split_once('\n').unwrap();
                let written = std::fs::read_to_string(sandbox.path(name)).unwrap();
                assert_eq!(written.trim_end(), text.trim_end(), "{name}");
            }
            ("console" | "console fails", ..) => commands += follow(sandbox, &block, kind == "console fails"),
            _ => {}
        }
    }
    assert_eq!(commands, document.matches("\n$ spiketime ").count());
    commands
}

/// Kind and text of every fenced block.
fn blocks(document: &str) -> Vec<(&str, String)> {
    let parts = document.split("\n```").skip(1).step_by(2);
    parts.map(|part| part.split_once('\n').unwrap()).map(|(kind, text)| (kind, text.to_owned())).collect()
}

/// Runs every command of a block and returns how many there are.
fn follow(sandbox: &Sandbox, block: &str, fails: bool) -> usize {
    let commands: Vec<&str> = block.split("$ spiketime ").filter(|part| !part.is_empty()).collect();
    for command in &commands {
        let (line, expected) = command.split_once('\n').unwrap_or((command, ""));
        let arguments: Vec<&str> = line.split_whitespace().collect();
        let run = sandbox.run(&arguments);
        let told = match fails {
            true => {
                assert_eq!(run.code, Some(2), "{}", run.stdout);
                run.stderr
            }
            false => run.succeeded().stdout,
        };
        let lines: Vec<&str> = expected.lines().collect();
        assert!(fits(&lines, &told.lines().collect::<Vec<&str>>()), "$ spiketime {line}\n{told}");
    }
    commands.len()
}

/// Is this what was expected, `...` being any lines?
fn fits(expected: &[&str], told: &[&str]) -> bool {
    match expected.split_first() {
        None => told.is_empty(),
        Some((&"...", rest)) => (0..=told.len()).any(|skipped| fits(rest, &told[skipped..])),
        Some((line, rest)) => told.first() == Some(line) && fits(rest, &told[1..]),
    }
}

#[test]
fn dots_are_any_lines_and_all_else_is_itself() {
    assert!(fits(&["a", "...", "c"], &["a", "b", "b", "c"]));
    assert!(fits(&["...", "c"], &["c"]));
    assert!(!fits(&["a", "...", "c"], &["a", "c", "b"]));
    assert!(!fits(&["a"], &["a", "b"]) && !fits(&["a", "b"], &["a"]));
}

/// 600 pictures of 20 × 20 pixels, four kinds of bars.
fn bars() -> Vec<u8> {
    let image = |number: i64| {
        let (kind, place) = (number % 4, number / 4 % 9);
        let middle = if kind < 2 { place + 6 } else { place - 4 };
        let along = move |row: i64, column: i64| match kind {
            0 => row,
            1 => column,
            2 => row - column,
            _ => row + column - 19,
        };
        let is_lit = move |row, column| (along(row, column) - middle).abs() <= 1;
        (0..400).map(move |pixel| if is_lit(pixel / 20, pixel % 20) { 255 } else { 0 })
    };
    let images: Vec<u8> = (0..600).flat_map(image).collect();
    let labels = texts((0..600).map(|image| ["across", "down", "falling", "rising"][image % 4]), 7);
    npz(&[("images", npy("|u1", "(600, 20, 20)", &images)), ("labels", npy("<U7", "(600,)", &labels))])
}

/// 600 recordings of a dot on 10 × 10 pixels that runs along a row, a column or a diagonal.
fn dots() -> Vec<u8> {
    let input = |recording: i64, step: i64| {
        let (place, along) = (recording / 3 % 10, step % 10);
        match recording % 3 {
            0 => 10 * place + along,
            1 => 10 * along + place,
            _ => 10 * along + (along + place) % 10,
        }
    };
    let whole = |values: Vec<i64>| -> Vec<u8> { values.into_iter().flat_map(i64::to_le_bytes).collect() };
    let times = whole((0..600 * 100).map(|event| 2 * (event % 100)).collect());
    let inputs = whole((0..600 * 100).map(|event| input(event / 100, event % 100)).collect());
    let offsets = whole((0..=600).map(|recording| 100 * recording).collect());
    let labels = texts((0..600).map(|recording| ["row", "column", "diagonal"][recording % 3]), 8);
    npz(&[
        ("times", npy("<i8", "(60000,)", &times)),
        ("inputs", npy("<i8", "(60000,)", &inputs)),
        ("offsets", npy("<i8", "(601,)", &offsets)),
        ("labels", npy("<U8", "(600,)", &labels)),
    ])
}

/// Texts as numpy keeps them: four bytes a letter, zeros up to the longest.
fn texts<'a>(texts: impl Iterator<Item = &'a str>, letters: usize) -> Vec<u8> {
    let padded = |text: &'a str| text.chars().chain(std::iter::repeat('\0')).take(letters);
    texts.flat_map(padded).flat_map(|letter| u32::from(letter).to_le_bytes()).collect()
}
