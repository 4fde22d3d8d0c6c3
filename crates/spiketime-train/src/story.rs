//! A presentation as text: input, each crossing with its runner-up and what was learned, the vote.

use std::fmt::Write;

use spiketime_data::Class;

use crate::data_set::DataSet;
use crate::explain::{Crossing, Learned, Standing, Story, Vote};

/// The story as a person reads it.
#[must_use]
pub fn text(story: &Story) -> String {
    let mut text = head(story);
    for crossing in &story.crossings {
        text += &told(crossing, &story.condition.dataset);
    }
    if story.crossings.is_empty() {
        text += "\nno neuron crossed its threshold\n";
    }
    text + "\n" + &vote(&story.vote, &story.condition.dataset)
}

fn head(story: &Story) -> String {
    let Story { condition, seed, image, .. } = story;
    let inputs = condition.dataset.inputs();
    let lit = story.pixels.iter().filter(|&&pixel| pixel > 0).count();
    let sample = if story.is_sample { " of the embedded sample" } else { "" };
    format!(
        "{} seed {seed}, training image {image}{sample}: {image} images were seen before\n\
         {} input spikes from {lit} of {inputs} pixels in {} ms, {} instants with output spikes\n",
        condition.name,
        story.input_ms.len(),
        condition.image_ms,
        story.crossings.len()
    )
}

fn told(crossing: &Crossing, set: &DataSet) -> String {
    let [_, width] = set.shape();
    let pixels: Vec<String> = crossing.pixels.iter().map(|&pixel| place(pixel, width as u32)).collect();
    let mut text = format!("\n{:10.4} ms  by the input spike of {}\n", crossing.at_ms, pixels.join(", "));
    // Several may spike at one instant; the one farthest above is told in full.
    let farthest = (0..crossing.spiking.len())
        .max_by(|&a, &b| crossing.spiking[a].margin_mv.total_cmp(&crossing.spiking[b].margin_mv));
    if let Some(first) = farthest {
        let others = crossing.spiking.len() - 1;
        let company = if others > 0 { format!(", and {others} more spike") } else { String::new() };
        let _ = writeln!(text, "    spikes     {}{company}", standing(&crossing.spiking[first], set));
        let _ = writeln!(text, "    learns     {}", learned(&crossing.learned[first]));
    }
    if let Some(second) = &crossing.runner_up {
        let _ = writeln!(text, "    runner-up  {}", standing(second, set));
    }
    text
}

fn place(pixel: u32, width: u32) -> String {
    format!("row {} column {}", pixel / width, pixel % width)
}

fn standing(standing: &Standing, set: &DataSet) -> String {
    let stands_for = |class: Class| format!("stands for {}", set.class_name(class.into()));
    let class = standing.class.map_or_else(|| "silent".to_owned(), stands_for);
    let side = if standing.margin_mv > 0.0 { "above" } else { "short of" };
    format!(
        "neuron {} ({class}), {:.4} mV, {:.4} mV {side} its threshold of {:.4} mV",
        standing.neuron,
        standing.potential_mv,
        standing.margin_mv.abs(),
        standing.threshold_mv
    )
}

fn learned(learned: &Learned) -> String {
    let (gained, lost) = (learned.gained.len(), learned.lost.len());
    let held = learned.held;
    format!("{gained} synapses gained, {lost} lost, {held} stayed; {:+.3} g_max in all", learned.sum)
}

fn vote(vote: &Vote, set: &DataSet) -> String {
    let [own, class_sum, label] =
        [vote.class, vote.class_sum, vote.label].map(|class| set.class_name(class.into()));
    let all: u32 = vote.spikes.iter().sum();
    let right = if vote.class == vote.label { "right" } else { "wrong" };
    format!(
        "vote: neuron {} spiked {} of {all} times and stands for {own}; all neurons of a class together say {class_sum}\n\
         label: {label}, so the vote is {right}\n",
        vote.neuron, vote.spikes[vote.neuron]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(neuron: usize, potential_mv: f64, threshold_mv: f64) -> Standing {
        let margin_mv = potential_mv - threshold_mv;
        Standing { neuron, class: Some(8), potential_mv, base_mv: 50.0, threshold_mv, margin_mv }
    }

    #[test]
    fn a_crossing_names_the_farthest_above_and_how_much_the_runner_up_lacked() {
        let lesson = |gained| Learned { gained, lost: vec![5], held: 780, sum: 0.005 };
        let crossing = Crossing {
            at_ms: 41.25,
            pixels: vec![30],
            spiking: vec![at(1, 50.25, 50.0), at(2, 51.0, 50.0)],
            runner_up: Some(Standing { class: None, ..at(7, 47.5, 50.0) }),
            learned: vec![lesson(vec![]), lesson(vec![1, 2])],
        };
        let text = told(&crossing, &DataSet::default());
        assert!(text.contains("41.2500 ms  by the input spike of row 1 column 2\n"), "{text}");
        assert!(text.contains("neuron 2 (stands for 8), 51.0000 mV, 1.0000 mV above"), "{text}");
        assert!(text.contains("and 1 more spike") && text.contains("2 synapses gained, 1 lost"), "{text}");
        assert!(text.contains("neuron 7 (silent), 47.5000 mV, 2.5000 mV short of"), "{text}");
    }
}
