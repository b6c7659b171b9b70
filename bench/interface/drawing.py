"""The report's figures, on axes of one's own or whole."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, Literal, ParamSpec, TypeVar

from bench import measures
from bench.errors import RequestError
from bench.report.data import SweepData
from bench.report.data.facets import Facets
from bench.report.titles import title
from bench.texts import say, speaking

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.report.figures.style import Style

_COSTS: Mapping[str, Literal["training_seconds", "training_flops", "samples_seen"]] = {
    "seconds": "training_seconds",
    "flops": "training_flops",
    "images": "samples_seen",
}


Given = ParamSpec("Given")
Found = TypeVar("Found")


def _spoken(
    draw: Callable[Concatenate[Drawing, Given], Found],
) -> Callable[Concatenate[Drawing, Given], Found]:
    """Draws in the language of the sweep."""

    @wraps(draw)
    def drawn(self: Drawing, /, *given: Given.args, **named: Given.kwargs) -> Found:
        with speaking(self.lang):
            return draw(self, *given, **named)

    return drawn


class Drawing(ABC):
    """What draws the results of a sweep, on axes that matplotlib made.

    Attributes:
        lang: the language of what is written.
    """

    lang: str

    @abstractmethod
    def _data(self, facet: str | None) -> SweepData:
        """The results of a facet; None for the only one."""

    @abstractmethod
    def _all_facets(self) -> Facets:
        """All facets, to compare across them."""

    @_spoken
    def draw_curves(
        self, ax: Axes, column: str = "quality", *, x: str = "epoch", facet: str | None = None
    ) -> None:
        """Draws a line per configuration, the mean over its seeds with its interval.

        Args:
            column: of ``epochs``: any measure, such as ``modes_captured`` or ``ssim``.
            x: another one, such as ``training_seconds`` or ``training_flops``.
            facet: which; None for the only one.

        Raises:
            RequestError: no such column or facet, or nothing was measured.
        """
        from bench.report.data.over_seeds import over_seeds
        from bench.report.figures.curves import draw_noise_floor, draw_over_seeds

        data = self._data(facet)
        for name in (column, x):
            if name not in data.epochs:
                raise RequestError(f"{name} is no column of the epochs; see Sweep.epochs.columns.")
        found = over_seeds(data, column, x)
        if not found:
            raise RequestError(f"{column} was measured in no epoch.")
        drawn = draw_over_seeds(ax, data, found)
        ax.set(xlabel=x.replace("_", " "), ylabel=_heading(data, column))
        if column == "quality" and data.protocol is not None:
            lowest = min(curve.runs["value"].min() for curve in found)
            draw_noise_floor(ax, data.protocol, float(lowest), reach=10)
        _legend(ax, drawn)

    @_spoken
    def draw_pareto(
        self, ax: Axes, *, cost: Literal["flops", "seconds"] = "flops", facet: str | None = None
    ) -> None:
        """Draws final quality against what training cost, with the Pareto front of the means.

        Raises:
            RequestError: no such facet, or fewer than two configurations have both.
        """
        from bench.report.figures.costs import COMPUTE, TIME
        from bench.report.figures.pareto import draw_front

        data = self._data(facet)
        axis = COMPUTE if cost == "flops" else TIME
        if data.protocol is None or not draw_front(ax, data, axis):
            raise RequestError("Fewer than two configurations have a quality and a cost.")

    @_spoken
    def draw_steps(
        self,
        ax: Axes,
        label: str,
        columns: Sequence[str] = ("critic_loss", "generator_loss"),
        *,
        facet: str | None = None,
    ) -> None:
        """Draws what a configuration reported per step: means over its seeds, with intervals.

        Since when there are signs of failure is shaded.

        Args:
            columns: of ``steps``; those that the configuration does not report are left out.

        Raises:
            RequestError: no such facet or configuration, or it reports none of the columns.
        """
        from matplotlib.lines import Line2D

        from bench.report.data.columns import scalar
        from bench.report.figures.panels import draw_steps
        from bench.report.figures.style import legend

        data = self._data(facet)
        _known(data, label)
        drawn = draw_steps(ax, data, label, columns)
        if not drawn:
            raise RequestError(
                f"The results have no steps of “{label}” with {' or '.join(columns)}."
            )
        ax.set(xlabel=say("axis-step-short"), title=label)
        handles = [Line2D([], [], color=colour, ls=dash) for colour, dash in drawn.values()]
        legend(ax, handles, [scalar(name).heading for name in drawn])

    @_spoken
    def draw_samples(
        self,
        ax: Axes,
        label: str,
        *,
        seed: int | None = None,
        epoch: int | None = None,
        facet: str | None = None,
    ) -> None:
        """Shows a sheet of samples of a configuration.

        Args:
            seed: None for the first that completed.
            epoch: None for the last with a sheet.

        Raises:
            RequestError: no such facet or configuration, or it has no such sheet.
        """
        from bench.report.figures.samples import draw_sheet

        data = self._data(facet)
        _known(data, label)
        shown = draw_sheet(ax, data, label, seed, epoch)
        if shown is None:
            given = [("seed", seed), ("epoch", epoch)]
            of = " ".join(f"{name} {value}" for name, value in given if value is not None)
            raise RequestError(f"There is no sample sheet of “{label}” {of}".rstrip() + ".")
        which = say("script-which", seed=str(shown[0]), epoch=str(shown[1]))
        ax.set_title(f"{label}\n{which}")

    @_spoken
    def draw_time_to_target(
        self,
        ax: Axes,
        *,
        cost: Literal["seconds", "flops", "images"] = "seconds",
        facet: str | None = None,
    ) -> None:
        """Draws the share of seeds that have reached the sweep's target, by what it cost.

        Raises:
            RequestError: no such facet, no target, or the cost is not known of all runs.
        """
        from bench.report.data.time_to_target import time_to_target
        from bench.report.figures.time_to_target import draw_shares, share_label

        data = self._data(facet)
        found = time_to_target(data)
        if found is None or not any(found.arrivals.values()):
            raise RequestError("The sweep has no target that its runs were measured by.")
        if not found.known(_COSTS[cost]):
            raise RequestError(f"The {cost} of some runs are not known; choose another cost.")
        drawn = draw_shares(ax, data, found, _COSTS[cost])
        ax.set_ylabel(share_label(found))
        _legend(ax, drawn, markers=False)

    @_spoken
    def draw_profile(
        self, ax: Axes, of: Literal["quality", "seconds", "target"] = "quality"
    ) -> None:
        """Draws the share of facets in which a configuration is within a factor of the best.

        Args:
            of: final quality, seconds per image, or seconds until the target is reached.

        Raises:
            RequestError: fewer than two facets have it, of more than one configuration.
        """
        from bench.report.cover.profiles import draw_profile

        drawn = draw_profile(ax, self._all_facets(), of)
        if drawn is None:
            raise RequestError(f"Fewer than two facets have a {of} to compare.")
        _legend(ax, drawn)

    @_spoken
    def figure(self, name: str, *, facet: str | None = None) -> Figure:
        """A whole figure of the report, such as ``quality-epoch`` (``bench list figures``).

        Raises:
            RequestError: no such figure or facet, or the results do not allow it.
        """
        from bench.report.figures import FIGURES
        from bench.report.figures import Drawing as Finished
        from bench.report.figures.style import publication_style
        from variants.registry import UnknownName

        try:
            draw = FIGURES.get(name).function
        except UnknownName as error:
            raise RequestError(f"{error} (bench list figures)") from error
        with publication_style():
            found = draw(self._data(facet))
        first = found[0] if isinstance(found, list) and found else found
        if not isinstance(first, Finished):
            raise RequestError(f"The results do not allow the figure {name}.")
        return first.canvas


def _known(data: SweepData, label: str) -> None:
    """Refuses a label that the sweep does not have."""
    if label not in data.labels:
        raise RequestError(
            f"{label!r} is no configuration; choose one of {', '.join(map(repr, data.labels))}."
        )


def _legend(ax: Axes, drawn: Mapping[str, Style], *, markers: bool = True) -> None:
    from matplotlib.lines import Line2D

    from bench.report.figures.style import legend

    handles = [
        Line2D([], [], color=style.colour, ls=style.dash, marker=style.marker if markers else "")
        for style in drawn.values()
    ]
    legend(ax, handles, list(drawn))


def _heading(data: SweepData, column: str) -> str:
    if column == "quality" and data.protocol is not None:
        return say("axis-quality", metric=data.protocol.metric, unit="none", direction="lower")
    known = measures.EPOCH_MEASURES
    if column not in known:
        return column.replace("_", " ")
    measure = known.get(column)
    return " ".join([*title(measure), f"({measure.unit})" if measure.unit else ""]).strip()
