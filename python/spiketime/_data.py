"""Images as a layer wants them, and the data sets that the program knows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spiketime import _native

if TYPE_CHECKING:
    from typing_extensions import TypeAlias

    Given: TypeAlias = _native.Pixels | _native.Events


class Images(NamedTuple):
    """A data set: see :func:`data`.

    Parameters
    ----------
    train : array of uint8, images x rows x columns
        Training images.
    train_labels : array of int64
        Their classes.
    test : array of uint8, images x rows x columns
        Test images.
    test_labels : array of int64
        Their classes.
    """

    train: NDArray[np.uint8]
    train_labels: NDArray[np.int64]
    test: NDArray[np.uint8]
    test_labels: NDArray[np.int64]


def data(name: str = "mnist", *, sample: bool = False, folder: str | os.PathLike[str] | None = None) -> Images:
    """A data set that the program knows, fetched and checked by its digests once, then read from the cache.

    Parameters
    ----------
    name : {"mnist", "fashion-mnist"}
        Which.
    sample : bool
        The 1 000 training and 500 test images that come with this package instead of all: for a first look.
    folder : path, optional
        Where the IDX files are, raw or gzip, instead of the cache and the mirrors.

    Returns
    -------
    Images
        ``train`` (60 000 x 28 x 28, uint8), ``train_labels``, ``test`` (10 000 x 28 x 28), ``test_labels``.

    Raises
    ------
    OSError
        When it is not there and cannot be fetched.

    Examples
    --------
    >>> import spiketime
    >>> train, train_labels, test, test_labels = spiketime.data("mnist", sample=True)
    >>> train.shape, test.shape
    ((1000, 28, 28), (500, 28, 28))
    """
    named = None if folder is None else os.fspath(folder)
    (train, train_classes), (test, test_classes), _ = _native.data_set(name, sample, named)
    return Images(
        train.reshape(-1, 28, 28), train_classes.astype(np.int64), test.reshape(-1, 28, 28), test_classes.astype(np.int64)
    )


def given(images: Any, shape: tuple[int, int], full_scale: float | None) -> Given:
    """What a layer of this shape is shown: bytes, images x inputs; or recordings as (times [ms], inputs, offsets)."""
    if isinstance(images, tuple):
        return recordings(images)
    return grey(images, shape, full_scale)


def recordings(events: tuple[Any, ...]) -> _native.Events:
    """Times [ms], inputs and offsets of recordings, as arrays of the right types."""
    if len(events) != 3:
        raise ValueError(f"recordings are (times_ms, inputs, offsets); these are {len(events)} arrays")
    times_ms, inputs, offsets = (np.asarray(array) for array in events)
    for name, array in (("times_ms", times_ms), ("inputs", inputs), ("offsets", offsets)):
        if array.ndim != 1:
            raise ValueError(f"{name} must have one axis; it has {array.ndim}")
    for name, array in (("inputs", inputs), ("offsets", offsets)):
        if array.size and array.dtype.kind not in "iu":
            raise ValueError(f"{name} must be whole numbers; they are {array.dtype}")
    return (
        np.ascontiguousarray(times_ms, np.float64),
        np.ascontiguousarray(inputs, np.int64),
        np.ascontiguousarray(offsets, np.int64),
    )


def grey(images: ArrayLike, shape: tuple[int, int], full_scale: float | None) -> _native.Pixels:
    """Images x inputs as bytes, in a copy only where they are not that already."""
    array = np.asarray(images)
    inputs = shape[0] * shape[1]
    if array.ndim not in (2, 3) or array.shape[0] == 0:
        raise ValueError(
            f"images are an array of images x rows x columns or images x inputs, and at least one; this is {array.shape}"
        )
    if array.ndim == 3 and array.shape[1:] != shape or array.ndim == 2 and array.shape[1] != inputs:
        raise ValueError(f"images are {' x '.join(map(str, array.shape[1:]))}; the layer sees {shape[0]} x {shape[1]}")
    array = array.reshape(len(array), inputs)
    if array.dtype == np.uint8 and full_scale is None:
        return np.ascontiguousarray(array)
    if array.dtype.kind not in "biuf":
        raise ValueError(f"images are numbers; these are {array.dtype}")
    if full_scale is None:
        if array.dtype.kind == "f" or array.min() < 0 or array.max() > 255:
            raise ValueError(
                f"images of {array.dtype} need full_scale, the value that is white: full_scale=1.0 where they are 0 to 1"
            )
        return np.ascontiguousarray(array, np.uint8)
    values = np.ascontiguousarray(array, np.float64).reshape(-1)
    return _native.grey(values, float(full_scale)).reshape(array.shape)
