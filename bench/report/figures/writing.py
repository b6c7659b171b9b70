"""The files of figures: written here, and those of a large report on a second core as well."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, cast

import matplotlib as mpl
from loky import ProcessPoolExecutor

from bench.cost.available import allowed_cores
from bench.report.figures.style import publication_style

if TYPE_CHECKING:
    from bench.report.figures import Drawing, Figure

# Makes the files of a drawing, given their name.
Write = Callable[[str, "Drawing"], "Figure"]
# Gives a figure whose files may still have to be written.
Pending = Callable[[], "Figure"]


@contextmanager
def second_core(write: Write, *, wanted: bool) -> Iterator[Callable[[str, Drawing], Pending]]:
    """Gives a function that takes a drawing and returns another, which returns its figure.

    Meanwhile a second process writes the drawings, in the order in which they were taken. A figure
    that is asked for before the process has begun it, or that the process cannot write, is written
    here. So ask for the last one first.

    Args:
        wanted: whether to start the second process, if there is a core for it.
    """
    if not wanted or (allowed_cores() or 1) < 2:
        yield lambda name, drawing: lambda: write(name, drawing)
        return

    helper = ProcessPoolExecutor(1, initializer=_set_up, initargs=(_settings(),))
    turns = ThreadPoolExecutor(1)  # gives the process one drawing at a time

    def take(name: str, drawing: Drawing) -> Pending:
        begun = turns.submit(lambda: helper.submit(write, name, drawing).result())

        def figure() -> Figure:
            if not begun.cancel():
                with suppress(Exception):  # the same happens again below, where it can be seen
                    return cast("Figure", begun.result())
            return write(name, drawing)

        return figure

    try:
        yield take
    finally:
        turns.shutdown(wait=False, cancel_futures=True)
        helper.shutdown(kill_workers=True)


def _settings() -> dict[Any, Any]:
    """Those of matplotlib; the backend is each process's own."""
    with publication_style():
        return {key: value for key, value in mpl.rcParams.items() if key != "backend"}


def _set_up(settings: dict[Any, Any]) -> None:
    warnings.simplefilter("ignore")  # this process has warned already when it drew
    mpl.rcParams.update(settings)
