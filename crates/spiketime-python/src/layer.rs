//! A layer as a Python object: one call at a time, of either precision.

mod answers;

use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use spiketime_data::Facts;
use spiketime_data::facts::{MAX_CLASSES, Presented};
use spiketime_data::toml_file::{self, TomlError};
use spiketime_study::devices::{self, Devices};
use spiketime_study::presets;
use spiketime_train::condition::{Condition, Precision};
use spiketime_train::data_set::DataSet;
use spiketime_train::layer::Layer;
use spiketime_train::snapshot::{Head, SnapshotError};
use spiketime_train::{footprint, weights::Weights};

use crate::error::{broken, busy, wrong};
use crate::given::Given;
use crate::patience::detached;

/// Of either precision.
enum Either {
    F32(Layer<f32>),
    F64(Layer<f64>),
}

/// The same expression of a layer of either precision.
macro_rules! of_either {
    ($either:expr, $layer:ident => $expression:expr) => {
        match $either {
            Either::F32($layer) => $expression,
            Either::F64($layer) => $expression,
        }
    };
}

/// What `spiketime.Layer` holds.
#[pyclass(name = "Layer", module = "spiketime._native", frozen)]
pub struct NativeLayer(Mutex<Either>);

type Triple<'py> = (Bound<'py, PyArray1<f64>>, Bound<'py, PyArray1<u32>>, Bound<'py, PyArray1<i64>>);

#[pymethods]
impl NativeLayer {
    /// Of a condition as TOML and a shape.
    #[new]
    fn new(condition: &str, seed: u64, shape: [usize; 2], py: Python<'_>) -> PyResult<NativeLayer> {
        let condition = condition_on(condition, shape)?;
        spiketime_data::memory::ask(footprint::of_a_look(&condition)).map_err(wrong)?;
        Ok(NativeLayer(Mutex::new(py.detach(|| match condition.precision {
            Precision::F32 => Either::F32(Layer::new(condition, seed)),
            Precision::F64 => Either::F64(Layer::new(condition, seed)),
        }))))
    }

    #[staticmethod]
    fn read(bytes: &[u8], py: Python<'_>) -> PyResult<NativeLayer> {
        let read = || -> Result<Either, SnapshotError> {
            Ok(match Head::read(bytes)?.condition.precision {
                Precision::F32 => Either::F32(Layer::read(bytes)?),
                Precision::F64 => Either::F64(Layer::read(bytes)?),
            })
        };
        let either = py.detach(read).map_err(|error| wrong(format!("the snapshot {error}")))?;
        Ok(NativeLayer(Mutex::new(either)))
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let own = self.own()?;
        Ok(PyBytes::new(py, &py.detach(|| of_either!(&*own, layer => layer.to_bytes()))))
    }

    #[pyo3(signature = (images, epochs, done, progress=None))]
    fn train(
        &self,
        images: Given<'_>,
        epochs: u64,
        done: u64,
        progress: Option<Py<PyAny>>,
        py: Python<'_>,
    ) -> PyResult<()> {
        let mut own = self.own()?;
        let images = images.ready(own.inputs())?;
        let either = &mut *own;
        let shown = images.shown();
        let work = |seen: &mut dyn FnMut(u64) -> bool| {
            of_either!(either, layer => layer.train(shown, epochs, done, seen));
        };
        detached(py, progress.as_ref(), work)
    }

    #[pyo3(signature = (images, classes, names, progress=None))]
    fn label(
        &self,
        images: Given<'_>,
        classes: PyReadonlyArray1<'_, u16>,
        names: Vec<String>,
        progress: Option<Py<PyAny>>,
        py: Python<'_>,
    ) -> PyResult<()> {
        let mut own = self.own()?;
        let images = images.ready(own.inputs())?;
        let (shown, classes, either) = (images.shown(), classes.as_slice()?, &mut *own);
        check_classes(shown.count(), classes, &names)?;
        detached(py, progress.as_ref(), |seen| {
            of_either!(either, layer => layer.label(shown, classes, names, seen));
        })
    }

    /// The most active neuron at each image, one after the other as in a test.
    #[pyo3(signature = (images, progress=None))]
    fn test<'py>(
        &self,
        images: Given<'py>,
        progress: Option<Py<PyAny>>,
        py: Python<'py>,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let own = self.own()?;
        let images = images.ready(own.inputs())?;
        let (shown, either) = (images.shown(), &*own);
        let winners = detached(py, progress.as_ref(), |seen| {
            of_either!(either, layer => layer.test(shown, seen)).unwrap_or_default()
        })?;
        Ok(winners.into_iter().map(|neuron| neuron as i64).collect::<Vec<_>>().into_pyarray(py))
    }

    /// Output spikes of each image by itself: images × neurons.
    #[pyo3(signature = (images, addresses=None, progress=None))]
    fn counts<'py>(
        &self,
        images: Given<'py>,
        addresses: Option<PyReadonlyArray1<'py, u64>>,
        progress: Option<Py<PyAny>>,
        py: Python<'py>,
    ) -> PyResult<Bound<'py, PyArray2<u32>>> {
        let own = self.own()?;
        let images = images.ready(own.inputs())?;
        let (shown, either) = (images.shown(), &*own);
        let addresses = addresses.as_ref().map(|addresses| addresses.as_slice()).transpose()?;
        check_addresses(shown.count(), addresses)?;
        let counts = detached(
            py,
            progress.as_ref(),
            |seen| of_either!(either, layer => answers::counts(layer, shown, addresses, seen)),
        )?;
        counts.into_pyarray(py).reshape([shown.count(), own.condition().neurons])
    }

    /// The output spikes themselves: when \[ms\], which neuron, and where each image's begin.
    #[pyo3(signature = (images, addresses=None, progress=None))]
    fn spikes<'py>(
        &self,
        images: Given<'py>,
        addresses: Option<PyReadonlyArray1<'py, u64>>,
        progress: Option<Py<PyAny>>,
        py: Python<'py>,
    ) -> PyResult<Triple<'py>> {
        let own = self.own()?;
        let images = images.ready(own.inputs())?;
        let (shown, either) = (images.shown(), &*own);
        let addresses = addresses.as_ref().map(|addresses| addresses.as_slice()).transpose()?;
        check_addresses(shown.count(), addresses)?;
        let (times_ms, neurons, offsets) = detached(
            py,
            progress.as_ref(),
            |seen| of_either!(either, layer => answers::spikes(layer, shown, addresses, seen)),
        )?;
        Ok((times_ms.into_pyarray(py), neurons.into_pyarray(py), offsets.into_pyarray(py)))
    }

    /// Neurons × inputs, g/g_max.
    fn weights<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let own = self.own()?;
        let values = of_either!(&*own, layer => Weights::of(layer.network())).into_values();
        let (neurons, inputs) = (own.condition().neurons, own.inputs());
        values.into_pyarray(py).reshape([neurons, inputs])
    }

    /// Of each neuron at rest while it is tested \[mV\].
    fn thresholds_mv<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyArray1<f64>>> {
        let own = self.own()?;
        Ok(of_either!(&*own, layer => answers::thresholds_mv(layer)).into_pyarray(py))
    }

    /// The class of each neuron and whether it is silent; `None` as long as nobody has labelled it.
    #[allow(clippy::type_complexity)]
    fn labels<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<Option<(Bound<'py, PyArray1<u16>>, Bound<'py, PyArray1<bool>>)>> {
        let own = self.own()?;
        let labels = of_either!(&*own, layer => layer.labels().cloned());
        Ok(labels.map(|labels| (labels.classes.into_pyarray(py), labels.silent.into_pyarray(py))))
    }

    /// The names of the classes.
    fn classes(&self) -> PyResult<Vec<String>> {
        let own = self.own()?;
        let set = &own.condition().dataset;
        Ok((0..set.classes()).map(|class| set.class_name(class).to_owned()).collect())
    }

    /// Every constant, as JSON.
    fn condition(&self) -> PyResult<String> {
        serde_json::to_string(self.own()?.condition()).map_err(wrong)
    }

    /// Rows and columns of an image.
    fn shape(&self) -> PyResult<[usize; 2]> {
        Ok(self.own()?.condition().dataset.shape())
    }

    fn seed(&self) -> PyResult<u64> {
        Ok(of_either!(&*self.own()?, layer => layer.seed()))
    }

    /// Images, input spikes, output spikes and ties of all training.
    fn totals(&self) -> PyResult<[u64; 4]> {
        let totals = of_either!(&*self.own()?, layer => layer.totals());
        Ok([totals.images, totals.spikes_in, totals.spikes_out, totals.ties])
    }
}

impl NativeLayer {
    /// This call's alone.
    fn own(&self) -> PyResult<MutexGuard<'_, Either>> {
        match self.0.try_lock() {
            Ok(own) => Ok(own),
            Err(TryLockError::WouldBlock) => Err(busy()),
            Err(TryLockError::Poisoned(_)) => Err(broken()),
        }
    }
}

impl Either {
    fn condition(&self) -> &Condition {
        of_either!(self, layer => layer.condition())
    }

    fn inputs(&self) -> usize {
        self.condition().dataset.inputs()
    }
}

/// The condition that a text says, on images of a shape of which nothing more is known.
fn condition_on(text: &str, shape: [usize; 2]) -> PyResult<Condition> {
    let path = std::path::Path::new("the layer");
    let read: Condition = toml_file::parse(text, path).map_err(|error| match error {
        // Its line is one of a text that nobody wrote.
        TomlError::Toml { message, .. } => wrong(message),
        other => wrong(other),
    })?;
    let written = text.parse().map_err(wrong)?;
    let devices =
        devices::read(read.device.as_deref(), std::path::Path::new(""), &Devices::new()).map_err(wrong)?;
    let mut condition = presets::on_top(read, &written, &devices).map_err(wrong)?;
    let facts = Facts {
        name: "images".to_owned(),
        presented: Presented::Images,
        shape,
        classes: vec!["0".to_owned()],
        train_images: 1,
        test_images: 1,
        held_out: None,
        longest_ms: None,
        sha256: String::new(),
    };
    if let Some(what) = facts.impossible() {
        return Err(wrong(format!("{what} is impossible: {} x {}", shape[0], shape[1])));
    }
    condition.dataset = DataSet::Own(Arc::new(facts));
    match condition.broken_rule() {
        Some((key, value, rule)) => Err(wrong(format!("{key} is {value}; {rule}"))),
        None => Ok(condition),
    }
}

fn check_classes(images: usize, classes: &[u16], names: &[String]) -> PyResult<()> {
    if images != classes.len() {
        return Err(wrong(format!("there are {images} images, but {} labels", classes.len())));
    }
    if !(1..=MAX_CLASSES).contains(&names.len()) {
        return Err(wrong(format!("there are {} classes; there may be 1 to {MAX_CLASSES}", names.len())));
    }
    match classes.iter().find(|class| usize::from(**class) >= names.len()) {
        Some(class) => Err(wrong(format!("there is no class {class}"))),
        None => Ok(()),
    }
}

fn check_addresses(images: usize, addresses: Option<&[u64]>) -> PyResult<()> {
    match addresses.map(<[u64]>::len).filter(|&count| count != images) {
        Some(count) => Err(wrong(format!("there are {images} images, but {count} addresses"))),
        None => Ok(()),
    }
}
