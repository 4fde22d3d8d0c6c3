"""A study from a notebook: run, watched, and read as frames, verdicts, figures and maps."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas
    import polars

    from spiketime._layer import Layer

WATCH_SECONDS = 0.5


class Figure:
    """A figure of a study, which shows itself in a notebook."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def __repr__(self) -> str:
        return f"<Figure: {self.path}>"

    def _repr_svg_(self) -> str:
        return self.path.read_text()


class Study:
    """A study and its results folder; made by :func:`study`.

    Parameters
    ----------
    words : sequence of str
        What ``spiketime run`` is told.
    results : path
        Folder of the results.
    options : sequence of str
        Options of the program that every command gets.
    """

    def __init__(self, words: Sequence[str], results: str | os.PathLike[str], options: Sequence[str]) -> None:
        self._words = list(words)
        self._results = pathlib.Path(results)
        self._options = list(options)

    def __repr__(self) -> str:
        told = self.status()
        return f"<spiketime.Study: {' '.join(self._words)}, {told['finished']} of {told['runs']} runs in {told['results']}>"

    @property
    def results(self) -> pathlib.Path:
        """The folder that holds the results."""
        below = [name for name in ("quick", "sample") if f"--{name}" in self._options]
        return self._results.joinpath(*below)

    def run(self, *, jobs: int = 0, progress: bool = False) -> Study:
        """Runs what is not finished; Ctrl-C saves what runs, and the next call goes on there.

        Parameters
        ----------
        jobs : int
            Threads; 0 is one a core.
        progress : bool
            Draws a bar with tqdm, one step a run.

        Returns
        -------
        Study
            Itself.

        Raises
        ------
        RuntimeError
            When a run failed; with what the program said.
        """
        command = self._command("run", "--jobs", str(jobs))
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as program:
            with self._bar(progress) as tell:
                said = self._wait(program, tell)
        if program.returncode != 0:
            raise RuntimeError(f"spiketime ended with {program.returncode}:\n{said.strip()}")
        return self

    def _wait(self, program: subprocess.Popen[str], tell: Any) -> str:
        try:
            while True:
                try:
                    return program.communicate(timeout=WATCH_SECONDS)[0]
                except subprocess.TimeoutExpired:
                    tell()
        except KeyboardInterrupt:
            # A notebook interrupts its own process alone; in a terminal the program has heard it too, and a second signal
            # would end it before it has saved.
            if not sys.stdin or not sys.stdin.isatty():
                program.send_signal(signal.SIGINT)
            program.communicate()
            raise

    @contextlib.contextmanager
    def _bar(self, progress: bool) -> Iterator[Any]:
        if not progress:
            yield lambda: None
            return
        from tqdm.auto import tqdm

        status = self.status()
        with tqdm(total=status["runs"], initial=status["finished"], desc="study", unit="run") as bar:

            def tell() -> None:
                bar.update(self.status()["finished"] - bar.n)

            yield tell
            tell()

    def status(self) -> dict[str, Any]:
        """How far it is, as ``spiketime status --json`` tells it."""
        told: dict[str, Any] = json.loads(self._ask("status", "--json"))
        return told

    def records(self) -> pandas.DataFrame:
        """One row a metric of a run at a checkpoint, as a frame of pandas."""
        import pandas

        return pandas.read_json(self._file("records.jsonl"), lines=True)

    def records_polars(self) -> polars.DataFrame:
        """The same as a frame of polars."""
        import polars

        return polars.read_ndjson(self._file("records.jsonl"), infer_schema_length=None)

    def verdicts(self) -> list[dict[str, Any]]:
        """What the numbers say of each claim."""
        told: dict[str, Any] = json.loads(self._file("verdicts.json").read_text())
        verdicts: list[dict[str, Any]] = told["claims"]
        return verdicts

    def figures(self) -> dict[str, Figure]:
        """The figures by name; each shows itself in a notebook."""
        folder = self.results / "figures"
        return {path.stem: Figure(path) for path in sorted(folder.glob("*.svg"))}

    def maps(self) -> dict[tuple[str, int, int], NDArray[np.float32]]:
        """Weights that were kept, g/g_max, neurons x inputs, by (condition, seed, images seen)."""
        found = {}
        for path in sorted((self.results / "runs").glob("*.json")):
            record = json.loads(path.read_text())
            for kept in record["maps"]:
                key = (record["condition"]["name"], record["seed"], kept["images_seen"])
                found[key] = np.load(self.results / "weights" / kept["file"])
        return found

    def _file(self, name: str) -> pathlib.Path:
        path = self.results / name
        if not path.exists():
            raise FileNotFoundError(f"{path} is not there: call run() first")
        return path

    def _command(self, command: str, *more: str) -> list[str]:
        place = ["--results", str(self._results), *self._options]
        return [sys.executable, "-m", "spiketime", command, *self._words, *place, *more]

    def _ask(self, command: str, *more: str) -> str:
        done = subprocess.run(self._command(command, *more), capture_output=True, text=True)
        if done.returncode != 0:
            raise ValueError(done.stderr.strip().removeprefix("error: "))
        return done.stdout


def study(
    *words: str | os.PathLike[str],
    results: str | os.PathLike[str] = "results",
    quick: bool = False,
    sample: bool = False,
    seeds: str | int | None = None,
) -> Study:
    """A study: a folder with experiment files, files of one, or experiments of the report by name.

    Parameters
    ----------
    *words : path or str
        As ``spiketime run`` takes them.
    results : path
        Folder of the results; what is finished there is not done again.
    quick, sample : bool
        A smaller study of the same shape, as the program's options of these names.
    seeds : int or str, optional
        ``3`` for seeds 1 to 3, ``"2..5"`` for a part.

    Returns
    -------
    Study

    Raises
    ------
    ValueError
        When there is no such study, or a file of it is wrong: with file, line and what was probably meant.

    Examples
    --------
    >>> import spiketime, tempfile
    >>> study = spiketime.study("fig06", results=tempfile.mkdtemp(), sample=True)
    >>> study.status()["finished"]
    0
    """
    if not words:
        raise ValueError("name a study: a folder, its files, or names that `spiketime list` prints")
    options = ["--quick"] * quick + ["--sample"] * sample + ([] if seeds is None else ["--seeds", str(seeds)])
    made = Study([os.fspath(word) for word in words], results, options)
    made.status()
    return made


def write_study(
    folder: str | os.PathLike[str],
    layers: Mapping[str, Layer],
    *,
    seeds: int = 3,
    checkpoints: Sequence[int] = (60_000,),
    dataset: str = "mnist",
    title: str = "",
) -> None:
    """Writes what was tried in a notebook as a study: one condition a layer, every constant as it is.

    Parameters
    ----------
    folder : path
        Where the study goes; it must not be there.
    layers : dict
        Layers by the name of their condition. Their constants are written, not their weights.
    seeds : int
        How many seeds.
    checkpoints : sequence of int
        After how many images they are looked at; weights are kept at the last.
    dataset : str
        On which images: ``mnist``, ``fashion-mnist``, or a set that ``study.toml`` is told of.
    title : str, optional
        What the study is called.
    """
    from spiketime._layer import toml

    folder = pathlib.Path(folder)
    folder.mkdir(parents=True)
    title = title or folder.name
    (folder / "study.toml").write_text(f"id = {json.dumps(folder.name)}\ntitle = {json.dumps(title)}\n")
    looks = sorted(set(checkpoints))
    lines = [f"title = {json.dumps(title)}", f"seeds = {seeds}", f"checkpoints = {looks}", f"maps = {looks[-1:]}", ""]
    for name, layer in layers.items():
        own = {key: value for key, value in layer.condition.items() if key not in ("name", "dataset")}
        lines += ["[[condition]]", toml({"name": name, "dataset": dataset, **own}), ""]
    (folder / "conditions.toml").write_text("\n".join(lines))
