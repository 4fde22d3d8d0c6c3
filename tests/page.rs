//! The page: whole from the committed record, asking nothing of the network; honest when runs are missing.

use std::collections::BTreeMap;

use spiketime_page::{Called, Classes, Material, files, page};
use spiketime_sim::Engine;
use spiketime_study::archive::{self, Archive};
use spiketime_study::data_sets::OwnSets;
use spiketime_study::evidence::Evidence;
use spiketime_study::judge::judge;
use spiketime_study::plan;
use spiketime_study::spec::Experiment;
use spiketime_study::study::Study;
use spiketime_train::explain::Story;
use spiketime_train::run::Run;
use spiketime_train::weights::Weights;

use crate::records::{experiments, newest_record};
use crate::resume::Folder;
use crate::validation;

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
    with_planned(experiments, &planned, archive, story, look)
}

fn with_planned<T>(
    experiments: &[Experiment],
    planned: &BTreeMap<String, Run>,
    archive: &Archive,
    story: Option<&Story>,
    look: impl Fn(&Material) -> T,
) -> T {
    let evidence = Evidence::new(experiments, planned, &archive.runs);
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

/// One network that validation images score and one that the test set scores, in all that shows a condition.
fn scored(name: &str, condition: &str, score: &str) -> Experiment {
    let metric = if score == "test" { "accuracy" } else { "accuracy_validation" };
    let panels = ["curve", "key", "heat-map", "confusion", "histogram", "map"].map(|kind| match kind {
        "curve" => format!("{{ kind = 'curve', metric = '{metric}' }}"),
        "key" => format!("{{ kind = 'key', keys = ['inhibition'], metric = '{metric}' }}"),
        "heat-map" => {
            format!("{{ kind = 'heat-map', keys = ['inhibition', 'neurons'], metric = '{metric}' }}")
        }
        kind => format!("{{ kind = '{kind}', caption = 'what it is' }}"),
    });
    let claim = format!(
        "claim = [{{ id = '{condition}', question = 'does it learn?', statistic = [{{ rule = 'learned', metric = '{metric}', \
         condition = '{condition}', images = 90 }}] }}]"
    );
    let keys = format!("maps = [90]\npanel = [{}]\n{claim}", panels.join(", "));
    let text = validation::text(&keys, &format!("score = '{score}'"));
    let text = text.replace("'small'", &format!("'{condition}'"));
    Experiment::parse(&text, "x.toml".as_ref(), name.into()).expect("sound")
}

#[test]
fn a_condition_that_validation_images_score_is_marked_wherever_it_is_shown_and_no_other_is() {
    let experiments = [scored("tuned", "small", "validation"), scored("looked", "tested", "test")];
    let planned = plan::runs(&experiments, |_| true).expect("sound names");
    let (mut runs, mut maps) = (BTreeMap::new(), BTreeMap::new());
    for run in planned.values() {
        let folder = Folder::new();
        let record = folder.finish(run, Engine::Dense);
        let map = Weights::from_npy(&folder.weights(&record)[0]).expect("a sound map");
        maps.insert((record.condition.name.clone(), 90), map);
        runs.insert(record.id.clone(), record);
    }
    let (html, files) = with_planned(&experiments, &planned, &Archive { runs, maps }, None, |material| {
        (page::page(material).expect("the sample is embedded"), files(material))
    });
    let (head, sections) = html.split_once("<h2 id=\"tuned\"").expect("its section");
    let (tuned, looked) = sections.split_once("<h2 id=\"looked\"").expect("its section");
    let meaning = "validation: scored on validation images, not the test set";
    for told in [
        ">small, validation</text>",
        "small, validation, 90 images: ",
        "small, validation from ",
        "small, validation, inhibition = ",
        "small, validation: predicted class",
        "small, validation: neurons by the class",
        "neurons of small, validation after 90",
        "small, validation, N = 12",
        &format!("<figcaption>{meaning}</figcaption>"),
        &format!("<figcaption>what it is; {meaning}</figcaption>"),
    ] {
        assert!(tuned.contains(told), "{told}");
    }
    // Six charts, a map, and the claim; in the table at the head one of two.
    assert_eq!((tuned.matches(meaning).count(), head.matches(meaning).count()), (7, 1));
    assert!(looked.contains("tested: predicted class") && !looked.contains("validation"));
    let svg = |name: &str| {
        let found =
            files.iter().find(|(file, _)| file == name).map(|(_, bytes)| String::from_utf8_lossy(bytes));
        found.expect(name).into_owned()
    };
    assert!(svg("tuned-accuracy-validation.svg").contains(">small, validation<"));
    assert!(svg("tuned.svg").contains(">small, validation, 90 images<"));
}
