"""The program ``spiketime``, from this package."""

from __future__ import annotations

import os
import signal
import sys

from spiketime import _native


def main() -> None:
    """Does what the command line says, as the program of the same name does, and ends this process."""
    # The program hears signals itself: the first saves what runs, the second ends at once.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # What it asks Python for, and what it hands to other machines, is called in this way too.
    os.environ["SPIKETIME_PYTHON"] = sys.executable
    code = _native.program(["spiketime", *sys.argv[1:]])
    sys.stdout.flush()
    sys.stderr.flush()
    # Nothing of the interpreter is left to be put away, and its own threads must not be waited for.
    os._exit(code)


if __name__ == "__main__":
    main()
