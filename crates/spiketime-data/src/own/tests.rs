//! Whole sets of files, written here byte by byte, and what becomes of them.

use super::*;
use crate::array::made::npy;
use crate::array::written::npz;
use crate::stimulus::Stimulus;

fn floats(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn set(files: &[(&str, Vec<u8>)], source: &str) -> Result<Own, OwnError> {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, bytes)| fs::write(folder.path().join(name), bytes).unwrap());
    load("mine", &toml::from_str(source).unwrap(), folder.path())
}

/// Ten images of 1 × 2 inputs, whose first grey value is their number, of two classes in turn.
fn ten() -> [(&'static str, Vec<u8>); 2] {
    let pixels: Vec<u8> = (0..10).flat_map(|image| [image, 255 - image]).collect();
    let labels: Vec<u8> = (0..10).map(|image| 5 + image % 2).collect();
    [("x.npy", npy("|u1", "(10, 1, 2)", &pixels)), ("y.npy", npy("|u1", "(10,)", &labels))]
}

const TEN: &str = "train_images = 'x.npy'\ntrain_labels = 'y.npy'\n";

fn first_greys(dataset: &Dataset) -> (Vec<u8>, Vec<u8>) {
    let grey = |stimulus: Stimulus| stimulus.image().unwrap()[0];
    let train = (0..dataset.train.len()).map(|image| grey(dataset.train.presented(image))).collect();
    (train, dataset.test.iter(usize::MAX).map(|(_, stimulus, _)| grey(stimulus)).collect())
}

#[test]
fn a_share_is_held_out_by_its_seed_and_both_parts_keep_the_order_of_the_files() {
    let own = set(&ten(), TEN).unwrap();
    let (train, test) = first_greys(&own.dataset);
    assert_eq!((train.len(), test.len()), (8, 2));
    assert!(train.is_sorted() && test.is_sorted());
    let mut all = [train.clone(), test.clone()].concat();
    all.sort_unstable();
    assert_eq!(all, (0..10).collect::<Vec<u8>>());
    assert_eq!(own.facts.held_out, Some(HeldOut { share: 0.2, seed: 1 }));
    assert_eq!(own.facts.classes, ["5", "6"]);
    assert_eq!((own.facts.train_images, own.facts.test_images, own.facts.shape), (8, 2, [1, 2]));
    // Value stability: a study that is run again tomorrow must hold out the same images.
    assert_eq!(test, HELD_OUT);
    let other = set(&ten(), &format!("{TEN}test_seed = 3\ntest_share = 0.3\n")).unwrap();
    assert_eq!(first_greys(&other.dataset).1.len(), 3);
    assert_ne!(other.facts.sha256, own.facts.sha256);
}

const HELD_OUT: [u8; 2] = [3, 8];

#[test]
fn labels_go_with_their_images_through_the_split() {
    let own = set(&ten(), TEN).unwrap();
    for (_, stimulus, class) in own.dataset.test.iter(usize::MAX) {
        assert_eq!(class, u16::from(stimulus.image().unwrap()[0] % 2));
    }
    for (_, stimulus, class) in own.dataset.train.label_split(1, 8).iter() {
        assert_eq!(class, u16::from(stimulus.image().unwrap()[0] % 2));
    }
}

/// The SHA-256 is that of the layout in `digest.rs`, by Python's hashlib.
#[test]
fn the_digest_is_of_the_content_however_it_is_packed() {
    let files = [
        ("x.npy", npy("|u1", "(2, 1, 2)", &[0, 255, 255, 0])),
        ("y.npy", npy("|u1", "(2,)", &[0, 1])),
        ("xf.npy", npy("<f8", "(2, 2)", &floats(&[0.0, 1.0, 1.0, 0.0]))),
        (
            "all.npz",
            npz(&[
                ("a", npy("|u1", "(2, 1, 2)", &[0, 255, 255, 0])),
                ("b", npy("<i2", "(2,)", &[0, 0, 1, 0])),
            ]),
        ),
        ("x.idx", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255, 255, 0].to_vec()),
        ("y.idx", [0, 0, 8, 1, 0, 0, 0, 2, 0, 1].to_vec()),
    ];
    let pairs = [
        ("x.npy", "y.npy", ""),
        ("xf.npy", "y.npy", "full_scale = 1.0"),
        ("all.npz:a", "all.npz:b", ""),
        ("x.idx", "y.idx", ""),
    ];
    for (x, y, more) in pairs {
        let source = format!(
            "train_images = '{x}'\ntrain_labels = '{y}'\ntest_images = '{x}'\ntest_labels = '{y}'\n{more}"
        );
        let own = set(&files, &source).unwrap();
        assert_eq!(own.facts.sha256, PACKED, "{x}");
        assert_eq!(own.told.len(), usize::from(!more.is_empty()), "{:?}", own.told);
    }
}

const PACKED: &str = "f27ac98827ec85b50c9f6cd2484ac71b1068e1c06101552d1bb5029a706d7a0a";

#[test]
fn events_are_shown_as_the_file_has_them() {
    let events = npz(&[
        ("times", npy("<i4", "(3,)", &[500_i32, 1_500, 250].map(i32::to_le_bytes).concat())),
        ("inputs", npy("|u1", "(3,)", &[1, 0, 3])),
        ("offsets", npy("|u1", "(3,)", &[0, 2, 3])),
        ("labels", npy("<U1", "(2,)", &[98, 0, 0, 0, 97, 0, 0, 0])),
    ]);
    let source = "train_events = 'e.npz'\ntest_events = 'e.npz'\nshape = [2, 2]\ntime_unit_ms = 0.001";
    let own = set(&[("e.npz", events)], source).unwrap();
    let times_ms: [&[f64]; 2] = [&[500.0 * 0.001, 1_500.0 * 0.001], &[250.0 * 0.001]];
    let inputs: [&[u32]; 2] = [&[1, 0], &[3]];
    for recording in 0..2 {
        let expected = Stimulus::Events { times_ms: times_ms[recording], inputs: inputs[recording] };
        assert_eq!(own.dataset.train.presented(recording), expected);
    }
    assert_eq!(own.dataset.test.iter(2).map(|(.., class)| class).collect::<Vec<_>>(), [1, 0]);
    assert_eq!((own.facts.presented, own.facts.longest_ms), (Presented::Events, Some(1_500.0 * 0.001)));
    assert_eq!(own.dataset.train.inputs_ever_lit(4), [true, true, false, true]);
}

#[test]
fn files_that_do_not_fit_each_other_are_told_in_a_line() {
    let [images, labels] = ten();
    let files = [
        images,
        labels,
        ("few.npy", npy("|u1", "(9,)", &[1, 2, 3, 4, 5, 6, 7, 8, 9])),
        ("wide.npy", npy("|u1", "(10, 1, 3)", &[0; 30])),
        ("huge.npy", npy("|u1", "(0, 300, 300)", &[])),
        ("none.npy", npy("|u1", "(0,)", &[])),
        ("no.npy", npy("|u1", "(0, 1, 2)", &[])),
    ];
    for (source, told) in [
        ("", "'mine' names no data; give train_images and train_labels, or train_events"),
        ("train_images = 'x.npy'", "train_images is given without train_labels; give both"),
        ("train_labels = 'y.npy'", "train_labels is given without train_images; give both"),
        (
            "train_images = 'x.npy'\ntrain_labels = 'y.npy'\ntrain_events = 'e.npz'",
            "images and events are given; a data set has one of both",
        ),
        (
            "train_images = 'x.npy'\ntrain_labels = 'few.npy'",
            "train_images: 10 of them, but 9 labels; give one label an image",
        ),
        (
            "train_images = 'huge.npy'\ntrain_labels = 'none.npy'",
            "a shape of 300 x 300 is not 1 to 65536 inputs",
        ),
        ("train_images = 'no.npy'\ntrain_labels = 'none.npy'", "train_images: there are none"),
        (
            "train_images = 'x.npy'\ntrain_labels = 'y.npy'\ntest_images = 'wide.npy'\ntest_labels = 'y.npy'",
            "training images are 1 x 2, test images 1 x 3; give both one shape",
        ),
        (
            "train_images = 'x.npy'\ntrain_labels = 'y.npy'\ntest_share = 0.01",
            "test_share is 0.01 of 10; it must leave some to train and some to test",
        ),
        (
            "train_images = 'x.npy'\ntrain_labels = 'y.npy'\ntest_share = nan",
            "test_share is NaN of 10; it must leave some to train and some to test",
        ),
        (
            "train_events = 'x.npy'",
            "events need `shape`: rows and columns of the sensor, as shape = [34, 34]",
        ),
    ] {
        assert_eq!(set(&files, source).unwrap_err().to_string(), told, "{source}");
    }
    let missing = set(&files, "train_images = 'z.npy'\ntrain_labels = 'y.npy'").unwrap_err().to_string();
    assert!(missing.contains("z.npy: No such file"), "{missing}");
    let swapped = set(&files, "train_events = 'x.npy'\nshape = [1, 2]").unwrap_err().to_string();
    assert!(swapped.contains("x.npy is no .npz file"), "{swapped}");
}

#[test]
fn what_was_kept_names_no_path_and_says_so_when_it_is_to_be_read() {
    let own = set(&ten(), TEN).unwrap();
    let kept = toml::from_str::<Source>(TEN).unwrap().kept_as(own.facts.clone());
    let text = toml::to_string(&kept).unwrap();
    assert!(!text.contains(".npy"), "{text}");
    assert_eq!(toml::from_str::<Source>(&text).unwrap().kept, Some(own.facts));
    let refused = load("mine", &kept, Path::new(".")).unwrap_err().to_string();
    assert!(refused.starts_with("the files of 'mine' are not known here"), "{refused}");
}
