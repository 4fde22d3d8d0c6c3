"""Applies the mutations of tests/mutants.toml one by one to a copy of the tree: which test turns red?

A mutation that does not apply or does not compile is an error, and so is a tree that is red without one. The
table goes into docs/exactness.md.

Usage: python3 tests/mutants.py [NAME ...]     exit code 1 if one survives
"""

import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).parent.parent
COPIES = ROOT / "target" / "mutants"
PAGE = ROOT / "docs" / "exactness.md"
BEGIN, END = "<!-- BEGIN: mutants, by `just mutants` -->", "<!-- END: mutants -->"
# The simulator, the dice, and the laws that need nothing else: a mutant is built in seconds. The thousand graphs of the
# engine in windows run for a minute, so only what they are about is tried on them. What lies around, the runs and what
# they say, is tested by the laws of runs; that takes longer to build.
SUITES = {
    "laws": {
        "crates": ["spiketime-sim", "spiketime-data"],
        "modules": [
            "all_laws_agree", "all_laws_hold", "analytic", "analytic_graph", "both_graphs", "device_chance", "devices_agree", "engines_agree", "fixture",
            "graph_laws", "layer_fixtures", "layer_laws", "traces",
        ],
        "unneeded": ["spiketime-(net|page|study|train)", "jsonschema", "mnist", "serde", "serde_json", "tempfile", "toml"],
    },
    "graphs": {
        "crates": ["spiketime-sim", "spiketime-data"],
        "modules": ["analytic_graph", "both_graphs", "fixture", "graph_laws", "graph_windows"],
        "unneeded": ["spiketime-(net|page|study|train)", "jsonschema", "mnist", "serde", "serde_json", "tempfile", "toml"],
    },
    "runs": {
        "crates": ["spiketime-sim", "spiketime-data", "spiketime-net", "spiketime-train", "spiketime-study"],
        "modules": ["branch", "claims", "corpus", "fixture", "label_networks", "measures", "passes", "readouts", "records", "resume", "stored", "validation"],
        "unneeded": ["spiketime-page", "mnist", "toml"],
    },
}
TESTS = ["cargo", "test", "--offline", "--workspace", "--lib", "--test", "tests", "--no-fail-fast"]
ENVIRONMENT = {**os.environ, "CARGO_TARGET_DIR": str(ROOT / "target" / "mutants-build"), "PROPTEST_FAILURE_PERSISTENCE": "off"}
MEMORY_BYTES = 4 << 30
TIME_SECONDS = 300


def suite_of(mutant):
    if re.search("spiketime-sim/src/(graph|laws/quiet)", mutant["file"]):
        return "graphs"
    return "laws" if re.search("spiketime-(sim|data)", mutant["file"]) else "runs"


def copy_tree(name):
    suite, copy = SUITES[name], COPIES / name
    shutil.rmtree(copy, ignore_errors=True)
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for file in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / file).is_file():
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, copy / file)
    members = ", ".join(f'"crates/{crate}"' for crate in suite["crates"])
    unneeded = re.compile(rf"^({'|'.join(suite['unneeded'])})\.workspace.*\n", re.MULTILINE)
    edit(copy / "Cargo.toml", lambda text: re.sub(r"^members = .*$", f'members = [{members}, "tests"]', text, flags=re.MULTILINE))
    edit(copy / "Cargo.toml", lambda text: re.sub(r"^default-members = \[[^\]]*\]\n", "", text, flags=re.MULTILINE))
    edit(copy / "tests/Cargo.toml", lambda text: unneeded.sub("", text))
    modules = "".join(f"mod {module};\n" for module in suite["modules"])
    edit(copy / "tests/main.rs", lambda text: "//! What `just mutants` breaks.\n\n" + modules)
    red = red_tests(copy)
    if red != []:
        sys.exit(f"{name}: the tree as it is has red tests, or does not compile: {red}")


def edit(path, change):
    path.write_text(change(path.read_text()))


def red_tests(copy):
    """The tests that fail, or None if the tree does not compile.

    A broken law can keep a simulation busy for ever: tests that run out of time or memory are red as well.
    """
    built = subprocess.run([*TESTS, "--no-run"], cwd=copy, env=ENVIRONMENT, capture_output=True, text=True)
    if built.returncode != 0:
        print(built.stderr[-3000:])
        return None
    tests = subprocess.Popen(
        TESTS, cwd=copy, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)),
    )
    try:
        told, _ = tests.communicate(timeout=TIME_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(tests.pid, signal.SIGKILL)
        told, _ = tests.communicate()
    red = sorted(set(re.findall(r"^test (\S+) \.\.\. FAILED", told, re.MULTILINE)))
    return red or ["a test that ends"] * (tests.returncode != 0)


def turned_red(mutant):
    copy = COPIES / suite_of(mutant)
    path = copy / mutant["file"]
    source = path.read_text()
    if source.count(mutant["old"]) != 1:
        sys.exit(f"{mutant['name']}: its old text stands {source.count(mutant['old'])} times in {mutant['file']}")
    path.write_text(source.replace(mutant["old"], mutant["new"]))
    try:
        return red_tests(copy)
    finally:
        path.write_text(source)


def write_page(rows):
    lines = ["| mutation | red tests | the first of them |", "|---|---|---|"]
    lines += [f"| {name} | {len(red)} | {f'`{red[0]}`' if red else '**survived**'} |" for name, red in rows]
    page = PAGE.read_text()
    head, tail = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(head + BEGIN + "\n\n" + "\n".join(lines) + "\n\n" + END + tail)


def main():
    mutants = tomllib.loads((ROOT / "tests" / "mutants.toml").read_text())["mutant"]
    wanted = [mutant for mutant in mutants if not sys.argv[1:] or mutant["name"] in sys.argv[1:]]
    for suite in sorted({suite_of(mutant) for mutant in wanted}):
        copy_tree(suite)
    rows = []
    for mutant in wanted:
        red = turned_red(mutant)
        if red is None:
            sys.exit(f"{mutant['name']}: does not compile")
        rows.append((mutant["name"], red))
        print(f"{mutant['name']}: {', '.join(red) if red else 'SURVIVED'}", flush=True)
    if not sys.argv[1:]:
        write_page(rows)
    survived = [name for name, red in rows if not red]
    print(f"{len(rows)} mutations, {len(survived)} survived")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
