"""A layer does what the program does, and tells it in arrays."""

from __future__ import annotations

import copy
import json
import os
import pathlib
import pickle
import signal
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

import spiketime

ROOT = pathlib.Path(__file__).resolve().parents[2]
RECORD = sorted((ROOT / "records").iterdir())[-1]


@pytest.fixture(scope="module")
def sample() -> spiketime.Images:
    return spiketime.data("mnist", sample=True)


@pytest.fixture(scope="module")
def trained(sample: spiketime.Images) -> spiketime.Layer:
    layer = spiketime.Layer((28, 28), neurons=36, preset="frontier", seed=3, annealing_images=1000)
    return layer.train(sample.train).label(sample.train, sample.train_labels)


def run_of_the_record(name: str) -> dict:
    runs = map(json.loads, (RECORD / "runs.jsonl").read_text().splitlines())
    return next(run for run in runs if run["condition"]["name"] == name and run["seed"] == 1)


def constants(run: dict) -> dict:
    return {key: value for key, value in run["condition"].items() if key not in ("name", "dataset", "test_images")}


def test_sixty_thousand_images_give_the_numbers_and_the_map_of_the_record() -> None:
    try:
        train, train_labels, test, test_labels = spiketime.data("mnist")
    except OSError as error:
        pytest.skip(f"the whole of MNIST cannot be had: {error}")
    run = run_of_the_record("n36")
    layer = spiketime.Layer((28, 28), seed=run["seed"], **constants(run))
    layer.train(train[:900]).train(train[900:])
    told = layer.label(train, train_labels).test(test, test_labels)
    recorded = next(point for point in run["checkpoints"] if point["images_seen"] == 60_000)
    assert told.accuracy_percent == recorded["accuracy"]
    assert told.confusion.tolist() == recorded["confusion"]
    assert np.array_equal(layer.map, np.asarray(Image.open(RECORD / "maps" / "n36-60000.png")))


def test_an_interrupted_training_goes_on_with_the_same_weights(sample: spiketime.Images) -> None:
    def made() -> spiketime.Layer:
        return spiketime.Layer(neurons=36, preset="frontier", annealing_images=2000)

    whole, cut = made().train(sample.train, epochs=2), made()

    def interrupt(done: int) -> None:
        if done > 300:
            raise KeyboardInterrupt

    # Images as fast as they come: the pauses are what lets the bar be told.
    slow = spiketime.Layer(neurons=2000, precision="f64", preset="frontier", annealing_images=2000)
    with pytest.raises(KeyboardInterrupt):
        slow.train(sample.train, epochs=200, progress=interrupt)
    assert 300 < slow.images_seen < 200_000

    cut.train(sample.train[:500])
    # The order of a shuffled epoch is that of all its images.
    again = made()
    again.train(sample.train, epochs=2, start=0)
    assert np.array_equal(again.weights, whole.weights)
    halves = spiketime.Layer(neurons=36).train(sample.train[:500]).train(sample.train, start=500)
    assert np.array_equal(halves.weights, spiketime.Layer(neurons=36).train(sample.train).weights)


@pytest.fixture
def hears_signals() -> Iterator[None]:
    """Also where who started this in the background has Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def seconds_to_a_signal(layer: spiketime.Layer, images: np.ndarray) -> float:
    sent = []

    def send() -> None:
        time.sleep(0.3)
        sent.append(time.perf_counter())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=send).start()
    with pytest.raises(KeyboardInterrupt):
        layer.train(images, epochs=10_000)
    return time.perf_counter() - sent[0]


@pytest.mark.usefixtures("hears_signals")
def test_a_signal_is_heard_within_a_fifth_of_a_second_and_nothing_is_lost(sample: spiketime.Images) -> None:
    layer = spiketime.Layer(neurons=400, preset="frontier", annealing_images=1000)
    # The least of a few: a machine that does something else may wake us late.
    assert min(seconds_to_a_signal(layer, sample.train) for _ in range(4)) < 0.2
    seen = layer.images_seen
    assert seen > 0
    assert layer.train(sample.train[:10]).images_seen == seen + 10


def test_other_threads_run_while_a_layer_computes_and_may_not_use_it(sample: spiketime.Images) -> None:
    layer, steps, refused = spiketime.Layer(neurons=400, preset="frontier", annealing_images=1000), [], []
    done = threading.Event()

    def work() -> None:
        layer.train(sample.train, epochs=20)
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    while not done.wait(0.005):
        steps.append(time.perf_counter())
        try:
            layer.weights  # noqa: B018
        except RuntimeError as error:
            refused.append(str(error))
    worker.join()
    assert len(steps) > 10 and len(refused) > 5
    assert "another thread is using this layer" in refused[0]
    assert layer.images_seen == 20_000


def test_a_device_file_is_the_constants_that_it_says_and_what_is_given_beside_it_comes_on_top(
    sample: spiketime.Images, tmp_path: pathlib.Path
) -> None:
    device = tmp_path / "device.toml"
    device.write_text(
        "conductance_min_ns = 2\nconductance_max_ns = 12\n"
        "[potentiation]\nlaw = 'table'\ntable = [[0, 0.02], [0.5, 0.01], [0.5, 0.005], [1, 0]]\n"
        "[depression]\nlaw = 'linear'\nstep = 0.005\nstep_sd = 0.5\n[variation]\ncycle_sd = 0.3\n"
    )
    points = np.array([[0, 0.02], [0.5, 0.01], [0.5, 0.005], [1, 0]])
    by_hand = spiketime.Layer(
        (28, 28), neurons=9, stdp_gain=1.0, stdp_gain_dependence="table", stdp_gain_table=points, stdp_loss=0.005,
        stdp_loss_sd=0.5, cycle_sd=0.0,
    )
    layer = spiketime.Layer((28, 28), neurons=9, device=device, cycle_sd=0)
    images = sample[0][:100]
    assert (layer.train(images).weights == by_hand.train(images).weights).all()
    assert layer.condition["conductance_max_ns"] == 10.0 and "device" not in layer.condition
    noisy = spiketime.Layer((28, 28), neurons=9, device=device).train(images)
    assert (noisy.weights != layer.weights).any()
    # A layer of devices is saved and goes on as one that was left alone.
    halved = pickle.loads(pickle.dumps(spiketime.Layer((28, 28), neurons=9, device=device).train(images[:50])))
    assert (halved.train(images[50:]).weights == noisy.weights).all()
    with pytest.raises(ValueError, match="nowhere.toml"):
        spiketime.Layer((28, 28), device="nowhere.toml")


def test_a_saved_layer_answers_as_before(sample: spiketime.Images, trained: spiketime.Layer, tmp_path: pathlib.Path) -> None:
    trained.save(tmp_path / "layer.snapshot")
    assert [path.name for path in tmp_path.iterdir()] == ["layer.snapshot"]
    for other in (
        spiketime.Layer.load(tmp_path / "layer.snapshot"), pickle.loads(pickle.dumps(trained)), copy.copy(trained), copy.deepcopy(trained),
    ):
        assert repr(other) == repr(trained)
        assert np.array_equal(other.predict(sample.test), trained.predict(sample.test))
        assert other.condition == trained.condition
        other.train(sample.train[:10])
        assert other.images_seen == trained.images_seen + 10 and other.classes is None
    damaged = bytearray(trained.to_bytes())
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises(ValueError, match="the snapshot is damaged"):
        spiketime.Layer.from_bytes(bytes(damaged))


def test_classes_may_be_texts(sample: spiketime.Images, trained: spiketime.Layer) -> None:
    names = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
    named = copy.copy(trained).label(sample.train, names[sample.train_labels])
    told, plain = named.test(sample.test, names[sample.test_labels]), trained.test(sample.test, sample.test_labels)
    # Ties go to the first class, and the names stand in another order: a few answers differ.
    assert abs(told.accuracy_percent - plain.accuracy_percent) < 5
    assert set(named.predict(sample.test)) <= set(names)
    again = spiketime.Layer.from_bytes(named.to_bytes())
    assert np.array_equal(again.predict(sample.test), named.predict(sample.test))


def test_counts_are_those_of_the_spikes_and_an_image_answers_alone(sample: spiketime.Images, trained: spiketime.Layer) -> None:
    counts, spikes = trained.counts(sample.test), trained.spikes(sample.test)
    assert counts.dtype == np.uint32 and counts.shape == (500, 36)
    assert counts.sum() == len(spikes.times_ms) == len(spikes.neurons) > 1000
    for image in (0, 7, 499):
        times_ms, neurons = spikes[image]
        assert np.array_equal(np.bincount(neurons, minlength=36), counts[image])
        assert (np.diff(times_ms) >= 0).all() and (times_ms >= 0).all()
    addresses = np.arange(500, dtype=np.uint64)
    shuffled = np.random.default_rng(1).permutation(500)
    assert np.array_equal(trained.counts(sample.test[shuffled], addresses=addresses[shuffled]), counts[shuffled])


def test_output_spikes_train_a_second_layer(sample: spiketime.Images, trained: spiketime.Layer) -> None:
    spikes = trained.spikes(sample.train)
    second = spiketime.Layer(36, neurons=10, threshold_min_mv=1.0, threshold_max_mv=1.0)
    second.train((spikes.times_ms, spikes.neurons, spikes.offsets))
    second.label((spikes.times_ms, spikes.neurons, spikes.offsets), sample.train_labels)
    assert second.images_seen == 1000
    assert second.counts((spikes.times_ms, spikes.neurons, spikes.offsets)).sum() > 0


def test_maps_are_weights_in_the_shape_of_images(trained: spiketime.Layer) -> None:
    assert trained.weights.shape == (36, 784) and trained.weights.dtype == np.float32
    assert np.array_equal(trained.maps.reshape(36, 784), trained.weights)
    assert trained.map.shape == (6 * 28, 6 * 28)
    assert trained.map[28, 56] == np.floor(trained.maps[6 + 2, 0, 0] * 255 + 0.5)
    assert trained.thresholds_mv.shape == (36,) and (trained.thresholds_mv > 0).all()


def test_images_of_other_numbers_are_the_same_images(sample: spiketime.Images, trained: spiketime.Layer) -> None:
    expected = trained.counts(sample.test)
    wide = np.zeros((500, 28, 56), np.uint8)
    wide[:, :, ::2] = sample.test
    frozen = sample.test.copy()
    frozen.flags.writeable = False
    for images, scale in (
        (sample.test.reshape(500, 784), None), (sample.test.astype(np.int64), None), (sample.test / 255.0, 1.0),
        (sample.test.astype(np.float32), 255.0), (wide[:, :, ::2], None), (np.asfortranarray(sample.test), None), (frozen, None),
        (sample.test.tolist(), None),
    ):
        assert np.array_equal(trained.counts(images, full_scale=scale), expected)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"neurons": -1}, "neurons: it must be a whole number of 0 or more, not -1"),
        ({"neurons": 0}, "neurons"),
        ({"neurons": 10**9}, "neurons"),
        ({"tau_membrane": 1.0}, "unknown key 'tau_membrane'; did you mean 'tau_membrane_ms'?"),
        ({"tau_membrane_ms": -1.0}, "tau_membrane_ms is -1; it must be a number above 0"),
        ({"tau_membrane_ms": float("nan")}, "tau_membrane_ms"),
        ({"tau_membrane_ms": None}, "tau_membrane_ms is None; constants are numbers, texts, lists of them, True or False"),
        ({"preset": "diehl"}, "did you mean 'diehl-cook'"),
        ({"shape": (0, 28)}, "shape is \\(0, 28\\)"),
        ({"shape": (1000, 1000)}, "its shape is impossible"),
        ({"shape": (2**62, 4)}, "its shape is impossible"),
        ({"seed": -1}, "seed is -1"),
        ({"neurons": 100_000, "shape": (256, 256), "precision": "f64"}, "memory"),
    ],
)
def test_impossible_constants_are_told(given: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        spiketime.Layer(**{"shape": (28, 28), **given})


def test_what_is_no_image_is_told(sample: spiketime.Images, trained: spiketime.Layer) -> None:
    test = sample.test
    for images, scale, told in (
        (test[0], None, "the layer sees 28 x 28|images x rows x columns"),
        (test[:, :27], None, "images are 27 x 28; the layer sees 28 x 28"),
        (test[:0], None, "at least one"),
        (test / 255.0, None, "need full_scale"),
        (test.astype(np.int64) - 1, None, "need full_scale"),
        (test / 200.0, 1.0, "they must be 0 to 1"),
        (np.full((1, 28, 28), np.nan), 1.0, "holds NaN"),
        (test, 0.0, "full_scale is 0"),
        (test.astype(complex), None, "images are numbers"),
        (np.array(["a"]), None, "images x rows"),
        (test.astype(object), None, "images are numbers"),
    ):
        with pytest.raises(ValueError, match=told):
            trained.counts(images, full_scale=scale)


def test_what_is_no_recording_is_told() -> None:
    layer = spiketime.Layer(4, neurons=2)
    good = (np.array([0.0, 1.0]), np.array([0, 3]), np.array([0, 2]))
    layer.train(good)
    for events, told in (
        (good[:2], "these are 2 arrays"),
        ((good[0], np.array([0, 4]), good[2]), "of input 4"),
        ((good[0], np.array([0.0, 1.0]), good[2]), "inputs must be whole numbers"),
        ((good[0], np.array([-1, 1]), good[2]), "of input -1"),
        ((np.array([1.0, 0.0]), good[1], good[2]), "sort the events"),
        ((np.array([np.nan, 0.0]), good[1], good[2]), "times are 0 or more"),
        ((good[0], good[1], np.array([0, 3])), "offsets must rise"),
        ((good[0], good[1], np.array([], np.int64)), "offsets must rise"),
        ((good[0][:1], good[1], good[2]), "an event has one of both"),
        ((good[0].reshape(2, 1), good[1], good[2]), "one axis"),
    ):
        with pytest.raises(ValueError, match=told):
            layer.train(events)


def test_labels_that_do_not_fit_are_told(sample: spiketime.Images, trained: spiketime.Layer) -> None:
    layer = copy.copy(trained)
    for labels, told in (
        (sample.train_labels[:-1], "1000 images, but 999 labels"),
        (sample.train_labels.reshape(10, 100), "one axis"),
        (np.full(1000, np.nan), "NaN"),
        ([], "one axis"),
    ):
        with pytest.raises(ValueError, match=told):
            layer.label(sample.train, labels)
    with pytest.raises(ValueError, match="none of the classes"):
        layer.test(sample.test, np.full(500, 11))
    with pytest.raises(ValueError, match="call label"):
        spiketime.Layer(neurons=4).predict(sample.test)
    with pytest.raises(ValueError, match="1000 classes"):
        layer.label(np.zeros((1001, 28, 28), np.uint8), np.arange(1001))


def test_a_forked_process_answers_too(sample: spiketime.Images, trained: spiketime.Layer) -> None:
    expected = trained.predict(sample.test)
    child = os.fork()
    if child == 0:
        # It must neither hang nor run what pytest does at the end of a process.
        os._exit(0 if np.array_equal(trained.predict(sample.test), expected) else 1)
    for _ in range(200):
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        time.sleep(0.05)
    else:
        os.kill(child, signal.SIGKILL)
        pytest.fail("the child waits for threads that it does not have")
    assert os.waitstatus_to_exitcode(status) == 0


def test_a_representation_tells_what_there_is(trained: spiketime.Layer, sample: spiketime.Images) -> None:
    assert repr(trained) == "<spiketime.Layer: 28 x 28 inputs, 36 neurons, seed 3, 1000 images seen, 10 classes>"
    assert repr(trained.test(sample.test, sample.test_labels)).endswith(" % of 500 images>")
    assert repr(trained.spikes(sample.test[:2])).endswith(" of 2 images>")
