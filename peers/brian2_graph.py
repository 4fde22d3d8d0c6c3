"""A network file in Brian 2, C++ standalone: compiled once, one run of the program a round.

Usage: brian2_graph.py NETWORK DT_MS

A round's time is the processor time that the program tells of its loop; building the network is the rest of it. Inputs
that end before the simulation are drawn by numpy before; those that last are `PoissonInput`, as many sources of a
lower rate as make the count of a step Poisson's. Populations of the same constants are one group, and tables of
connections that differ in their targets alone are one.
"""

import resource
import sys
import tempfile

import layer  # First: it sets how many threads numpy takes.
import brian2 as b2
import graph
import numpy as np

SUPERPOSED = 100  # Sources that a PoissonInput sums; the variance is less than Poisson's by 0.5 % for 1000 Hz and 0.5 ms.
FLAGS = ["-w", "-O3", "-ffast-math", "-fno-finite-math-only", "-march=native"]
CURRENT = {"delta": "", "exponential": "ds/dt = -s / tau_s : 1"}
STDP = {
    "model": "w : 1\ndinputs/dt = -inputs / tau_gain : 1 (event-driven)\ndoutputs/dt = -outputs / tau_loss : 1 (event-driven)",
    "on_pre": "{into}_post += w\ninputs += 1\nw = clip(w - loss * outputs, 0, weight_max)",
    "on_post": "outputs += 1\nw = clip(w + gain * inputs, 0, weight_max)",
}


def neurons(net):
    """One group, and the part of it that each population is."""
    first, *others = [{key: of[key] for key in of if key not in ("name", "count")} for of in net["neurons"]]
    if any(other != first for other in others):
        raise ValueError("populations of different constants")
    current = CURRENT[first["synapses"]]
    group = b2.NeuronGroup(
        sum(of["count"] for of in net["neurons"]),
        f"dv/dt = (limit {'+ s' if current else ''} - v) / tau : 1 (unless refractory)\n{current}",
        threshold=f"v > {first['threshold_mv']}",
        reset=f"v = {first['reset_mv']}",
        refractory=first["refractory_ms"] * b2.ms,
        method="exact",
        namespace={"limit": first["rest_mv"] + first["bias_mv"], "tau": first["tau_membrane_ms"] * b2.ms}
        | ({"tau_s": first["tau_synapse_ms"] * b2.ms} if current else {}),
    )
    least_mv, most_mv = graph.span_mv(first)
    group.v = f"{least_mv} + {most_mv - least_mv} * rand()"
    ends = np.cumsum([of["count"] for of in net["neurons"]])
    return group, {of["name"]: (end - of["count"], end) for of, end in zip(net["neurons"], ends)}, "s" if current else "v"


def trains(source, dt_ms, rng):
    """The spikes of an input that ends, at most one of a train in a step, as Brian 2 wants it."""
    steps = round(source["until_ms"] / dt_ms)
    count = rng.poisson(source["count"] * source["rate_hz"] * source["until_ms"] / 1000)
    step, train = np.divmod(np.unique(rng.integers(steps * source["count"], size=count)), source["count"])
    return b2.SpikeGeneratorGroup(source["count"], train, step * dt_ms * b2.ms, sorted=True)


def inputs(net, group, parts, into, dt_ms):
    rng = np.random.default_rng(net["seed"])
    for source in net["inputs"]:
        for table in (table for table in net["connections"] if table["from"] == source["name"]):
            if not table["one_to_one"] or table["delay_ms"] or "learning" in table:
                raise ValueError("an input goes one to one, at once, and does not learn")
            target, weight_mv = group[slice(*parts[table["to"]])], table["weight_mv"]
            if source["until_ms"] < graph.UNTIL_MS:
                spikes = trains(source, dt_ms, rng)
                synapses = b2.Synapses(spikes, target, on_pre=f"{into}_post += {weight_mv}")
                synapses.connect(j="i")
                yield from (spikes, synapses)
            else:
                yield b2.PoissonInput(target, into, SUPERPOSED, source["rate_hz"] / SUPERPOSED * b2.Hz, weight_mv)


def merged(net, parts):
    """Tables between neurons, those with adjoining targets in one: (table, first target, one past the last)."""
    tables = []
    for table in (table for table in net["connections"] if table["from"] in parts):
        begin, end = parts[table["to"]]
        same = {key: value for key, value in table.items() if key != "to"}
        if tables and tables[-1][0] == same and tables[-1][2] == begin:
            begin = tables.pop()[1]
        tables.append((same, begin, end))
    return tables


def connections(net, group, parts, into):
    """(source, synapses) of every table between neurons."""
    for table, begin, end in merged(net, parts):
        rule, first = graph.rule(net, table), parts[table["from"]][0]
        plastic = {key: text.format(into=into) for key, text in STDP.items()}
        space = {} if rule is None else {
            **{f"tau_{key}": rule[f"tau_{key}_ms"] * b2.ms for key in ("gain", "loss")},
            **{key: rule[key] * rule["weight_max_mv"] for key in ("gain", "loss")},
            "weight_max": rule["weight_max_mv"],
        }
        fixed = {"on_pre": f"{into}_post += {table['weight_mv']}"}
        ends = group[slice(*parts[table["from"]])], group[begin:end]
        how = fixed if rule is None else plastic
        synapses = b2.Synapses(*ends, **how, delay=table["delay_ms"] * b2.ms, namespace=space)
        synapses.connect(j=f"k for k in sample(N_post, p={table['probability']}) if k + {begin} != i + {first}")
        if rule:
            synapses.w = table["weight_mv"]
        yield table["from"], synapses


def main(path, dt_ms):
    net, dt_ms = graph.read(path), float(dt_ms)
    with tempfile.TemporaryDirectory() as project:
        b2.set_device("cpp_standalone", build_on_run=False, directory=project)
        b2.prefs.codegen.cpp.extra_compile_args_gcc = FLAGS
        b2.defaultclock.dt = dt_ms * b2.ms
        b2.seed(net["seed"])
        group, parts, into = neurons(net)
        monitor, between = b2.SpikeMonitor(group), list(connections(net, group, parts, into))
        outside = list(inputs(net, group, parts, into, dt_ms))
        b2.Network(group, monitor, *outside, *(synapses for _, synapses in between)).run(graph.UNTIL_MS * b2.ms)
        b2.device.build(directory=project, run=False, with_output=False)

        def measured():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            b2.device.run(with_output=False)  # The program sets itself up anew, and tells what its loop took.
            after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), b2.device._last_run_time
            total_seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            spikes = {name: int(monitor.count[begin:end].sum()) for name, (begin, end) in parts.items()}
            connected = [(name, len(synapses)) for name, synapses in between]
            connected += [(source["name"], source["count"]) for source in net["inputs"]]
            return total_seconds - seconds, seconds, spikes, connected

        graph.serve(b2.__version__, net, measured)


if __name__ == "__main__":
    main(*sys.argv[1:])
