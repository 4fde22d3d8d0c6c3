"""NEST: one simulation of all images; Poisson generators whose rates follow the images, STDP synapses.

Usage: nest_layer.py FOLDER IMAGES DT_MS

Compiled models only. `iaf_psc_delta` has no adaptive threshold. A lower bound at rest and a large negative weight make
'winner takes all'. `stdp_synapse_hom` is additive pair STDP: it cannot lower the inputs that were silent.
"""

import sys

import layer
import nest
import numpy as np


def network(weights, dt_ms):
    nest.ResetKernel()
    nest.set(resolution=dt_ms, local_num_threads=1, rng_seed=1)
    generators = nest.Create("inhomogeneous_poisson_generator", layer.INPUTS)
    relays = nest.Create("parrot_neuron", layer.INPUTS)  # A plastic synapse needs a neuron before it.
    membrane = {"E_L": 0.0, "V_reset": 0.0, "V_min": 0.0, "V_m": 0.0, "t_ref": 0.0, "tau_minus": layer.WINDOW_MS}
    neurons = nest.Create(
        "iaf_psc_delta", layer.NEURONS, {**membrane, "V_th": layer.THRESHOLD_MV, "tau_m": layer.TAU_MS}
    )
    counter = nest.Create("spike_recorder")
    rule = {"tau_plus": layer.WINDOW_MS, "lambda": layer.GAIN, "alpha": 1.0, "mu_plus": 0.0, "mu_minus": 0.0, "Wmax": 1.0}
    nest.CopyModel("stdp_synapse_hom", "plastic", rule)
    nest.Connect(generators, relays, "one_to_one", {"delay": dt_ms})
    nest.Connect(relays, neurons, "all_to_all", {"synapse_model": "plastic", "weight": weights.T, "delay": dt_ms})
    others = {"rule": "all_to_all", "allow_autapses": False}
    nest.Connect(neurons, neurons, others, {"weight": -1000.0, "delay": dt_ms})
    nest.Connect(neurons, counter)
    return generators, counter


def schedule(rates_hz, begin_ms):
    """Every input's rates and the times at which they begin."""
    onsets = begin_ms + np.arange(len(rates_hz)) * (layer.IMAGE_MS + layer.REST_MS)
    times = np.stack([onsets, onsets + layer.IMAGE_MS], axis=1).ravel()
    silent = np.stack([rates_hz, np.zeros_like(rates_hz)], axis=1).reshape(-1, layer.INPUTS)
    return [{"rate_times": times, "rate_values": silent[:, source]} for source in range(layer.INPUTS)]


def main(folder, images, dt_ms):
    images, dt_ms = int(images), float(dt_ms)
    nest.verbosity = nest.VerbosityLevel.ERROR
    rates_hz, weights = layer.rates_hz(folder, images), layer.weights(folder).astype(float)
    generators, counter = network(weights, dt_ms)
    plastic = nest.GetConnections(synapse_model="plastic")
    begin = plastic.get("weight")

    def measured():
        plastic.weight = begin
        clock, before = layer.Clock(), counter.n_events
        with clock:
            generators.set(schedule(rates_hz, nest.biological_time + dt_ms))
            nest.Simulate(images * (layer.IMAGE_MS + layer.REST_MS))
        return clock.seconds, counter.n_events - before

    layer.serve(nest.__version__, images, measured)


if __name__ == "__main__":
    main(*sys.argv[1:])
