//! What a stored result counts as: finished only if it holds all that is wanted, and only under its own id.

use spiketime_sim::Engine;
use spiketime_train::condition::Condition;
use spiketime_train::record::Record;
use spiketime_train::run::{self as runs, Run};
use spiketime_train::schedule::Schedule;
use spiketime_train::store::{Sent, SentError, Stored};

use crate::resume::{Folder, run};

#[test]
fn a_result_is_finished_only_if_it_holds_all_that_is_wanted() {
    let folder = Folder::new();
    let run = run(Condition::default());
    folder.finish(&run, Engine::Dense);
    assert!(matches!(folder.store.find(&run), Stored::Finished(_)));
    type Want = fn(&mut Schedule);
    let more: [(&str, Want); 4] = [
        ("a point", |schedule| schedule.checkpoints.extend([5])),
        ("a map", |schedule| schedule.maps.extend([9])),
        ("a test with rests", |schedule| schedule.with_rest.extend([13])),
        ("the labels of another network", |schedule| schedule.relabelled.extend([(4, 9)])),
    ];
    for (what, want) in more {
        let mut wanting = run.clone();
        want(&mut wanting.schedule);
        assert!(matches!(folder.store.find(&wanting), Stored::Partial(_)), "{what} is not there");
    }
}

#[test]
fn a_result_counts_under_the_id_of_its_own_condition_and_seed_alone() {
    let folder = Folder::new();
    let run = run(Condition::default());
    let record = folder.finish(&run, Engine::Dense);
    let other = Run { id: runs::id(&run.condition, 2, true, None), seed: 2, ..run };
    // It says that it is the other one, and its digest is of what it says.
    let moved = Record { id: other.id.clone(), maps: Vec::new(), ..record }.sealed();
    folder.store.keep(&moved).expect("it can be written");
    assert!(matches!(folder.store.find(&other), Stored::Damaged(_)));
}

#[test]
fn a_result_bears_the_name_that_asks_for_it() {
    let folder = Folder::new();
    let run = run(Condition::default());
    folder.finish(&run, Engine::Dense);
    let condition = Condition { name: "renamed".into(), ..run.condition.clone() };
    match folder.store.find(&Run { condition, ..run }) {
        Stored::Finished(record) => assert_eq!(record.condition.name, "renamed"),
        other => panic!("{other:?}"),
    }
}

/// A run that was done in one folder, as it is sent to another.
fn sent() -> (Run, Sent) {
    let there = Folder::new();
    let run = run(Condition::default());
    there.finish(&run, Engine::Dense);
    let sent = there.store.send(&run).expect("it is finished");
    assert!(matches!(there.store.find(&run), Stored::Missing), "who has sent it keeps it");
    assert!(!sent.weights.is_empty());
    (run, sent)
}

#[test]
fn what_was_sent_is_taken_whole_and_a_failure_of_before_is_forgotten() {
    let (here, (run, sent)) = (Folder::new(), sent());
    here.store.keep_failure(&run.id, "first\nlast\n").expect("it can be written");
    assert_eq!(here.store.failure(&run.id).as_deref(), Some("last"));
    let weights = here.store.path("weights");
    std::fs::write(weights.join(format!(".{}-9.npy-cut", run.id)), "half").expect("it can be written");
    here.store.take(&run, &sent).expect("it is sound");
    assert!(matches!(here.store.find(&run), Stored::Finished(_)));
    assert_eq!(here.store.failure(&run.id), None);
    assert_eq!(
        std::fs::read_dir(weights).expect("a folder").count(),
        sent.weights.len(),
        "what was half written stays"
    );
    assert_eq!(here.store.send(&run).expect("it is finished"), sent);
}

#[test]
fn what_was_sent_is_not_taken_if_it_is_cut_changed_another_or_not_all() {
    let (here, (run, sent)) = (Folder::new(), sent());
    let refused = |run: &Run, sent: &Sent| {
        let is_refused = matches!(here.store.take(run, sent), Err(SentError::Unsound(_)));
        is_refused && matches!(here.store.find(run), Stored::Missing)
    };
    let name = sent.weights.keys().next().expect("weights").clone();
    let mut changed = sent.clone();
    changed.weights.get_mut(&name).expect("it is there")[200] ^= 1;
    assert!(refused(&run, &changed));
    let mut without = sent.clone();
    without.weights.remove(&name);
    assert!(refused(&run, &without));
    let cut = Sent { record: sent.record[..sent.record.len() - 9].to_vec(), ..sent.clone() };
    assert!(refused(&run, &cut));
    let other = Run { id: runs::id(&run.condition, 2, true, None), seed: 2, ..run.clone() };
    assert!(refused(&other, &sent));
    let mut wanting = run.clone();
    wanting.schedule.checkpoints.insert(5);
    assert!(refused(&wanting, &sent));
}
