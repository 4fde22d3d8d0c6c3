//! The page: whole from the committed record, asking nothing of the network; honest when runs are missing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use spiketime_page::{Called, Classes, Material, files, page};
use spiketime_study::archive::{self, Archive};
use spiketime_study::data_sets::OwnSets;
use spiketime_study::evidence::Evidence;
use spiketime_study::judge::judge;
use spiketime_study::plan;
use spiketime_study::spec::Experiment;
use spiketime_study::study::Study;
use spiketime_train::explain::Story;

use crate::records::experiments;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests lie below the root").to_owned()
}

fn newest_record() -> PathBuf {
    let entries = std::fs::read_dir(root().join("records")).expect("a record is committed");
    entries.map(|entry| entry.expect("readable").path()).max().expect("a record is committed")
}

fn with_material<T>(archive: &Archive, story: Option<&Story>, look: impl Fn(&Material) -> T) -> T {
    with_experiments(&experiments(), archive, story, look)
}

fn with_experiments<T>(
    experiments: &[Experiment],
    archive: &Archive,
    story: Option<&Story>,
    look: impl Fn(&Material) -> T,
) -> T {
    let planned = plan::runs(experiments, |_| false).expect("sound names");
    let evidence = Evidence::new(experiments, &planned, &archive.runs);
    let (claims, classes, sets) = (judge(&evidence), Classes::new(), OwnSets::new());
    look(&Material {
        about: &Study::report().expect("a sound study").about,
        sets: &sets,
        called: &Called { study: "report".into(), ..Called::default() },
        evidence,
        claims: &claims,
        maps: &archive.maps,
        classes: &classes,
        story,
        machine: None,
        damaged: &[],
    })
}

#[test]
fn the_page_of_the_committed_record_is_whole_and_asks_nothing_of_the_network() {
    let folder = newest_record();
    let archive = archive::read(&folder).expect("a sound record");
    let text = std::fs::read(folder.join("explain.json")).expect("a record holds a story");
    let story: Story = serde_json::from_slice(&text).expect("a sound story");
    let (html, names) = with_material(&archive, Some(&story), |material| {
        let names: Vec<String> = files(material).into_iter().map(|(name, _)| name).collect();
        (page::page(material).expect("the sample is embedded"), names)
    });
    assert!(html.len() < 10 << 20, "{} bytes", html.len());
    for figure in 3..=14 {
        assert!(html.contains(&format!("id=\"fig{figure:02}\"")), "section of figure {figure}");
        assert!(names.contains(&format!("fig{figure:02}.svg")), "file of figure {figure}");
        assert!(names.contains(&format!("fig{figure:02}.png")), "file of figure {figure}");
    }
    assert!(!html.contains("is not there") && !html.contains("waits for"), "something is missing");
    let asks = ["src=\"http", "url(http", "@import", "<script src", "fetch("];
    assert!(asks.iter().all(|ask| !html.contains(ask)));
    // Clip paths of two charts must not share a name, or one cuts the other.
    let mut clips: Vec<&str> =
        html.split("<clipPath id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = clips.len();
    clips.sort_unstable();
    clips.dedup();
    assert!(all > 20 && clips.len() >= all - shared_networks(), "{all} clip paths, {} names", clips.len());
}

/// Confusion matrices of a network stand under every figure that shows it: equal charts may share a name.
fn shared_networks() -> usize {
    let mut names = BTreeMap::new();
    for condition in experiments().iter().flat_map(|experiment| experiment.conditions.clone()) {
        *names.entry(condition.name).or_insert(0_usize) += 1;
    }
    names.values().map(|count| count - 1).sum()
}

#[test]
fn without_results_every_figure_says_what_makes_it_and_nothing_is_drawn_empty() {
    let nothing = Archive { runs: BTreeMap::new(), maps: BTreeMap::new() };
    let (html, files) = with_material(&nothing, None, |material| {
        (page::page(material).expect("the sample is embedded"), files(material))
    });
    assert!(!html.contains("class=\"chart\"") && files.is_empty());
    assert!(html.contains("No run is finished yet") && html.contains("spiketime run report --quick"));
    assert!(html.contains("The map of wta after 60\u{a0}000 images is not there"));
    assert!(html.contains("This figure waits for runs: <code>spiketime run fig03</code>"));
    assert!(html.contains("No presentation was told with these results"));
}

#[test]
fn a_name_from_a_file_cannot_become_markup() {
    const EVIL: &str = "soft\"><script>alert(1)</script>";
    let mut experiments = experiments();
    let mut archive = archive::read(&newest_record()).expect("a sound record");
    for condition in experiments.iter_mut().flat_map(|experiment| &mut experiment.conditions) {
        if condition.name == "soft" {
            condition.name = EVIL.to_owned();
        }
    }
    let map = archive.maps.remove(&("soft".to_owned(), 60_000)).expect("the map of figure 4");
    archive.maps.insert((EVIL.to_owned(), 60_000), map);
    let (html, files) = with_experiments(&experiments, &archive, None, |material| {
        (page::page(material).expect("the sample is embedded"), files(material))
    });
    assert!(html.matches("&lt;script&gt;alert(1)").count() > 5, "its charts and its map are there");
    assert!(!html.contains("<script>alert"));
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".svg")) {
        assert!(!String::from_utf8_lossy(bytes).contains("<script>alert"), "{name}");
    }
}
