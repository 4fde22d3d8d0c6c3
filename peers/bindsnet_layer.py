"""The nearest layer BindsNET has, N = 196, learning: `DiehlAndCookNodes`, `PostPre`, lateral inhibition, on one thread.

Left out: several winners at one instant (its nodes let one spike) and the rectangular rule (traces stand in). There is no
rest: as its users do, state is reset after each image.

Usage: python peers/bindsnet_layer.py MODE DT_MS COUNT IMAGES    prints seconds, set-up seconds and output spikes
"""

import json
import sys
import time

import numpy as np
import torch
from bindsnet.encoding import poisson
from bindsnet.learning import PostPre
from bindsnet.network import Network
from bindsnet.network.monitors import Monitor
from bindsnet.network.nodes import DiehlAndCookNodes, Input
from bindsnet.network.topology import Connection

INPUTS, NEURONS, IMAGE_MS, RATE_MAX_HZ = 784, 196, 250, 50.0


def build(dt_ms):
    network = Network(dt=dt_ms)
    inputs = Input(n=INPUTS, traces=True, tc_trace=20.0)
    neurons = DiehlAndCookNodes(
        n=NEURONS, traces=True, rest=0.0, reset=0.0, thresh=50.0, refrac=0, tc_decay=20.0, tc_trace=20.0, theta_plus=10.0,
        tc_theta_decay=40.0,
    )
    weights = Connection(
        inputs, neurons, w=torch.rand(INPUTS, NEURONS), update_rule=PostPre, nu=(0.0, 0.01), wmin=0.0, wmax=1.0
    )
    inhibition = Connection(neurons, neurons, w=-1e3 * (torch.ones(NEURONS, NEURONS) - torch.eye(NEURONS)))
    network.add_layer(inputs, "inputs")
    network.add_layer(neurons, "neurons")
    network.add_connection(weights, "inputs", "neurons")
    network.add_connection(inhibition, "neurons", "neurons")
    monitor = Monitor(neurons, ["s"], time=int(IMAGE_MS / dt_ms))
    network.add_monitor(monitor, "spikes")
    return network, monitor


def main(_mode, dt_ms, count, images):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    dt_ms, begin = float(dt_ms), time.monotonic()
    images = np.fromfile(images, dtype=np.uint8).reshape(-1, INPUTS)[: int(count)].astype(np.float32)
    network, monitor = build(dt_ms)
    built, spikes = time.monotonic(), 0
    for image in torch.from_numpy(images):
        train = poisson(image / 255.0 * RATE_MAX_HZ, time=IMAGE_MS, dt=dt_ms)
        network.run({"inputs": train.unsqueeze(1)}, time=IMAGE_MS)
        spikes += int(monitor.get("s").sum())
        network.reset_state_variables()
    print(json.dumps({"seconds": time.monotonic() - built, "set_up_seconds": built - begin, "spikes_out": spikes}))


if __name__ == "__main__":
    main(*sys.argv[1:])
