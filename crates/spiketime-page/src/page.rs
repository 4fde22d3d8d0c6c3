//! The page: verdicts first, then the data, each experiment, and where it all ran.
//!
//! One file that asks nothing of the network. What is missing is told where it would be, with the
//! command that makes it.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use spiketime_data::DataError;

use crate::{Material, about, section, verdicts};

/// The whole page.
///
/// # Errors
/// When the embedded sample, whose first images are shown, cannot be read.
pub fn page(material: &Material) -> Result<String, DataError> {
    let experiments = material.evidence.experiments;
    let sections = experiments.iter().map(|experiment| section::section(material, experiment));
    let sections = sections.collect::<Result<Vec<Markup>, DataError>>()?;
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (material.about.title) }
                link rel="icon" href="data:,";
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                h1 { (material.about.title) }
                (about::introduction(material))
                nav {
                    @if !material.claims.is_empty() { a href="#verdicts" { "verdicts" } }
                    a href="#data" { "data" }
                    @for experiment in experiments { a href={ "#" (experiment.name) } { (section::short(experiment)) } }
                    a href="#provenance" { "provenance" }
                }
                @if !material.claims.is_empty() { (verdicts::table(material)) }
                (about::data(material)?)
                @for section in &sections { (section) }
                (about::provenance(material))
                div id="tip" role="status" hidden {}
                script { (PreEscaped(include_str!("page.js"))) }
            }
        }
    };
    Ok(whole.into_string())
}
