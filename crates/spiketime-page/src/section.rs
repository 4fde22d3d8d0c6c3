//! An experiment on the page: its question, its claims, its panels, the command that makes it again.

use maud::{Markup, PreEscaped, html};
use spiketime_data::builtin::SIDE;
use spiketime_data::source::embedded;
use spiketime_data::{DataError, DatasetName};
use spiketime_study::panel::{Kind, Panel};
use spiketime_study::spaced::spaced;
use spiketime_study::spec::Experiment;
use spiketime_study::statistics::Verdict;
use spiketime_train::condition::Condition;
use spiketime_train::run::nameless;
use spiketime_train::story;

use crate::chart::Chart;
use crate::panels::{Drawn, Shown, drawn};
use crate::picture::{Picture, columns};
use crate::{Material, presentation, scored, verdicts};

/// What a section is called for short.
#[must_use]
pub fn short(experiment: &Experiment) -> String {
    match &experiment.figure {
        Some(number) => format!("figure {number}"),
        None => experiment.name.clone(),
    }
}

/// The section of an experiment.
///
/// # Errors
/// When the embedded sample, whose first images it may show, cannot be read.
pub fn section(material: &Material, experiment: &Experiment) -> Result<Markup, DataError> {
    let drawn = drawn(&material.evidence, experiment, &material.palette());
    let is_bare = drawn.iter().all(|drawn| drawn.panel.folded);
    let claims = |id: &str| material.claims.iter().filter(|claim| claim.id == id).collect::<Vec<_>>();
    let panels =
        drawn.iter().map(|drawn| panel(material, experiment, drawn)).collect::<Result<Vec<_>, _>>()?;
    Ok(html! {
        h2 id=(experiment.name) { (heading(experiment)) }
        @if !experiment.question.is_empty() { p { strong { (experiment.question) } } }
        @if !experiment.analysis.is_empty() { p { (experiment.analysis) } }
        @for id in experiment.judged() {
            @for found in claims(id) { (verdicts::claim(material, found, is_bare && found.verdict != Verdict::Waiting)) }
        }
        @for row in rows(experiment, &drawn, panels) { (row) }
        p.command { "Again, alone: " code { (material.called.one(&experiment.name)) } }
    })
}

/// Open charts side by side; what is folded, or more than figures, in rows of its own.
fn rows(experiment: &Experiment, drawn: &[Drawn], panels: Vec<Markup>) -> Vec<Markup> {
    let is_open = |drawn: &Drawn| {
        !drawn.panel.folded
            && !matches!(drawn.shown, Shown::Presentation | Shown::Waits)
            && !is_wide(experiment, drawn)
    };
    let mut rows = Vec::new();
    let mut open: Vec<Markup> = Vec::new();
    for (drawn, panel) in drawn.iter().zip(panels) {
        if is_open(drawn) {
            open.push(panel);
            continue;
        }
        rows.extend(side_by_side(std::mem::take(&mut open)));
        rows.push(panel);
    }
    rows.extend(side_by_side(open));
    rows
}

fn side_by_side(panels: Vec<Markup>) -> Option<Markup> {
    (!panels.is_empty()).then(|| html! { div.figures { @for panel in &panels { (panel) } } })
}

fn heading(experiment: &Experiment) -> String {
    match &experiment.figure {
        Some(number) => format!("Figure {number}: {}", experiment.title),
        None if experiment.title == experiment.name => experiment.title.clone(),
        None => format!("{}: {}", experiment.name, experiment.title),
    }
}

fn panel(material: &Material, experiment: &Experiment, drawn: &Drawn) -> Result<Markup, DataError> {
    let panel = &drawn.panel;
    let inside = match &drawn.shown {
        Shown::Charts(charts) => {
            let caption = scored::caption(&panel.caption, panel.shown(experiment));
            html! { @for drawn in charts { (chart(drawn, &caption)) } }
        }
        Shown::Maps(maps) => {
            let brightest = material.brightest(experiment);
            html! { @for (name, images) in maps { (map(material, experiment, name, *images, brightest)) } }
        }
        Shown::Images(set, count) => images(*set, *count, "", &panel.caption)?,
        Shown::Presentation => return Ok(one_presentation(material, experiment, panel)),
        Shown::Waits => return Ok(waits(material, experiment, panel)),
    };
    Ok(match (panel.folded, is_wide(experiment, drawn)) {
        (true, _) => html! { details { summary { (what(panel.kind)) } div.figures { (inside) } } },
        (false, true) => html! { div class="figures three" { (inside) } },
        (false, false) => inside,
    })
}

/// Three networks early and late: a row early, a row late.
fn is_wide(experiment: &Experiment, drawn: &Drawn) -> bool {
    matches!(drawn.shown, Shown::Maps(_)) && experiment.conditions.len() == 3 && experiment.maps.len() > 1
}

fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Curve => "curves",
        Kind::Difference => "differences",
        Kind::Key => "over one key",
        Kind::HeatMap => "over two keys",
        Kind::Map => "maps",
        Kind::Histogram => "neurons by the class they stand for",
        Kind::Confusion => "confusion matrices",
        Kind::Images => "images",
        Kind::Presentation => "one presentation",
    }
}

/// A table that waits behind a fold is told by the figures before it.
fn waits(material: &Material, experiment: &Experiment, panel: &Panel) -> Markup {
    html! {
        @if !panel.folded {
            p.note { "This figure waits for runs: " code { (material.called.one(&experiment.name)) } "." }
        }
    }
}

fn chart(chart: &Chart, caption: &str) -> Markup {
    html! { figure { (PreEscaped(chart.inline())) figcaption { (caption) } } }
}

fn map(material: &Material, experiment: &Experiment, condition: &str, images: u64, brightest: f32) -> Markup {
    let told = scored::label_of(experiment, condition);
    let name = format!("{condition}-{images}");
    let (kept, weights) = material.map(condition, images);
    let Some(weights) = weights else {
        return html! {
            p.note {
                "The map of " (told) " after " (spaced(images)) " images is not there; seed 1 makes it: "
                code { (material.called.all()) } "."
            }
        };
    };
    let shape = material.shape(condition, weights);
    let (picture, neurons) = (Picture::map(weights, shape, brightest), weights.neurons());
    let largest = largest(material, condition, brightest);
    let classes = material.classes.get(&format!("{kept}-{images}")).map(|classes| {
        let told = classes.iter().map(|c| c.map_or_else(|| "null".to_owned(), |class| class.to_string()));
        format!("[{}]", told.collect::<Vec<_>>().join(","))
    });
    let alt = format!(
        "Weights of all {neurons} neurons of {told} after {} images, seed 1, one tile of {} by {} \
         pixels a neuron, from violet (0) to yellow ({largest})",
        spaced(images),
        shape[0],
        shape[1]
    );
    let caption = format!("{told}, N = {neurons}, after {} images, seed 1", spaced(images));
    html! {
        figure {
            img.map src=(picture.address()) alt=(alt) width=(picture.width) height=(picture.height)
                data-name={ "map-" (name) } data-neurons=(neurons)
                data-tiles=(columns(neurons, shape)) data-tile={ (shape[1] + 1) "," (shape[0] + 1) } data-classes=[classes];
            div.bar { "0" i {} (largest) }
            figcaption { (scored::caption(&caption, material.condition(condition).into_iter())) }
        }
    }
}

/// What is brightest: g_max of a condition, as its file says, or less.
fn largest(material: &Material, condition: &str, part: f32) -> String {
    let mine = material.condition(condition).map(|condition| condition.conductance_max_ns);
    match mine {
        None => "g_max".to_owned(),
        Some(max_ns) if part < 1.0 => format!("{:.1} nS; g_max is {max_ns}", max_ns * f64::from(part)),
        Some(max_ns) => format!("{max_ns} nS = g_max"),
    }
}

/// The first training images of a data set, from the embedded sample.
///
/// # Errors
/// When that cannot be read.
pub fn images(set: DatasetName, count: usize, title: &str, caption: &str) -> Result<Markup, DataError> {
    let data = embedded(set)?;
    let count = count.min(data.train.len());
    let shown: Vec<&[u8]> = (0..count).filter_map(|image| data.train.presented(image).image()).collect();
    let picture = Picture::images(&shown, [SIDE, SIDE]);
    let name = title.to_lowercase().replace(' ', "-");
    let name = if name.is_empty() { format!("images-{set}") } else { name };
    Ok(html! {
        figure {
            img.map src=(picture.address()) data-name=(name) width=(3 * picture.width) height=(3 * picture.height)
                alt={ "The first " (count) " training images of " (set.title()) };
            figcaption { @if !title.is_empty() { (title) ": " } (caption) }
        }
    })
}

fn one_presentation(material: &Material, experiment: &Experiment, panel: &Panel) -> Markup {
    let of = |told: &Condition| panel.shown(experiment).any(|shown| nameless(shown) == nameless(told));
    let told = material.story.filter(|told| of(&told.condition));
    let command = |image: usize| {
        let name = panel.shown(experiment).next().map_or("", |condition| condition.name.as_str());
        material.called.explain(&experiment.name, name, image)
    };
    html! {
        h3 { "One image: what happens when it is shown" }
        @match told {
            None => p.note { "No presentation was told with these results; tell one: " code { (command(0)) } "." },
            Some(told) => {
                @let class = |class| told.condition.dataset.class_name(usize::from(class));
                p {
                    "Training image " (told.image) " of network " (scored::label(&told.condition)) ", seed " (told.seed)
                    ": class " (class(told.vote.label)) ", voted class " (class(told.vote.class)) "."
                }
                div.figures {
                    (chart(&presentation::raster(told), "Input spikes; lines across are output spikes"))
                    (chart(&presentation::membranes(told), &membranes(told)))
                    (chart(&presentation::thresholds(told), &thresholds(told)))
                }
                details { summary { "the story in words" } pre { (story::text(told)) } }
                p.command { "Again: " code { (command(told.image)) } }
            }
        }
    }
}

fn membranes(told: &spiketime_train::explain::Story) -> String {
    format!(
        "Potentials of the most active neuron and its nearest rival. Output spikes: {}.",
        presentation::wins(told)
    )
}

fn thresholds(told: &spiketime_train::explain::Story) -> String {
    let (rise, tau) = (told.condition.adaptation_mv, told.condition.tau_adaptation_ms);
    format!("Threshold drift: + {rise} mV at an own spike, back with {tau} ms")
}
