"""The report's figures: one family per file, each registered under the name of its files.

A file named with ``--plugin`` adds one in the same way::

    from matplotlib.figure import Figure as Canvas

    from bench.report.figures import Drawing, figure

    @figure("seeds-per-configuration")
    def seeds(data):
        canvas = Canvas(figsize=(3.5, 2.5), layout="constrained")
        ax = canvas.subplots()
        ax.bar(data.labels, [data.seeds(label) for label in data.labels])
        return Drawing(canvas, "Seeds", "Completed seeds of each configuration.")
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

from bench.report.contributions import Contribution, Contributions, file_name
from bench.texts import grouped, say

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas

    from bench.report.data import SweepData

DOTS_PER_INCH = 250
_MANY = 8  # configurations; the files of fewer are written before a second process is ready


@dataclass(frozen=True)
class Drawing:
    """What a figure's function returns.

    Attributes:
        canvas: a matplotlib figure; ``bench.report.figures.style`` has widths and styles.
        title: short, without a full stop.
        caption: one or more sentences.
        wide: two columns of a journal rather than one.
        name: of its files, where one function returns several drawings: the registered name
            and a suffix. "" is the registered name.
    """

    canvas: Canvas
    title: str
    caption: str
    wide: bool = False
    name: str = ""


@dataclass(frozen=True)
class Figure:
    """A finished figure, as bytes.

    Attributes:
        name: of its files.
        wide: two columns of a journal rather than one.
        labels: the configurations that ``style.mark`` counts.
        data: what is drawn, as CSV; empty where that is pictures only.
    """

    name: str
    title: str
    caption: str
    png: bytes
    svg: bytes
    wide: bool
    labels: tuple[str, ...] = ()
    data: bytes = b""
    pdf: bytes = b""


figure: Contributions[Drawing] = Contributions("figure", "bench.report.figures", Drawing)
FIGURES = figure.registry


@dataclass(frozen=True)
class Drawn:
    """The figures of a report, whose files may still have to be written."""

    found: Sequence[Contribution[Callable[[], Figure]]]
    sentences: list[str]

    def finished(self) -> tuple[list[Figure], list[str]]:
        """Every figure, and sentences about those that the data do not allow."""
        from bench.report.figures.style import publication_style

        with publication_style():
            written = [
                Contribution(each.name, each.rank, each.value()) for each in reversed(self.found)
            ]
        written.reverse()  # so that figures of equal rank stay in the order they were drawn in
        written.sort(key=_order)
        return [each.value for each in written], self.sentences


def all_figures(
    data: SweepData, only: Collection[str] | None = None
) -> tuple[list[Figure], list[str]]:
    """Every figure the data allows, and sentences about those it does not.

    Args:
        only: the registered names of the figures to draw; None draws all.
    """
    with drawing_figures(data, only) as drawn:
        return drawn.finished()


@contextmanager
def drawing_figures(data: SweepData, only: Collection[str] | None = None) -> Iterator[Drawn]:
    """Draws the figures. Within it, the files of a large report are written on a second core.

    Args:
        only: the registered names of the figures to draw; None draws all.
    """
    from bench.report.figures.drawn import data_csv
    from bench.report.figures.style import publication_style
    from bench.report.figures.writing import second_core

    taken: set[str] = set()
    with second_core(rendered, wanted=len(data.drawn) >= _MANY) as take:

        def finish(registered: str, drawing: Drawing) -> Callable[[], Figure]:
            name = file_name(registered, drawing.name, taken)
            own = data_csv(drawing.canvas, data.labels)
            if FIGURES.get(registered).built_in:
                pending = take(name, drawing)
            else:  # what a plug-in draws with, a second process may not have
                pending = partial(replace, rendered(name, drawing))
            taken.add(name)
            return lambda: replace(pending(), labels=tuple(data.labels), data=own)

        with publication_style():
            found, sentences = figure.collect(data, finish, only)
        if len(data.labels) > len(data.drawn):
            sentences.insert(
                0,
                say("figure-drawn", drawn=f"{len(data.drawn)}", of=grouped(len(data.labels))),
            )
        yield Drawn(found, sentences)


def _order(found: Contribution[Figure]) -> tuple[bool, float, list[int], float]:
    """By position; within its whole number, by the numbers in the suffixes of the names first.

    So all figures of protocol 1 come before those of protocol 2.
    """
    suffix = found.value.name.removeprefix(found.name)
    numbers = [int(number) for number in re.findall("[0-9]+", suffix)]
    plug_in, position = found.rank
    return plug_in, position // 1, numbers, position


def rendered(name: str, drawing: Drawing) -> Figure:
    """A drawing as PNG, SVG and PDF."""
    png, svg, pdf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    # Twice as quick as zlib's default of 6, and no larger for sheets of samples.
    quick = {"compress_level": 3}
    _lay_out(drawing.canvas)
    drawing.canvas.savefig(png, format="png", dpi=DOTS_PER_INCH, pil_kwargs=quick)
    drawing.canvas.savefig(svg, format="svg", metadata={"Date": None})
    drawing.canvas.savefig(pdf, format="pdf", metadata={"CreationDate": None})
    return Figure(
        name=name,
        title=drawing.title,
        caption=drawing.caption,
        png=png.getvalue(),
        svg=_distinct(svg.getvalue()),
        wide=drawing.wide,
        pdf=pdf.getvalue(),
    )


def _lay_out(canvas: Canvas) -> None:
    """Finds the places of everything, at the PNG's resolution, once for all three files.

    With a layout engine, matplotlib lays a figure out twice for each file.
    """
    if (engine := canvas.get_layout_engine()) is not None:
        usual = canvas.get_dpi()
        canvas.set_dpi(DOTS_PER_INCH)
        engine.execute(canvas)
        canvas.set_dpi(usual)
        canvas.set_layout_engine("none")


def _distinct(svg: bytes) -> bytes:
    """Numbers the ids that ``style.mark`` gave, of which several artists have the same."""
    number = count(1)
    return re.sub(rb'id="(of-\d+)"', lambda found: b'id="%b-%d"' % (found[1], next(number)), svg)
