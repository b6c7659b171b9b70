"""Performance profiles over the facets (Dolan and Moré 2002), as AlgoPerf draws them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from bench.report.data.facets import Facet, Facets
from bench.report.data.outcome import chosen_outcome
from bench.report.data.sweep import MOST_CONFIGURATIONS
from bench.report.data.time_to_target import time_to_target
from bench.report.figures import Drawing, Figure, rendered
from bench.report.figures.drawn import data_csv
from bench.report.figures.names import fitting_names, legend_columns
from bench.report.figures.style import (
    LEGEND_SIZE,
    WIDE_INCHES,
    Style,
    legend,
    logarithmic,
    marking,
    publication_style,
    styles_of,
)
from bench.report.statistics.strata import within_of_best
from bench.report.text import listing
from bench.texts import grouped, say

_BEYOND = 1.08  # how far the axis goes on after the last step
_APART = 1.2  # points between lines, which would hide each other where shares are alike


@dataclass(frozen=True)
class _Panel:
    """One cost, or quality: the values of each configuration in each facet, lower is better.

    Attributes:
        name: "quality", "seconds" or "target".
    """

    name: str
    values: dict[str, list[float | None]]


def profiles(facets: Facets) -> Figure | None:
    """The share of facets in which a configuration is within a factor of the best of each facet."""
    panels = [panel for panel in _panels(facets) if _several(panel)]
    if not panels:
        return None
    with publication_style():
        drawing = _drawing(facets, panels)
        finished = rendered("performance-profiles", drawing)
    labels = tuple(_drawn(facets))
    return replace(finished, labels=labels, data=data_csv(drawing.canvas, labels))


def _several(panel: _Panel) -> bool:
    """Whether more than one facet has values, of more than one configuration."""
    by_facet = zip(*panel.values.values(), strict=True)
    return sum(sum(v is not None for v in values) > 1 for values in by_facet) > 1


def _panels(facets: Facets) -> list[_Panel]:
    reaching = {
        facet.anchor: found
        for facet in facets.each
        if facet.started and (found := time_to_target(facet.data)) is not None
    }

    def to_target(facet: Facet, label: str) -> float | None:
        found = reaching.get(facet.anchor)
        if found is None or label not in found.arrivals:
            return None
        median = found.median(label, "training_seconds")
        return None if median is None else median.value

    wanted = {"quality": _quality, "seconds": _seconds}
    if reaching:
        wanted["target"] = to_target
    return [
        _Panel(
            name,
            {
                label: [of(facet, label) if facet.started else None for facet in facets.each]
                for label in facets.labels
            },
        )
        for name, of in wanted.items()
    ]


def _quality(facet: Facet, label: str) -> float | None:
    """The mean of the final values as a cost; None where it has none, or is 0."""
    judged = chosen_outcome(facet.data) if facet.started else None
    if judged is None:
        return None
    estimate = facet.data.estimate(label, judged.column, judged.protocol)
    if estimate is None or estimate.mean <= 0:
        return None
    higher = facet.data.measured_as(judged.column).direction == "higher"
    return 1 / estimate.mean if higher else estimate.mean


def _seconds(facet: Facet, label: str) -> float | None:
    estimate = facet.data.cost(label, "seconds_per_1000_images")
    return None if estimate is None else estimate.mean


def _drawing(facets: Facets, panels: Sequence[_Panel]) -> Drawing:
    canvas = Canvas(figsize=(WIDE_INCHES, 2.5), layout="constrained")
    canvas.get_layout_engine().set(wspace=0.06)  # type: ignore[union-attr, call-arg]
    axes = canvas.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    labels = _drawn(facets)
    style_of = styles_of(labels, facets.baseline)
    for ax, panel in zip(axes, panels, strict=True):
        _draw_panel(ax, panel, labels, style_of)
    axes[0].set_ylabel(say("profiles-y", facets=facets.kind))
    room = WIDE_INCHES * 72 / 2
    called = fitting_names(labels, room, LEGEND_SIZE, of=labels, most=16)
    handles = [
        Line2D([], [], color=style.colour, linestyle=style.dash, marker=style.marker)
        for style in map(style_of.__getitem__, labels)
    ]
    columns = legend_columns(called.texts, WIDE_INCHES, LEGEND_SIZE, 6)
    legend(
        canvas,
        handles,
        called.texts,
        marked=labels,
        of=labels,
        loc="outside lower center",
        ncols=columns,
    )
    caption = say(
        "profiles-caption",
        count=len(facets.each),
        facets=facets.kind,
        what=listing(say("profiles-cost", cost=panel.name) for panel in panels),
    )
    return Drawing(
        canvas,
        say("profiles-title", facets=facets.kind),
        f"{caption}{_cautions(facets)}{called.note}",
        wide=True,
    )


def draw_profile(ax: Axes, facets: Facets, of: str) -> dict[str, Style] | None:
    """One profile on given axes.

    Args:
        of: "quality", "seconds" or "target".

    Returns:
        How each configuration is drawn; None where fewer than two facets have values of more than
        one configuration.
    """
    panels = {panel.name: panel for panel in _panels(facets) if _several(panel)}
    if of not in panels:
        return None
    labels = _drawn(facets)
    style_of = styles_of(labels, facets.baseline)
    _draw_panel(ax, panels[of], labels, style_of)
    ax.set_ylabel(say("profiles-y", facets=facets.kind))
    return style_of


def _draw_panel(
    ax: Axes, panel: _Panel, labels: Sequence[str], style_of: Mapping[str, Style]
) -> None:
    ratios = within_of_best(panel.values)
    finite = [value for own in ratios.values() for value in own if math.isfinite(value)]
    end = max(1.05, max(finite) * _BEYOND)
    for place, label in enumerate(labels):
        shift = _APART * (place - (len(labels) - 1) / 2) / 72
        assert ax.figure is not None
        apart = ScaledTranslation(shift, -shift, ax.figure.dpi_scale_trans)
        with marking(ax, labels, label):
            _draw(ax, ratios[label], style_of[label], end, apart)
    ax.set(xlim=(1 - 0.04 * (end - 1), end), ylim=(-5, 107))
    if end >= 4:
        ax.set(xscale="log", xlim=(end**-0.04, end))
        logarithmic(ax.xaxis)
    ax.set_xlabel(say("profiles-x", cost=panel.name))


def _drawn(facets: Facets) -> list[str]:
    """The first configurations, and the baseline."""
    first = set(facets.labels[: MOST_CONFIGURATIONS - 1]) | {facets.baseline}
    return [label for label in facets.labels if label in first]


def _cautions(facets: Facets) -> str:
    """What a caption must say of times, and of configurations that are left out."""
    text = ""
    if any(f.data.contended(label) for f in facets.each if f.started for label in f.whole):
        text += f" {say('profiles-contended')}"
    if len(drawn := _drawn(facets)) < len(facets.labels):
        of = grouped(len(facets.labels))
        text += f" {say('profiles-drawn', drawn=str(len(drawn)), of=of)}"
    return text


def _draw(
    ax: Axes, ratios: Sequence[float], style: Style, end: float, apart: ScaledTranslation
) -> None:
    known = [value for value in ratios if math.isfinite(value)]
    if not known:
        return
    shares = 100 * np.arange(1, len(known) + 1) / len(ratios)
    x = [*known, end]
    y = [*shares, shares[-1]]
    look = {"color": style.colour, "transform": ax.transData + apart}
    ax.plot([known[0], *x], [0, *y], drawstyle="steps-post", linestyle=style.dash, **look)
    ax.plot(known, shares, linestyle="", marker=style.marker, **look)
