//! The data sets that the program knows, as arrays.

use std::path::PathBuf;

use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use spiketime_data::toml_file::did_you_mean;
use spiketime_data::{Class, Dataset, DatasetName, Sources, Stimulus, source};

use crate::error::{missing, wrong};

type Part<'py> = (Bound<'py, PyArray2<u8>>, Bound<'py, PyArray1<u16>>);

/// Images × inputs and classes of the training set and of the test set, and the names of the classes. What is not there is
/// fetched; `is_sample`: the embedded images, which are not the whole set.
#[pyfunction]
#[pyo3(signature = (name, is_sample, folder=None))]
pub fn data_set<'py>(
    name: &str,
    is_sample: bool,
    folder: Option<PathBuf>,
    py: Python<'py>,
) -> PyResult<(Part<'py>, Part<'py>, Vec<&'static str>)> {
    let set = named(name)?;
    let loaded = py.detach(|| match is_sample {
        true => source::embedded(set),
        false => Sources::usual(folder).and_then(|sources| sources.load(set, &|_| {})),
    });
    let data = loaded.map_err(missing)?;
    // The program goes on with the sample where no source answers, and marks its runs; arrays cannot be marked.
    if data.is_sample && !is_sample {
        let told = "is not here and cannot be fetched; name a folder with its IDX files, or take sample=True";
        return Err(missing(format!("{name} {told}")));
    }
    let (train, test) = (training(&data), data.test.iter(data.test.len()));
    let test = part(test.map(|(_, image, class)| (image, class)), data.inputs, py)?;
    Ok((part(train.into_iter(), data.inputs, py)?, test, set.classes().to_vec()))
}

fn named(name: &str) -> PyResult<DatasetName> {
    let known = || DatasetName::ALL.into_iter();
    known().find(|known| known.as_str() == name).ok_or_else(|| {
        let near = did_you_mean(name, known().map(DatasetName::as_str));
        wrong(format!("there is no data set '{name}'{near}"))
    })
}

/// In the order of the data set: labels can be reached in the order in which some are drawn alone.
fn training(data: &Dataset) -> Vec<(Stimulus<'_>, Class)> {
    let all = data.train.label_split(0, data.train.len());
    let mut ordered: Vec<_> = all.iter().map(|(index, image, class)| (index, (image, class))).collect();
    ordered.sort_by_key(|(index, _)| *index);
    // What is drawn borrows from the draw, so that images are asked for again.
    ordered.into_iter().map(|(index, (_, class))| (data.train.presented(index), class)).collect()
}

fn part<'a, 'py>(
    all: impl Iterator<Item = (Stimulus<'a>, Class)>,
    inputs: usize,
    py: Python<'py>,
) -> PyResult<Part<'py>> {
    let (mut pixels, mut classes) = (Vec::new(), Vec::new());
    for (image, class) in all {
        pixels.extend(image.picture(inputs));
        classes.push(class);
    }
    Ok((pixels.into_pyarray(py).reshape([classes.len(), inputs])?, classes.into_pyarray(py)))
}
