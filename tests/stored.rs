//! What a stored result counts as: finished only if it holds all that is wanted, and only under its own id.

use spiketime_sim::Engine;
use spiketime_train::condition::Condition;
use spiketime_train::record::Record;
use spiketime_train::run::{self as runs, Run};
use spiketime_train::schedule::Schedule;
use spiketime_train::store::Stored;

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
