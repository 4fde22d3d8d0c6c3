"""A study on a Dask cluster is the study on one thread: with a worker that is killed, with a client that is."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from distributed import Client

import spiketime
import spiketime.dask
from spiketime import _native

SEEDS = 14
RUNS = 2 * SEEDS
EXPERIMENT = f"""\
title = "Two sizes"
seeds = {SEEDS}
checkpoints = [500, 1000]
maps = [1000]

[[condition]]
name = "small"
neurons = 36

[[condition]]
name = "large"
neurons = 196
"""


def program(*words: object) -> list[str]:
    return [sys.executable, "-m", "spiketime", *map(str, words)]


class Cluster:
    """A scheduler and workers, each a process of its own."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.file = folder / "scheduler.json"
        self._start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file))
        wait_until(lambda: self.file.exists() and bool(self.file.read_text()), 60)
        self.address: str = json.loads(self.file.read_text())["address"]

    def _start(self, kind: str, *words: str, begin: str = "exec") -> subprocess.Popen[bytes]:
        command = ["sh", "-c", f'{begin} "$@"', "sh", sys.executable, "-m", "dask", kind, *words]
        with (self.folder / f"{kind}.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        self.processes.append(process)
        return process

    def worker(self, begin: str = "exec") -> subprocess.Popen[bytes]:
        # Without a nanny, who would start it again.
        words = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(self.folder))
        return self._start("worker", self.address, *words, begin=begin)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.02)


@pytest.fixture
def cluster(tmp_path: pathlib.Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    with contextlib.closing(Cluster(folder)) as cluster:
        yield cluster


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The study, and what one thread makes of it."""
    folder = tmp_path_factory.mktemp("alone")
    (folder / "sizes.toml").write_text(EXPERIMENT)
    run = program("run", folder / "sizes.toml", "--sample", "--seeds", SEEDS, "--jobs", "1", "--results", folder / "results")
    subprocess.run(run, check=True, capture_output=True)
    return folder


def made(results: pathlib.Path) -> dict[str, Any]:
    """Every record but for its provenance, the weights' bytes, and the tables."""
    found: dict[str, Any] = {}
    for path in (results / "sample" / "runs").iterdir():
        record = json.loads(path.read_text())
        del record["provenance"], record["sha256"]
        found[path.name] = record
    for path in [*(results / "sample" / "weights").iterdir(), results / "sample" / "records.jsonl"]:
        found[path.name] = path.read_bytes()
    return found


def test_a_study_with_a_worker_that_is_killed_is_that_of_one_thread(
    alone: pathlib.Path, cluster: Cluster, tmp_path: pathlib.Path
) -> None:
    killed, _ = cluster.worker(), cluster.worker()
    study = spiketime.study(alone / "sizes.toml", results=tmp_path / "results", sample=True, seeds=SEEDS)
    came = []
    with Client(cluster.address) as client:
        client.wait_for_workers(2, timeout=60)
        for record in spiketime.dask.run(study, client):
            came.append((record["condition"]["name"], record["seed"]))
            if len(came) == 5:
                killed.kill()
    assert len(came) == len(set(came)) == RUNS
    assert made(tmp_path / "results") == made(alone / "results")
    assert study.status()["finished"] == RUNS


def test_who_starts_again_after_a_lost_client_runs_what_is_missing(
    alone: pathlib.Path, cluster: Cluster, tmp_path: pathlib.Path
) -> None:
    cluster.worker(), cluster.worker()
    results = tmp_path / "results"
    command = program("run", alone / "sizes.toml", "--sample", "--seeds", SEEDS, "--results", results, "--dask", cluster.address)
    client = subprocess.Popen(command, stderr=subprocess.PIPE)
    runs = results / "sample" / "runs"
    wait_until(lambda: runs.is_dir() and len(list(runs.glob("*.json"))) >= 5, 120)
    client.kill()
    client.communicate()
    there = len(list(runs.glob("*.json")))
    assert 5 <= there < RUNS
    again = subprocess.run(command, capture_output=True, text=True)
    assert again.returncode == 0, again.stderr
    assert f"{RUNS} runs, {there} finished before, {RUNS - there} to do" in again.stderr
    assert made(results) == made(alone / "results")


def test_a_worker_whose_disk_is_full_leaves_its_runs_to_others(
    alone: pathlib.Path, cluster: Cluster, tmp_path: pathlib.Path, caplog: pytest.LogCaptureFixture
) -> None:
    # No file beyond 32 blocks of 512 bytes: weights do not fit. It is there first, and fails faster than others work.
    cluster.worker("ulimit -f 32; trap '' XFSZ; exec")
    study = spiketime.study(alone / "sizes.toml", results=tmp_path / "results", sample=True, seeds=SEEDS)
    with Client(cluster.address) as client:
        with pytest.raises(RuntimeError, match=f"{RUNS} run.s. failed.*\n.*File too large"):
            list(spiketime.dask.run(study, client))
        cluster.worker()
        client.wait_for_workers(2, timeout=60)
        caplog.clear()
        assert len(list(spiketime.dask.run(study, client))) == RUNS
    told = [record.getMessage() for record in caplog.records if record.name == "spiketime.dask"]
    assert len(told) == 1 and "File too large" in told[0] and told[0].endswith("its runs go to others")
    assert made(tmp_path / "results") == made(alone / "results")


def test_a_lost_scheduler_is_told_and_what_came_is_kept(alone: pathlib.Path, cluster: Cluster, tmp_path: pathlib.Path) -> None:
    cluster.worker()
    study = spiketime.study(alone / "sizes.toml", results=tmp_path / "results", sample=True, seeds=SEEDS)
    came = 0
    with Client(cluster.address) as client, pytest.raises(RuntimeError, match="the scheduler is gone"):
        for _ in spiketime.dask.run(study, client):
            came += 1
            if came == 3:
                cluster.processes[0].kill()
    told = study.status()
    assert 3 <= told["finished"] < RUNS and not any(run["failure"] for run in told["waiting"])


def own_set(folder: pathlib.Path) -> pathlib.Path:
    """A study on images of its own, of which no worker has a file."""
    mine = folder / "mine"
    mine.mkdir()
    random = np.random.default_rng(20)
    images = random.integers(0, 256, (300, 5, 5), dtype=np.uint8)
    np.savez(mine / "set.npz", train_images=images, train_labels=np.arange(300) % 3)
    (mine / "study.toml").write_text('id = "mine"\n[data.dots]\ntrain_images = "set.npz"\ntrain_labels = "set.npz"\n')
    (mine / "one.toml").write_text(
        'title = "Dots"\nseeds = 3\ncheckpoints = [100]\nmaps = [100]\n'
        '[[condition]]\nname = "dots"\ndataset = "dots"\nneurons = 9\n'
        '[[condition]]\nname = "digits"\nneurons = 9\nlabel_images = 100\ntest_images = 100\n'
    )
    return mine


def test_a_set_of_ones_own_travels_and_one_that_differs_fails_its_runs_alone(
    cluster: Cluster, tmp_path: pathlib.Path
) -> None:
    mine = own_set(tmp_path)
    cluster.worker()
    study = spiketime.study(mine, results=tmp_path / "results", sample=True, seeds=3)
    package = next(iter(_packages(study)))
    whole = package.read_bytes()
    package.write_bytes(b"x" + whole[1:])
    with Client(cluster.address) as client:
        with pytest.raises(RuntimeError, match="3 run.s. failed.*\n.*'dots' is damaged or of another set"):
            list(spiketime.dask.run(study, client))
        told = study.status()
        assert (told["finished"], len(told["waiting"])) == (3, 3)
        assert all("'dots' is damaged" in run["failure"] for run in told["waiting"])
    package.write_bytes(whole)
    # What a worker has under this name is not what it should be, so that another worker is asked.
    cluster.processes[-1].kill()
    cluster.worker()
    with Client(cluster.address) as client:
        assert len(list(spiketime.dask.run(study, client))) == 3
    assert study.status()["finished"] == 6
    here = spiketime.study(mine, results=tmp_path / "alone", sample=True, seeds=3).run(jobs=1)
    assert here.results.is_dir()
    assert made(tmp_path / "results") == made(tmp_path / "alone")


def _packages(study: spiketime.Study) -> Iterator[pathlib.Path]:
    lines = study._ask("run", "--hand-out").splitlines()
    assert len(lines) == 6
    for line in lines:
        for path in _native.needs(line):
            yield study.results / path


def test_a_task_needs_its_line_and_what_the_line_names(tmp_path: pathlib.Path) -> None:
    study = spiketime.study(own_set(tmp_path), results=tmp_path / "results", sample=True, seeds=3)
    line = next(line for line in study._ask("run", "--hand-out").splitlines() if _native.needs(line))
    with pytest.raises(OSError, match="is not where tasks look for it"):
        _native.do_task(line, str(tmp_path / "worker"), str(tmp_path / "nothing"))
    record, weights = _native.do_task(line, str(tmp_path / "worker"), str(study.results))
    assert json.loads(record)["id"] == json.loads(line)["id"] and len(weights) == 1
    assert not [path for path in (tmp_path / "worker").rglob("*") if path.is_file()], "a worker keeps nothing"
    name = next(iter(weights))
    with pytest.raises(ValueError, match="not sound"):
        _native.keep_task(line, (record, {name: weights[name][:-1] + b"x"}), str(study.results))
    _native.keep_task(line, (record, weights), str(study.results))
    assert study.status()["finished"] == 1


def test_another_version_is_refused(
    cluster: Cluster, alone: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = spiketime.study(alone / "sizes.toml", results=tmp_path / "results", sample=True, seeds=SEEDS)
    line = study._ask("run", "--hand-out").splitlines()[0].replace(_native.version(), "0.0.9")
    with pytest.raises(ValueError, match="handed out by Spiketime 0.0.9, but this is .*: install the same version"):
        _native.do_task(line, str(tmp_path), str(tmp_path))
    cluster.worker()
    monkeypatch.setattr(spiketime.dask, "OURS", "0.0.9")
    with Client(cluster.address) as client, pytest.raises(RuntimeError, match="this is 0.0.9: install the same version"):
        list(spiketime.dask.run(study, client))


def test_a_cluster_of_this_machine_needs_no_scheduler_and_what_is_wrong_is_told_in_a_line(
    alone: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    one = ("run", alone / "sizes.toml", "--sample", "--seeds", "1", "--results", tmp_path / "results")
    done = subprocess.run(program(*one, "--dask", "local:2"), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "results" / "sample" / "report.html").exists()
    for address, told in [("local:many", "give local:4"), ("tcp://127.0.0.1:9", "no scheduler answers at tcp://127.0.0.1:9")]:
        words = [*one[:-1], tmp_path / "other", "--dask", address]
        failed = subprocess.run(program(*words), capture_output=True, text=True)
        errors = [line for line in failed.stderr.splitlines() if line.startswith("error: ")]
        assert failed.returncode == 1 and len(errors) == 1 and told in errors[0], failed.stderr
        assert "Traceback" not in failed.stderr


def test_ctrl_c_keeps_what_has_come_back(alone: pathlib.Path, tmp_path: pathlib.Path) -> None:
    results = tmp_path / "results"
    command = program("run", alone / "sizes.toml", "--sample", "--seeds", SEEDS, "--results", results, "--dask", "local:1")
    client = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    runs = results / "sample" / "runs"
    wait_until(lambda: runs.is_dir() and len(list(runs.glob("*.json"))) >= 2, 120)
    os.killpg(client.pid, signal.SIGINT)
    _, said = client.communicate(timeout=60)
    assert client.returncode == 130 and "what has come back is kept" in said, said
    assert "Traceback" not in said, said
