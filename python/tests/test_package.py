"""What is said of the package is so: examples, types, constants."""

from __future__ import annotations

import doctest
import importlib
import pathlib
import re
import subprocess
import sys

import pytest

import spiketime

ROOT = pathlib.Path(__file__).resolve().parents[2]
MYPY = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "python" / "pyproject.toml")]


@pytest.mark.parametrize("module", ["_data", "_layer", "_study", "sklearn"])
def test_every_example_gives_what_it_says(module: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(f"spiketime.{module}"))
    assert tried > 0 and failed == 0


@pytest.mark.parametrize("page", ["README.md", "docs/python.md", "python/README.md"])
def test_every_block_of_python_in_the_docs_runs(page: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        spiketime.data("mnist")
    except OSError as error:
        pytest.skip(f"the whole of MNIST cannot be had: {error}")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    assert blocks
    names: dict[str, object] = {"__name__": "__main__"}
    for block in blocks:
        exec(compile(block, page, "exec"), names)


def test_the_constants_are_those_of_the_schema() -> None:
    check = [sys.executable, str(ROOT / "python" / "make_constants.py"), "--check"]
    assert subprocess.run(check).returncode == 0, "run python3 python/make_constants.py"


def test_types_hold_strictly(tmp_path: pathlib.Path) -> None:
    user = tmp_path / "user.py"
    user.write_text(
        "import numpy as np\nimport spiketime\n"
        "layer = spiketime.Layer((28, 28), neurons=36, preset='frontier', tau_membrane_ms=20.0)\n"
        "layer.train(np.zeros((2, 28, 28), np.uint8)).label(np.zeros((2, 28, 28)), [0, 1], full_scale=1.0)\n"
        "weights: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = layer.weights\n"
    )
    for what, where in (("spiketime", ROOT / "python"), (str(user), tmp_path)):
        checked = subprocess.run([*MYPY, what], capture_output=True, text=True, cwd=where)
        assert checked.returncode == 0, checked.stdout
    user.write_text("import spiketime\nspiketime.Layer((28, 28), tau_membrane=20.0)\nspiketime.Layer(preset='none')\n")
    wrong = subprocess.run([*MYPY, str(user)], capture_output=True, text=True, cwd=tmp_path)
    assert "tau_membrane" in wrong.stdout and "Found 2 errors" in wrong.stdout
