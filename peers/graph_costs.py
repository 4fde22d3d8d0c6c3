"""What a simulated second costs by neurons, deliveries and spikes; writes the table and the fit into docs/performance.md.

Variations of networks/voltage-jump.toml, one thread, the least of some runs each (what disturbs a run only adds to it). The
fit is by least squares of relative errors, nothing below 0.

Usage: python graph_costs.py PROGRAM    needs numpy: the environment of Brian 2 has it
"""

import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
from run import PAGE, ROOT

BEGIN, END = "<!-- BEGIN graph costs: made by `just bench-graphs`, do not edit by hand -->", "<!-- END graph costs -->"
UNTIL_MS, RUNS = 1000, 3
# (times as many neurons, connections into a neuron from each 4000, drive [mV])
SIZES = [(1, 80, -49.0), (1, 20, -49.0), (1, 320, -49.0), (1, 80, -48.0), (1, 80, -49.9), (4, 80, -49.0), (16, 80, -49.0)]


def network(times, connections, rest_mv):
    """The benchmark's text with other numbers; the weights keep the sum of what arrives."""
    text = (ROOT / "networks" / "voltage-jump.toml").read_text()
    text = re.sub(r"count = (\d+)", lambda found: f"count = {times * int(found[1])}", text)
    text = text.replace("rest_mv = -49.0", f"rest_mv = {rest_mv}")
    text = text.replace("probability = 0.02", f"probability = {connections / (4000 * times)}")
    scale = 80 / connections
    for weight_mv in (0.25, -2.25):
        text = text.replace(f"weight_mv = {weight_mv}\n", f"weight_mv = {weight_mv * scale}\n")
    return text


def run(program, text):
    """Seconds, deliveries and spikes."""
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(text)
        file.flush()
        command = [program, "simulate", file.name, "--until", str(UNTIL_MS), "--threads", "1"]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    deliveries, seconds = re.search(r"(\d+) spikes delivered in ([\d.]+) s", out).groups()
    spikes = sum(int(count) for count in re.findall(r"^\S+ +\d+ +(\d+) +[\d.]+ ", out, re.MULTILINE))
    return float(seconds), int(deliveries), spikes


def fit(work_a_second):
    """Costs of which none is negative: whatever would be is left out."""
    used = list(range(work_a_second.shape[1]))
    while True:
        found, *_ = np.linalg.lstsq(work_a_second[:, used], np.ones(len(work_a_second)), rcond=None)
        if found.min() >= 0:
            costs = np.zeros(work_a_second.shape[1])
            costs[used] = found
            return costs
        used.pop(int(found.argmin()))


def main(program):
    rows, work, seconds = [], [], []
    for times, connections, rest_mv in SIZES:
        runs = [run(program, network(times, connections, rest_mv)) for _ in range(RUNS)]
        least, deliveries, spikes = min(runs)
        work.append([deliveries, 4000 * times * UNTIL_MS, spikes])
        seconds.append(least)
        rows.append((4000 * times, connections, spikes / (4 * times * UNTIL_MS), deliveries, least))
        print(rows[-1], flush=True)
    work, seconds = np.array(work, float), np.array(seconds)
    costs = fit(work / seconds[:, None])
    fitted = work @ costs
    lines = ["| neurons | connections into each | rate, Hz | deliveries | s | fitted | ns a delivery |", "|---|---|---|---|---|---|---|"]
    lines += [
        f"| {neurons} | {into} | {hz:.1f} | {count:.3g} | {least:.3f} | {fit:.3f} | {1e9 * least / count:.1f} |"
        for (neurons, into, hz, count, least), fit in zip(rows, fitted)
    ]
    delivery_ns, window_ns, spike_ns = costs * 1e9
    text = f"""\
One second of variations of networks/voltage-jump.toml (delay 1 ms, so 1000 windows) on one thread, the least of {RUNS} runs:

{chr(10).join(lines)}

Fitted: {delivery_ns:.1f} ns a delivery, {window_ns:.2f} ns a neuron and window, {spike_ns:.0f} ns a spike."""
    page = PAGE.read_text()
    PAGE.write_text(page.split(BEGIN)[0] + "\n".join([BEGIN, "", text, "", END]) + page.split(END)[1])
    print(text)


if __name__ == "__main__":
    main(*sys.argv[1:])
