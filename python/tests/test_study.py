"""Studies from Python: run, read, written; and the program that comes with the package."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import spiketime


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> spiketime.Study:
    folder = tmp_path_factory.mktemp("study")
    layer = spiketime.Layer((28, 28), neurons=36, preset="frontier", annealing_images=60_000, label_images=200)
    spiketime.write_study(folder / "mine", {"small": layer, "large": spiketime.Layer(neurons=49)}, seeds=2, checkpoints=[1000])
    return spiketime.study(folder / "mine", results=folder / "results", sample=True, seeds=2).run(jobs=2)


def test_what_was_tried_becomes_a_study_with_the_same_bytes(finished: spiketime.Study) -> None:
    frame = finished.records()
    assert set(frame["condition"]) == {"small", "large"} and set(frame["seed"]) == {1, 2}
    sample = spiketime.data("mnist", sample=True)
    layer = spiketime.Layer((28, 28), neurons=36, preset="frontier", annealing_images=60_000, label_images=200, seed=2)
    layer.train(sample.train).label(sample.train, sample.train_labels)
    told = layer.test(sample.test, sample.test_labels).accuracy_percent
    row = frame.query("condition == 'small' and seed == 2 and metric == 'accuracy' and images_seen == 1000")
    assert row["value"].tolist() == [told]
    maps = finished.maps()
    assert np.array_equal(maps["small", 2, 1000], layer.weights)


def test_records_verdicts_and_figures_can_be_read(finished: spiketime.Study) -> None:
    assert finished.records_polars().shape == finished.records().shape
    assert finished.status()["finished"] == 4
    assert repr(finished).startswith("<spiketime.Study: ") and "4 of 4 runs" in repr(finished)
    assert isinstance(finished.verdicts(), list)
    figures = finished.figures()
    assert figures and all(figure._repr_svg_().lstrip().startswith(("<svg", "<?xml")) for figure in figures.values())


def test_what_is_wrong_with_a_study_is_told(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError, match="nowhere"):
        spiketime.study("nowhere")
    with pytest.raises(ValueError, match="name a study"):
        spiketime.study()
    study = spiketime.study("fig06", results=tmp_path, sample=True)
    with pytest.raises(FileNotFoundError, match="call run\\(\\) first"):
        study.records()


def test_the_program_comes_with_the_package() -> None:
    said = subprocess.run([sys.executable, "-m", "spiketime", "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.startswith("spiketime ")
    wrong = subprocess.run([sys.executable, "-m", "spiketime", "rum"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "run" in wrong.stderr


def test_a_run_that_is_interrupted_goes_on(tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "spiketime", "run", "fig06", "--sample", "--results", str(tmp_path), "--jobs", "1"]
    program = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    time.sleep(0.7)
    os.kill(program.pid, signal.SIGINT)
    _, said = program.communicate(timeout=60)
    assert program.returncode in (0, 130), said
    assert subprocess.run(command, capture_output=True).returncode == 0
