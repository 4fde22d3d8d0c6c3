"""The nearest layer NEST has, N = 196, learning: `iaf_psc_delta`, all-to-all `stdp_synapse`, lateral inhibition.

Left out, for want of a model of these: the adaptive threshold and the rectangular rule (its exponential pair rule stands
in). Inhibition is a large negative weight that a potential's lower bound stops at 0. One run over all images.

Usage: python peers/nest_layer.py MODE DT_MS COUNT IMAGES    prints seconds, set-up seconds and output spikes
"""

import json
import sys
import time

import nest
import numpy as np

INPUTS, NEURONS, IMAGE_MS, REST_MS, RATE_MAX_HZ = 784, 196, 250.0, 150.0, 50.0


def build(images, dt_ms):
    nest.ResetKernel()
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.resolution, nest.local_num_threads, nest.rng_seed = dt_ms, 1, 1
    generators = nest.Create("inhomogeneous_poisson_generator", INPUTS)
    onsets = dt_ms + np.arange(len(images)) * (IMAGE_MS + REST_MS)
    times = np.stack([onsets, onsets + IMAGE_MS], axis=1).ravel()
    for pixel, generator in enumerate(generators):
        rates = np.stack([images[:, pixel] / 255.0 * RATE_MAX_HZ, np.zeros(len(images))], axis=1).ravel()
        generator.set(rate_times=times.tolist(), rate_values=rates.tolist())
    inputs = nest.Create("parrot_neuron", INPUTS)
    neuron = {"tau_m": 20.0, "E_L": 0.0, "V_reset": 0.0, "V_m": 0.0, "V_th": 50.0, "V_min": 0.0, "t_ref": dt_ms, "C_m": 20.0}
    neurons = nest.Create("iaf_psc_delta", NEURONS, params=neuron)
    recorder = nest.Create("spike_recorder")
    delay = {"delay": dt_ms}
    nest.Connect(generators, inputs, "one_to_one", delay)
    plastic = {"synapse_model": "stdp_synapse", "weight": nest.random.uniform(0.0, 1.0), "Wmax": 1.0, "lambda": 0.01, "alpha": 0.5, **delay}
    nest.Connect(inputs, neurons, "all_to_all", plastic)
    nest.Connect(neurons, neurons, {"rule": "all_to_all", "allow_autapses": False}, {"weight": -1e3, **delay})
    nest.Connect(neurons, recorder)
    return recorder


def main(_mode, dt_ms, count, images):
    images = np.fromfile(images, dtype=np.uint8).reshape(-1, INPUTS)[: int(count)].astype(float)
    begin = time.monotonic()
    recorder = build(images, float(dt_ms))
    nest.Prepare()
    built = time.monotonic()
    nest.Run(len(images) * (IMAGE_MS + REST_MS))
    seconds = time.monotonic() - built
    nest.Cleanup()
    print(json.dumps({"seconds": seconds, "set_up_seconds": built - begin, "spikes_out": recorder.n_events}))


if __name__ == "__main__":
    main(*sys.argv[1:])
