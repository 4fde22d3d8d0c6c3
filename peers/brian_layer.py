"""The report's layer in Brian 2, N = 196, learning: as an expert would run it, and as the report did.

`standalone`: one run over all images as a compiled C++ program; what belongs to an input (the time of its last
spike) is stored once an input. `two-runs`: two runs an image from Python, one with and one without input.

Usage: python peers/brian_layer.py MODE DT_MS COUNT IMAGES    prints seconds, set-up seconds and output spikes
"""

import json
import sys
import tempfile
import time

import brian2 as b2
import numpy as np

INPUTS, NEURONS, IMAGE_MS, REST_MS, RATE_MAX_HZ = 784, 196, 250, 150, 50.0


def layer(rate):
    """Winner takes all, adaptive threshold, a rectangle of 20 ms; v and T in mV, w in g/g_max."""
    inputs = b2.NeuronGroup(
        INPUTS, f"{rate}\nlast : second", threshold="rand() < rate * dt", reset="last = t"
    )
    inputs.last = -1 * b2.second
    neurons = b2.NeuronGroup(
        NEURONS,
        "dv/dt = -v / (20*ms) : 1\ndT/dt = -T / (40*ms) : 1",
        threshold="v > 50 + T",
        reset="v = 0; T += 10",
        method="exact",
    )
    rule = "w = clip(w + 0.015 * int(t - last_pre <= 20*ms) - 0.005, 0, 1)"
    synapses = b2.Synapses(inputs, neurons, "w : 1", on_pre="v_post += w", on_post=rule)
    synapses.connect()
    synapses.w = "rand()"
    inhibition = b2.Synapses(neurons, neurons, on_pre="v_post = 0")
    inhibition.connect(condition="i != j")
    counter = b2.SpikeMonitor(neurons, record=False)
    return inputs, counter, b2.Network(inputs, neurons, synapses, inhibition, counter)


def standalone(images, dt_ms):
    with tempfile.TemporaryDirectory() as folder:
        b2.set_device("cpp_standalone", directory=folder, build_on_run=False)
        b2.defaultclock.dt = dt_ms * b2.ms
        # 50 ms is the greatest common part of image and rest.
        shown = np.zeros((len(images), 8, INPUTS))
        shown[:, :5] = images[:, None] / 255.0 * RATE_MAX_HZ
        rates = b2.TimedArray(shown.reshape(-1, INPUTS) * b2.Hz, dt=50 * b2.ms)
        begin = time.monotonic()
        _, counter, network = layer("rate = rates(t, i) : Hz (constant over dt)")
        network.run(len(images) * (IMAGE_MS + REST_MS) * b2.ms, namespace={"rates": rates})
        b2.device.build(directory=folder, run=False)
        built = time.monotonic()
        b2.device.run()
        return time.monotonic() - built, built - begin, counter.num_spikes


def two_runs(images, dt_ms):
    b2.defaultclock.dt = dt_ms * b2.ms
    begin = time.monotonic()
    inputs, counter, network = layer("rate : Hz")
    network.run(0 * b2.ms)
    show(inputs, network, images[0])  # Compiles whatever is compiled once.
    built, before = time.monotonic(), counter.num_spikes
    for image in images:
        show(inputs, network, image)
    return time.monotonic() - built, built - begin, counter.num_spikes - before


def show(inputs, network, image):
    inputs.rate = image / 255.0 * RATE_MAX_HZ * b2.Hz
    network.run(IMAGE_MS * b2.ms)
    inputs.rate = 0 * b2.Hz
    network.run(REST_MS * b2.ms)


def main(mode, dt_ms, count, images):
    images = np.fromfile(images, dtype=np.uint8).reshape(-1, INPUTS)[: int(count)].astype(float)
    run = {"standalone": standalone, "two-runs": two_runs}[mode]
    seconds, set_up_seconds, spikes = run(images, float(dt_ms))
    print(json.dumps({"seconds": seconds, "set_up_seconds": set_up_seconds, "spikes_out": int(spikes)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
