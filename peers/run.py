"""The same layer in Brian 2, NEST and BindsNET, in turn with ours: writes the table into docs/performance.md.

Each round runs every peer once and ours before each, so that what is compared stood under the same load; a ratio is the
median over rounds, with the smallest and the largest. A peer that cannot run is named and left out.

Usage: python3 peers/run.py PROGRAM FOLDER    our example `peers`; where the environments are
"""

import json
import pathlib
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- BEGIN peers: made by `just bench-peers`, do not edit by hand -->", "<!-- END peers -->"
ROUNDS, OURS = 3, 2_000
# (told as, version's package, environment, script, mode, dt [ms], images a round)
PEERS = [
    ("Brian 2, C++ standalone, one run over all images", "brian2", "grid", "brian_layer.py", "standalone", 0.5, 300),
    ("Brian 2, C++ standalone, one run over all images", "brian2", "grid", "brian_layer.py", "standalone", 0.1, 100),
    ("Brian 2, Cython, two runs an image, as the report", "brian2", "grid", "brian_layer.py", "two-runs", 0.5, 10),
    ("Brian 2, Cython, two runs an image, as the report", "brian2", "grid", "brian_layer.py", "two-runs", 0.1, 10),
    ("NEST, one run over all images", "nest-simulator", "grid", "nest_layer.py", "one-run", 0.5, 50),
    ("NEST, one run over all images", "nest-simulator", "grid", "nest_layer.py", "one-run", 0.1, 20),
    ("BindsNET, PyTorch on the CPU", "bindsnet", "bindsnet", "bindsnet_layer.py", "run", 1.0, 20),
    ("BindsNET, PyTorch on the CPU", "bindsnet", "bindsnet", "bindsnet_layer.py", "run", 0.5, 20),
]


def told(command):
    done = subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit code {done.returncode}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measured(program, folder, peer):
    _, _, environment, script, mode, dt_ms, count = peer
    images = folder / "images"
    ours = told([program, images, OURS])
    theirs = told([folder / environment / "bin" / "python", ROOT / "peers" / script, mode, dt_ms, count, images])
    ours_us = 1e6 * ours["seconds"] / OURS
    theirs_us = 1e6 * theirs["seconds"] / count
    return ours_us, theirs_us, theirs["set_up_seconds"], theirs["spikes_out"] / count, ours["spikes_out"] / OURS


def version(folder, peer):
    python = folder / peer[2] / "bin" / "python"
    code = f"import importlib.metadata as m; print(m.version('{peer[1]}'))"
    return subprocess.run([str(python), "-c", code], capture_output=True, text=True).stdout.strip()


def row(peer, version, rounds):
    ratios = sorted(theirs / ours for ours, theirs, *_ in rounds)
    _, theirs_us, set_up, spikes, _ = (statistics.median(values) for values in zip(*rounds))
    return (
        f"| {peer[0]} | {version} | {peer[5]:g} | {theirs_us / 1e3:.2f} | {statistics.median(ratios):.0f} "
        f"({ratios[0]:.0f} to {ratios[-1]:.0f}) | {set_up:.1f} | {spikes:.1f} |"
    )


def main(program, folder):
    folder, rounds, failed = pathlib.Path(folder).resolve(), {peer: [] for peer in PEERS}, {}
    for number in range(ROUNDS):
        for peer in PEERS:
            if peer in failed:
                continue
            try:
                rounds[peer].append(measured(program, folder, peer))
                print(number + 1, *peer[:1], f"dt {peer[5]:g} ms", *(f"{value:.1f}" for value in rounds[peer][-1]), flush=True)
            except (RuntimeError, OSError, subprocess.TimeoutExpired) as error:
                failed[peer] = error
                print(f"{peer[0]}, dt {peer[5]:g} ms: cannot run: {error}", file=sys.stderr)
    ours = [values for peer in PEERS for values in rounds[peer]]
    if not ours:
        return 1
    ours_us, ours_spikes = (statistics.median(values[at] for values in ours) for at in (0, 4))
    text = [
        f"N = 196, winner takes all, learning, the embedded sample's first images, one thread, {ROUNDS} rounds in turn. Ours: no",
        f"dt, {ours_us / 1e3:.3f} ms an image and {ours_spikes:.1f} output spikes over its first {OURS} images, spike generation "
        "included. The peers draw",
        "their input spikes themselves too; set-up (building, compiling) is told apart. They see fewer images than ours, when",
        "more neurons spike; a grid also lets more neurons win at one step (`docs/exactness.md`).",
        "",
        "| peer and mode | version | dt, ms | ms an image | times ours | set-up, s | output spikes |",
        "|---|---|---|---|---|---|---|",
        *(row(peer, version(folder, peer), rounds[peer]) for peer in PEERS if rounds[peer]),
        "",
        "What each leaves out or does otherwise: Brian 2 has the whole model, on its grid. NEST has neither the adaptive threshold",
        "nor the rectangular rule for these neurons: its exponential pair rule stands in. BindsNET lets one neuron spike a step,",
        "learns by traces, and is reset between images instead of resting.",
    ]
    page = PAGE.read_text()
    PAGE.write_text(page.split(BEGIN)[0] + "\n".join([BEGIN, "", *text, "", END]) + page.split(END)[1])
    print("\n".join(text))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
