"""Brian 2 the report's way: the network is run twice an image, 250 ms with its rates and 150 ms without.

Usage: brian2_report.py FOLDER IMAGES DT_MS TARGET    the target of code generation: auto (Brian 2's default) or numpy
"""

import pathlib
import subprocess
import sys

import layer  # First: it sets how many threads numpy takes.
import brian2 as b2
import brian2_layer


def network(dt_ms):
    b2.defaultclock.dt = dt_ms * b2.ms
    inputs = b2.PoissonGroup(layer.INPUTS, rates=0 * b2.Hz)
    neurons = brian2_layer.neurons()
    rule = brian2_layer.learning("last", "0.5 * dt")
    synapses = b2.Synapses(inputs, neurons, "w : 1\nlast : second", on_pre="v_post += w; last = t", on_post=rule)
    synapses.connect()
    inhibition, counter = brian2_layer.winner_takes_all(neurons), b2.SpikeMonitor(neurons)
    return b2.Network(inputs, neurons, synapses, inhibition, counter), inputs, synapses, counter


def main(folder, images, dt_ms, target):
    images, cache = int(images), pathlib.Path(folder) / "cython"
    if target == "auto" and not cache.exists():
        # Compiled in a process of its own: what Cython leaves in memory slows every later run of the process.
        cache.mkdir()
        subprocess.run([sys.executable, *sys.argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    b2.prefs.codegen.target = target
    b2.prefs.codegen.runtime.cython.cache_dir = str(cache)
    net, inputs, synapses, counter = network(float(dt_ms))
    synapses.last = -1000 * b2.second
    rates_hz, weights = layer.rates_hz(folder, images), layer.weights(folder)

    def show(image):
        inputs.rates = image * b2.Hz
        net.run(layer.IMAGE_MS * b2.ms)
        inputs.rates = 0 * b2.Hz
        net.run(layer.REST_MS * b2.ms)

    def measured():
        synapses.w = weights.ravel()
        clock, before = layer.Clock(), counter.num_spikes
        with clock:
            for image in rates_hz:
                show(image)
        return clock.seconds, counter.num_spikes - before

    show(rates_hz[0])  # Code is generated and compiled at the first run.
    layer.serve(b2.__version__, images, measured)


if __name__ == "__main__":
    main(*sys.argv[1:])
