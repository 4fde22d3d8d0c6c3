"""Where the results are, and how they are read: for all three notebooks.

The newest record, or the folder that the environment variable SPIKETIME_RESULTS names. Reads only.
"""

import json
import os
import pathlib

import altair as alt
import pandas as pd

alt.data_transformers.disable_max_rows()

ROOT = pathlib.Path(__file__).resolve().parent.parent


def folder():
    named = os.environ.get("SPIKETIME_RESULTS")
    records = sorted((ROOT / "records").glob("*/records.jsonl"))
    if not named and not records:
        raise FileNotFoundError("no record here: run `spiketime replicate-all`, then set SPIKETIME_RESULTS=results")
    return pathlib.Path(named).resolve() if named else records[-1].parent


def table():
    """One line a metric of a run at a checkpoint, each run once an experiment."""
    return pd.read_json(folder() / "records.jsonl", lines=True)


def document(name):
    """`verdicts.json`, `explain.json`, …"""
    path = folder() / name
    if not path.exists():
        raise FileNotFoundError(f"{path}: `spiketime replicate-all` makes it")
    return json.loads(path.read_text())


def map_file(name):
    """The picture of a map: 28 x 28 pixels a neuron, black 0, white g_max."""
    return folder() / "maps" / f"{name}.png"


def expected():
    """The report's own points, from the experiment files."""
    import tomllib

    rows = []
    for path in sorted((ROOT / "experiments").glob("*.toml")):
        for entry in tomllib.loads(path.read_text()).get("expected", []):
            for images, value in entry["points"]:
                key = {k: entry[k] for k in ("condition", "metric", "source")}
                rows.append({"experiment": path.stem, "images_seen": images, "value": value, **key})
    return pd.DataFrame(rows)
