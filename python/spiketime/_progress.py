"""A bar on long work, where tqdm is installed."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

Progress = bool | Callable[[int], object] | None


@contextlib.contextmanager
def told(progress: Progress, what: str, total: int) -> Iterator[Callable[[int], object] | None]:
    """What is to be called with the number of images that are done; nothing where nobody asked."""
    if progress is None or progress is False:
        yield None
        return
    if progress is not True:
        yield progress
        progress(total)
        return
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError("progress=True draws with tqdm: pip install tqdm, or give a function of your own") from error
    with tqdm(total=total, desc=what, unit="image") as bar:
        yield lambda done: bar.update(done - bar.n)
        bar.update(total - bar.n)
