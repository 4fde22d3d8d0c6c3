"""One study on the workers of a Dask cluster: the bytes that one machine makes, wherever a run was done.

======================================  ========================================================================
from a notebook                         :func:`run`, which hands out what waits and gives results as they come
from a shell                            ``spiketime run STUDY --dask ADDRESS``, or ``--dask local:4`` without a cluster
======================================  ========================================================================

A worker needs this package and no file of the study: it gets one line of JSON a run, and by digest what that names; it gives
back a record and its weights. MNIST and Fashion-MNIST it finds or fetches itself, once.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import pathlib
import signal
import subprocess
import sys
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from distributed import Client, Future, KilledWorker, LocalCluster, as_completed, get_worker

from spiketime import _native

if TYPE_CHECKING:
    from spiketime._study import Study

Record = dict[str, Any]

#: Which program this is: only the same one does what it hands out.
OURS = _native.version()
#: How long one waits for a scheduler to answer.
SCHEDULER_SECONDS = 10.0
#: How long one waits for its first worker.
WORKER_SECONDS = 30.0


@dataclass(frozen=True)
class Failure:
    """A run failed, and would fail anywhere."""

    why: str


@dataclass(frozen=True)
class Lack:
    """A worker lacks what a run needs, room on its disk or a data set; another may have it."""

    worker: str
    why: str


@dataclass(frozen=True)
class _Task:
    """A line that was handed out, and what we ask of it."""

    line: str
    id: str
    name: str
    needs: list[str]

    @classmethod
    def of(cls, line: str) -> _Task:
        told = json.loads(line)
        return cls(line, told["id"], f"{told['condition']['name']} seed {told['seed']}", _native.needs(line))


@dataclass(frozen=True)
class _Handed:
    """What is handed out, and where results go."""

    lines: list[str]
    results: pathlib.Path


def run(study: Study, client: Client) -> Iterator[Record]:
    """Runs what of a study is not finished on the workers of ``client``, and gives each record when it is there.

    What is there is kept at once: who starts again after a lost client, or a stop, runs only what is missing. A worker that
    dies, or has no room left, is replaced by another, and a run that fails does not end the others. At the end tables, verdicts
    and page are made.

    Parameters
    ----------
    study : spiketime.Study
        As :func:`spiketime.study` gives it.
    client : distributed.Client
        Whose workers have this version of Spiketime.

    Yields
    ------
    dict
        The record of a run, as ``runs/<id>.json`` holds it: ``condition``, ``seed``, ``checkpoints`` and more.

    Raises
    ------
    RuntimeError
        At the start, where a worker has another version or none comes; at the end, where runs failed: with the reason of each.

    Examples
    --------
    >>> from distributed import Client  # doctest: +SKIP
    >>> study = spiketime.study("mine", results="results")  # doctest: +SKIP
    >>> for record in spiketime.dask.run(study, Client("tcp://head:8786")):  # doctest: +SKIP
    ...     print(record["condition"]["name"], record["seed"], record["checkpoints"][-1]["accuracy"])
    """
    handed = _Handed(study._ask("run", "--hand-out").splitlines(), study.results)
    failures: dict[str, str] = {}
    yield from _results(handed, client, failures)
    if failures:
        raise RuntimeError(_told(failures))
    # Nothing waits, so that it makes the tables.
    study._ask("run")


def _results(handed: _Handed, client: Client, failures: dict[str, str]) -> Iterator[Record]:
    """Records as they come; what fails is noted in ``failures``, by the run's name."""
    if not handed.lines:
        return
    _check_workers(client)
    tasks = [_Task.of(line) for line in handed.lines]
    files = _files(tasks, handed.results, client)
    asked = [_ask(client, task, files) for task in tasks]
    under_way = dict(zip([future.key for future in asked], tasks, strict=True))
    completed = as_completed(asked, raise_errors=False)
    # Nobody else holds them: what has come back takes no memory of a worker.
    del asked
    lacking: list[str] = []
    for future in completed:
        task, answer = under_way.pop(future.key), _answer(future)
        if isinstance(answer, Lack) and (others := _others(client, answer, lacking)):
            again = _ask(client, task, files, others)
            under_way[again.key] = task
            completed.add(again)
            continue
        record = _kept(task, answer, handed.results, failures)
        if record is not None:
            yield record


def _ask(client: Client, task: _Task, files: Mapping[str, Future], workers: Sequence[str] | None = None) -> Future:
    # A key of its own: a task of an earlier client that is still under way is not ours.
    key = f"spiketime-{task.id}-{uuid.uuid4().hex}"
    given = (task.line, task.needs, [files[path] for path in task.needs])
    # Where these workers are gone another one is better than none.
    return client.submit(_do, *given, key=key, pure=False, workers=workers, allow_other_workers=workers is not None)


def _others(client: Client, lack: Lack, lacking: list[str]) -> list[str]:
    """The workers that are not known to lack something; each of those is told of once."""
    if lack.worker not in lacking:
        logging.getLogger(__name__).warning("worker %s: %s; its runs go to others", lack.worker, lack.why)
        lacking.append(lack.worker)
    return [worker for worker in client.nthreads() if worker not in lacking]


def _kept(task: _Task, answer: _native.Result | Lack | Failure, results: pathlib.Path, failures: dict[str, str]) -> Record | None:
    if isinstance(answer, tuple):
        try:
            _native.keep_task(task.line, answer, str(results))
            record: Record = json.loads(answer[0])
            return record
        except ValueError as error:
            answer = Failure(str(error))
    failures[task.name] = answer.why
    _native.keep_failure(task.id, answer.why, str(results))
    return None


def _files(tasks: Sequence[_Task], results: pathlib.Path, client: Client) -> dict[str, Future]:
    """What lines name by digest, each sent once; a worker that has it gives it to the next."""
    paths = {path for task in tasks for path in task.needs}
    with warnings.catch_warnings():
        # Dask would rather have such bytes scattered, but what is scattered is lost with the worker that had it.
        warnings.filterwarnings("ignore", message="Sending large graph")
        return {
            path: client.submit(_same, (results / path).read_bytes(), key=f"spiketime-file-{path}-{uuid.uuid4().hex}")
            for path in sorted(paths)
        }


def _answer(future: Future) -> _native.Result | Lack | Failure:
    try:
        answer: _native.Result | Lack | Failure = future.result()
        return answer
    except CancelledError:
        raise RuntimeError("the scheduler is gone; what has come back is kept, start again to go on") from None
    except KilledWorker:
        return Failure("every worker that tried it died; was there enough memory? `spiketime run --dry-run` tells how much it takes")
    except Exception as error:
        return Failure(str(error))


def _check_workers(client: Client) -> None:
    try:
        client.wait_for_workers(1, timeout=WORKER_SECONDS)
    except TimeoutError:
        address = client.scheduler.address if client.scheduler else "the scheduler"
        raise RuntimeError(f"no worker has come to {address}: start some with `dask worker {address}`") from None
    try:
        versions: Mapping[str, str] = client.run(_native.version)
    except Exception as error:
        raise RuntimeError(f"a worker cannot run Spiketime ({error}): pip install 'spiketime[dask]' on every machine") from error
    for worker, theirs in versions.items():
        if theirs != OURS:
            raise RuntimeError(f"worker {worker} has Spiketime {theirs}, this is {OURS}: install the same version on every machine")


def _told(failures: Mapping[str, str]) -> str:
    lines = [f"{name}: {why}" for name, why in failures.items()]
    return "\n".join([f"{len(lines)} run(s) failed; start again to try them again", *lines])


# On a worker.


def _same(held: bytes) -> bytes:
    return held


def _do(line: str, paths: Sequence[str], files: Sequence[bytes]) -> _native.Result | Lack | Failure:
    worker = get_worker()
    folder = pathlib.Path(worker.local_directory) / "spiketime"
    try:
        for path, held in zip(paths, files, strict=True):
            _put(folder / path, held)
        return _native.do_task(line, str(folder), str(folder))
    except OSError as error:
        return Lack(worker.address, str(error))
    except Exception as error:
        return Failure(str(error))
    except BaseException as panic:
        # A law that was broken, with its numbers: Dask would take it for the end of the worker.
        if type(panic).__name__ == "PanicException":
            return Failure(str(panic))
        raise


def _put(path: pathlib.Path, held: bytes) -> None:
    if path.exists():
        return  # Named by what it holds.
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    aside.write_bytes(held)
    aside.replace(path)


# From the command line.


def main() -> int:
    """What ``spiketime run --dask`` does: see its ``--help``."""
    address, results, *words = sys.argv[1:]
    program = [sys.executable, "-m", "spiketime", *words]
    handing = subprocess.run([*program, "--hand-out"], stdout=subprocess.PIPE, text=True)
    if handing.returncode != 0:
        return handing.returncode
    handed = _Handed(handing.stdout.splitlines(), pathlib.Path(results))
    failures: dict[str, str] = {}
    try:
        with _client(address) if handed.lines else contextlib.nullcontext() as client:
            _follow(_results(handed, client, failures), len(handed.lines), failures)
    except RuntimeError as error:
        return _say(f"error: {error}")
    except KeyboardInterrupt:
        _say("stopped; what has come back is kept; to go on, give the same command again")
        return 130
    if failures:
        return _say(f"error: {len(failures)} run(s) failed, told above and by `spiketime status`; start again to try them again")
    # Nothing waits, so that it makes the tables.
    return subprocess.run(program).returncode


def _follow(records: Iterator[Record], count: int, failures: Mapping[str, str]) -> None:
    """A bar on a terminal, else a line now and then; failures as they come."""
    from tqdm import tqdm

    told = 0
    with tqdm(total=count, desc="study", unit="run", mininterval=0.5 if sys.stderr.isatty() else 30) as bar:
        for _ in records:
            bar.update(1 + len(failures) - told)
            for name, why in list(failures.items())[told:]:
                bar.write(f"error: {name}: {why}", file=sys.stderr)
            told = len(failures)
    for name, why in list(failures.items())[told:]:
        _say(f"error: {name}: {why}")


@contextlib.contextmanager
def _client(address: str) -> Iterator[Client]:
    """Of a scheduler that runs, or of a cluster of this machine's own: ``local:4`` has four workers."""
    kind, _, workers = address.partition(":")
    if kind == "local":
        if not (workers == "" or workers.isdecimal() and int(workers) > 0):
            raise RuntimeError(f"--dask {address}: give local:4 for four workers on this machine")
        with _local(int(workers) if workers else os.cpu_count() or 1) as cluster, Client(cluster) as client:
            yield client
        return
    try:
        client = Client(address, timeout=SCHEDULER_SECONDS)
    except (OSError, ValueError) as error:
        told = "start one with `dask scheduler`, then `dask worker ADDRESS` on each machine; or give local:4"
        raise RuntimeError(f"no scheduler answers at {address} ({error}): {told}") from None
    with client:
        yield client


def _local(workers: int) -> LocalCluster:
    # Ctrl-C in a terminal reaches all processes of it: this one alone hears it, and ends its workers.
    heard = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=logging.ERROR)
    finally:
        signal.signal(signal.SIGINT, heard)


def _say(line: str) -> int:
    print(line, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
