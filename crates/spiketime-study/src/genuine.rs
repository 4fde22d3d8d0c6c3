//! Which networks the report's claims speak of: a name alone does not make a network the report's.
//!
//! Each condition of the report's study by its name, with the id of its first run, which holds every constant.

use spiketime_train::run::{self, Run};

/// (name, id of the run with seed 1), by name.
#[rustfmt::skip]
const CONDITIONS: &[(&str, &str)] = &[
    ("beta-0-1", "781cdcaadc2b9420"),
    ("beta-0-1-normalised", "7246f7c6d9663767"),
    ("beta-0-2", "9c6787aa833329c0"),
    ("beta-0-2-normalised", "b61593673d54e6ac"),
    ("beta-0-3", "761e5d76dcad8862"),
    ("beta-0-3-normalised", "7693abd1833b1c37"),
    ("beta-0-5-normalised", "e36f963530fb930e"),
    ("beta-1-0", "a8425e7a1f4aeb41"),
    ("beta-1-0-normalised", "6995492d845d1ab6"),
    ("beta-1-1-normalised", "d621f066bf258b42"),
    ("beta-1-2", "1e4517cb2a25473b"),
    ("beta-1-2-normalised", "861796e3be5680c0"),
    ("beta-1-3", "52a6a1a31cc15d98"),
    ("beta-1-3-normalised", "fb2f156ed235f0d2"),
    ("beta-1-5", "cde4c8293b168e56"),
    ("beta-1-5-normalised", "0ec945266481cc2f"),
    ("beta-2-0", "5132adbd9674fa83"),
    ("beta-2-0-normalised", "4f17570d94f50876"),
    ("beta-2-1", "02a4185bf0bb2a24"),
    ("beta-2-1-normalised", "200315f8c851c9ca"),
    ("beta-2-2", "ed9dab49ea483066"),
    ("beta-2-2-normalised", "942bb7c015bd2475"),
    ("beta-2-3", "3f0698cbb0557063"),
    ("beta-2-3-normalised", "f4d7d4c0adb7def6"),
    ("beta-2-5", "d7d54b954c61fe42"),
    ("beta-2-5-normalised", "c198ac267cf83f49"),
    ("beta-3-0", "5290829b8b2564da"),
    ("beta-3-0-normalised", "50de105fcb1afd9f"),
    ("beta-3-1", "e7a675f0b71a4b4f"),
    ("beta-3-1-normalised", "9ad84ff927a2de6d"),
    ("beta-3-2", "d6f122b5739110e6"),
    ("beta-3-2-normalised", "7a0e546ca1189606"),
    ("beta-3-3", "b4a1ecf144e614a3"),
    ("beta-3-3-normalised", "775fb9b56cb2ef3e"),
    ("beta-3-5", "38ef4b1d1e11b110"),
    ("beta-3-5-normalised", "81c796246473f0e9"),
    ("beta-5-0", "15bca9f869383ddf"),
    ("beta-5-0-normalised", "9da97e262bdbd287"),
    ("beta-5-1", "eec1637fff513683"),
    ("beta-5-1-normalised", "bad52bb3f2f1897f"),
    ("beta-5-2", "3c64abdb4487275b"),
    ("beta-5-2-normalised", "5a6dad0b9096139f"),
    ("beta-5-3", "ba3c17fe7330ebe8"),
    ("beta-5-3-normalised", "a0b720e339868dcf"),
    ("beta-5-5", "5178fd5a4a8656a3"),
    ("beta-5-5-normalised", "9967e3f8f627bfbd"),
    ("fashion", "0bdb2137be69dff1"),
    ("highest-only", "4334b0c4a009441e"),
    ("n36", "8f52110ae1adbf2c"),
    ("none", "30abdc3fee5edf60"),
    ("nonlinear-asymmetric", "2b0b1f6852115fe7"),
    ("nonlinear-reversed", "e513d55d8aa94169"),
    ("nonlinear-symmetric", "fb830b02e44e98ee"),
    ("soft", "7a36abcdb8df3906"),
    ("variation-40-50-off", "e8cb4ce72927bb1c"),
    ("variation-40-50-on", "2db6a9074dd5be45"),
    ("variation-40-60-off", "4621d09be07ddfd4"),
    ("variation-40-60-on", "a498322efe5cbf8e"),
    ("wta", "01388bcfd6d04887"),
];

/// Is it a network of the report's study, under the name that it has there?
pub(crate) fn is_the_reports(run: &Run) -> bool {
    let named = CONDITIONS.iter().find(|(name, _)| *name == run.condition.name);
    named.is_some_and(|(_, id)| *id == run::id(&run.condition, 1, false, None))
}
