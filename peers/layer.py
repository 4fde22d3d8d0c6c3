"""What every peer starts from, and how it answers: the report's reference layer, our images and weights.

A peer is a process. It sets itself up, writes a line, and measures a round for each line on standard input; its lines
are JSON. A round shows the same first images, on one core, and what it counts is all that an image costs: spikes
drawn, 250 ms of image, what stands for the rest, learning.
"""

import json
import os
import pathlib
import sys
import time

for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]:
    os.environ[name] = "1"  # Read when numpy or torch is loaded.

import numpy as np

INPUTS, NEURONS = 784, 196
IMAGE_MS, REST_MS, RATE_MAX_HZ = 250, 150, 50
TAU_MS, TAU_ADAPTATION_MS, THRESHOLD_MV, STEP_MV, WINDOW_MS = 20, 40, 50, 10, 20
GAIN, LOSS = 0.01, 0.005


def rates_hz(folder, images):
    """The rate of every input, image by image."""
    greys = np.fromfile(pathlib.Path(folder) / "images.u8", np.uint8).reshape(-1, INPUTS)
    return greys[:images] * (RATE_MAX_HZ / 255)


def weights(folder):
    """Inputs × neurons, as fractions of g_max; a weight of 1 lifts a potential by 1 mV."""
    return np.fromfile(pathlib.Path(folder) / "weights.f32", np.float32).reshape(INPUTS, NEURONS)


def serve(version, images, measured):
    """Answers until standard input ends. `measured()` gives a round's seconds, and its output spikes."""
    answers = sys.stdout
    sys.stdout = sys.stderr  # A peer may print what it likes.
    print(json.dumps({"version": version}), file=answers, flush=True)
    for _ in sys.stdin:
        seconds, spikes = measured()
        print(json.dumps({"image_us": seconds * 1e6 / images, "spikes": int(spikes)}), file=answers, flush=True)


class Clock:
    """Seconds of processor time, all threads, inside its `with` blocks: other programs on the machine do not count."""

    def __init__(self):
        self.seconds = 0.0

    def __enter__(self):
        self.began = time.process_time()

    def __exit__(self, *_):
        self.seconds += time.process_time() - self.began
