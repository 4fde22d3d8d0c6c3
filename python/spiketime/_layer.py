"""A layer of spiking neurons that learns by STDP, under one's own hands."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spiketime import _native
from spiketime._data import given
from spiketime._progress import Progress, told

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from spiketime._constants import Constants, Preset
    from spiketime._data import Given


@dataclasses.dataclass(frozen=True)
class Spikes:
    """Output spikes of many images.

    ``len`` of it is the number of images, and ``spikes[k]`` are times [ms] and neurons of image k.

    Parameters
    ----------
    times_ms : array of float64
        When, from the onset of the image [ms].
    neurons : array of uint32
        Which neuron.
    offsets : array of int64
        Image k has the spikes from ``offsets[k]`` up to ``offsets[k + 1]``.
    """

    times_ms: NDArray[np.float64]
    neurons: NDArray[np.uint32]
    offsets: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, image: int) -> tuple[NDArray[np.float64], NDArray[np.uint32]]:
        """Times [ms] and neurons of one image."""
        if not -len(self) <= image < len(self):
            raise IndexError(f"there are {len(self)} images; there is none of number {image}")
        own = slice(self.offsets[image % len(self)], self.offsets[image % len(self) + 1])
        return self.times_ms[own], self.neurons[own]

    def __repr__(self) -> str:
        return f"<Spikes: {len(self.times_ms)} of {len(self)} images>"


@dataclasses.dataclass(frozen=True)
class Test:
    """What a test told.

    Parameters
    ----------
    accuracy_percent : float
        Share of images that got their own class [%].
    predictions : array, one an image
        The class that each image got.
    confusion : array of int64, classes x classes
        True class x class that was said.
    """

    __test__ = False  # For pytest, which collects what is called like this.

    accuracy_percent: float
    predictions: NDArray[Any]
    confusion: NDArray[np.int64]

    def __repr__(self) -> str:
        return f"<Test: {self.accuracy_percent:.2f} % of {len(self.predictions)} images>"


class Layer:
    """One layer: every input to every neuron, winner takes all, STDP; exact, without a time step.

    What it does is what the program does: a layer that is shown the training images of a data set in their order has the
    weights of the program's run of the same constants and seed, bit for bit.

    Parameters
    ----------
    shape : int or (int, int)
        Inputs, or rows and columns in which they are drawn.
    neurons : int
        Output neurons.
    preset : {"report", "frontier", "frontier-strict", "diehl-cook"}, optional
        What every constant is that is not given. ``"report"`` is the replicated report's network, ``"frontier"`` the most
        accurate one.
    seed : int
        Root of every random stream: initial weights, thresholds, input spikes.
    **constants
        Any constant of ``docs/keys.md`` by its name, its unit last: ``tau_membrane_ms=20.0``. ``device="device.toml"`` is a
        device file, whose law and spreads are the constants that are not given.

    Raises
    ------
    ValueError
        When a constant is unknown, of another type or impossible.

    Examples
    --------
    >>> import spiketime
    >>> train, train_labels, test, test_labels = spiketime.data("mnist", sample=True)
    >>> layer = spiketime.Layer((28, 28), neurons=36, preset="frontier", seed=1)
    >>> layer.train(train).label(train, train_labels)
    <spiketime.Layer: 28 x 28 inputs, 36 neurons, seed 1, 1000 images seen, 10 classes>
    >>> layer.test(test, test_labels).accuracy_percent > 50
    True
    """

    _native: _native.Layer
    _classes: NDArray[Any] | None

    def __init__(
        self,
        shape: int | tuple[int, int] = (28, 28),
        *,
        neurons: int = 196,
        preset: Preset | None = None,
        seed: int = 1,
        **constants: Unpack[Constants],
    ) -> None:
        given_shape = (1, shape) if isinstance(shape, (int, np.integer)) else tuple(shape)
        if len(given_shape) != 2 or min(given_shape) < 1:
            raise ValueError(f"shape is {shape!r}; it is a number of inputs, or rows and columns")
        if not 0 <= seed < 2**64:
            raise ValueError(f"seed is {seed}; it must be a whole number from 0 to below 2^64")
        own: dict[str, object] = {"neurons": neurons, **constants}
        if preset is not None:
            own["preset"] = preset
        rows, columns = given_shape
        self._native = _native.Layer(toml(own), int(seed), (int(rows), int(columns)))
        self._classes = None

    def __repr__(self) -> str:
        rows, columns = self.shape
        labelled = "" if self._classes is None else f", {len(self._classes)} classes"
        return (
            f"<spiketime.Layer: {rows} x {columns} inputs, {self.neurons} neurons, seed {self.seed}, "
            f"{self.images_seen} images seen{labelled}>"
        )

    def train(
        self,
        images: ArrayLike | tuple[Any, ...],
        *,
        epochs: int = 1,
        start: int = 0,
        full_scale: float | None = None,
        progress: Progress = None,
    ) -> Self:
        """Learns from images, each once an epoch, without labels.

        Ctrl-C ends it between two images, and nothing is lost: where ``images_seen`` was 0 before, the same call with
        ``start=layer.images_seen`` goes on.

        Parameters
        ----------
        images : array, images x rows x columns or images x inputs; or (times_ms, inputs, offsets)
            Grey values 0 to 255, or other numbers with ``full_scale``; or recordings: spikes of one's own, those of recording
            k from ``offsets[k]`` up to ``offsets[k + 1]``, by time. An array of uint8 is not copied.
        epochs : int
            How often each image is shown.
        start : int
            How many presentations of this call have been shown before.
        full_scale : float, optional
            The value that is white, where images are not grey values.
        progress : bool or callable, optional
            True draws a bar with tqdm; a function is called with the number of images that are done.

        Returns
        -------
        Layer
            Itself.

        Raises
        ------
        ValueError
            When the images do not fit the layer.
        RuntimeError
            When another thread is using this layer.
        """
        shown = given(images, self.shape, full_scale)
        total = count(shown) * whole("epochs", epochs)
        with told(progress, "train", max(0, total - whole("start", start))) as tell:
            self._native.train(shown, int(epochs), int(start), tell)
        self._classes = None
        return self

    def label(
        self,
        images: ArrayLike | tuple[Any, ...],
        labels: ArrayLike,
        *,
        full_scale: float | None = None,
        progress: Progress = None,
    ) -> Self:
        """Finds for which class each neuron stands: the one at whose images it spikes most.

        As many images as ``label_images`` says are drawn from these by the seed. Nothing is learned.

        Parameters
        ----------
        images : as in :meth:`train`
            Training images, never test images.
        labels : array, one an image
            Whole numbers or texts.
        full_scale, progress
            As in :meth:`train`.

        Returns
        -------
        Layer
            Itself.
        """
        shown = given(images, self.shape, full_scale)
        classes, own = classified(labels)
        with told(progress, "label", min(count(shown), self.condition["label_images"])) as tell:
            self._native.label(shown, own, [str(name) for name in classes], tell)
        self._classes = classes
        return self

    def test(
        self,
        images: ArrayLike | tuple[Any, ...],
        labels: ArrayLike,
        *,
        full_scale: float | None = None,
        progress: Progress = None,
    ) -> Test:
        """Shows test images one after the other, as the program's tests do, and scores the answers.

        Parameters
        ----------
        images : as in :meth:`train`
            What the layer did not see while it was trained and labelled.
        labels : array, one an image
            The true classes.
        full_scale, progress
            As in :meth:`train`.

        Returns
        -------
        Test
            Accuracy, predictions, confusion.
        """
        shown = given(images, self.shape, full_scale)
        classes, neuron_classes, _ = self._labelled()
        truth = places(labels, classes)
        if len(truth) != count(shown):
            raise ValueError(f"there are {count(shown)} images, but {len(truth)} labels")
        with told(progress, "test", count(shown)) as tell:
            said = neuron_classes[self._native.test(shown, tell)].astype(np.int64)
        confusion = np.zeros((len(classes), len(classes)), np.int64)
        np.add.at(confusion, (truth, said), 1)
        return Test(100.0 * float(np.trace(confusion)) / len(truth), classes[said], confusion)

    def predict(
        self,
        images: ArrayLike | tuple[Any, ...],
        *,
        full_scale: float | None = None,
        unknown: object = None,
        progress: Progress = None,
    ) -> NDArray[Any]:
        """The class of each image by itself: that of the most active neuron.

        Each image finds the layer at rest, so that an answer does not depend on the images before.

        Parameters
        ----------
        images, full_scale
            As in :meth:`train`.
        unknown : optional
            What is said where no neuron spikes, or one that spiked at no label image; the first class if it is not given.
        progress
            As in :meth:`train`.

        Returns
        -------
        array, one an image
            Labels as they were given to :meth:`label`.
        """
        classes, neuron_classes, silent = self._labelled()
        counts = self.counts(images, full_scale=full_scale, progress=progress)
        winners = counts.argmax(axis=1)
        said: NDArray[Any] = classes[neuron_classes[winners]]
        dark = (counts.max(axis=1) == 0) | silent[winners]
        if unknown is not None and dark.any():
            said = np.where(dark, np.asarray(unknown, dtype=object), said.astype(object))
        elif dark.any():
            said[dark] = classes[0]
        return said

    def counts(
        self,
        images: ArrayLike | tuple[Any, ...],
        *,
        full_scale: float | None = None,
        addresses: ArrayLike | None = None,
        progress: Progress = None,
    ) -> NDArray[np.uint32]:
        """Output spikes of each neuron at each image by itself, on all threads.

        Parameters
        ----------
        images, full_scale
            As in :meth:`train`.
        addresses : array of uint64, one an image, optional
            What the input spikes of each image are drawn by, with the seed; its place if it is not given.
        progress
            As in :meth:`train`.

        Returns
        -------
        array of uint32, images x neurons
        """
        shown = given(images, self.shape, full_scale)
        with told(progress, "count", count(shown)) as tell:
            return self._native.counts(shown, addressed(addresses), tell)

    def spikes(
        self,
        images: ArrayLike | tuple[Any, ...],
        *,
        full_scale: float | None = None,
        addresses: ArrayLike | None = None,
        progress: Progress = None,
    ) -> Spikes:
        """The output spikes at each image by itself.

        Their ``(times_ms, neurons, offsets)`` are recordings that another layer can be trained on.

        Parameters
        ----------
        images, full_scale, addresses, progress
            As in :meth:`counts`.

        Returns
        -------
        Spikes
        """
        shown = given(images, self.shape, full_scale)
        with told(progress, "spikes", count(shown)) as tell:
            return Spikes(*self._native.spikes(shown, addressed(addresses), tell))

    @property
    def weights(self) -> NDArray[np.float32]:
        """g/g_max of every synapse, neurons x inputs."""
        return self._native.weights()

    @property
    def maps(self) -> NDArray[np.float32]:
        """The same as pictures, neurons x rows x columns."""
        return self.weights.reshape(-1, *self.shape)

    @property
    def map(self) -> NDArray[np.uint8]:
        """All maps as one picture, row by row in the smallest square of tiles; 0 to 255, white is g_max."""
        rows, columns = self.shape
        tiles = math.ceil(math.sqrt(self.neurons))
        picture = np.zeros((tiles * tiles, rows, columns), np.uint8)
        picture[: self.neurons] = np.floor(self.maps * 255 + 0.5)
        return picture.reshape(tiles, tiles, rows, columns).swapaxes(1, 2).reshape(tiles * rows, tiles * columns)

    @property
    def thresholds_mv(self) -> NDArray[np.float64]:
        """The threshold of each neuron at rest while it is tested [mV]."""
        return self._native.thresholds_mv()

    @property
    def labels(self) -> NDArray[Any] | None:
        """The class of each neuron, as it was given to :meth:`label`; that of a silent one means nothing."""
        if self._classes is None:
            return None
        classes, neuron_classes, _ = self._labelled()
        labels: NDArray[Any] = classes[neuron_classes]
        return labels

    @property
    def classes(self) -> NDArray[Any] | None:
        """The classes that :meth:`label` was told of, sorted."""
        return None if self._classes is None else self._classes.copy()

    @property
    def condition(self) -> dict[str, Any]:
        """Every constant by its name."""
        told: dict[str, Any] = json.loads(self._native.condition())
        return told

    @property
    def neurons(self) -> int:
        """Output neurons."""
        return int(self.condition["neurons"])

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns in which inputs are drawn."""
        rows, columns = self._native.shape()
        return rows, columns

    @property
    def seed(self) -> int:
        """Root of every random stream."""
        return self._native.seed()

    @property
    def images_seen(self) -> int:
        """Presentations that it was trained on."""
        return self._native.totals()[0]

    def to_bytes(self) -> bytes:
        """All that the layer is, as a snapshot of the program."""
        return self._native.to_bytes()

    @classmethod
    def from_bytes(cls, snapshot: bytes) -> Self:
        """A layer from :meth:`to_bytes`, or from a snapshot of the program.

        Parameters
        ----------
        snapshot : bytes

        Returns
        -------
        Layer

        Raises
        ------
        ValueError
            When the bytes are no snapshot, damaged, or of another version.
        """
        layer = cls.__new__(cls)
        layer._native = _native.Layer.read(snapshot)
        layer._classes = None
        if layer._native.labels() is not None:
            names = layer._native.classes()
            whole = all(name.removeprefix("-").isdecimal() for name in names)
            layer._classes = np.array([int(name) for name in names]) if whole else np.array(names)
        return layer

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes a snapshot, whole or not at all.

        Parameters
        ----------
        path : path
            The file; one of this name is replaced.
        """
        path = pathlib.Path(path)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=path.name, delete=False) as file:
            try:
                file.write(self.to_bytes())
                file.close()
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Reads what :meth:`save` wrote, or a file of the program's ``snapshots`` or ``checkpoints``.

        Parameters
        ----------
        path : path
            The file.

        Returns
        -------
        Layer
        """
        return cls.from_bytes(pathlib.Path(path).read_bytes())

    def __getstate__(self) -> dict[str, Any]:
        return {"snapshot": self.to_bytes(), "classes": self._classes}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._native = _native.Layer.read(state["snapshot"])
        self._classes = state["classes"]

    def __copy__(self) -> Self:
        copy = type(self).__new__(type(self))
        copy.__setstate__(self.__getstate__())
        return copy

    def _labelled(self) -> tuple[NDArray[Any], NDArray[np.uint16], NDArray[np.bool_]]:
        """The classes, each neuron's, and which neurons are silent."""
        labels = self._native.labels()
        if labels is None or self._classes is None:
            raise ValueError("the neurons have no labels yet: call label(images, labels) after the last train(...)")
        return self._classes, *labels


def toml(constants: dict[str, object]) -> str:
    """Constants as the program reads them. A value of another kind is told of where it is read."""
    return "\n".join(
        f"{key if key.isidentifier() else json.dumps(key)} = {_toml_value(key, value)}" for key, value in constants.items()
    )


def _toml_value(key: str, value: object) -> str:
    value = value.item() if isinstance(value, np.generic) else value
    value = os.fspath(value) if isinstance(value, os.PathLike) else value
    if isinstance(value, (bool, str)):
        return json.dumps(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (list, tuple, np.ndarray)):
        return f"[{', '.join(_toml_value(key, one) for one in value)}]"
    raise ValueError(f"{key} is {value!r}; constants are numbers, texts, lists of them, True or False")


def count(shown: Given) -> int:
    """How many images or recordings."""
    return max(0, len(shown[2]) - 1) if isinstance(shown, tuple) else len(shown)


def whole(name: str, number: int) -> int:
    """A number of things."""
    if not isinstance(number, (int, np.integer)) or isinstance(number, bool) or not 0 <= number < 2**53:
        raise ValueError(f"{name} is {number!r}; it must be a whole number of 0 or more")
    return int(number)


def one_axis(labels: ArrayLike) -> NDArray[Any]:
    """Labels as an array, one an image."""
    array = np.asarray(labels)
    if array.ndim != 1 or not array.size:
        raise ValueError(f"labels are an array of one axis, one an image; this is {array.shape}")
    return array


def classified(labels: ArrayLike) -> tuple[NDArray[Any], NDArray[np.uint16]]:
    """The classes, sorted, and the place of each label among them."""
    array = one_axis(labels)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ValueError("labels have NaN or infinite values; they are classes")
    classes, own = np.unique(array, return_inverse=True)
    if len(classes) > 1000:
        raise ValueError(f"there are {len(classes)} different labels; there may be 1000 classes")
    return classes, own.astype(np.uint16)


def places(labels: ArrayLike, classes: NDArray[Any]) -> NDArray[np.int64]:
    """Where each label stands among the classes."""
    array = one_axis(labels)
    found = np.minimum(np.searchsorted(classes, array), len(classes) - 1)
    strange = classes[found] != array
    if strange.any():
        raise ValueError(f"{array[strange][0]!r} is none of the classes that label() was told of")
    return found.astype(np.int64)


def addressed(addresses: ArrayLike | None) -> NDArray[np.uint64] | None:
    """Addresses as the program has them."""
    return None if addresses is None else np.ascontiguousarray(addresses, np.uint64)
