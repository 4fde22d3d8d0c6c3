//! A study of one's own: its claims, its page, its results folder; names that can be typed; folders of before.

use std::fs;
use std::path::Path;

use crate::sandbox::{Sandbox, files};

/// Two networks on the sample: one that learns and one whose weights never move.
const MINE: &str = "
title = 'Does plasticity matter?'
seeds = 3
checkpoints = [300, 1_000]

[lists]
late = [1_000]

[[condition]]
name = 'plastic'
neurons = 20
label_images = 200
test_images = 200

[[condition]]
name = 'frozen'
neurons = 20
stdp_gain = 0
stdp_loss = 0
label_images = 200
test_images = 200

[[claim]]
id = 'H1'
sentence = 'plastic synapses learn more'

[[claim.statistic]]
rule = 'higher'
condition = 'plastic'
than = { condition = 'frozen' }
images = '{late}'

[[claim]]
id = 'H2'
sentence = 'frozen synapses learn more'

[[claim.statistic]]
rule = 'higher'
condition = 'frozen'
than = { condition = 'plastic' }
images = '{checkpoints}'

[[claim]]
id = 'H3'
sentence = 'as was published, it does not matter'
source = 'a paper'

[[claim.statistic]]
rule = 'in-line'
condition = 'plastic'
than = { condition = 'frozen' }
images = 1_000
";

const ABOUT: &str = "title = 'A study of mine'\nlead = 'What plasticity is good for.'\n";

fn mine() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("mine/study.toml", ABOUT);
    sandbox.write("mine/plasticity.toml", MINE);
    sandbox
}

#[test]
fn a_study_of_ones_own_gets_verdicts_a_page_and_a_record_and_no_row_of_another() {
    let sandbox = mine();
    let done = sandbox.run(&["run", "mine", "--sample"]).succeeded();
    let claims: Vec<&str> = done.stdout.lines().filter(|line| line.starts_with('H')).collect();
    assert!(claims[0].starts_with("H1  holds               plastic synapses learn more"), "{claims:?}");
    assert!(claims[1].starts_with("H2  does not hold       frozen synapses learn more"), "{claims:?}");
    // What is published is not judged by the sample.
    assert!(claims[2].starts_with("H3  sample: no verdict  as was published"), "{claims:?}");
    assert_eq!((claims.len(), done.stdout.contains("C1")), (3, false));
    let page = fs::read_to_string(sandbox.path("results/sample/report.html")).unwrap();
    for part in [
        "<title>A study of mine</title>",
        "What plasticity is good for.",
        "spiketime run mine --sample",
        "the embedded sample",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let status = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("plasticity finished    6 of   6 runs"), "{status}");
    sandbox.run(&["record", "kept", "--sample"]).succeeded();
    let judged = sandbox.run(&["report", "--records", "kept"]).succeeded().stdout;
    assert!(judged.starts_with("H1  holds  "), "{judged}");
    sandbox.run(&["verify", "--records", "kept"]).succeeded();
    let verified = sandbox.run(&["verify", "mine"]).succeeded().stdout;
    assert!(
        verified.starts_with("1 experiment, 2 networks: both engines write the same records"),
        "{verified}"
    );
}

/// Every command of a page, as one would copy it.
fn commands(page: &str) -> Vec<Vec<String>> {
    let codes = page.split("<code>spiketime ").skip(1).filter_map(|rest| rest.split("</code>").next());
    let words = codes.map(|code| code.split(' ').map(str::to_owned).collect());
    words.collect::<std::collections::BTreeSet<Vec<String>>>().into_iter().collect()
}

#[test]
fn the_commands_that_a_page_advises_work_where_it_was_made() {
    let panels = "[[panel]]\nkind = 'curve'\n[[panel]]\nkind = 'presentation'\nconditions = ['plastic']\n\
                  [[panel]]\nkind = 'key'\nkeys = ['stdp_gain']\n[[panel]]\nkind = 'images'\ndataset = 'mnist'\n";
    for (words, options) in [
        (&["mine"][..], &["--sample"][..]),
        (&["mine/plasticity.toml"], &["--sample", "--results", "elsewhere"]),
        (&["loose.toml"], &["--sample", "--seeds", "2"]),
    ] {
        let sandbox = mine();
        sandbox.write("mine/plasticity.toml", format!("{MINE}{panels}"));
        sandbox.write("loose.toml", format!("{MINE}{panels}"));
        sandbox.run(&[&["run"], words, options].concat()).succeeded();
        let folder = if options.contains(&"elsewhere") { "elsewhere" } else { "results" };
        let page = fs::read_to_string(sandbox.path(folder).join("sample/report.html")).unwrap();
        let advised = commands(&page);
        let explains = advised.iter().filter(|command| command[0] == "explain").count();
        assert!(advised.len() > 2 && explains == 1, "{advised:?}");
        for command in advised {
            let words: Vec<&str> = command.iter().map(String::as_str).collect();
            let outcome = sandbox.run(&words).succeeded();
            assert!(words[0] != "run" || outcome.stderr.contains(", 0 to do"), "{words:?}: {outcome:#?}");
        }
        for figure in ["curve", "stdp_gain"] {
            assert!(page.contains(if figure == "curve" { "data-name=\"" } else { "stdp gain" }), "{figure}");
        }
    }
}

#[test]
fn what_list_prints_can_be_typed_in_any_folder() {
    let sandbox = mine();
    let listed = sandbox.run(&["list"]).succeeded().stdout;
    assert!(listed.starts_with("report: The report, replicated\nfig03    Lateral inhibition"), "{listed}");
    let listed = sandbox.run(&["list", "fig14"]).succeeded().stdout;
    assert_eq!(listed.lines().count(), 4, "{listed}");
    sandbox.run(&["list", "report"]).succeeded();
    sandbox.run(&["list", "fig30"]).refused(2, "no experiment of the study 'report'; did you mean 'fig03'?");
    let mut inside = sandbox.command(&["list", "plasticity"]);
    let inside = inside.current_dir(sandbox.path("mine")).output().unwrap();
    let inside = String::from_utf8(inside.stdout).unwrap();
    assert!(inside.starts_with("mine: A study of mine\nplasticity Does plasticity matter?"), "{inside}");
    sandbox
        .run(&["list", "fig03", "mine"])
        .refused(2, "'mine' is of another study than 'fig03'; run one study at a time");
}

#[test]
fn a_results_folder_is_of_one_study() {
    let sandbox = mine();
    sandbox.run(&["run", "mine", "--sample"]).succeeded();
    let before = sandbox.results();
    let told = "results/sample/ holds runs of the study 'mine'; choose another folder for the study 'report' with --results DIR";
    sandbox.run(&["run", "fig07", "--sample"]).refused(2, told);
    sandbox.write("loose.toml", MINE);
    sandbox
        .run(&["run", "loose.toml", "--sample"])
        .refused(2, "for files that belong to no study with --results DIR");
    assert_eq!(sandbox.results(), before);
}

#[test]
fn files_without_a_study_meet_in_a_results_folder_by_folder_file_or_name() {
    let sandbox = mine();
    fs::remove_file(sandbox.path("mine/study.toml")).unwrap();
    sandbox.write(
        "mine/other.toml",
        "checkpoints = [5]\n[[condition]]\nname = 'o'\nneurons = 4\nlabel_images = 5\ntest_images = 5\n",
    );
    for word in [".", "other", "other.toml", "./plasticity.toml"] {
        let mut command = sandbox.command(&["run", word, "--sample"]);
        let outcome =
            crate::sandbox::Outcome::of(&command.current_dir(sandbox.path("mine")).output().unwrap());
        outcome.succeeded();
    }
    let status = sandbox.run(&["status", "--sample", "--results", "mine/results"]).succeeded().stdout;
    assert!(status.contains("11 of 11 runs finished"), "{status}");
}

#[test]
fn what_a_claim_names_must_be_there_or_the_nearest_is_told_with_its_line() {
    for (line, instead, told) in [
        (
            "condition = 'plastic'\nthan",
            "condition = 'plastik'\nthan",
            "mine/plasticity.toml:29: claim 'H1': there is no condition 'plastik'; did you mean 'plastic'?",
        ),
        (
            "images = '{late}'",
            "images = '{lat}'",
            "claim 'H1': there is no list 'lat'; there are checkpoints, conditions, late",
        ),
        (
            "images = '{late}'",
            "images = 999",
            "mine/plasticity.toml:31: claim 'H1': no run of 'plastic' is looked at for accuracy after 999 images; add them to checkpoints, or did you mean 1000?",
        ),
        ("images = '{late}'", "images = 'late'", "mine/plasticity.toml:31: "),
        (
            "images = '{late}'",
            "metric = 'acuracy'\nimages = 300",
            "mine/plasticity.toml:31: claim 'H1': there is no metric 'acuracy'; did you mean 'accuracy'?",
        ),
        (
            "rule = 'in-line'",
            "rule = 'inline'",
            "mine/plasticity.toml:49: unknown value 'inline'; did you mean 'in-line'?",
        ),
        ("rule = 'in-line'", "rule = 'few'", "this rule compares nothing: leave `than` out"),
        ("rule = 'in-line'", "rule = 'value'", "this rule compares nothing: leave `than` out"),
        (
            "than = { condition = 'frozen' }",
            "",
            "mine/plasticity.toml:28: claim 'H1': than what? name it under `than`",
        ),
        ("id = 'H2'", "id = 'H1'", "give each claim an id of its own"),
        (
            "seeds = 3",
            "seeds = 3\npanel = [{ kind = 'heat-map', keys = ['neurons', 'neuronz'] }]",
            "mine/plasticity.toml:4: panel 1: a condition has no key 'neuronz'; did you mean 'neurons'?",
        ),
        ("late = [1_000]", "late = []", "claim 'H1': it comes to no statistic: a list is empty"),
        (
            "than = { condition = 'frozen' }",
            "than = {}",
            "claim 'H1': it is compared with itself: name what differs under `than`",
        ),
        (
            "seeds = 3",
            "seeds = 3\npanel = [{ kind = 'curve', metric = 'acc' }]",
            "panel 1: there is no metric 'acc'; did you mean 'accuracy'?",
        ),
        (
            "seeds = 3",
            "seeds = 3\npanel = [{ kind = 'presentation' }, { kind = 'presentation' }]",
            "mine/plasticity.toml:4: panel 2: a study shows one presentation",
        ),
        (
            "seeds = 3",
            "seeds = 3\npanel = [{ kind = 'difference', reference = 'frozn' }]",
            "there is no condition 'frozn' in this file",
        ),
    ] {
        let sandbox = mine();
        assert!(MINE.contains(line), "{line}");
        sandbox.write("mine/plasticity.toml", MINE.replacen(line, instead, 1));
        sandbox.run(&["run", "mine", "--sample"]).refused(2, told);
        assert!(files(&sandbox.path("results")).is_empty(), "something was run");
    }
    let sandbox = mine();
    sandbox.write("mine/study.toml", "sections = ['plasticiti']");
    sandbox.run(&["list", "mine"]).refused(
        2,
        "mine/study.toml:1: sections: there is no experiment 'plasticiti'; did you mean 'plasticity'?",
    );
    sandbox.write("mine/study.toml", "titel = ''");
    sandbox
        .run(&["list", "mine"])
        .refused(2, "mine/study.toml:1: unknown key 'titel'; did you mean 'title'?");
}

#[test]
fn only_the_conditions_are_mandatory() {
    let sandbox = Sandbox::new();
    sandbox.write("few.toml", "[[condition]]\nname = 'few'\nneurons = 4\n");
    let listed = sandbox.run(&["list", "few.toml"]).succeeded().stdout;
    assert!(listed.contains("few      few: \n         5 seeds of few\n"), "{listed}");
    sandbox.write("none.toml", "seeds = 2\n");
    sandbox
        .run(&["list", "none.toml"])
        .refused(2, "none.toml: there is no [[condition]] and no cell of a [[grid]]; give at least one");
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copied(&path, &name),
            false => assert!(fs::copy(&path, &name).unwrap() > 0),
        }
    }
}

#[test]
fn a_results_folder_and_a_record_of_before_are_read_and_gone_on_with() {
    let sandbox = Sandbox::new();
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/layout-3");
    copied(&kept.join("results"), &sandbox.path("results/sample"));
    copied(&kept.join("record"), &sandbox.path("record"));
    let status = sandbox.run(&["status", "--sample"]).succeeded().stdout;
    assert!(status.contains("1 of 1 runs finished"), "{status}");
    let told = sandbox.run(&["report", "--sample"]).succeeded().stdout;
    assert!(told.starts_with("tiny                             seed 1   "), "{told}");
    // The claims that its file names are nowhere: run again, the file says so with its line.
    let text = fs::read_to_string(kept.join("results/experiment-files/tiny.toml")).unwrap();
    sandbox.write("tiny.toml", &text);
    sandbox.run(&["run", "tiny.toml", "--sample"]).refused(2, "tiny.toml:5: claims: there is no claim 'C1'");
    sandbox.write("tiny.toml", text.replace("claims = ['C1']", ""));
    let again = sandbox.run(&["run", "tiny.toml", "--sample"]).succeeded();
    assert!(again.stderr.contains("1 runs, 1 finished before, 0 to do"), "{again:#?}");
    let table = |path: &Path| fs::read_to_string(path).unwrap();
    assert_eq!(
        table(&sandbox.path("results/sample/records.jsonl")),
        table(&kept.join("results/records.jsonl"))
    );
    let verified = sandbox.run(&["verify", "--records", "record"]).succeeded().stdout;
    assert!(verified.contains("1 runs as they were recorded"), "{verified}");
    sandbox.run(&["report", "--records", "record", "tiny.toml"]).succeeded();
}
