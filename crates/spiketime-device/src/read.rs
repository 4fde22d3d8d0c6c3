//! Reads a device file and holds it to the rules that types cannot say; a broken one is told with its line.
//!
//! A uniform law that is too wide would make steps that lead the wrong way. Normal and log-normal values are drawn again until
//! they are sound.

use std::path::Path;

use spiketime_data::toml_file::{self, Step, TomlError};
use spiketime_sim::Table;

use crate::file::{DeviceFile, SpreadLaw, Steps, Variation, WIDEST_UNIFORM};
use crate::kind::LawKind;
use crate::neurosim::LABELS;

/// Tables of 255 points are shorter by far.
const MAX_BYTES: u64 = 1 << 20;
/// Of an exponent β or γ: e^(−100) of a step is none.
const LARGEST_EXPONENT: f64 = 100.0;

/// Where a rule is broken, and in which words.
type Broken<'a> = (Vec<Step<'a>>, String);

impl DeviceFile {
    /// Of a file.
    ///
    /// # Errors
    /// When it cannot be read, is no TOML, has an unknown key, or breaks a rule.
    pub fn read(path: &Path) -> Result<DeviceFile, TomlError> {
        DeviceFile::from_toml(&toml_file::text(path, MAX_BYTES)?, path)
    }

    /// Of its text; `path` is what messages call it.
    ///
    /// # Errors
    /// As [`DeviceFile::read`].
    pub fn from_toml(text: &str, path: &Path) -> Result<DeviceFile, TomlError> {
        let file: DeviceFile = toml_file::parse(text, path)?;
        match broken(&file) {
            None => Ok(file),
            Some((steps, message)) => Err(TomlError::at(path, text, &steps, message)),
        }
    }
}

fn broken(file: &DeviceFile) -> Option<Broken<'static>> {
    let window = window(file.conductance_min_ns, file.conductance_max_ns);
    let directions = [("potentiation", &file.potentiation), ("depression", &file.depression)];
    let told = directions.into_iter().find_map(|(name, steps)| {
        of_direction(steps).map(|(key, told)| (vec![Step::Key(name), Step::Key(key)], told))
    });
    let varied = of_variation(&file.variation, [file.conductance_min_ns, file.conductance_max_ns]);
    let varied = varied.map(|(key, told)| (vec![Step::Key("variation"), Step::Key(key)], told));
    window.map(|(key, told)| (vec![Step::Key(key)], told)).or(told).or(varied)
}

/// A key of a table, and what is wrong with it.
type Told = Option<(&'static str, String)>;

fn window(min_ns: f64, max_ns: f64) -> Told {
    let keys = [("conductance_min_ns", min_ns), ("conductance_max_ns", max_ns)];
    let negative = keys.into_iter().find(|(_, ns)| !(ns.is_finite() && *ns >= 0.0));
    let told = negative.map(|(key, ns)| (key, format!("{key} = {ns}: a conductance is 0 or more [nS]")));
    let order = (max_ns <= min_ns).then(|| {
        let told = format!(
            "conductance_max_ns = {max_ns} must lie above conductance_min_ns = {min_ns}: are they swapped?"
        );
        ("conductance_max_ns", told)
    });
    told.or(order)
}

fn of_direction(steps: &Steps) -> Told {
    step(steps).or_else(|| table(steps)).or_else(|| nonlinearity(steps)).or_else(|| {
        spread("step_sd", steps.step_sd, steps.step_law)
            .or_else(|| widest("step_sd", steps.step_sd, steps.step_law))
            .or_else(|| far("step_sd", steps.step_sd, 10.0))
    })
}

fn step(steps: &Steps) -> Told {
    let (law, has_pulses) = (steps.law.word(), steps.pulses.is_some());
    let told = |key, told: String| Some((key, told));
    match (steps.law, steps.step, steps.pulses) {
        (LawKind::Table, Some(_), _) => {
            told("step", "a table has its steps in its points; remove `step`".into())
        }
        (LawKind::Neurosim, Some(_), Some(_)) => {
            told("pulses", "`step` and `pulses` say the same; keep one of them".into())
        }
        (kind, ..) if has_pulses && kind != LawKind::Neurosim => {
            told("pulses", format!("`pulses` goes with law = \"neurosim\"; for law = \"{law}\" give `step`"))
        }
        (LawKind::Neurosim, None, None) => told(
            "law",
            "law = \"neurosim\" needs `step` (of one pulse, a fraction of the window) or `pulses`".into(),
        ),
        (LawKind::Table, None, None) => None,
        (_, None, None) => {
            told("law", format!("law = \"{law}\" needs `step`: of one pulse, a fraction of the window"))
        }
        (_, Some(step), _) if !(step > 0.0 && step <= 1.0) => {
            told("step", format!("step = {step}: it must be above 0 and at most 1, a fraction of the window"))
        }
        (.., Some(pulses)) if !(1.0..=1e9).contains(&pulses) => {
            told("pulses", format!("pulses = {pulses}: from bound to bound there are 1 to 1e9"))
        }
        _ => None,
    }
}

fn table(steps: &Steps) -> Told {
    match (steps.law, &steps.table) {
        (LawKind::Table, None) => {
            Some(("law", "law = \"table\" needs `table`: points [x, step] with x from 0 to 1".into()))
        }
        (LawKind::Table, Some(points)) => Table::new(points).err().map(|told| ("table", told.to_string())),
        (law, Some(_)) => Some((
            "table",
            format!("a table goes with law = \"table\"; law = \"{}\" has a formula", law.word()),
        )),
        (_, None) => None,
    }
}

fn nonlinearity(steps: &Steps) -> Told {
    let law = steps.law.word();
    let told = match (steps.law, steps.law.nonlinearity(), steps.nonlinearity) {
        (_, None, Some(_)) => format!("law = \"{law}\" has no nonlinearity; remove it"),
        (_, Some(name), None) => {
            return Some(("law", format!("law = \"{law}\" needs `nonlinearity`: its {name}")));
        }
        (LawKind::Neurosim, _, Some(label)) if !(LABELS[0]..=LABELS[1]).contains(&label) => format!(
            "nonlinearity = {label}: the label of law = \"neurosim\" goes from 0.01 to 9, for steps down too"
        ),
        (LawKind::Power, _, Some(exponent)) if !(exponent > 0.0 && exponent <= LARGEST_EXPONENT) => {
            format!("nonlinearity = {exponent}: γ is above 0 and at most {LARGEST_EXPONENT}")
        }
        (LawKind::Exponential, _, Some(exponent)) if !(0.0..=LARGEST_EXPONENT).contains(&exponent) => {
            format!("nonlinearity = {exponent}: β goes from 0 to {LARGEST_EXPONENT}, for steps down too")
        }
        _ => return None,
    };
    Some(("nonlinearity", told))
}

/// A spread beyond this is a slip of a percent sign, or of a unit.
fn far(key: &'static str, sd: Option<f64>, most: f64) -> Told {
    let sd = sd.filter(|sd| *sd > most)?;
    let whole = if key.ends_with("_ns") { "ten times the window [nS]" } else { "a fraction: 0.3 is 30 %" };
    Some((key, format!("{key} = {sd}: it is at most {most}, {whole}")))
}

fn of_variation(variation: &Variation, [min_ns, max_ns]: [f64; 2]) -> Told {
    let Variation { nonlinearity_sd, conductance_min_sd_ns, conductance_max_sd_ns, cycle_sd, .. } =
        *variation;
    let Variation { nonlinearity_law, conductance_min_law, conductance_max_law, .. } = *variation;
    let relative_to_min = conductance_min_sd_ns.map(|sd_ns| sd_ns / min_ns.max(f64::MIN_POSITIVE));
    spread("nonlinearity_sd", nonlinearity_sd, nonlinearity_law)
        .or_else(|| widest("nonlinearity_sd", nonlinearity_sd, nonlinearity_law))
        .or_else(|| spread("conductance_min_sd_ns", conductance_min_sd_ns, conductance_min_law))
        .or_else(|| widest("conductance_min_sd_ns", relative_to_min, conductance_min_law))
        .or_else(|| spread("conductance_max_sd_ns", conductance_max_sd_ns, conductance_max_law))
        .or_else(|| spread("cycle_sd", cycle_sd, Some(SpreadLaw::Normal)))
        .or_else(|| far("nonlinearity_sd", nonlinearity_sd, 10.0))
        .or_else(|| far("conductance_min_sd_ns", conductance_min_sd_ns, 10.0 * (max_ns - min_ns)))
        .or_else(|| far("conductance_max_sd_ns", conductance_max_sd_ns, 10.0 * (max_ns - min_ns)))
        .or_else(|| far("cycle_sd", cycle_sd, 100.0))
        .or_else(|| match (cycle_sd, variation.cycle_of, variation.levels) {
            (None, Some(_), _) => {
                Some(("cycle_of", "`cycle_of` says what `cycle_sd` is a fraction of; give it too".into()))
            }
            (.., Some(levels)) if !(2..=65_536).contains(&levels) => Some((
                "levels",
                format!("levels = {levels}: there are 2 to 65 536; leave it out for a continuum"),
            )),
            _ if min_ns == 0.0 && conductance_min_law == Some(SpreadLaw::LogNormal) => {
                Some(("conductance_min_law", "a log-normal law lies about a conductance above 0".into()))
            }
            _ => None,
        })
}

/// A standard deviation is none below 0, and a law of nothing says nothing.
fn spread(key: &'static str, sd: Option<f64>, law: Option<SpreadLaw>) -> Told {
    match (sd, law) {
        (Some(sd), _) if !(sd.is_finite() && sd >= 0.0) => {
            Some((key, format!("{key} = {sd}: a standard deviation is 0 or more")))
        }
        (None, Some(_)) if key != "cycle_sd" => {
            Some((key_of_law(key), format!("a law without `{key}` says nothing; give it too")))
        }
        _ => None,
    }
}

fn key_of_law(key: &str) -> &'static str {
    match key {
        "step_sd" => "step_law",
        "nonlinearity_sd" => "nonlinearity_law",
        "conductance_min_sd_ns" => "conductance_min_law",
        _ => "conductance_max_law",
    }
}

/// A uniform law that reaches below 0; `sd` is relative to its mean.
fn widest(key: &'static str, sd: Option<f64>, law: Option<SpreadLaw>) -> Told {
    let is_too_wide = law == Some(SpreadLaw::Uniform) && sd.is_some_and(|sd| sd > WIDEST_UNIFORM);
    is_too_wide.then(|| {
        let law = key_of_law(key);
        let told = format!(
            "{key} of a uniform law above 1/√3 = 0.577 of the mean reaches below 0; make it smaller or {law} = \"log-normal\""
        );
        (key, told)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::CycleOf;
    use spiketime_sim::Dependence;

    const WHOLE: &str = r#"name = "made"
source = "nowhere"
conductance_min_ns = 3.08
conductance_max_ns = 38.5
[potentiation]
law = "exponential"
step = 0.012
nonlinearity = 2.1
step_sd = 0.2
step_law = "uniform"
[depression]
law = "table"
table = [[0.0, 0.01], [0.5, 0.02], [0.5, 0.03], [1.0, 0.002]]
[variation]
nonlinearity_sd = 0.1
nonlinearity_law = "normal"
conductance_min_sd_ns = 0.3
conductance_min_law = "normal"
conductance_max_sd_ns = 2.0
conductance_max_law = "log-normal"
cycle_sd = 0.3
cycle_of = "step"
levels = 97
"#;

    fn parsed(text: &str) -> Result<DeviceFile, String> {
        DeviceFile::from_toml(text, "d.toml".as_ref()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_is_read_and_what_is_written_is_read_again() {
        let file = parsed(WHOLE).unwrap();
        assert_eq!(parsed(&file.to_toml()).unwrap(), file);
        assert_eq!((file.potentiation.step(), file.depression.step()), (0.012, 1.0));
        assert_eq!(file.potentiation.dependence(), Dependence::Exponential { exponent: 2.1 });
        assert_eq!(file.depression.dependence().falling(0.5, 1.0), 0.03);
        assert_eq!(file.variation.cycle_of, Some(CycleOf::Step));
        let short = &WHOLE[..WHOLE.find("[variation]").unwrap()];
        assert!(!parsed(short).unwrap().to_toml().contains("variation"));
    }

    #[test]
    fn pulses_from_bound_to_bound_stand_for_a_step() {
        let text = WHOLE.replace("law = \"exponential\"\nstep = 0.012", "law = \"neurosim\"\npulses = 97");
        let file = parsed(&text).unwrap().potentiation;
        let Dependence::Straight { exponent } = file.dependence() else { panic!("no straight line") };
        let end = (0..97).fold(0.0, |x, _| x + file.step() * file.dependence().rising(x, 1.0));
        assert!((end - 1.0).abs() < 1e-12, "{end} of β = {exponent}"); // 97 roundings.
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_what_to_do() {
        let cases = [
            ("levels = 97", "level = 97", "d.toml:23: unknown key"),
            ("= 3.08", "= -3.08", "d.toml:3: conductance_min_ns = -3.08: a conductance is 0 or more [nS]"),
            ("= 38.5", "= 3.0", "d.toml:4: conductance_max_ns = 3 must lie above conductance_min_ns = 3.08"),
            ("= 38.5", "= inf", "d.toml:4: conductance_max_ns = inf: a conductance"),
            ("levels = 97", "levels = 1", "d.toml:23: levels = 1: there are 2 to 65 536"),
            ("step_sd = 0.2", "step_sd = 0.6", "d.toml:9: step_sd of a uniform law above 1/√3 = 0.577"),
            (
                "step_sd = 0.2",
                "step_sd = -0.1",
                "d.toml:9: step_sd = -0.1: a standard deviation is 0 or more",
            ),
            ("cycle_sd = 0.3", "cycle_sd = 300", "d.toml:21: cycle_sd = 300: it is at most 100, a fraction"),
            ("step_sd = 0.2\n", "", "d.toml:9: a law without `step_sd` says nothing"),
            ("\"exponential\"", "\"soft\"", "d.toml:8: law = \"soft\" has no nonlinearity; remove it"),
            ("nonlinearity = 2.1\n", "", "d.toml:6: law = \"exponential\" needs `nonlinearity`: its β"),
            ("nonlinearity = 2.1", "nonlinearity = -2.1", "d.toml:8: nonlinearity = -2.1: β goes from 0"),
            (
                "\"exponential\"\nstep = 0.012\nnonlinearity = 2.1",
                "\"neurosim\"\npulses = 9\nnonlinearity = 9.5",
                "d.toml:8: nonlinearity = 9.5: the label",
            ),
            (
                "\"exponential\"\nstep = 0.012",
                "\"neurosim\"\nstep = 0.1\npulses = 9",
                "d.toml:8: `step` and `pulses` say the same",
            ),
            ("step = 0.012", "pulses = 97", "d.toml:7: `pulses` goes with law = \"neurosim\""),
            ("step = 0.012\n", "", "d.toml:6: law = \"exponential\" needs `step`"),
            ("step = 0.012", "step = 0", "d.toml:7: step = 0: it must be above 0 and at most 1"),
            ("step = 0.012", "step = nan", "d.toml:7: step = NaN"),
            (
                "law = \"table\"",
                "law = \"table\"\nstep = 0.1",
                "d.toml:13: a table has its steps in its points",
            ),
            ("[0.5, 0.03]", "[0.4, 0.03]", "d.toml:13: the x of a table ascend"),
            ("[1.0, 0.002]", "[1.0, 0.002, 3]", "d.toml:13: points of a table are [x, step], not 3 numbers"),
            ("[1.0, 0.002]", "[1.0, -0.002]", "d.toml:13: a point of a table is [x, step]"),
            ("table = [[", "# [[", "d.toml:12: law = \"table\" needs `table`"),
            (
                "law = \"table\"",
                "law = \"linear\"\nstep = 0.1",
                "d.toml:14: a table goes with law = \"table\"",
            ),
            ("cycle_sd = 0.3\n", "", "d.toml:21: `cycle_of` says what `cycle_sd` is"),
            ("\"exponential\"", "\"exponent\"", "d.toml:6: "),
        ];
        for (old, new, told) in cases {
            assert_eq!(WHOLE.matches(old).count(), 1, "{old}");
            let error = parsed(&WHOLE.replace(old, new)).unwrap_err();
            assert!(error.starts_with(told) && error.lines().count() == 1, "'{told}' expected: {error}");
        }
    }
}
