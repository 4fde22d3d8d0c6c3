"""`spiketime simulate` beside Brian 2 and NEST on the networks of `networks`; writes the table into docs/performance.md.

A peer is a process that simulates a network anew whenever asked (`graph.py`); one thread everywhere. In each round ours is
asked before the peer, so that what is compared stood under the same load. A time is what the processor spent in the loop of
the simulation, and a ratio the median over rounds. A peer that cannot be installed or run is named and left out.

Usage: python3 peers/graphs.py PROGRAM FOLDER [--only NETWORK] [--rounds N]

PROGRAM is ours; environments are put into FOLDER. With an option the table is printed only.
"""

import argparse
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

import graph
from run import PAGE, ROOT, Peer, environment

BEGIN, END = "<!-- BEGIN graphs: made by `just bench-graphs`, do not edit by hand -->", "<!-- END graphs -->"
ROUNDS = 5
ARGUMENTS = ["--until", str(graph.UNTIL_MS), "--threads", "1"]
KINDS, DRIVES = ("voltage-jump", "voltage-jump-stdp", "current"), {"": "constant", "-poisson": "Poisson"}
NETWORKS = [(kind + suffix, drive) for suffix, drive in DRIVES.items() for kind in KINDS]
# (told as, environment, script, dt as told, arguments after the network)
PEERS = [
    ("Brian 2, C++ standalone", "brian2", "brian2_graph.py", "0.5 ms", ["0.5"]),
    ("Brian 2, C++ standalone", "brian2", "brian2_graph.py", "0.1 ms", ["0.1"]),
    ("NEST, on the grid", "nest", "nest_graph.py", "0.1 ms", ["0.1", "grid"]),
    ("NEST, precise models", "nest", "nest_graph.py", "0.1 ms, offsets within", ["0.1", "precise"]),
]
COLUMNS = [
    "network", "drive", "simulator", "version", "dt", "simulation, s", "times ours", "set-up, s", "spikes",
    "rate e / i, Hz", "deliveries",
]
TEXT = """\
One second of 3200 excitatory and 800 inhibitory neurons, probability 0.02, delay 1 ms, on one thread; every round begins
anew. Simulation: processor time of the loop alone, the median of {rounds} rounds; of ours the loop's time by the program's
share of the processor. Times ours: the median (least to most) of the ratios of rounds, above 1 where the peer is slower.
Set-up (imports, compiling, building) is told apart. Ours draws its Poisson trains while building; the peers draw those that
last in their loops. Connections and trains are drawn by each one's own dice with the same probabilities, so that spikes,
rates and deliveries agree but for chance and dt. Deliveries of the peers: spikes times the mean number of connections, and
the input spikes that are expected.

{table}

Brian 2 and NEST on the grid let a neuron spike at the end of a step only. NEST's precise models keep the time within a step,
which its STDP then drops; and NEST puts the whole delay behind a learning synapse, ours and Brian 2 before it. Brian 2 draws
the trains that last as binomial counts, close to Poisson's. All spikes are recorded everywhere."""


class Ours:
    """Our program and a network; as a `Peer` to its callers."""

    def __init__(self, program, network, folder):
        written = ["--spikes", folder / "spikes.npy"]
        self.command = [program, "simulate", ROOT / "networks" / f"{network}.toml", *ARGUMENTS, *written]
        self.version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.split()[1]

    def round(self):
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        out = subprocess.run(self.command, check=True, capture_output=True, text=True).stdout
        wall_seconds, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
        share = min(1.0, (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / wall_seconds)
        arrived, loop_seconds = re.search(r"(\d+) spikes delivered in ([\d.]+) s", out).groups()
        built = re.search(r"built in ([\d.]+) s", out)  # Without such a line: all that is not the loop.
        built_seconds = float(built[1]) if built else wall_seconds - float(loop_seconds)
        rates = re.findall(r"^(\S+) +\d+ +(\d+) +[\d.]+ ", out, re.MULTILINE)
        return {
            "seconds": float(loop_seconds) * share,
            "built_seconds": built_seconds * share,
            "spikes": {name: int(spikes) for name, spikes in rates},
            "deliveries": int(arrived),
        }


def row(network, told, rounds, ratios="", set_up_seconds=0.0):
    """The table's line of a simulator: told are its name, version and dt."""
    name, drive = network
    counts = {neuron["name"]: neuron["count"] for neuron in graph.read(ROOT / "networks" / f"{name}.toml")["neurons"]}
    last = rounds[-1]
    rates = " / ".join(f"{spikes * 1000 / graph.UNTIL_MS / counts[of]:.2f}" for of, spikes in last["spikes"].items())
    seconds, built_seconds = (statistics.median(one[key] for one in rounds) for key in ("seconds", "built_seconds"))
    cells = [name, drive, *told, f"{seconds:.3f}", ratios, f"{set_up_seconds + built_seconds:.1f}"]
    cells += [f"{sum(last['spikes'].values())}", rates, f"{last['deliveries']}"]
    return "| " + " | ".join(cells) + " |"


def beside(ours, folder, network, peer, count):
    """The line of a peer, which takes turns with ours, and our rounds."""
    told_as, name, script, dt, arguments = peer
    python = environment(folder, name)
    them = Peer([python, ROOT / "peers" / script, ROOT / "networks" / f"{network[0]}.toml", *arguments])
    rounds = [(ours.round(), them.round()) for _ in range(count)]
    them.end()
    ratios = sorted(theirs["seconds"] / mine["seconds"] for mine, theirs in rounds)
    told = f"{statistics.median(ratios):.3g} ({ratios[0]:.3g} to {ratios[-1]:.3g})"
    theirs = [theirs for _, theirs in rounds]
    return row(network, (told_as, them.version, dt), theirs, told, them.set_up_seconds), [mine for mine, _ in rounds]


def main(program, folder, only, rounds):
    page, trying = PAGE.read_text(), bool(only or rounds)
    if not trying and (BEGIN not in page or END not in page):
        sys.exit(f"{PAGE.name} has no place for the table: {BEGIN} … {END}")
    folder, rounds, lines, failed = pathlib.Path(folder).resolve(), rounds or ROUNDS, [], False
    folder.mkdir(parents=True, exist_ok=True)
    for network in (network for network in NETWORKS if only in (None, network[0])):
        ours, mine, theirs = Ours(program, network[0], folder), [], []
        for peer in PEERS:
            try:
                line, our_rounds = beside(ours, folder, network, peer, rounds)
                theirs, mine = [*theirs, line], [*mine, *our_rounds]
                print(line, flush=True)
            except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
                failed = True
                print(f"{network[0]}: {peer[0]}, dt {peer[3]}: left out: {error}", file=sys.stderr)
        lines += [row(network, ("ours", ours.version, "exact"), mine or [ours.round()], "1"), *theirs]
    table = "\n".join([f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|", *lines])
    text = TEXT.format(rounds=rounds, table=table)
    print(text)
    if not trying:
        PAGE.write_text(page.split(BEGIN)[0] + "\n".join([BEGIN, "", text, "", END]) + page.split(END)[1])
    return 1 if failed else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--only")
    parser.add_argument("--rounds", type=int)
    sys.exit(main(**vars(parser.parse_args())))
