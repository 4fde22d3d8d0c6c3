//! What looks at a network and keeps no result: explain, compare-engines, map, rerun.

use std::fs;

use crate::sandbox::{LONG, Outcome, Running, Sandbox, TINY, files};

/// A story takes long enough to be cut: 2 000 neurons see 900 images first.
#[test]
#[cfg(unix)]
fn a_story_that_is_stopped_ends_at_once_with_130() {
    for signal in ["TERM", "INT"] {
        let sandbox = Sandbox::new();
        sandbox.write("long.toml", LONG.replace("neurons = 50", "neurons = 2_000"));
        let asked = ["explain", "long.toml", "--image", "900", "--sample", "--json", "s.json"];
        let outcome = Running::start(&sandbox, &asked).until_said("training on", 1).signalled(signal).ended();
        assert_eq!(outcome.code, Some(130), "{signal}: {outcome:#?}");
        assert!(outcome.stderr.ends_with("stopped; nothing was told or written"), "{outcome:#?}");
        assert!(!sandbox.path("s.json").exists());
    }
}

#[test]
fn a_story_is_never_written_over_its_experiment() {
    let sandbox = Sandbox::new();
    sandbox.write("tiny.toml", TINY);
    for file in ["tiny.toml", "./tiny.toml"] {
        let refused = sandbox.run(&["explain", "tiny.toml", "--image", "3", "--sample", "--json", file]);
        refused.refused(2, "a story is JSON, and a .toml is left alone");
    }
    assert_eq!(fs::read_to_string(sandbox.path("tiny.toml")).unwrap(), TINY);
}

fn said_of_images(images: &str, experiment: &str) -> Outcome {
    let sandbox = Sandbox::new();
    sandbox.write("tiny.toml", experiment);
    // No folder for the data and no network: the sample serves.
    let mut command = sandbox.command(&["compare-engines", "tiny.toml", "--images", images]);
    Outcome::of(&command.env("HTTPS_PROXY", "http://127.0.0.1:9").env("PATH", "").output().unwrap())
}

#[test]
fn engines_are_compared_on_one_image_at_least_and_within_the_epochs() {
    let none = said_of_images("0", TINY);
    assert_eq!(none.code, Some(2));
    assert!(none.stderr.contains("it must be at least 1"), "{none:#?}");
    let one = said_of_images("1", TINY).succeeded();
    assert!(one.stdout.contains("1 images, ") && one.stdout.ends_with("the same bits\n"), "{one:#?}");
    let told = "--images 1001 lies beyond 1 epoch(s) of mnist's 1000 training images";
    said_of_images("1001", TINY).failed(2, told);
    said_of_images("1001", &TINY.replace("seeds = 1", "seeds = 1\nepochs = 2")).succeeded();
}

#[test]
fn a_map_is_a_png_and_never_written_over_its_weights() {
    let sandbox = Sandbox::new();
    sandbox.experiment(TINY).succeeded();
    let weights = fs::read(&files(&sandbox.path("results/sample/weights"))[0]).unwrap();
    let path = sandbox.write("w.png", &weights);
    for ending in ["svg", "PNG.npy", ""] {
        let outcome = sandbox.run(&["map", "w.png", "-o", &format!("map.{ending}")]);
        assert_eq!(outcome.code, Some(2));
        assert!(outcome.stderr.contains("give a name that ends with .png"), "{outcome:#?}");
    }
    let told = "w.png would be written over the weights; give the picture another name";
    sandbox.run(&["map", "w.png", "-o", "./w.png"]).refused(2, told);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&path, sandbox.path("link.png")).unwrap();
        sandbox.run(&["map", "w.png", "-o", "link.png"]).refused(2, "link.png would be written over");
    }
    assert_eq!(fs::read(&path).unwrap(), weights);
    sandbox.run(&["map", "w.png", "-o", "MAP.PNG"]).succeeded();
    assert!(fs::read(sandbox.path("MAP.PNG")).unwrap().starts_with(b"\x89PNG"));
}

#[test]
fn the_help_of_a_command_that_looks_shows_an_example_of_it() {
    let sandbox = Sandbox::new();
    for name in ["rerun", "compare-engines", "explain", "map", "branch", "clean", "completions", "man"] {
        let help = sandbox.run(&[name, "--help"]).succeeded().stdout;
        let example = help.split("Example").nth(1).unwrap_or_else(|| panic!("{name}: no example"));
        assert!(example.contains(&format!("  spiketime {name} ")), "{help}");
    }
}
