"""Where the results are, and how they are read: for all three notebooks.

The newest record, or the results folder that the environment variable SPIKETIME_RESULTS_DIR names, as for the program:
what `--quick` and `--sample` leave in a folder below it is found there too. Reads only.
"""

import json
import math
import os
import pathlib
import tomllib

import altair as alt
import numpy as np
import pandas as pd
from PIL import Image

alt.data_transformers.disable_max_rows()

ROOT = pathlib.Path(__file__).resolve().parent.parent
SIDE = 28
SEED = 1


def folder():
    """A relative name starts where the program is run: at the root."""
    named = os.environ.get("SPIKETIME_RESULTS_DIR")
    if named:
        places = [ROOT / named / below for below in ("", "quick", "sample")]
    else:
        places = sorted((ROOT / "records").glob("*"), reverse=True)
    for place in places:
        if (place / "records.jsonl").exists():
            return place
    raise FileNotFoundError(
        f"no records.jsonl in {places[0] if places else ROOT / 'records'}: run `spiketime replicate-all`, then set "
        "SPIKETIME_RESULTS_DIR=results"
    )


def table():
    """One line a metric of a run at a checkpoint, each run once an experiment."""
    return pd.read_json(folder() / "records.jsonl", lines=True)


def document(name):
    """`verdicts.json`, `explain.json`, …"""
    path = folder() / name
    if not path.exists():
        raise FileNotFoundError(f"{path}: `spiketime replicate-all` makes it")
    return json.loads(path.read_text())


def maps():
    """The file of every map of seed 1, by (condition, images seen): pictures in a record, weights in a results folder."""
    found = {}
    for path in (folder() / "maps").glob("*.png"):
        condition, images = path.stem.rsplit("-", 1)
        found[condition, int(images)] = path
    for path in (folder() / "runs").glob("*.json"):
        record = json.loads(path.read_text())
        if record["seed"] == SEED:
            name = record["condition"]["name"]
            found |= {(name, kept["images_seen"]): folder() / "weights" / kept["file"] for kept in record["maps"]}
    return found


def picture(path):
    """28 x 28 pixels a neuron, row by row in the smallest square of tiles; black 0, white g_max."""
    if path.suffix == ".png":
        return Image.open(path)
    weights = np.load(path)
    tiles = math.ceil(math.sqrt(len(weights)))
    grey = np.zeros((tiles * tiles, SIDE, SIDE), np.uint8)
    grey[: len(weights)] = np.floor(weights.reshape(-1, SIDE, SIDE) * 255 + 0.5)
    return Image.fromarray(grey.reshape(tiles, tiles, SIDE, SIDE).swapaxes(1, 2).reshape(tiles * SIDE, tiles * SIDE))


def student(degrees):
    """Student's t, two-sided 95 %: a table, then Cornish and Fisher's expansion, which is right to 0.001 from 10 on."""
    table = [math.nan, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
    if degrees < len(table):
        return table[degrees]
    z = 1.959964
    first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / degrees + second / degrees**2 + third / degrees**3


def expected():
    """The report's own points, from the experiment files."""
    rows = []
    for path in sorted((ROOT / "experiments" / "report").glob("*.toml")):
        for entry in tomllib.loads(path.read_text()).get("expected", []):
            for images, value in entry["points"]:
                key = {k: entry[k] for k in ("condition", "metric", "source")}
                rows.append({"experiment": path.stem, "images_seen": images, "value": value, **key})
    return pd.DataFrame(rows)
