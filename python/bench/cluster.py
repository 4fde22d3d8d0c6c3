"""What Dask costs a run, and how many runs a second it hands out: `just bench-dask`, into docs/many-machines.md.

Runs of about 0.1, 1 and 10 s on two workers of one thread, in turn with rayon on two threads; then runs of next to no length.
"""

from __future__ import annotations

import pathlib
import statistics
import tempfile
import time

from distributed import Client

import spiketime
import spiketime.dask

ROUNDS = 3
# Seeds, images seen and neurons of runs of about this length.
LENGTHS = {"0.1 s": (60, 1_000, 100), "1 s": (16, 20_000, 100), "10 s": (4, 200_000, 100)}


def study(folder: pathlib.Path, seeds: int, images: int, neurons: int, tested: int = 200) -> pathlib.Path:
    folder.mkdir()
    (folder / "study.toml").write_text('id = "bench"\n')
    (folder / "bench.toml").write_text(
        f"seeds = {seeds}\nepochs = {images // 60_000 + 1}\ncheckpoints = [{images}]\n"
        f'[[condition]]\nname = "bench"\nneurons = {neurons}\nlabel_images = {tested}\ntest_images = {tested}\n'
    )
    return folder


def seconds_of_dask(folder: pathlib.Path, name: str, client: Client) -> float:
    """Of the runs alone: what is handed out before, and the tables after them, every way of running has."""
    asked = spiketime.study(folder, results=folder / name)
    lines = asked._ask("run", "--hand-out").splitlines()
    begin = time.perf_counter()
    done = list(spiketime.dask._results(spiketime.dask._Handed(lines, asked.results), client, {}))
    taken = time.perf_counter() - begin
    assert len(done) == len(lines)
    return taken


def seconds_of_rayon(folder: pathlib.Path, name: str) -> float:
    asked = spiketime.study(folder, results=folder / name)
    begin = time.perf_counter()
    asked.run(jobs=2)
    middle = time.perf_counter()
    asked.run(jobs=2)
    # The second call has nothing to run.
    return 2 * middle - begin - time.perf_counter()


def main() -> None:
    with tempfile.TemporaryDirectory() as below, Client(n_workers=2, threads_per_worker=1, dashboard_address=None) as client:
        root = pathlib.Path(below)
        seconds_of_dask(study(root / "warm", 4, 100, 9), "results", client)
        for length, (seeds, images, neurons) in LENGTHS.items():
            folder = study(root / length.replace(" ", ""), seeds, images, neurons)
            pairs = [
                (seconds_of_dask(folder, f"dask{number}", client), seconds_of_rayon(folder, f"rayon{number}"))
                for number in range(ROUNDS)
            ]
            costs = [2000 * (dask - rayon) / seeds for dask, rayon in pairs]
            each = statistics.median(2 * rayon / seeds for _, rayon in pairs)
            ratios = [dask / rayon for dask, rayon in pairs]
            print(
                f"runs of {each:.2f} s: Dask over rayon {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}), "
                f"{statistics.median(costs):.0f} ms of a worker a run ({min(costs):.0f} to {max(costs):.0f})",
                flush=True,
            )
        short = study(root / "short", 1000, 1, 1, tested=1)
        rates = [1000 / seconds_of_dask(short, f"dask{number}", client) for number in range(ROUNDS)]
        print(f"runs of no length: {statistics.median(rates):.0f} a second ({min(rates):.0f} to {max(rates):.0f})")


if __name__ == "__main__":
    main()
