"""One study of 200 short runs by rayon on one thread, by Dask with a worker that is killed, by Slurm with a node that is lost.

All three must leave the same digest: of every record but for its provenance, and of every file of weights. `just
test-clusters` calls it with the Python of an environment that has the package with Dask; for Slurm see tests/slurm/run.py.

Usage: python tests/clusters.py target/release/spiketime [--runs 200] [--minutes 0.15]
"""

import argparse
import contextlib
import hashlib
import importlib.util
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
SPEC = importlib.util.spec_from_file_location("slurm", HERE / "slurm" / "run.py")
slurm = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(slurm)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--minutes", default="0.15", help="of a job of Slurm")
    options = parser.parse_args()
    if lacking := slurm.what_is_lacking():
        sys.exit(f"error: {lacking}")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="spiketime-clusters-"))
    with slurm.Cluster(folder) as cluster:
        test = slurm.Test(options, folder, cluster)
        study = test.study("short", seeds=options.runs // 2, neurons="60, 80", epochs=30)
        found = [timed(how, study, where) for how, where in [(alone, "alone"), (by_dask, "dask"), (by_slurm(test), "shared")]]
    for name, runs, seconds, digest in found:
        print(f"{name:34} {runs:4} runs {seconds:7.1f} s  {digest}")
    if len({digest for _, _, _, digest in found}) != 1 or {runs for _, runs, _, _ in found} != {options.runs}:
        sys.exit(f"error: they are not the same; {folder} is kept")
    shutil.rmtree(folder)


def timed(how, study, where):
    begin = time.monotonic()
    name = how(study, study.parent / where)
    seconds = time.monotonic() - begin
    return name, len(slurm.results(study, where, "runs")), seconds, digest(study, where)


def digest(study, where):
    whole = hashlib.sha256()
    for kind in ("runs", "weights"):
        for name, file in sorted(slurm.results(study, where, kind).items()):
            held = slurm.comparable(file)
            whole.update(name.encode() + (held if isinstance(held, bytes) else held.encode()))
    return whole.hexdigest()


def python(*words):
    return subprocess.Popen([sys.executable, "-m", *map(str, words)], stderr=subprocess.DEVNULL)


def alone(study, results):
    done = python("spiketime", "run", study, "--jobs", "1", "--results", results).wait()
    slurm.must(done == 0, "rayon on one thread")
    return "rayon, one thread"


def by_dask(study, results):
    address = study.parent / "scheduler.json"
    with contextlib.ExitStack() as ending:
        def start(*words):
            process = python("dask", *words)
            ending.callback(lambda: (process.kill(), process.wait()))
            return process

        start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", address)
        wait_for(lambda: address.exists() and address.read_text(), "a scheduler")
        worker = ("worker", "--scheduler-file", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
        worker = (*worker, "--local-directory", study.parent / "workers")
        killed, _ = start(*worker), start(*worker)
        client = python("spiketime", "run", study, "--results", results, "--dask", json.loads(address.read_text())["address"])
        wait_for(lambda: len(list(results.glob("runs/*.json"))) >= 20, "a few runs are finished by Dask")
        killed.kill()
        slurm.must(client.wait() == 0, "Dask, a worker of two killed")
    return "Dask, a worker of two killed"


def by_slurm(test):
    def run(study, results):
        job = test.submit(study, "--minutes", test.options.minutes)
        test.lose_a_node(job)
        test.wait(job)
        test.spiketime("gather", results, "--results", results, "--data", study.parent / "study.toml")
        return "Slurm, a node of two lost"

    return run


def wait_for(is_so, what):
    begin = time.monotonic()
    while not is_so():
        if time.monotonic() > begin + 120:
            raise slurm.Failed(f"not so in two minutes: {what}")
        time.sleep(0.05)
    slurm.tell(what)


if __name__ == "__main__":
    main()
