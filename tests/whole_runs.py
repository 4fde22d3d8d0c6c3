"""Whole runs of the built binary: two threads against one, memory by network size, time to the first result.

Writes the section between its marks in docs/performance.md. Runs that are compared take turns; a number is the median
of several. Needs the data (`spiketime data fetch`) and idle cores. Standard library only.

Usage: python3 tests/whole_runs.py target/release/spiketime
"""

import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- BEGIN runs: made by `just bench-runs`, do not edit by hand -->", "<!-- END runs -->"
ROUNDS = 3
EXPERIMENT = """
figure = "–"
title = "Whole runs"
question = "What does a run cost?"
analysis = "Measured, not judged."
claims = []
seeds = {seeds}
checkpoints = [{images}]

[[condition]]
name = "measured"
neurons = {neurons}
"""


def spiketime(binary, *arguments):
    """Runs it to its end: seconds and the most memory it held [MiB]."""
    begin = time.monotonic()
    process = subprocess.Popen([binary, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(told.decode())
    return time.monotonic() - begin, usage.ru_maxrss / 1024


def run(binary, folder, jobs, **experiment):
    file = folder / "measured.toml"
    file.write_text(EXPERIMENT.format(**experiment))
    with tempfile.TemporaryDirectory(dir=folder) as results:
        return spiketime(binary, "run", file, "--jobs", str(jobs), "--results", results)


def speed_up(binary, folder):
    """Eight seeds of 10 000 images on one thread and on two: medians of seconds, and of the rounds' ratios."""
    rounds = [[run(binary, folder, jobs, seeds=8, images=10_000, neurons=196)[0] for jobs in (1, 2)] for _ in range(ROUNDS)]
    one, two = (statistics.median(seconds) for seconds in zip(*rounds))
    return one, two, statistics.median(one / two for one, two in rounds)


def memory(binary, folder):
    sizes = (36, 196, 1_600, 6_400)
    return [(neurons, *(run(binary, folder, jobs, seeds=2, images=1_000, neurons=neurons)[1] for jobs in (1, 2))) for neurons in sizes]


def first_result_seconds(binary, folder):
    """From the start of a full replication until it tells the first accuracy."""
    with tempfile.TemporaryDirectory(dir=folder) as results:
        begin = time.monotonic()
        command = [binary, "replicate-all", "--results", results]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        told = next((line for line in process.stderr if " % at " in line), None)
        seconds = time.monotonic() - begin
        process.send_signal(signal.SIGINT)
        process.communicate()
    if told is None:
        sys.exit("the replication ended without a result")
    return seconds


def section(binary, folder):
    one, two, ratio = speed_up(binary, folder)
    first = statistics.median(first_result_seconds(binary, folder) for _ in range(ROUNDS))
    rows = "".join(f"| {neurons} | {a:.0f} | {b:.0f} |\n" for neurons, a, b in memory(binary, folder))
    return (
        f"Eight runs of 10 000 training images and 10 000 test images took {one:.1f} s on one thread and {two:.1f} s on two: "
        f"{ratio:.2f} times as fast (median of {ROUNDS} rounds in turn).\n\n"
        f"A full replication told its first accuracy (10 000 test images after the first checkpoint) {first:.2f} s after "
        f"its start, with cached data (median of {ROUNDS}).\n\n"
        "| N | most memory with one thread, MiB | with two |\n|---|---|---|\n" + rows
    )


def main():
    with tempfile.TemporaryDirectory() as folder:
        text = section(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder))
    page = PAGE.read_text()
    PAGE.write_text(page.split(BEGIN)[0] + f"{BEGIN}\n\n{text}\n" + END + page.split(END)[1])


if __name__ == "__main__":
    main()
