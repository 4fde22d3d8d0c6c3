//! `spiketime submit`: the script that a cluster gets, and who gets it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

use crate::own_data;
use crate::sandbox::{Outcome, PAIR, Running, Sandbox, files};

const SUBMIT: [&str; 5] = ["submit", "pair.toml", "--slurm", "--sample", "--seeds"];

/// A sandbox in whose `bin` a program stands in for Slurm's.
fn with_sbatch(text: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    let file = sandbox.write("bin/sbatch", text);
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).unwrap();
    sandbox
}

fn submit(sandbox: &Sandbox, options: &[&str]) -> Outcome {
    let mut command = sandbox.command(&[&SUBMIT, options].concat());
    let path = format!("{}:/usr/bin:/bin", sandbox.path("bin").display());
    Outcome::of(&command.env("PATH", path).env_remove("SPIKETIME_PYTHON").output().unwrap())
}

/// What `--print` prints: bash takes it, and nothing is written.
fn printed(sandbox: &Sandbox, options: &[&str]) -> String {
    let before = files(&sandbox.path(""));
    let script = submit(sandbox, &[&["3", "--print"], options].concat()).succeeded().stdout;
    assert_eq!(files(&sandbox.path("")), before);
    let file = sandbox.write("printed.sh", &script);
    assert!(Command::new("bash").arg("-n").arg(&file).status().unwrap().success(), "{script}");
    fs::remove_file(file).unwrap();
    script
}

const SBATCH: &str = "#!/bin/sh\nfor word; do echo \"$word\" >> told; done\necho '17;cluster'\n";

#[test]
fn the_printed_script_says_who_does_what_and_slurm_need_not_be_there() {
    let sandbox = Sandbox::new();
    sandbox.write("pair.toml", PAIR);
    let script = printed(&sandbox, &[]);
    let folder = sandbox.path("").canonicalize().unwrap();
    let folder = folder.to_str().unwrap();
    for line in [
        "#SBATCH --array=1",
        "#SBATCH --cpus-per-task=1",
        "#SBATCH --time=70",
        "#SBATCH --signal=B:USR1@60",
        "#SBATCH --requeue",
        "#SBATCH --open-mode=append",
        &format!("#SBATCH --chdir={folder}"),
        &format!("#SBATCH --output={folder}/results/sample/slurm/%A_%a.log"),
        &format!("    {folder}/pair.toml --shard \"$SLURM_ARRAY_TASK_ID/1\" --jobs 1 \\"),
        &format!("    --results {folder}/results --sample --seeds 3 &"),
    ] {
        assert!(script.lines().any(|known| known == line), "{line}: {script}");
    }
    // Python's package says by whom it is carried.
    let mut command = sandbox.command(&[&SUBMIT as &[&str], &["3", "--print"]].concat());
    let carried = Outcome::of(&command.env("SPIKETIME_PYTHON", "/opt/my env/python").output().unwrap());
    assert!(carried.stdout.contains("\n'/opt/my env/python' -m spiketime run \\\n"), "{carried:#?}");
    let limits = printed(&sandbox, &["--time-limit", "2", "--cpus", "4", "--condition", "small"]);
    for part in
        ["--signal=B:USR1@20\n", "--time=2\n", "--cpus-per-task=4\n", "--jobs 4 ", " --condition small &\n"]
    {
        assert!(limits.contains(part), "{part}: {limits}");
    }
}

#[test]
fn what_costs_more_is_done_in_more_parts_and_only_where_runs_wait() {
    let sandbox = Sandbox::new();
    // Ten epochs of all images, thirty seeds: far above a minute each, and nothing is run.
    let text = PAIR.replace("seeds = 3", "epochs = 10").replace("[5, 10]", "[10, 600_000]");
    sandbox.write("pair.toml", text.replace("neurons = ", "neurons = 3"));
    let array = |options: &[&str]| {
        let command = [&["submit", "pair.toml", "--slurm", "--print", "--seeds", "30"], options].concat();
        let script = sandbox.run(&command).succeeded().stdout;
        let array = script.lines().find_map(|line| line.strip_prefix("#SBATCH --array=1-")).unwrap();
        array.parse::<u64>().unwrap()
    };
    let [short, long, wide] =
        [&["--minutes", "1"] as &[&str], &["--minutes", "3"], &["--minutes", "1", "--cpus", "3"]].map(array);
    assert!(short > long && long > 1 && short <= 60, "{short} {long}");
    // The speed of the machine is measured anew each time.
    assert!(wide.abs_diff(long) * 2 <= long, "{wide} {long}");
}

#[test]
fn paths_with_spaces_and_signs_are_quoted_for_bash_and_for_slurm() {
    let sandbox = with_sbatch(SBATCH);
    sandbox.write("it's 5 %/a study.toml", PAIR);
    let words =
        ["submit", "it's 5 %/a study", "--slurm", "--print", "--sample", "--results", "it's 5 %/of it"];
    let script = sandbox.run(&words).succeeded().stdout;
    let folder = sandbox.path("").canonicalize().unwrap().display().to_string();
    for part in [
        format!("    '{folder}/it'\\''s 5 %/a study.toml' --shard "),
        format!("--results '{folder}/it'\\''s 5 %/of it' --sample &"),
        format!("#SBATCH --output='{folder}/it'\\''s 5 %%/of it/sample/slurm'/%A_%a.log"),
    ] {
        assert!(script.contains(&part), "{part}: {script}");
    }
    let file = sandbox.write("printed.sh", &script);
    assert!(Command::new("bash").arg("-n").arg(&file).status().unwrap().success(), "{script}");
}

#[test]
fn slurm_gets_the_file_and_the_user_is_told_what_to_type() {
    let sandbox = with_sbatch(SBATCH);
    let told = submit(&sandbox, &["3", "--", "--partition=short", "-A", "mine", "--comment=a b"]).succeeded();
    let folder = sandbox.path("").canonicalize().unwrap().display().to_string();
    let lines = [
        format!("job 17: 6 runs in 1 part, each up to about 1 min; {folder}/results/sample/slurm/submit.sh"),
        "look        squeue -j 17".to_owned(),
        format!(
            "            spiketime status {folder}/pair.toml --results {folder}/results --sample --seeds 3"
        ),
        "stop        scancel 17; what is done is kept, and the same command again does the rest".to_owned(),
        format!(
            "in the end  spiketime gather {folder}/results --results {folder}/results --sample --seeds 3"
        ),
    ];
    assert_eq!(told.stdout.lines().collect::<Vec<_>>(), lines);
    let file = sandbox.path("results/sample/slurm/submit.sh");
    let words = fs::read_to_string(sandbox.path("told")).unwrap();
    assert_eq!(
        words.lines().collect::<Vec<_>>(),
        ["--parsable", &format!("{folder}/results/sample/slurm/submit.sh")]
    );
    let script = fs::read_to_string(file).unwrap();
    assert!(
        script.contains("#SBATCH --partition=short\n#SBATCH -A mine\n#SBATCH --comment='a b'\n\n"),
        "{script}"
    );
    // What is finished is no job's.
    sandbox.run(&["run", "pair.toml", "--sample", "--seeds", "3"]).succeeded();
    let again = submit(&sandbox, &["3"]).succeeded();
    assert_eq!(
        (again.stdout.as_str(), again.stderr.as_str()),
        ("", "nothing waits: 6 of 6 runs are finished\n")
    );
}

/// The script as a machine of the cluster runs it: alone, with the number of its part.
fn job(sandbox: &Sandbox) -> Command {
    let mut command = Command::new("bash");
    command
        .arg(sandbox.path("results/sample/slurm/submit.sh"))
        .env("PATH", format!("{}:/usr/bin:/bin", sandbox.path("bin").display()))
        .env("SPIKETIME_DATA_DIR", sandbox.path("cache"))
        .envs([("SLURM_ARRAY_TASK_ID", "1"), ("SLURM_ARRAY_JOB_ID", "17")])
        .process_group(0)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

#[test]
fn near_its_limit_a_job_is_queued_again_and_goes_on_and_cancelled_it_is_not() {
    let sandbox = with_sbatch(SBATCH);
    let text = PAIR.replace("[5, 10]", "[10, 500, 1_000]").replace("neurons = ", "neurons = 5");
    sandbox.write("pair.toml", text);
    let told = sandbox.path("requeued");
    let scontrol = format!("#!/bin/sh\necho \"$@\" >> '{}'\n", told.display());
    fs::set_permissions(sandbox.write("bin/scontrol", scontrol), fs::Permissions::from_mode(0o755)).unwrap();
    submit(&sandbox, &["6"]).succeeded();
    // Slurm cancels by a signal to all that belong to the job.
    let cancelled =
        Running::spawn(&mut job(&sandbox)).until_said(": started", 1).signalled_with_all("TERM").ended();
    assert_eq!((cancelled.code, told.exists()), (Some(130), false), "{cancelled:#?}");
    assert!(cancelled.stderr.contains("more go on where they were saved"), "{cancelled:#?}");
    // The shell alone hears of the limit.
    let limited =
        Running::spawn(&mut job(&sandbox)).until_said(": goes on after", 1).signalled("USR1").ended();
    assert_eq!(limited.code, Some(130), "{limited:#?}");
    assert_eq!(fs::read_to_string(&told).unwrap(), "requeue 17_1\n");
    assert!(limited.stderr.contains("more go on where they were saved"), "{limited:#?}");
    let whole = Running::spawn(&mut job(&sandbox)).ended();
    assert_eq!(whole.code, Some(0), "{whole:#?}");
    assert_eq!(files(&sandbox.path("results/sample/runs")).len(), 12);
    // And a job in which a run fails tells so.
    sandbox.write("pair.toml", "checkpoints = 3");
    assert_eq!(Running::spawn(&mut job(&sandbox)).ended().code, Some(2));
}

#[test]
fn a_study_on_images_of_its_own_is_gathered_as_submit_says() {
    let sandbox = own_data::sandbox();
    fs::set_permissions(sandbox.write("bin/sbatch", SBATCH), fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = sandbox.command(&["submit", "mine", "--slurm"]);
    let path = format!("{}:/usr/bin:/bin", sandbox.path("bin").display());
    let told = Outcome::of(&command.env("PATH", path).output().unwrap()).succeeded().stdout;
    sandbox.run(&["run", "mine", "--shard", "1/1"]).succeeded();
    let folder = sandbox.path("").canonicalize().unwrap().display().to_string();
    let words = format!("gather {folder}/results --results {folder}/results --data {folder}/mine/study.toml");
    assert_eq!(told.lines().last(), Some(format!("in the end  spiketime {words}").as_str()));
    sandbox.run(&words.split(' ').collect::<Vec<_>>()).succeeded();
    assert!(sandbox.path("results/report.html").exists());
    sandbox.run(&["gather", "results"]).refused(1, "give --data FILE.toml with [data.quarters]");
}

#[test]
fn what_slurm_refuses_and_where_it_is_not_are_told_in_a_line() {
    let refusing = with_sbatch("#!/bin/sh\necho 'sbatch: error: invalid partition' >&2\nexit 1\n");
    submit(&refusing, &["3"]).refused(1, "did not take");
    submit(&refusing, &["3"]).refused(1, "sbatch: error: invalid partition");
    let nowhere = Sandbox::new();
    nowhere.write("pair.toml", PAIR);
    let mut command = nowhere.command(&[&SUBMIT as &[&str], &["3"]].concat());
    Outcome::of(&command.env("PATH", nowhere.path("bin")).output().unwrap())
        .refused(2, "there is no program `sbatch` here; submit on the login node of the cluster, or see");
    assert_eq!(files(&nowhere.path("")).len(), 1);
}

#[test]
fn wrong_options_are_refused_before_anything_is_written() {
    let sandbox = with_sbatch(SBATCH);
    let before = files(&sandbox.path(""));
    submit(&sandbox, &["3", "--", "partition=short"]).refused(2, "give Slurm's options behind --");
    submit(&sandbox, &["3", "--", "--comment=a\nb"]).refused(2, "text of one line");
    submit(&sandbox, &["3", "--minutes", "0"]).failed(2, "--minutes");
    submit(&sandbox, &["3", "--time-limit", "0"]).failed(2, "--time-limit");
    submit(&sandbox, &["3", "--cpus", "0"]).failed(2, "--cpus");
    submit(&sandbox, &["3", "--condition", "larg"]).refused(2, "did you mean 'large'?");
    sandbox.run(&["submit", "pair.toml"]).failed(2, "required arguments");
    sandbox.run(&["submit", "nowhere", "--slurm", "--print"]).refused(2, "'nowhere'");
    assert_eq!(files(&sandbox.path("")), before);
}
