"""The report's layer in Brian 2, each image started from our state, on grids of 1 to 0.01 ms.

Brian 2 tests for a spike one step after the input that lifts the potential, so a spike of ours counts as
matched if the same neuron spikes within two steps. Two spikes of one input in one step are more than its
generator takes: the later one waits for the next free step.
"""

import json
import pathlib

import brian2 as b2
import numpy as np

INPUTS, NEURONS, IMAGE_MS = 784, 196, 250.0
TAU_MS, TAU_ADAPTATION_MS, THRESHOLD_MV, STEP_MV = 20.0, 40.0, 50.0, 10.0


def network(dt_ms):
    """The layer: winner takes all, adaptive threshold, a rectangle of 20 ms at output spikes; v and T in mV."""
    b2.prefs.codegen.target = "numpy"
    b2.start_scope()
    b2.defaultclock.dt = dt_ms * b2.ms
    constants = {"tau": TAU_MS * b2.ms, "tau_T": TAU_ADAPTATION_MS * b2.ms}
    generator = b2.SpikeGeneratorGroup(INPUTS, [], [] * b2.ms)
    neurons = b2.NeuronGroup(
        NEURONS,
        "dv/dt = -v / tau : 1\ndT/dt = -T / tau_T : 1",
        threshold=f"v > {THRESHOLD_MV} + T",
        reset=f"v = 0; T += {STEP_MV}",
        method="exact",
        namespace=constants,
    )
    rule = "w = clip(w + 0.015 * int(t - last <= 20*ms + 1e-9*ms) - 0.005, 0, 1)"
    synapses = b2.Synapses(generator, neurons, "w : 1\nlast : second", on_pre="v_post += w; last = t", on_post=rule)
    synapses.connect()
    inhibition = b2.Synapses(neurons, neurons, on_pre="v_post = 0")
    inhibition.connect(condition="i != j")
    monitor = b2.SpikeMonitor(neurons)
    return b2.Network(generator, neurons, synapses, inhibition, monitor), generator, neurons, synapses, monitor


def steps_of(inputs, dt_ms):
    """(step, source): at most one spike of a source in a step."""
    taken, placed, waited = set(), [], 0
    for at_ms, source in inputs:
        step = int(at_ms / dt_ms)
        while (step, source) in taken:
            step, waited = step + 1, waited + 1
        taken.add((step, source))
        placed.append((step, source))
    return placed, waited


def run_image(image, weights, dt_ms):
    net, generator, neurons, synapses, monitor = network(dt_ms)
    placed, waited = steps_of(image["inputs"], dt_ms)
    generator.set_spikes([s for _, s in placed], np.array([step for step, _ in placed]) * dt_ms * b2.ms)
    since, adapted = np.array(image["potentials_since_ms"]), np.array(image["adaptations_since_ms"])
    neurons.v = np.array(image["potentials_mv"]) * np.exp(since / TAU_MS)
    neurons.T = np.array(image["adaptations_mv"]) * np.exp(adapted / TAU_ADAPTATION_MS)
    synapses.w = weights.ravel()
    stamps_ms = np.array([-1e6 if at is None else at for at in image["last_input_ms"]])
    synapses.last = np.repeat(stamps_ms, NEURONS) * b2.ms
    net.run((IMAGE_MS + 3 * dt_ms) * b2.ms)
    found = list(zip(np.array(monitor.t / b2.ms), np.array(monitor.i)))
    return found, np.array(synapses.w).reshape(INPUTS, NEURONS), waited


def matches(ours, theirs, dt_ms):
    """Moves of the spikes of ours that the other has as well, each of theirs used once [ms]."""
    left, moves = list(theirs), []
    for at, neuron in ours:
        near = [(abs(t - at), t, i) for t, i in left if i == neuron and abs(t - at) <= 2 * dt_ms + 1e-9]
        if near:
            distance, t, i = min(near)
            left.remove((t, i))
            moves.append(distance)
    return moves


def compare(folder, dts_ms):
    images = json.loads((pathlib.Path(folder) / "images.json").read_text())
    weights = np.fromfile(pathlib.Path(folder) / "weights.f64").reshape(len(images) + 1, INPUTS, NEURONS)
    for dt_ms in dts_ms:
        ours = theirs = extra_winners = waited = 0
        moves, differences = [], []
        for number, image in enumerate(images):
            found, learned, late = run_image(image, weights[number], dt_ms)
            ours, theirs, waited = ours + len(image["outputs"]), theirs + len(found), waited + late
            extra_winners += len(found) - len({round(t / dt_ms) for t, _ in found})
            moves += matches(image["outputs"], found, dt_ms)
            differences.append(np.abs(learned - weights[number + 1]).mean())
        tie_ours = sum(len(image["outputs"]) - len({t for t, _ in image["outputs"]}) for image in images)
        yield {
            "dt_ms": dt_ms,
            "ours": ours,
            "theirs": theirs,
            "matched": len(moves),
            "mean_move_ms": float(np.mean(moves)) if moves else float("nan"),
            "extra_winners": extra_winners,
            "extra_winners_ours": tie_ours,
            "waited": waited,
            "weight_difference": float(np.mean(differences)),
        }
