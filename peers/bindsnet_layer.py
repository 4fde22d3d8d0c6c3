"""BindsNET: Input and DiehlAndCookNodes on the CPU, joined by a dense connection that learns by PostPre.

Usage: bindsnet_layer.py FOLDER IMAGES DT_MS

The nodes have the adaptive threshold. Of those above it in one step all are reset and adapt, one, drawn at random,
spikes and learns; a connection among them with a large negative weight and a lower bound at rest makes 'winner takes
all', a step later. PostPre is pair STDP on traces: it cannot lower the inputs that were silent.
The rest is a reset, as its users do, and one decay of the threshold: no step is simulated for it.
"""

import math
import sys

import layer
import numpy as np
import torch
from bindsnet.encoding import poisson
from bindsnet.learning import PostPre
from bindsnet.network import Network
from bindsnet.network.monitors import Monitor
from bindsnet.network.nodes import DiehlAndCookNodes, Input
from bindsnet.network.topology import Connection

VERSION = f"0.3.4, torch {torch.__version__}"


def network(weights, dt_ms):
    net = Network(dt=dt_ms)
    inputs = Input(layer.INPUTS, traces=True, tc_trace=float(layer.WINDOW_MS))
    neurons = DiehlAndCookNodes(
        layer.NEURONS,
        traces=True,
        tc_trace=float(layer.WINDOW_MS),
        thresh=float(layer.THRESHOLD_MV),
        rest=0.0,
        reset=0.0,
        refrac=0,
        tc_decay=float(layer.TAU_MS),
        theta_plus=float(layer.STEP_MV),
        tc_theta_decay=float(layer.TAU_ADAPTATION_MS),
        lbound=0.0,
    )
    rates = (layer.GAIN, layer.GAIN)
    plastic = Connection(inputs, neurons, w=weights, update_rule=PostPre, nu=rates, wmin=0.0, wmax=1.0)
    others = Connection(neurons, neurons, w=-1000 * (1 - torch.eye(layer.NEURONS)))
    counter = Monitor(neurons, ["s"], time=round(layer.IMAGE_MS / dt_ms))
    net.add_layer(inputs, "inputs")
    net.add_layer(neurons, "neurons")
    net.add_connection(plastic, "inputs", "neurons")
    net.add_connection(others, "neurons", "neurons")
    net.add_monitor(counter, "counter")
    return net, neurons, plastic, counter


def main(folder, images, dt_ms):
    images, dt_ms = int(images), float(dt_ms)
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    torch.manual_seed(1)
    rates_hz = torch.from_numpy(layer.rates_hz(folder, images).astype(np.float32))
    weights = torch.from_numpy(layer.weights(folder))
    net, neurons, plastic, counter = network(weights.clone(), dt_ms)

    def show(rates):
        spikes = poisson(rates, layer.IMAGE_MS, dt_ms)
        net.run({"inputs": spikes}, layer.IMAGE_MS)
        count = int(counter.get("s").sum())
        net.reset_state_variables()
        neurons.theta.mul_(math.exp(-layer.REST_MS / layer.TAU_ADAPTATION_MS))
        return count

    def measured():
        plastic.w.copy_(weights)
        clock = layer.Clock()
        with clock:
            spikes = sum(show(rates) for rates in rates_hz)
        return clock.seconds, spikes

    layer.serve(VERSION, images, measured)


if __name__ == "__main__":
    main(*sys.argv[1:])
