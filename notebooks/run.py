"""Executes every notebook and writes them, with outputs, to target/notebooks.

Reads the newest record, or the results folder that SPIKETIME_RESULTS_DIR names. A notebook in git holds no output.
"""

import pathlib
import sys
import time

import nbclient
import nbformat

here = pathlib.Path(__file__).parent
target = here.parent / "target" / "notebooks"
target.mkdir(parents=True, exist_ok=True)

for path in sorted(here.glob("*.ipynb")):
    notebook = nbformat.read(path, as_version=4)
    if any(cell.get("outputs") for cell in notebook.cells):
        sys.exit(f"{path.name}: outputs are in it; clear them before it is committed")
    begin = time.monotonic()
    nbclient.NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(here)}}).execute()
    nbformat.write(notebook, target / path.name)
    print(f"{path.name}: {time.monotonic() - begin:.1f} s")
