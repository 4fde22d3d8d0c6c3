"""A network file as the peers of `graphs.py` read it, and how they answer.

A peer is a process. It sets itself up, writes a line, and simulates the network anew for each line on standard input;
its lines are JSON. Every constant comes from the file; only the dice are the peer's own, so that its connections and
Poisson trains are others of the same law.
"""

import json
import pathlib
import sys
import tomllib

UNTIL_MS = 1000
# What a peer here does not simulate, by table.
REFUSED = {"neurons": ["adaptation_mv"], "inputs": ["spikes_ms"], "connections": ["pairs"], "learning": ["window_ms"]}
NEURON = {"synapses": "delta", "count": 1, "rest_mv": 0.0, "bias_mv": 0.0, "reset_mv": 0.0, "refractory_ms": 0.0}


def read(path):
    """The tables of a network file, with the defaults of the keys that peers need."""
    net = {"seed": 1, "inputs": [], "learning": [], **tomllib.loads(pathlib.Path(path).read_text())}
    for table, keys in REFUSED.items():
        found = [key for key in keys if any(key in entry for entry in net[table])]
        if found:
            raise ValueError(f"{path}: {table} with {found[0]} are not for the peers")
    net["neurons"] = [NEURON | neuron for neuron in net["neurons"]]
    net["inputs"] = [{"until_ms": UNTIL_MS, "count": 1} | source for source in net["inputs"]]
    net["connections"] = [{"delay_ms": 0.0, "one_to_one": False} | table for table in net["connections"]]
    return net


def rule(net, table):
    """The learning of a table of connections, or None."""
    return next((rule for rule in net["learning"] if rule["name"] == table.get("learning")), None)


def span_mv(neuron):
    """Between which potentials a neuron starts."""
    least_mv = neuron.get("initial_mv", neuron["reset_mv"])
    return least_mv, neuron.get("initial_max_mv", least_mv)


def deliveries(net, spikes, connected):
    """How many spikes arrived, from each source's spikes and pairs (source, how many connections).

    Every neuron of a population counts as if it had the mean number of connections; input spikes are those expected.
    """
    counts = {part["name"]: part["count"] for part in net["neurons"] + net["inputs"]}
    each = {name: spikes[name] / counts[name] for name in spikes}
    for source in net["inputs"]:
        each[source["name"]] = source["rate_hz"] * min(source["until_ms"], UNTIL_MS) / 1000
    return round(sum(each[name] * connections for name, connections in connected))


def serve(version, net, measured):
    """Answers until standard input ends. `measured()` simulates: seconds of building and of simulating, spikes by
    population, and pairs (source, how many connections)."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # A peer may print what it likes.
    print(json.dumps({"version": version}), file=answers, flush=True)
    for _ in sys.stdin:
        built_seconds, seconds, spikes, connected = measured()
        told = {"seconds": seconds, "built_seconds": built_seconds, "spikes": spikes}
        print(json.dumps(told | {"deliveries": deliveries(net, spikes, connected)}), file=answers, flush=True)
