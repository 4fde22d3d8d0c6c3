"""Spiking layers in the manner of scikit-learn: a classifier, and a transformer of spike counts.

Rows of X are images, flattened; values are 0 or more, and the largest of the training set is white. The answer to a row is
by that row alone: what its input spikes are drawn by is the row itself, so neither its place nor its neighbours matter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, check_non_negative, validate_data

from spiketime._layer import Layer

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["STDPClassifier", "STDPFeatures"]


class _STDP(BaseEstimator):  # type: ignore[misc]
    """What both share: a layer, trained without labels."""

    layer_: Layer
    full_scale_: float
    n_features_in_: int

    def __init__(
        self,
        n_neurons: int = 100,
        *,
        preset: str = "frontier",
        epochs: int = 1,
        full_scale: float | None = None,
        constants: Mapping[str, Any] | None = None,
        random_state: Any = 1,
        verbose: bool = False,
    ) -> None:
        self.n_neurons = n_neurons
        self.preset = preset
        self.epochs = epochs
        self.full_scale = full_scale
        self.constants = constants
        self.random_state = random_state
        self.verbose = verbose

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        return tags

    def _train(self, X: NDArray[Any]) -> NDArray[np.uint8]:
        """Trains a new layer; returns the images that it saw."""
        check_non_negative(X, type(self).__name__)
        self.full_scale_ = float(X.max()) or 1.0 if self.full_scale is None else float(self.full_scale)
        constants: dict[str, Any] = {"label_images": max(1, len(X)), **(self.constants or {})}
        if self.preset.startswith("frontier"):
            # Gains are annealed over the whole training, however long that is.
            constants.setdefault("annealing_images", len(X) * self.epochs)
        own = self._shape(X.shape[1])
        neurons, seed = int(self.n_neurons), self._seed()
        self.layer_ = Layer(own, neurons=neurons, preset=self.preset, seed=seed, **constants)  # type: ignore[arg-type]
        images = self._grey(X)
        self.layer_.train(images, epochs=self.epochs, progress=self.verbose)
        return images

    @staticmethod
    def _shape(features: int) -> tuple[int, int]:
        """Squares are drawn as squares."""
        side = round(features**0.5)
        return (side, side) if side * side == features else (1, features)

    def _seed(self) -> int:
        """A whole number is the seed itself, so that it names a run of the program."""
        if isinstance(self.random_state, (int, np.integer)):
            return int(self.random_state)
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _grey(self, X: NDArray[Any]) -> NDArray[np.uint8]:
        """What is brighter than white is white."""
        scaled = 255.0 * np.clip(X.astype(np.float64), 0.0, self.full_scale_) / self.full_scale_
        return np.floor(scaled + 0.5).astype(np.uint8)

    def _counts(self, X: Any) -> NDArray[np.uint32]:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        check_non_negative(X, type(self).__name__)
        images = self._grey(X)
        digests = (hashlib.blake2b(image.tobytes(), digest_size=8).digest() for image in images)
        addresses = np.frombuffer(b"".join(digests), np.uint64)
        return self.layer_.counts(images, addresses=addresses, progress=self.verbose)


class STDPClassifier(ClassifierMixin, _STDP):  # type: ignore[misc]
    """A layer that learns by STDP without labels; then each neuron gets the class at which it spikes most.

    Parameters
    ----------
    n_neurons : int
        Output neurons.
    preset : {"frontier", "frontier-strict", "report", "diehl-cook"}
        What every constant is that is not given.
    epochs : int
        How often each row is shown.
    full_scale : float, optional
        The value that is white; the largest of the training set if it is not given.
    constants : mapping, optional
        Any constant of the model by its name, such as ``{"image_ms": 300.0}``.
    random_state : int, RandomState or None
        A whole number is the seed of the layer itself.
    verbose : bool
        Draws progress bars with tqdm.

    Attributes
    ----------
    classes_ : array
        The classes, sorted.
    layer_ : spiketime.Layer
        The trained layer: ``layer_.maps`` are its weights as pictures.
    full_scale_ : float
        The value that is white.
    n_features_in_ : int
        Inputs.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from spiketime.sklearn import STDPClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> STDPClassifier(100, epochs=5, random_state=1).fit(X[:1000], y[:1000]).score(X[1000:], y[1000:]) > 0.7
    True
    """

    classes_: NDArray[Any]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        # The one check that this leaves out asks for 83 % on three blobs of two features. Two inputs give a layer the ratio
        # of two rates and nothing else: it knows 74 % of them.
        tags.classifier_tags.poor_score = True
        return tags

    def fit(self, X: Any, y: Any) -> Self:
        """Trains on X without y, then labels the neurons with y.

        Parameters
        ----------
        X : array, samples x features
            0 or more.
        y : array, samples
            Classes.

        Returns
        -------
        STDPClassifier
            Itself.
        """
        X, y = validate_data(self, X, y)
        check_classification_targets(y)
        self.classes_, places = np.unique(y, return_inverse=True)
        images = self._train(X)
        self.layer_.label(images, places, progress=self.verbose)
        self._most_frequent = int(np.bincount(places).argmax())
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """The class of each row: that of the most active neuron; the most frequent one where none of them knows.

        Parameters
        ----------
        X : array, samples x features

        Returns
        -------
        array, samples
        """
        counts = self._counts(X)
        _, neuron_classes, silent = self.layer_._labelled()
        counts[:, silent] = 0
        said = neuron_classes[counts.argmax(axis=1)].astype(np.intp)
        said[counts.max(axis=1) == 0] = self._most_frequent
        classes: NDArray[Any] = self.classes_[said]
        return classes


class STDPFeatures(ClassNamePrefixFeaturesOutMixin, TransformerMixin, _STDP):  # type: ignore[misc]
    """A layer that learns by STDP without labels, and then tells how often each neuron spikes at a row.

    Parameters
    ----------
    n_neurons, preset, epochs, full_scale, constants, random_state, verbose
        As in :class:`STDPClassifier`.

    Attributes
    ----------
    layer_ : spiketime.Layer
        The trained layer.
    full_scale_ : float
        The value that is white.
    n_features_in_ : int
        Inputs.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from spiketime.sklearn import STDPFeatures
    >>> X, y = load_digits(return_X_y=True)
    >>> pipeline = make_pipeline(STDPFeatures(64), LogisticRegression(max_iter=1000)).fit(X[:1000], y[:1000])
    >>> pipeline.score(X[1000:], y[1000:]) > 0.8
    True
    """

    _n_features_out: int

    def fit(self, X: Any, y: Any = None) -> Self:
        """Trains on X; y is not looked at.

        Parameters
        ----------
        X : array, samples x features
            0 or more.
        y : ignored

        Returns
        -------
        STDPFeatures
            Itself.
        """
        self._train(validate_data(self, X))
        self._n_features_out = self.layer_.neurons
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """Output spikes of each neuron at each row.

        Parameters
        ----------
        X : array, samples x features

        Returns
        -------
        array of float64, samples x neurons
        """
        return self._counts(X).astype(np.float64)
