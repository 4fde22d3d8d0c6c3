"""Brian 2 as an expert writes it: C++ standalone, one run for all images, the input spikes drawn by numpy.

Usage: brian2_standalone.py FOLDER IMAGES DT_MS

An input's last spike is kept once an input, not once a synapse: a relay holds it, and fires a step later.
"""

import sys
import tempfile

import layer  # First: it sets how many threads numpy takes.
import brian2 as b2
import brian2_layer
import numpy as np


def drawn(rates_hz, dt_ms):
    """(step, input) of every spike, sorted; at most one of an input in a step, as Brian 2 wants it."""
    rng = np.random.default_rng(1)
    spikes = []
    period, steps = round((layer.IMAGE_MS + layer.REST_MS) / dt_ms), round(layer.IMAGE_MS / dt_ms)
    for number, rates in enumerate(rates_hz):
        count = rng.poisson(rates.sum() * layer.IMAGE_MS / 1000)
        # One process of the summed rate, whose spikes choose their pixel: the same law, and less to draw.
        pixels = np.searchsorted(np.cumsum(rates), rng.random(count) * rates.sum(), side="right")
        keys = np.unique(rng.integers(steps, size=count) * layer.INPUTS + pixels)
        spikes.append(keys + number * period * layer.INPUTS)
    return np.divmod(np.concatenate(spikes), layer.INPUTS)


def network(steps, inputs, weights, dt_ms):
    b2.defaultclock.dt = dt_ms * b2.ms
    generator = b2.SpikeGeneratorGroup(layer.INPUTS, inputs, steps * dt_ms * b2.ms, sorted=True)
    relay = b2.NeuronGroup(layer.INPUTS, "last : second", threshold="t - last < 1.5 * dt", reset="")
    relay.last = -1000 * b2.second
    relaying = b2.Synapses(generator, relay, on_pre="last_post = t")
    relaying.connect(j="i")
    neurons = brian2_layer.neurons()
    rule = brian2_layer.learning("last_pre", "1.5 * dt")
    synapses = b2.Synapses(relay, neurons, "w : 1", on_pre="v_post += w", on_post=rule)
    synapses.connect()
    synapses.w = weights.ravel()
    inhibition, counter = brian2_layer.winner_takes_all(neurons), b2.SpikeMonitor(neurons, record=False)
    return b2.Network(generator, relay, relaying, neurons, synapses, inhibition, counter), counter


def main(folder, images, dt_ms):
    images, dt_ms = int(images), float(dt_ms)
    with tempfile.TemporaryDirectory() as project:
        b2.set_device("cpp_standalone", build_on_run=False, directory=project)
        b2.prefs.codegen.cpp.extra_compile_args_gcc = ["-w", "-O3", "-ffast-math", "-fno-finite-math-only", "-march=native"]
        rates_hz = layer.rates_hz(folder, images)
        net, counter = network(*drawn(rates_hz, dt_ms), layer.weights(folder), dt_ms)
        net.run(images * (layer.IMAGE_MS + layer.REST_MS) * b2.ms)
        b2.device.build(directory=project, run=False, with_output=False)

        def measured():
            clock = layer.Clock()
            with clock:
                drawn(rates_hz, dt_ms)
            b2.device.run(with_output=False)  # The program sets itself up anew, and tells what its loop took.
            return clock.seconds + b2.device._last_run_time, counter.num_spikes

        layer.serve(b2.__version__, images, measured)


if __name__ == "__main__":
    main(*sys.argv[1:])
