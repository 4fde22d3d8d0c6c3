//! Device files that conditions name: what each comes to as keys of a condition.
//!
//! A device is a set of keys, so that nothing behind the reading of a file knows devices, an id least of all. One own spike
//! is one pulse: a recent input's device gets one of potentiation, any other one of depression. x = g/g_max is the
//! conductance above the lower end of the nominal window, and g_max what lies between its ends.

use std::collections::BTreeMap;
use std::path::Path;

use spiketime_data::toml_file::TomlError;
use spiketime_device::DeviceFile;
use spiketime_device::file::{CycleOf, SpreadLaw, Steps};
use spiketime_device::kind::LawKind;
use toml::{Table, Value};

/// The keys of devices, by the paths of their files as an experiment file says them.
pub type Devices = BTreeMap<String, Table>;

/// Reads the device files that an experiment file names; what a copy that results keep knows already is as it says.
///
/// # Errors
/// When a file cannot be read or breaks a rule.
pub fn read<'a>(
    names: impl IntoIterator<Item = &'a str>,
    experiment: &Path,
    kept: &Devices,
) -> Result<Devices, TomlError> {
    let mut devices = Devices::new();
    for name in names {
        let keys = match kept.get(name) {
            Some(kept) => kept.clone(),
            None => keys(&file(name, experiment)?),
        };
        devices.insert(name.to_owned(), keys);
    }
    Ok(devices)
}

/// One of them. An error of the file itself names its line; any other, who asked for it.
fn file(name: &str, experiment: &Path) -> Result<DeviceFile, TomlError> {
    let asked = |told: String| TomlError::rule(experiment, format!("device = \"{name}\": {told}"));
    let path = experiment.parent().unwrap_or(Path::new("")).join(name);
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")) {
        return Err(asked(format!("it holds pulses; fit them first: spiketime device fit {name}")));
    }
    DeviceFile::read(&path).map_err(|error| match error {
        TomlError::Io { reason, .. } => {
            asked(format!("a device file beside this one: {reason} (`spiketime device fit` makes one)"))
        }
        told => told,
    })
}

/// What a device file says, as keys of a condition.
#[must_use]
pub fn keys(device: &DeviceFile) -> Table {
    let window_ns = device.conductance_max_ns - device.conductance_min_ns;
    let mut keys = Table::new();
    keys.insert("conductance_max_ns".into(), window_ns.into());
    for (name, steps) in [("stdp_gain", &device.potentiation), ("stdp_loss", &device.depression)] {
        keys.extend(keys_of_steps(name, steps));
    }
    let variation = &device.variation;
    let spreads = [
        ("stdp_nonlinearity", variation.nonlinearity_sd, variation.nonlinearity_law),
        (
            "weight_min",
            variation.conductance_min_sd_ns.map(|sd| sd / window_ns),
            variation.conductance_min_law,
        ),
        (
            "weight_max",
            variation.conductance_max_sd_ns.map(|sd| sd / window_ns),
            variation.conductance_max_law,
        ),
        ("cycle", variation.cycle_sd, None),
    ];
    spreads.into_iter().for_each(|(name, sd, law)| put_spread(&mut keys, name, sd, law));
    if variation.cycle_of == Some(CycleOf::Range) {
        keys.insert("cycle_of".into(), "range".into());
    }
    if let Some(levels) = variation.levels {
        keys.insert("weight_levels".into(), i64::from(levels).into());
    }
    keys
}

fn keys_of_steps(name: &str, steps: &Steps) -> Table {
    let mut keys = Table::new();
    keys.insert(name.into(), steps.step().into());
    // A linear law is an exponential one that does not shrink.
    let word = if steps.law == LawKind::Linear { LawKind::Exponential.word() } else { steps.law.word() };
    keys.insert(format!("{name}_dependence"), word.into());
    keys.insert(format!("{name}_nonlinearity"), steps.nonlinearity.unwrap_or(0.0).into());
    if let Some(points) = &steps.table {
        let points = points.iter().map(|point| Value::from(point.to_vec()));
        keys.insert(format!("{name}_table"), Value::Array(points.collect()));
    }
    put_spread(&mut keys, name, steps.step_sd, steps.step_law);
    keys
}

fn put_spread(keys: &mut Table, name: &str, sd: Option<f64>, law: Option<SpreadLaw>) {
    if let Some(sd) = sd.filter(|&sd| sd > 0.0) {
        keys.insert(format!("{name}_sd"), sd.into());
        let word = law.map(|law| match law {
            SpreadLaw::Uniform => "uniform",
            SpreadLaw::Normal => "normal",
            SpreadLaw::LogNormal => "log-normal",
        });
        keys.extend(word.map(|word| (format!("{name}_law"), word.into())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use spiketime_train::condition::{Condition, Dependence, Spread};

    const DEVICE: &str = r#"
conductance_min_ns = 2
conductance_max_ns = 12
[potentiation]
law = "neurosim"
pulses = 97
nonlinearity = 2.4
step_sd = 0.2
step_law = "log-normal"
[depression]
law = "table"
table = [[0, 0.01], [0.5, 0.02], [0.5, 0.03], [1, 0.002]]
[variation]
conductance_min_sd_ns = 0.5
conductance_max_sd_ns = 1
cycle_sd = 0.01
cycle_of = "range"
levels = 97
"#;

    fn condition(text: &str) -> Condition {
        let device = DeviceFile::from_toml(text, "x.toml".as_ref()).unwrap();
        keys(&device).try_into().unwrap()
    }

    /// (1 − e^(−1/(0.4992 · 97)))/(1 − e^(−1/0.4992)), the step at the lower end, of Python; NL 2.4 is A = 0.4992 in four digits.
    #[test]
    fn a_device_is_keys_of_a_condition_with_x_from_end_to_end_of_its_window() {
        let condition = condition(DEVICE);
        assert!((condition.stdp_gain - 0.023_620_5).abs() < 2e-5, "{}", condition.stdp_gain);
        assert_eq!(
            (condition.stdp_gain_dependence, condition.stdp_gain_nonlinearity),
            (Dependence::Neurosim, 2.4)
        );
        assert_eq!((condition.stdp_gain_law, condition.stdp_gain_sd), (Spread::LogNormal, 0.2));
        assert_eq!((condition.stdp_loss, condition.stdp_loss_dependence), (1.0, Dependence::Table));
        assert_eq!(condition.stdp_loss_table, [[0.0, 0.01], [0.5, 0.02], [0.5, 0.03], [1.0, 0.002]]);
        assert_eq!(
            (condition.conductance_max_ns, condition.weight_min_sd, condition.weight_max_sd),
            (10.0, 0.05, 0.1)
        );
        assert_eq!(
            (condition.cycle_sd, condition.cycle_of, condition.weight_levels),
            (0.01, CycleOf::Range, 97)
        );
        assert_eq!(condition.broken_rule(), None);
    }

    #[test]
    fn a_linear_device_of_the_reports_steps_is_the_reports_network() {
        let device = "conductance_min_ns = 0\nconductance_max_ns = 100\n[potentiation]\nlaw = 'linear'\nstep = 0.01\n\
                      [depression]\nlaw = 'linear'\nstep = 0.005\n";
        assert_eq!(condition(device), Condition::default());
    }
}
