//! Conditions that name a device file: its keys, what is written beside it, and what results keep of it.

use std::fs;
use std::path::Path;

use spiketime_study::spec::Experiment;
use spiketime_study::study::{Extent, Study};
use spiketime_train::condition::{Condition, Dependence};
use spiketime_train::run::id;

const DEVICE: &str = r#"
conductance_min_ns = 2
conductance_max_ns = 12
[potentiation]
law = "power"
step = 0.02
nonlinearity = 1.5
step_sd = 0.25
[depression]
law = "table"
table = [[0, 0.01], [0.5, 0.02], [0.5, 0.03], [1, 0.002]]
[variation]
cycle_sd = 0.5
"#;

fn study(files: &[(&str, &str)]) -> Result<Study, String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("below")).expect("made");
        fs::write(path, text).expect("written");
    }
    Study::read(folder.path(), Extent::Whole).map_err(|error| {
        let told = error.to_string();
        told.replace(&format!("{}/", folder.path().display()), "")
    })
}

fn conditions(device: &str, text: &str) -> Vec<Condition> {
    let study = study(&[(device, DEVICE), ("x.toml", &format!("{HEAD}{text}")), ("study.toml", "id = 'x'")]);
    study.expect("a study").files[0].experiment.conditions.clone()
}

const HEAD: &str = "seeds = 1\ncheckpoints = [10]\n";

#[test]
fn a_device_is_what_its_file_says_wherever_it_lies_and_what_is_written_beside_it_comes_on_top() {
    let one = conditions("devices/a", "[[condition]]\nname = 'x'\ndevice = 'devices/a'\n");
    let two = conditions("b.device", "[[condition]]\nname = 'x'\ndevice = 'b.device'\n");
    assert_eq!(id(&one[0], 1, true, None), id(&two[0], 1, true, None));
    assert_eq!((one[0].stdp_gain, one[0].stdp_gain_sd, one[0].cycle_sd), (0.02, 0.25, 0.5));
    assert_eq!((one[0].stdp_loss, one[0].stdp_loss_table[2]), (1.0, [0.5, 0.03]));
    let text = serde_json::to_string(&one[0]).expect("a condition");
    assert!(!text.contains("device"), "no path reaches an id: {text}");

    let own = "preset = 'diehl-cook'\nstdp_gain_sd = 0\nneurons = 9";
    let own = conditions("b.device", &format!("[[condition]]\nname = 'x'\ndevice = 'b.device'\n{own}\n"));
    assert_eq!((own[0].stdp_gain_sd, own[0].neurons, own[0].tau_membrane_ms), (0.0, 9, 100.0));
    assert_eq!(own[0].stdp_gain_dependence, Dependence::Power);
}

#[test]
fn a_grid_may_share_a_device_and_cross_what_it_says() {
    let grid =
        "[[grid]]\nname = 'c-{cycle_sd}'\nkeys = { cycle_sd = [0, 1] }\nwith = { device = 'b.device' }\n";
    let cells = conditions("b.device", grid);
    let told: Vec<(&str, f64, f64)> =
        cells.iter().map(|cell| (cell.name.as_str(), cell.cycle_sd, cell.stdp_gain)).collect();
    assert_eq!(told, [("c-0", 0.0, 0.02), ("c-1", 1.0, 0.02)]);
}

#[test]
fn a_copy_that_results_keep_needs_no_device_file() {
    let text = "[[condition]]\nname = 'x'\ndevice = 'b.device'\n\
                [[grid]]\nname = 'c-{neurons}'\nkeys = { neurons = [4] }\nwith = { device = 'b.device' }\n";
    let files = [("b.device", DEVICE), ("x.toml", &format!("{HEAD}{text}")), ("study.toml", "id = 'x'")];
    let file = study(&files).expect("a study").files.remove(0);
    let kept = file.kept_text();
    let read = Experiment::parse(&kept, Path::new("nowhere/x.toml"), "x".into()).expect("a copy");
    assert_eq!(read.conditions, file.experiment.conditions);
    // A copy of a copy says it once.
    let again = spiketime_study::study::File { path: "x.toml".into(), text: kept.clone(), experiment: read };
    assert_eq!(again.kept_text(), kept);
}

#[test]
fn what_is_no_device_is_told_in_one_line() {
    let told = |device: &str, text: &str| {
        let text = format!("{HEAD}{text}");
        study(&[("b.device", device), ("x.toml", &text), ("study.toml", "id = 'x'")]).unwrap_err()
    };
    let named = "[[condition]]\nname = 'x'\ndevice = 'b.device'\n";
    for (device, text, says) in [
        (DEVICE, "[[condition]]\nname = 'x'\ndevice = 'c.device'\n", "c.device"),
        ("conductance_min_ns = 'x'", named, "b.device:1: "),
        (
            &DEVICE.replace("conductance_max_ns = 12", "conductance_max_ns = 1"),
            named,
            "conductance_max_ns = 1",
        ),
        (&DEVICE.replace("cycle_sd", "cycle_sdd"), named, "did you mean 'cycle_sd'?"),
        (DEVICE, "[[grid]]\nkeys = { device = ['b.device'] }\n", "a device is no key to cross"),
    ] {
        let told = told(device, text);
        assert!(told.contains(says) && told.lines().count() == 1, "{says}: {told}");
    }
}
