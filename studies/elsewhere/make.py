"""Sets that the preset `frontier` was not tuned on, as arrays: python3 make.py MNIST_FOLDER OUT_FOLDER

Digits of 8 x 8 (scikit-learn), MNIST with its pixels permuted and with its pixels inverted, and events: a bar that
crosses 16 x 16 pixels. The bar has four orientations and moves forth or back: the two have the same spikes in another
order, so that a network which counts all of them could not tell forth from back.
"""

import gzip
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SIDE = 16


def idx(folder, name):
    """An IDX file, raw or gzip."""
    path = folder / name
    data = path.read_bytes() if path.exists() else gzip.decompress((folder / f"{name}.gz").read_bytes())
    sizes = np.frombuffer(data, ">i4", data[3], 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(sizes)


def save(out, name, train_images, train_labels, test_images, test_labels):
    arrays = dict(
        train_images=train_images, train_labels=train_labels, test_images=test_images, test_labels=test_labels
    )
    np.savez(out / f"{name}.npz", **arrays)


def bars(random, count):
    """Recordings of 200 ms: each pixel spikes when the bar passes, with 5 ms of jitter, and 20 noise spikes."""
    times, inputs, offsets, labels = [], [], [0], []
    rows, columns = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    for _ in range(count):
        orientation, direction = random.integers(4), random.integers(2)
        angle = np.pi * orientation / 4
        along = np.cos(angle) * columns + np.sin(angle) * rows
        across = np.abs(np.cos(angle) * rows - np.sin(angle) * columns)
        # Half of the pixels at random, within a stripe as wide as half of the field.
        seen = (across < SIDE / 4) & (random.random((SIDE, SIDE)) < 0.5)
        at = 100 + (1 - 2 * direction) * 80 * along[seen] / (SIDE / np.sqrt(2)) + random.normal(0, 5, seen.sum())
        when = np.concatenate([np.clip(at, 0, 199), random.uniform(0, 199, 20)])
        what = np.concatenate([np.flatnonzero(seen), random.integers(0, SIDE * SIDE, 20)])
        order = np.argsort(when, kind="stable")
        times.append(when[order])
        inputs.append(what[order])
        offsets.append(offsets[-1] + len(order))
        labels.append(2 * orientation + direction)
    return dict(
        times=np.concatenate(times), inputs=np.concatenate(inputs), offsets=np.array(offsets), labels=np.array(labels)
    )


def main(mnist, out):
    digits = load_digits()
    parts = train_test_split(digits.images, digits.target, test_size=360, random_state=1, stratify=digits.target)
    save(out, "digits", parts[0], parts[2], parts[1], parts[3])
    images = [idx(mnist, f"{part}-images-idx3-ubyte") for part in ("train", "t10k")]
    labels = [idx(mnist, f"{part}-labels-idx1-ubyte") for part in ("train", "t10k")]
    order = np.random.default_rng(1).permutation(28 * 28)
    permuted = [part.reshape(-1, 784)[:, order].reshape(-1, 28, 28) for part in images]
    save(out, "permuted", permuted[0], labels[0], permuted[1], labels[1])
    save(out, "inverted", 255 - images[0], labels[0], 255 - images[1], labels[1])
    random = np.random.default_rng(2)
    np.savez(out / "bars-train.npz", **bars(random, 8_000))
    np.savez(out / "bars-test.npz", **bars(random, 2_000))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
