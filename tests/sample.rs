//! The embedded sample, and our reader against the `mnist` crate on the full files.

use std::path::PathBuf;

use mnist::MnistBuilder;
use spiketime_data::source::embedded;
use spiketime_data::{DataFile, Dataset, DatasetName, Sources};

/// The full set from the cache, or nothing where it was never fetched: then a line says so.
fn full(set: DatasetName) -> Option<(Dataset, PathBuf)> {
    let sources = Sources::usual(None).ok()?;
    let cached = |file| sources.verify(set, file).expect("a cached file is sound").is_some();
    if !DataFile::ALL.into_iter().all(cached) {
        println!("skipped: {set} is not in the cache; run `spiketime data fetch`");
        return None;
    }
    let folder = sources.cache.join(set.as_str());
    Some((sources.load(set, &|line| println!("{line}")).expect("the cache is sound"), folder))
}

#[test]
fn the_sample_holds_1000_training_and_500_test_images_of_both_sets() {
    for set in DatasetName::ALL {
        let sample = embedded(set).expect("the sample is sound");
        assert_eq!((sample.train.len(), sample.test.len()), (1_000, 500));
        assert!(sample.is_sample);
    }
}

#[test]
fn the_sample_is_the_head_of_the_full_files() {
    for set in DatasetName::ALL {
        let Some((full, _)) = full(set) else { continue };
        let sample = embedded(set).expect("the sample is sound");
        assert!((0..1_000).all(|image| sample.train.presented(image) == full.train.presented(image)));
        assert!(sample.test.iter(500).eq(full.test.iter(500)));
    }
}

#[test]
fn our_reader_and_the_mnist_crate_agree_on_every_byte_of_the_full_files() {
    for set in DatasetName::ALL {
        let Some((full, folder)) = full(set) else { continue };
        let folder = format!("{}/", folder.display());
        let other = MnistBuilder::new()
            .base_path(&folder)
            .label_format_digit()
            .training_set_length(60_000)
            .validation_set_length(0)
            .test_set_length(10_000)
            .finalize();
        let train = (0..60_000).flat_map(|image| full.train.presented(image).image().expect("an image"));
        assert!(train.eq(&other.trn_img), "{set}: training images");
        let test: Vec<_> = full.test.iter(10_000).collect();
        assert!(
            test.iter().flat_map(|(_, image, _)| image.image().expect("an image")).eq(&other.tst_img),
            "{set}: test images"
        );
        assert!(
            test.iter().map(|&(_, _, label)| label).eq(other.tst_lbl.iter().map(|&label| u16::from(label))),
            "{set}: test labels"
        );
        let labels = full.train.label_split(1, 60_000);
        assert!(
            labels.iter().all(|(image, _, label)| u16::from(other.trn_lbl[image]) == label),
            "{set}: training labels"
        );
    }
}
