"""Spiketime against Brian 2 and NEST: prints the tables, writes them and the plot into docs/exactness.md.

Usage: python crosscheck/run.py PROGRAM FOLDER    the spiketime binary; where the crosscheck example wrote
"""

import pathlib
import sys

import layer
import matplotlib
import nest
import precise

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "crosscheck"
import matplotlib.pyplot as plt

ROOT = pathlib.Path(__file__).parent.parent
PAGE = ROOT / "docs" / "exactness.md"
BEGIN, END = "<!-- BEGIN: crosscheck, by `just crosscheck` -->", "<!-- END: crosscheck -->"
DTS_MS = [1.0, 0.5, 0.1, 0.01]


def layer_table(rows):
    yield (
        "| dt [ms] | our spikes | Brian 2's | matched | mean move [ms] | extra winners (ours) | waiting inputs "
        "| mean weight difference [g/g_max] |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    for row in rows:
        yield (
            f"| {row['dt_ms']:g} | {row['ours']} | {row['theirs']} | {100 * row['matched'] / row['ours']:.1f} % "
            f"| {row['mean_move_ms']:.4f} | {row['extra_winners']} ({row['extra_winners_ours']}) "
            f"| {row['waited']} | {row['weight_difference']:.2e} |"
        )


def stdp_table(rows):
    yield "| input moved by [ms] | NEST, 1 ms grid | NEST, 0.1 ms grid | Spiketime |"
    yield "|---|---|---|---|"
    for row in rows:
        yield f"| {row['offset_ms']:g} | {row['nest_1ms']:.12f} | {row['nest_01ms']:.12f} | {row['ours']:.12f} |"


def plot(rows):
    figure, axes = plt.subplots(figsize=(5, 3.2), layout="constrained")
    dts = [row["dt_ms"] for row in rows]
    axes.semilogx(dts, [100 * row["matched"] / row["ours"] for row in rows], "o-", label="matched spikes [%]")
    axes.semilogx(dts, [100 * row["theirs"] / row["ours"] for row in rows], "s--", label="Brian 2's spikes [% of ours]")
    axes.set(xlabel="time step of Brian 2 [ms]", ylim=(0, None))
    axes.legend()
    figure.savefig(ROOT / "docs" / "crosscheck.svg", metadata={"Date": None})


def main(program, folder):
    nest.verbosity = nest.VerbosityLevel.ERROR
    ring, stdp = precise.ring(program, folder), list(precise.stdp(program, folder))
    rows = []
    for row in layer.compare(folder, DTS_MS):
        print(row, flush=True)
        rows.append(row)
    plot(rows)
    text = [
        "The report's layer (winner takes all, N = 196, learning) on 20 images in Brian 2 2.9.0, each image started",
        "from our state with our input spikes. A spike matches if the same neuron spikes within two steps. Extra winners",
        "are spikes beyond the first of an instant. A spike that moves changes who wins, who learns and when the next one",
        "comes: the paths part within an image, so the matched share grows slowly while the count is right long before.",
        "", *layer_table(rows), "", "![matched spikes by time step](crosscheck.svg)", "",
        f"NEST 3.10.0, `iaf_psc_exp_ps_lossless`: five neurons in a ring, 500 ms, {ring['theirs']} spikes against",
        f"{ring['ours']}; same order: {'yes' if ring['same_order'] else 'no'}; largest difference "
        f"{ring['largest_move_ms']:.1e} ms (goal 1e-9).", "",
        "NEST's STDP and the precise time of the input spike: weight after one pair, by how much the input was moved.",
        "", *stdp_table(stdp),
    ]
    page = PAGE.read_text()
    PAGE.write_text(page.split(BEGIN)[0] + "\n".join([BEGIN, "", *text, "", END]) + page.split(END)[1])
    print("\n".join(text))
    agrees = all(abs(row["nest_01ms"] - row["ours"]) < 1e-9 for row in stdp)
    return 0 if ring["same_order"] and ring["largest_move_ms"] <= 1e-9 and agrees else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
