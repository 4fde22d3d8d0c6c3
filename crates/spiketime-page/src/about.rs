//! What a page is, in words: its lead, its data and their licences, how to cite it, when and where it was made.

use std::collections::BTreeSet;

use maud::{Markup, html};
use spiketime_data::own::Source;
use spiketime_data::{DataError, DatasetName, Facts};
use spiketime_study::spaced::spaced;
use spiketime_study::study;

use crate::{Material, section};

/// What the page says first.
pub fn introduction(material: &Material) -> Markup {
    let (planned, finished) = (material.evidence.planned, material.evidence.finished);
    let done = planned.keys().filter(|id| finished.contains_key(*id)).count();
    let is_sample = planned.values().any(|run| run.is_sample);
    html! {
        @if !material.about.lead.trim().is_empty() { p { (material.about.lead.trim()) } }
        @if let Some(source) = &material.about.source { p { "Claims and published values are those of " (cited(source)) "." } }
        p {
            "Lines are the mean over seeds, bands where 95 % of single runs would fall; diamonds are published points. "
            "Hover over or touch a point for its value."
        }
        @if is_sample { p.note { "These runs saw the embedded sample of the data, not the full sets." } }
        @if done < planned.len() {
            p.note {
                (done) " of " (planned.len()) " runs are finished; the rest waits for "
                code { (material.called.all()) } "."
            }
        }
        @for reason in material.damaged { p.note { "damaged, left out: " (reason) } }
    }
}

fn cited(source: &study::Source) -> Markup {
    html! {
        (source.author) ", "
        @match &source.link {
            Some(link) => a href=(link) { (source.title) },
            None => (source.title),
        }
        @if let Some(year) = source.year { " (" (year) ")" }
    }
}

fn sets(material: &Material) -> BTreeSet<DatasetName> {
    let conditions = material.evidence.experiments.iter().flat_map(|experiment| &experiment.conditions);
    conditions.filter_map(|condition| condition.dataset.known()).collect()
}

/// What is known of a data set of the study's own.
fn own_set(name: &str, source: &Source, facts: &Facts) -> Markup {
    let (what, [rows, columns]) =
        (if facts.longest_ms.is_some() { "recordings" } else { "images" }, facts.shape);
    html! {
        p {
            strong { (source.title.as_deref().unwrap_or(name)) } ": "
            (spaced(facts.train_images)) " training and " (spaced(facts.test_images)) " test " (what) " of "
            (rows) " × " (columns) " inputs, " (facts.classes.len()) " classes"
            @if let Some(held) = facts.held_out {
                "; the test set is a share of " (held.share) " held out by seed " (held.seed)
            }
            "."
            @if let Some(citation) = &source.citation { " " (citation) "." }
            @if let Some(licence) = &source.licence { " Licence: " (licence) "." }
            " SHA-256 of the content: " code { (facts.sha256) } "."
        }
    }
}

/// The data: pictures, classes, who made them, under which licence.
///
/// # Errors
/// When the embedded sample, whose first images are shown, cannot be read.
pub fn data(material: &Material) -> Result<Markup, DataError> {
    let pictures = &material.about.pictures;
    let shown = pictures
        .iter()
        .filter_map(|picture| {
            let set = picture.dataset.known()?;
            Some(section::images(set, picture.images, &picture.title, &picture.caption))
        })
        .collect::<Result<Vec<Markup>, DataError>>()?;
    Ok(html! {
        h2 id="data" { "The data" }
        div.figures { @for picture in &shown { (picture) } }
        @for (name, set) in material.sets { (own_set(name, &set.source, &set.facts)) }
        @for set in sets(material) {
            p { strong { (set.title()) } ": " (set.citation()) ". Licence: " (set.licence()) "." }
            @if set.classes()[0] != "0" {
                details {
                    summary { "the classes of " (set.title()) }
                    table { tbody { @for (label, name) in set.classes().iter().enumerate() { tr { td { (label) } td { (name) } } } } }
                }
            }
        }
    })
}

/// Where it was made, when, by which version; how to cite it.
pub fn provenance(material: &Material) -> Markup {
    let finished = material.evidence.finished;
    let seconds: f64 = finished.values().map(|record| record.provenance.seconds).sum();
    let any = finished.values().next();
    html! {
        h2 id="provenance" { "Provenance" }
        @if let Some(record) = any {
            p {
                (finished.len()) " runs by Spiketime " (record.provenance.version) ", engine " (record.provenance.engine)
                ", random streams " code { (record.streams) } ", on " (record.provenance.host)
                @if let Some(machine) = material.machine {
                    " (" (machine.processor) ", " (machine.threads) " threads)"
                    @if let Some(made) = &machine.made { ", " (made) }
                }
                "; " (minutes(seconds)) " of one thread in all."
            }
        } @else {
            p.note { "No run is finished yet: " code { (material.called.all()) } " makes them, "
                code { (material.called.quick()) } " gives a first look." }
        }
        p { "To cite this page: " (citation(material)) }
        p { "Everything on this page again: " code { (material.called.all()) } "." }
    }
}

fn minutes(seconds: f64) -> String {
    if seconds < 120.0 { format!("{seconds:.0} seconds") } else { format!("{:.0} minutes", seconds / 60.0) }
}

fn citation(material: &Material) -> Markup {
    let made = material.machine.and_then(|machine| machine.made.as_deref());
    html! {
        em { (material.about.title) } ", a study by Spiketime " (env!("CARGO_PKG_VERSION"))
        @if let Some(made) = made { ", made " (made) }
        @if let Some(source) = &material.about.source { "; after " (cited(source)) }
        "."
    }
}
