//! The page: verdicts first, then each figure beside the report's, the open questions, where it ran.
//!
//! One file that asks nothing of the network. What is missing is told where it would be, with the
//! command that makes it.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use spiketime_data::source::embedded;
use spiketime_data::{DataError, DatasetName};
use spiketime_study::spec::Experiment;
use spiketime_study::statistics::Verdict;
use spiketime_study::verdict::{Claim, with_interval};
use spiketime_train::story;
use spiketime_train::weights::Weights;

use crate::chart::{Chart, spaced};
use crate::picture::Picture;
use crate::tables::FASHION;
use crate::{Material, asymmetries, curves, maps, presentation, tables};

/// The whole page.
///
/// # Errors
/// When the embedded sample, whose first images are shown, cannot be read.
pub fn page(material: &Material) -> Result<String, DataError> {
    let experiments = material.evidence.experiments;
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Spiketime: the report, replicated" }
                link rel="icon" href="data:,";
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                h1 { "The report, replicated" }
                (introduction(material))
                nav {
                    a href="#verdicts" { "verdicts" }
                    a href="#data" { "figures 1, 2" }
                    @for experiment in experiments { a href={ "#" (experiment.name) } { (short(experiment)) } }
                    a href="#presentation" { "one image" }
                    a href="#provenance" { "provenance" }
                }
                (verdicts(material))
                (data_sets()?)
                @for experiment in experiments { (section(material, experiment)) }
                (one_presentation(material))
                (provenance(material))
                div id="tip" role="status" hidden {}
                script { (PreEscaped(include_str!("page.js"))) }
            }
        }
    };
    Ok(whole.into_string())
}

fn short(experiment: &Experiment) -> String {
    match &experiment.figure {
        Some(number) => format!("figure {number}"),
        None => experiment.name.to_uppercase(),
    }
}

fn introduction(material: &Material) -> Markup {
    let (planned, finished) = (material.evidence.planned, material.evidence.finished);
    let done = planned.keys().filter(|id| finished.contains_key(*id)).count();
    html! {
        p {
            "Every experiment of the report, run again with several seeds by an exact, event-driven simulator. "
            "Lines are the mean over seeds, bands where 95 % of single runs would fall; diamonds are the "
            "report's own points. Hover over or touch a point for its value."
        }
        @if done < planned.len() {
            p.note {
                (done) " of " (planned.len()) " runs are finished; the rest waits for "
                code { "spiketime replicate-all" } "."
            }
        }
        @for reason in material.damaged { p.note { "damaged, left out: " (reason) } }
    }
}

fn class_of(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reproduced => "verdict reproduced",
        Verdict::PartlyReproduced => "verdict partly-reproduced",
        Verdict::NotReproduced => "verdict not-reproduced",
        Verdict::Refuted => "verdict refuted",
        Verdict::NotDecidable => "verdict not-decidable",
        Verdict::Yes => "verdict yes",
        Verdict::No => "verdict no",
        Verdict::Measured => "verdict measured",
        Verdict::Waiting | Verdict::Quick | Verdict::Sample => "verdict waiting",
    }
}

fn verdicts(material: &Material) -> Markup {
    let experiments = material.evidence.experiments;
    let of =
        |id: &str| experiments.iter().find(|experiment| experiment.claims.iter().any(|claim| claim == id));
    html! {
        h2 id="verdicts" { "Verdicts" }
        table.verdicts {
            thead { tr { th { "claim" } th { "what the report says or asks" } th { "verdict" } th { "report against ours (95 %)" } } }
            tbody {
                @for claim in material.claims {
                    tr {
                        td {
                            @match of(&claim.id) {
                                Some(experiment) => a href={ "#" (experiment.name) } { (claim.id) },
                                None => (claim.id),
                            }
                        }
                        td { (claim.claim) }
                        td { span class=(class_of(claim.verdict)) { (claim.verdict) } }
                        td.number {
                            @for part in claim.parts.iter().filter(|part| part.report.is_some()) {
                                div title=(part.statistic) { (part.report.map_or_else(String::new, |r| format!("{r:.1}"))) " / " (with_interval(part)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A claim and its verdict; its statistics stand open where no figure shows them.
fn claim(claim: &Claim, is_open: bool) -> Markup {
    html! {
        p {
            strong { (claim.id) ": " } (claim.claim) " — "
            span class=(class_of(claim.verdict)) { (claim.verdict) }
        }
        @if !claim.parts.is_empty() {
            details open[is_open] {
                summary { "every statistic of " (claim.id) }
                table {
                    thead { tr { th { "statistic" } th { "report" } th { "ours (95 %)" } th { "seeds" } th { "verdict" } } }
                    tbody {
                        @for part in &claim.parts {
                            tr {
                                td { (part.statistic) }
                                td.number { (part.report.map_or_else(String::new, |r| format!("{r:.1}"))) }
                                td.number { (with_interval(part)) }
                                td.number { (part.seeds) }
                                td { span class=(class_of(part.verdict)) { (part.verdict) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn section(material: &Material, experiment: &Experiment) -> Markup {
    let (charts, wanted) = (curves(material, experiment), maps(material, experiment));
    let grids = asymmetries(material, experiment);
    let is_empty = charts.is_empty() && grids.is_empty();
    let is_bare = is_empty && wanted.is_empty();
    // Three networks early and late: a row early, a row late.
    let wide = experiment.conditions.len() == 3 && experiment.maps.len() > 1;
    let (shows, waits) = (wanted.is_empty(), experiment.name == "q6" || experiment.checkpoints.len() > 1);
    html! {
        h2 id=(experiment.name) { (capitalised(&short(experiment))) ": " (experiment.title) }
        p { strong { (experiment.question) } }
        p { (experiment.analysis) }
        @for id in &experiment.claims {
            @for found in material.claims.iter().filter(|claim| &claim.id == id) { (claim(found, is_bare)) }
        }
        div class=(if wide { "figures three" } else { "figures" }) {
            @for drawn in charts.iter().chain(&grids) { (chart(drawn, caption(drawn))) }
            @for (name, images, weights) in &wanted { (map(material, name, *images, *weights)) }
        }
        @if shows && waits && is_empty { (waiting(experiment)) }
        (detail(material, experiment))
        p.command { "Again, alone: " code { "spiketime run experiments/" (experiment.name) ".toml" } }
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn waiting(experiment: &Experiment) -> Markup {
    html! {
        p.note {
            "This figure waits for runs: " code { "spiketime run experiments/" (experiment.name) ".toml" } "."
        }
    }
}

/// Which labels a curve was scored with.
fn caption(chart: &Chart) -> &'static str {
    if chart.name.ends_with("final-labels") {
        "Every point scored with the labels of the network after its last image, as in the author's code"
    } else if chart.name.starts_with("q6") {
        ""
    } else {
        "Every point scored with labels of its own"
    }
}

fn chart(chart: &Chart, caption: &str) -> Markup {
    html! { figure { (PreEscaped(chart.inline())) figcaption { (caption) } } }
}

/// Confusion matrices behind curves, label histograms behind maps, at the last point of one epoch.
fn detail(material: &Material, experiment: &Experiment) -> Markup {
    let last = experiment.checkpoints.iter().copied().filter(|&images| images <= 60_000).max().unwrap_or(0);
    let conditions = experiment.conditions.iter();
    let is_figure = experiment.figure.is_some();
    let charts: Vec<Chart> = if !is_figure {
        Vec::new()
    } else if experiment.maps.is_empty() {
        conditions.filter_map(|condition| tables::confusion(&material.evidence, condition, last)).collect()
    } else {
        let drawn = |condition| tables::histogram(&material.evidence, experiment, condition, last);
        conditions.filter_map(drawn).collect()
    };
    let what = if experiment.maps.is_empty() { "confusion matrices" } else { "label histograms" };
    html! {
        @if !charts.is_empty() {
            details open[!experiment.maps.is_empty()] {
                summary { (what) " at " (spaced(last)) " images" }
                div.figures {
                    @for drawn in &charts { (chart(drawn, network(drawn))) }
                }
            }
        }
    }
}

/// The network whose labels a histogram counts; a confusion matrix has it in its title.
fn network(chart: &Chart) -> &str {
    let of = chart.name.strip_prefix("labels-").and_then(|rest| rest.rsplit_once('-'));
    of.map_or("", |(network, _)| network)
}

fn map(material: &Material, condition: &str, images: u64, weights: Option<&Weights>) -> Markup {
    let name = format!("{condition}-{images}");
    let Some(weights) = weights else {
        return html! {
            p.note {
                "The map of " (condition) " after " (spaced(images)) " images is not there; seed 1 of "
                code { "spiketime replicate-all" } " makes it."
            }
        };
    };
    let (picture, neurons) = (Picture::map(weights), weights.neurons());
    let classes = material.classes.get(&name).map(|classes| {
        let told = classes.iter().map(|c| c.map_or_else(|| "null".to_owned(), |class| class.to_string()));
        format!("[{}]", told.collect::<Vec<_>>().join(","))
    });
    let alt = format!(
        "Weights of all {neurons} neurons of {condition} after {} images, seed 1, one tile of 28 by 28 \
         pixels a neuron, from violet (0) to yellow (g_max)",
        spaced(images)
    );
    html! {
        figure {
            img.map src=(picture.address()) alt=(alt) width=(picture.width) height=(picture.height)
                data-name={ "map-" (name) } data-neurons=(neurons)
                data-tiles=((picture.width - 1) / 29) data-classes=[classes];
            div.bar { "0 nS" i {} "100 nS = g_max" }
            figcaption { (condition) ", N = " (neurons) ", after " (spaced(images)) " images, seed 1" }
        }
    }
}

fn data_sets() -> Result<Markup, DataError> {
    let nine = |set| {
        let data = embedded(set)?;
        let images: Vec<&[u8]> = (0..9).map(|image| data.train.presented(image)).collect();
        Ok::<Picture, DataError>(Picture::images(&images))
    };
    let (digits, clothes) = (nine(DatasetName::Mnist)?, nine(DatasetName::FashionMnist)?);
    Ok(html! {
        h2 id="data" { "Figures 1 and 2: the data" }
        div.figures {
            figure {
                img.map src=(digits.address()) data-name="fig01" alt="The first nine training images of MNIST: 5 0 4, 1 9 2, 1 3 1" width="264" height="264";
                figcaption { "Figure 1: the first nine images of MNIST" }
            }
            figure {
                img.map src=(clothes.address()) data-name="fig02"
                    alt="The first nine training images of Fashion-MNIST: boot, two T-shirts; dress, T-shirt, pullover; sneaker, pullover, sandal"
                    width="264" height="264";
                figcaption { "Figure 2: the first nine images of Fashion-MNIST" }
            }
        }
        details {
            summary { "Table 1: the classes of Fashion-MNIST" }
            table { tbody { @for (label, name) in FASHION.iter().enumerate() { tr { td { (label) } td { (name) } } } } }
        }
    })
}

fn one_presentation(material: &Material) -> Markup {
    let command = "spiketime explain --experiment experiments/fig03.toml --seed 1 --image 59999";
    html! {
        h2 id="presentation" { "One image: what happens when it is shown" }
        @match material.story {
            None => p.note { "No presentation was told with these results; tell one: " code { (command) } "." },
            Some(told) => {
                p {
                    "Training image " (told.image) " of network " (told.condition.name) ", seed " (told.seed)
                    ": a " (told.vote.label) ", voted a " (told.vote.class) "."
                }
                div.figures {
                    (chart(&presentation::raster(told), "Input spikes; lines across are output spikes"))
                    (chart(&presentation::membranes(told), &format!("Potentials of the most active neuron and its nearest rival; every output spike, also of a third neuron, sets both to 0. {}.", capitalised(&presentation::wins(told)))))
                    (chart(&presentation::thresholds(told), "Threshold drift: + 10 mV at an own spike, back with 40 ms"))
                }
                details { summary { "the story in words" } pre { (story::text(told)) } }
                p.command { "Again: " code { (command) } }
            }
        }
    }
}

fn provenance(material: &Material) -> Markup {
    let finished = material.evidence.finished;
    let seconds: f64 = finished.values().map(|record| record.provenance.seconds).sum();
    let any = finished.values().next();
    html! {
        h2 id="provenance" { "Provenance" }
        @if let Some(record) = any {
            p {
                (finished.len()) " runs by Spiketime " (record.provenance.version) ", engine " (record.provenance.engine)
                ", random streams " code { (record.streams) } ", on " (record.provenance.host)
                @if let Some(machine) = material.machine { " (" (machine.processor) ", " (machine.threads) " threads)" }
                "; " (format!("{:.0}", seconds / 60.0)) " minutes of one thread in all."
            }
        } @else {
            p.note { "No run is finished yet: " code { "spiketime replicate-all" } " makes them, "
                code { "spiketime replicate-all --quick" } " gives a first look." }
        }
        p { "Everything on this page again: " code { "spiketime replicate-all" } "." }
    }
}
