"""The report's layer in Brian 2, NEST and BindsNET, in turn with ours; writes the table into docs/performance.md.

Every peer and ours are processes that set themselves up once and answer a round when asked (`layer.py`). In each round
ours is asked before every peer, so that what is compared stood under the same load. A ratio is the median over rounds. A
peer that cannot be installed or run is named and left out.

Usage: python3 peers/run.py PROGRAM FOLDER    our example `peers`; where environments and images are put
"""

import json
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- BEGIN peers: made by `just bench-peers`, do not edit by hand -->", "<!-- END peers -->"
ROUNDS = 3
STANDALONE, REPORT = "Brian 2, C++ standalone, one run over all images", "Brian 2, two runs an image, as the report"
# (told as, environment, script, images a round, dt [ms], more arguments)
PEERS = [
    *((STANDALONE, "brian2", "brian2_standalone.py", 200, dt_ms, ()) for dt_ms in (1.0, 0.5, 0.1)),
    *((f"{REPORT}, Cython", "brian2", "brian2_report.py", 10, dt_ms, ("auto",)) for dt_ms in (0.5, 0.1)),
    (f"{REPORT}, numpy", "brian2", "brian2_report.py", 10, 0.1, ("numpy",)),
    *(("NEST, one simulation of all images", "nest", "nest_layer.py", 20, dt_ms, ()) for dt_ms in (1.0, 0.5, 0.1)),
    *(("BindsNET, on the CPU", "bindsnet", "bindsnet_layer.py", 20, dt_ms, ()) for dt_ms in (1.0, 0.5)),
]


class Peer:
    """A running peer. It answers a line of JSON: first its version, then each round."""

    def __init__(self, command):
        begin = time.monotonic()
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([str(part) for part in command], cwd=ROOT, text=True, **pipes)
        self.version = self.answer()["version"]
        self.set_up_seconds = time.monotonic() - begin

    def round(self):
        print(file=self.process.stdin, flush=True)
        return self.answer()

    def answer(self):
        for line in self.process.stdout:
            if line.startswith("{"):  # NEST greets.
                return json.loads(line)
        raise RuntimeError(f"it ended with exit code {self.process.wait()}: {' '.join(self.process.args)}")

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def environment(folder, name):
    """The Python of an environment with the pinned packages."""
    python = folder / name / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", ROOT / "peers" / f"requirements-{name}.txt"]
    for command in ([sys.executable, "-m", "venv", folder / name], pip):
        subprocess.run([str(part) for part in command], check=True)
    return python


def row(ours, folder, peer):
    """The table's line of a peer, which takes turns with ours."""
    told_as, name, script, images, dt_ms, more = peer
    them = Peer([environment(folder, name), ROOT / "peers" / script, folder, images, dt_ms, *more])
    rounds = [(ours.round(), them.round()) for _ in range(ROUNDS)]
    them.end()
    ratios = sorted(theirs["image_us"] / mine["image_us"] for mine, theirs in rounds)
    image_ms = statistics.median(theirs["image_us"] for _, theirs in rounds) / 1e3
    spikes = statistics.median(theirs["spikes"] for _, theirs in rounds) / images
    mine = sum(rounds[0][0]["spikes"][:images]) / images
    return (
        f"| {told_as} | {them.version} | {dt_ms:g} | {image_ms:.2f} | {statistics.median(ratios):.0f} "
        f"({ratios[0]:.0f} to {ratios[-1]:.0f}) | {them.set_up_seconds:.0f} | {spikes:.1f} ({mine:.1f}) |"
    )


def main(program, folder):
    folder = pathlib.Path(folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ours, rows, failed = Peer([program, folder]), [], []
    for peer in PEERS:
        try:
            rows.append(row(ours, folder, peer))
            print(rows[-1], flush=True)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            failed.append(peer)
            print(f"{peer[0]}, dt {peer[4]:g} ms: left out: {error}", file=sys.stderr)
    ours_us = statistics.median(ours.round()["image_us"] for _ in range(ROUNDS))
    ours.end()
    text = [
        f"N = 196, winner takes all, learning, spike generation in it, processor time on one core, {ROUNDS} rounds in turn with ours:",
        f"{ours_us / 1e3:.3f} ms an image, without a dt. Every round starts from the same weights, after 1 000 images, and shows the",
        "same images. Set-up (imports, building, compiling, the first image) is told apart. Output spikes an image: theirs (ours).",
        "",
        "| peer and mode | version | dt, ms | ms an image | times ours | set-up, s | output spikes |",
        "|---|---|---|---|---|---|---|",
        *rows,
        "",
        "Brian 2 has the whole model, on a grid. NEST has no adaptive threshold for these neurons, and its pair STDP cannot lower the",
        "inputs that were silent. BindsNET lets one neuron spike a step, learns by traces, which cannot lower silent inputs either, and",
        "is reset between images. The report's way needs a warm cache of compiled code to be as fast as told: it is compiled before.",
    ]
    page = PAGE.read_text()
    PAGE.write_text(page.split(BEGIN)[0] + "\n".join([BEGIN, "", *text, "", END]) + page.split(END)[1])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
