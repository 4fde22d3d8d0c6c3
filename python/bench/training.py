"""What a training costs through Python and through the program, in turn: 60 000 images at N = 196, one thread, medians.

Usage: python python/bench/training.py PROGRAM [ROUNDS]     in an environment that has the package: `just bench-python`
"""

from __future__ import annotations

import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import spiketime

STUDY = 'seeds = 1\ncheckpoints = [60000]\n[[condition]]\nname = "wta"\nneurons = 196\ntest_images = 1\nlabel_images = 1\n'


def by_program(program: str) -> float:
    """Seconds of training, as the run's record tells them."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "wta.toml").write_text(STUDY)
        command = [program, "run", "wta.toml", "--jobs", "1", "--snapshot-every", "never"]
        subprocess.run(command, check=True, cwd=folder, capture_output=True)
        (record,) = (path / "results" / "runs").glob("*.json")
        return float(json.loads(record.read_text())["provenance"]["training_seconds"])


def by_python(images: object) -> float:
    """Seconds of ``train``."""
    layer = spiketime.Layer((28, 28), neurons=196, seed=1)
    begin = time.perf_counter()
    layer.train(images, progress=lambda done: None)  # type: ignore[arg-type]
    return time.perf_counter() - begin


def main() -> None:
    """Both in turn."""
    images = spiketime.data("mnist").train
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    program_path = str(pathlib.Path(sys.argv[1]).resolve())
    pairs = [(by_program(program_path), by_python(images)) for _ in range(rounds)]
    ratios = sorted(python / program for program, python in pairs)
    program, python = (statistics.median(seconds) for seconds in zip(*pairs, strict=True))
    told = f"{ratios[0]:.3f} to {ratios[-1]:.3f}"
    print(f"program {program:.2f} s, Python {python:.2f} s; Python over program {statistics.median(ratios):.3f} ({told})")


if __name__ == "__main__":
    main()
