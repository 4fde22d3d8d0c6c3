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
COPY = ROOT / "target" / "mutants"
PAGE = ROOT / "docs" / "exactness.md"
BEGIN, END = "<!-- BEGIN: mutants, by `just mutants` -->", "<!-- END: mutants -->"
# The simulator, the dice, and the laws that need nothing else: a mutant is built in seconds.
MEMBERS = 'members = ["crates/spiketime-sim", "crates/spiketime-data", "tests"]'
LAWS = ["analytic", "analytic_graph", "engines_agree", "fixture", "graph_laws", "layer_laws", "traces"]
TESTS = ["cargo", "test", "--offline", "--workspace", "--lib", "--test", "tests", "--no-fail-fast"]
ENVIRONMENT = {**os.environ, "CARGO_TARGET_DIR": str(ROOT / "target" / "mutants-build"), "PROPTEST_FAILURE_PERSISTENCE": "off"}
MEMORY_BYTES = 4 << 30
TIME_SECONDS = 300
UNNEEDED = re.compile(r"^(spiketime-experiment|jsonschema|mnist|serde_json|tempfile)\.workspace.*\n", re.MULTILINE)


def copy_tree():
    shutil.rmtree(COPY, ignore_errors=True)
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
        if (ROOT / name).is_file():
            (COPY / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, COPY / name)
    edit("Cargo.toml", lambda text: re.sub(r"^members = .*$", MEMBERS, text, flags=re.MULTILINE))
    edit("Cargo.toml", lambda text: re.sub(r"^default-members = .*\n", "", text, flags=re.MULTILINE))
    edit("tests/Cargo.toml", lambda text: UNNEEDED.sub("", text))
    edit("tests/main.rs", lambda text: "//! The laws of the simulator.\n\n" + "".join(f"mod {law};\n" for law in LAWS))
    if red_tests() != []:
        sys.exit("the tree as it is has red tests")


def edit(name, change):
    path = COPY / name
    path.write_text(change(path.read_text()))


def red_tests():
    """The tests that fail, or None if the tree does not compile.

    A broken law can keep a simulation busy for ever: tests that run out of time or memory are red as well.
    """
    built = subprocess.run([*TESTS, "--no-run"], cwd=COPY, env=ENVIRONMENT, capture_output=True, text=True)
    if built.returncode != 0:
        print(built.stderr[-3000:])
        return None
    tests = subprocess.Popen(
        TESTS, cwd=COPY, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
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
    path = COPY / mutant["file"]
    source = path.read_text()
    if source.count(mutant["old"]) != 1:
        sys.exit(f"{mutant['name']}: its old text stands {source.count(mutant['old'])} times in {mutant['file']}")
    path.write_text(source.replace(mutant["old"], mutant["new"]))
    try:
        return red_tests()
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
    copy_tree()
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
