"""A study through a real Slurm: one controller and two virtual nodes on this machine, of which one is lost under way.

Two studies are submitted as docs/many-machines.md says. The first is many short runs; while they are done, one node's
daemon and all that runs there are killed with SIGKILL, as if it had lost power. The second is one run that is longer than
its job's time limit. In the end both are gathered, and every record (but for its provenance) and every file of weights must
have the bytes that one process on one thread makes.

Usage: python3 tests/slurm/run.py target/release/spiketime [--runs 24] [--minutes 0.04]

It needs root and Debian's packages slurmctld, slurmd, slurm-client and slurm-wlm-basic-plugins; where they are not there it
fails, unless SPIKETIME_MAY_SKIP_SLURM is set. Standard library only. Everything lies in a temporary folder, on ports of its
own; nothing of it is left.
"""

import argparse
import collections
import contextlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PACKAGES = "slurmctld slurmd slurm-client slurm-wlm-basic-plugins"
NODES = ("n1", "n2")
# Node failure and requeuing take minutes in a cluster; the numbers here make them seconds.
CONFIGURATION = """
ClusterName=spiketime
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/none
AuthInfo=cred_expire=5
CredType=cred/none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SlurmdParameters=config_overrides
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0
MinJobAge=2
KillWait=5
SlurmdTimeout=10
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd-%n.log
NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} CPUs=2
NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[3]} CPUs=2
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
STUDY = """
seeds = {seeds}
epochs = {epochs}
checkpoints = [1_000, {images}]
maps = [{images}]

[[grid]]
name = "{name}-{{neurons}}"
keys = {{ neurons = [{neurons}] }}

[grid.with]
dataset = "blots"
label_images = 200
test_images = 100
"""
DATA = """
[data.blots]
train_images = "images.npy"
train_labels = "labels.npy"
test_images = "images.npy"
test_labels = "labels.npy"
"""
IMAGES, EDGE, CLASSES = 400, 28, 10
# More than half a minute, at whose end Slurm has told of a limit of one.
LONG_SECONDS, PROBE_NEURONS = 36, 1_000
SHORT_EPOCHS = 100
DEADLINE_SECONDS = 300


BEGIN = time.monotonic()


class Failed(Exception):
    """What was not as it must be."""


def tell(what):
    print(f"{time.monotonic() - BEGIN:6.1f} s  {what}", flush=True)


def must(is_so, what):
    if not is_so:
        raise Failed(f"not so: {what}")
    tell(what)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=24, help="of the first study")
    parser.add_argument("--minutes", default="0.04", help="of one of its jobs")
    options = parser.parse_args()
    lacking = what_is_lacking()
    if lacking:
        may_skip = bool(os.environ.get("SPIKETIME_MAY_SKIP_SLURM"))
        print(f"{'skipped' if may_skip else 'error'}: {lacking}", file=sys.stderr)
        sys.exit(0 if may_skip else 1)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="spiketime-slurm-"))
    try:
        with Cluster(folder) as cluster:
            Test(options, folder, cluster).run()
    except Failed as failed:
        print(f"error: {failed}; {folder} is kept", file=sys.stderr)
        sys.exit(1)
    shutil.rmtree(folder)
    tell("that was all, and all is put away")


def what_is_lacking():
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    programs = [name for name in ("slurmctld", "slurmd", "sbatch", "squeue", "scontrol") if not shutil.which(name)]
    if programs:
        return f"there is no {programs[0]} here: apt-get install {PACKAGES}"
    return None if os.geteuid() == 0 else "two nodes on one machine need root"


class Cluster:
    """A controller and two nodes, until it is left."""

    def __init__(self, folder):
        self.folder = folder
        self.file = folder / "slurm.conf"
        os.environ["SLURM_CONF"] = str(self.file)
        self.daemons = {}

    def __enter__(self):
        for name in ("state", *(f"spool-{node}" for node in NODES)):
            (self.folder / name).mkdir()
        host = socket.gethostname().split(".")[0]
        self.file.write_text(CONFIGURATION.format(host=host, ports=free_ports(4), folder=self.folder))
        try:
            self.start("slurmctld", "slurmctld", "-D")
            for node in NODES:
                self.start(node, "slurmd", "-D", "-N", node)
            self.wait_for_nodes()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, name, *command):
        with open(self.folder / f"{name}.out", "wb") as out:
            self.daemons[name] = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)

    def wait_for_nodes(self):
        begin = time.monotonic()
        while asked("sinfo", "--noheader", "--Node", "--format=%T").split() != ["idle"] * len(NODES):
            if time.monotonic() > begin + 30:
                raise Failed("the nodes of Slurm did not come up")
            time.sleep(0.2)
        tell(f"Slurm with {len(NODES)} nodes is up")

    def lose(self, node):
        """Its daemon, its jobs and those who watch over them are gone at one blow."""
        self.daemons[node].kill()
        shells = [pid for pid, about in self.processes() if f"\0SLURMD_NODENAME={node}\0" in about]
        # Who watches is the parent, and must not live to tell.
        watching = {parent(pid) for pid in shells} - set(shells) - {os.getpid(), 1, None}
        for pid in [*watching, *shells]:
            end(pid)
        return len(shells)

    def stop(self):
        with contextlib.suppress(OSError):
            asked("scancel", "--user=root")
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
        for daemon in self.daemons.values():
            try:
                daemon.wait(timeout=10)
            except subprocess.TimeoutExpired:
                daemon.kill()
        for pid, _ in self.processes():
            end(pid)

    def processes(self):
        """Of this cluster, with their environment: they alone know its folder. This process itself is none."""
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                pid, about = int(entry.name), "\0" + (entry / "environ").read_text(errors="replace")
                if f"\0SLURM_CONF={self.file}\0" in about and pid != os.getpid():
                    yield pid, about


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def parent(pid):
    with contextlib.suppress(OSError):
        return int(re.search(r"PPid:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))
    return None


def end(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def asked(*command):
    """What a program of Slurm says, nothing while it cannot be reached."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


class Test:
    """The two studies, and what must be there in the end."""

    def __init__(self, options, folder, cluster):
        self.program = str(options.program.resolve())
        self.options = options
        self.folder = folder
        self.cluster = cluster

    def run(self):
        short = self.study("short", seeds=-(-self.options.runs // 2), neurons="60, 80", epochs=SHORT_EPOCHS)
        long = self.long_study()
        alone = [self.start_alone(study) for study in (short, long)]
        begin = time.monotonic()
        # Slurm looks at limits twice a minute; said so early, its signal comes in the first half of a job of one minute.
        limited = self.submit(long, "--time-limit", "1", "--", "--nodelist=n1", "--signal=B:USR1@25")
        job = self.submit(short, "--minutes", self.options.minutes)
        lost = self.lose_a_node(job)
        seconds = self.wait(job) - begin
        self.wait(limited)
        for process in alone:
            must(process.wait(timeout=DEADLINE_SECONDS) == 0, "one process alone did the same")
        self.tell_of(short, job, seconds)
        self.compare(short)
        self.compare(long)
        self.look_for_twice(short, job, lost)
        self.look_for_limit(long)

    def long_study(self):
        """As many neurons as take about as long as was said above on a core of this machine."""
        probe = self.study("probe", seeds=1, neurons=PROBE_NEURONS, epochs=1_000)
        seconds = json.loads(self.spiketime("plan", probe, "--json"))["seconds"]
        neurons = round(PROBE_NEURONS * LONG_SECONDS / seconds)
        return self.study("long", seeds=1, neurons=neurons, epochs=1_000)

    def study(self, name, epochs, **keys):
        file = self.folder / name / f"{name}.toml"
        file.parent.mkdir()
        file.write_text(STUDY.format(name=name, images=epochs * IMAGES, epochs=epochs, **keys))
        (file.parent / "study.toml").write_text(DATA)
        draw(file.parent)
        return file

    def spiketime(self, *words):
        done = subprocess.run([self.program, *map(str, words)], capture_output=True, text=True, cwd=self.folder)
        if done.returncode != 0:
            raise Failed(f"spiketime {words[0]} ended with {done.returncode}: {done.stderr.strip()}")
        return done.stdout

    def start_alone(self, study):
        # The cluster goes first: what is not in haste is only compared.
        command = ["nice", self.program, "run", study, "--jobs", "1", "--results", study.parent / "alone"]
        return subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def submit(self, study, *options):
        told = self.spiketime("submit", study, "--slurm", "--results", study.parent / "shared", *options)
        for line in told.strip().replace(str(self.folder), "…").splitlines():
            tell(line)
        return re.match(r"job (\d+): ", told).group(1)

    def lose_a_node(self, job):
        """In the middle of a run, when a few are finished."""
        command = ("squeue", f"--jobs={job}", "--noheader", "--states=R", "--nodelist=n2", "--format=%i")
        finished = self.folder / "short" / "shared" / "runs"
        under_way = lambda: [name for name in asked(*command).split() if self.is_under_way(name)]
        self.wait_until(lambda: len(list(finished.glob("*.json"))) >= 3 and under_way(), "n2 is in the middle of a run")
        lost = asked(*command).split()
        must(self.cluster.lose("n2") > 0, f"n2 is lost with {', '.join(lost)}")
        return lost

    def is_under_way(self, name):
        log = self.folder / "short" / "shared" / "slurm" / f"{name}.log"
        text = log.read_text() if log.exists() else ""
        return text.count(": started") > text.count(f" at {SHORT_EPOCHS * IMAGES} images;")

    def wait(self, job):
        self.wait_until(lambda: not asked("squeue", f"--jobs={job}", "--noheader").strip(), f"job {job} has ended")
        return time.monotonic()

    def wait_until(self, is_so, what):
        begin = time.monotonic()
        while not is_so():
            if time.monotonic() > begin + DEADLINE_SECONDS:
                raise Failed(f"not so in {DEADLINE_SECONDS} s: {what}")
            time.sleep(0.1)
        tell(what)

    def tell_of(self, study, job, seconds):
        records = [json.loads(file.read_text()) for file in results(study, "shared", "runs").values()]
        busy = sum(record["provenance"]["seconds"] for record in records)
        jobs = len(self.logs(study))
        tell(f"job {job}: {len(records)} runs in {jobs} jobs took {seconds:.1f} s; the runs alone {busy:.1f} s of a core")

    def compare(self, study):
        shared = study.parent / "shared"
        self.spiketime("gather", shared, "--results", shared, "--data", study.parent / "study.toml")
        for kind in ("runs", "weights"):
            one, other = (results(study, where, kind) for where in ("alone", "shared"))
            must(one.keys() == other.keys(), f"{study.stem}: {len(one)} files of {kind}, the same ones")
            differing = [name for name in one if comparable(one[name]) != comparable(other[name])]
            must(not differing, f"{study.stem}: their bytes are the same{differing[:3] or ''}")

    def logs(self, study):
        return sorted((study.parent / "shared" / "slurm").glob("*.log"))

    def look_for_twice(self, study, job, lost):
        """Only what was lost is begun again, and nothing is done that is finished."""
        begun = collections.defaultdict(list)
        for log in self.logs(study):
            for name in re.findall(r"^(.*): started", log.read_text(), re.MULTILINE):
                begun[name].append(log.stem)
        twice = {name: logs for name, logs in begun.items() if len(logs) > 1}
        must(len(begun) == len(results(study, "shared", "runs")), "every run was begun in a job")
        must(all(set(logs) <= set(lost) for logs in twice.values()), f"only lost runs were begun again: {len(twice)}")

    def look_for_limit(self, study):
        text = "".join(log.read_text() for log in self.logs(study))
        must("the time limit is near: saved and queued again" in text, "a job was queued again at its time limit")
        begun, goes_on = text.count(": started"), re.findall(r": (goes on after .*)", text)
        must(goes_on and begun == 1 + len(goes_on), f"its run was begun once, then {', '.join(goes_on)}")


def draw(folder):
    """Images of their class: 100 white pixels, of which a fifth is elsewhere in each image."""
    dice = random.Random(1)
    pixels = range(EDGE * EDGE)
    blots = [dice.sample(pixels, 100) for _ in range(CLASSES)]
    images, labels = bytearray(), bytes(number % CLASSES for number in range(IMAGES))
    for label in labels:
        image = bytearray(EDGE * EDGE)
        for pixel in dice.sample(blots[label], 80) + dice.sample(pixels, 20):
            image[pixel] = 255
        images += image
    (folder / "images.npy").write_bytes(npy(images, (IMAGES, EDGE, EDGE)))
    (folder / "labels.npy").write_bytes(npy(labels, (IMAGES,)))


def npy(values, shape):
    head = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}"
    head = head.ljust(128 - 10 - 1).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + values


def results(study, where, kind):
    folder = study.parent / where / kind
    return {file.name: file for file in folder.iterdir()}


def comparable(file):
    """All of it, of a record all but where and when it was made and the digest over that."""
    if file.suffix != ".json":
        return file.read_bytes()
    record = json.loads(file.read_text())
    return json.dumps({key: value for key, value in record.items() if key not in ("provenance", "sha256")})


if __name__ == "__main__":
    main()
