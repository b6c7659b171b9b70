"""Quality at each evaluation: by epoch, by training time and by training compute."""

from __future__ import annotations

import pandas as pd
from matplotlib.ticker import MaxNLocator

from bench.report.data import Protocol, SweepData
from bench.report.figures import Drawing, figure
from bench.report.figures.costs import COMPUTE, TIME, CostAxis, protocol_suffix
from bench.report.figures.curves import curves_over_seeds, draw_noise_floor
from bench.report.figures.style import logarithmic, spread
from bench.report.notes import epochs_note, not_drawn, shared_note


@figure("quality-epoch", position=3.1)
def by_epoch(data: SweepData) -> list[Drawing | str]:
    """Quality after each evaluated epoch, per protocol."""
    if not data.has_quality:
        return [
            "Quality was not measured with network features, so there are no quality curves and "
            "no Pareto front."
        ]
    unlike = "".join(f" {note}" for note in epochs_note(data))
    return [
        _quality_curves(
            data,
            curves.assign(x=curves["epoch"].astype("float64")),
            protocol,
            f"quality-epoch{protocol_suffix(data, index)}",
            f"{protocol.metric} by epoch",
            "Epoch",
            f"{protocol.metric} after each evaluated epoch.{unlike}",
            integers=True,
        )
        for index, protocol in enumerate(data.protocols)
        if not (curves := _evaluations(data, index)).empty
    ]


@figure("quality-epoch-averaged", position=3.15)
def of_averages_by_epoch(data: SweepData) -> list[Drawing]:
    """Quality of averaged generators after each evaluated epoch, per protocol."""
    measured = data.measured("quality_averaged")
    drawings = []
    for index, protocol in enumerate(data.protocols):
        runs = data.runs.loc[data.runs["protocol"] == index, "run_id"]
        curves = measured[measured["run_id"].isin(runs)]
        if curves.empty:
            continue
        drawings.append(
            _quality_curves(
                data,
                curves.assign(x=curves["epoch"].astype("float64")),
                protocol,
                f"quality-epoch-averaged{protocol_suffix(data, index)}",
                f"{protocol.metric} of the averaged generators by epoch",
                "Epoch",
                f"{protocol.metric} of the generators whose weights are averaged over training, "
                "after each evaluated epoch.",
                column="quality_averaged",
                integers=True,
            )
        )
    return drawings


@figure("quality-seconds", position=3.2)
def by_time(data: SweepData) -> list[Drawing | str]:
    """Quality against training time, per protocol."""
    if data.has_quality and not data.has_own_costs:
        return [f"{shared_note(data)} Therefore nothing is drawn against time."]
    return _by_cost(data, "quality-seconds", TIME)


@figure("quality-flops", position=3.3)
def by_compute(data: SweepData) -> list[Drawing | str]:
    """Quality against training FLOPs, per protocol."""
    return _by_cost(data, "quality-flops", COMPUTE)


def _by_cost(data: SweepData, name: str, cost: CostAxis) -> list[Drawing | str]:
    drawings: list[Drawing | str] = []
    for index, protocol in enumerate(data.protocols):
        curves = _evaluations(data, index)
        curves = curves[curves[cost.axis].notna()]
        if curves.empty:
            continue
        scale, label = cost.scale(curves[cost.axis].tolist())
        drawings.append(
            _quality_curves(
                data,
                curves.assign(x=curves[cost.axis] / scale),
                protocol,
                f"{name}{protocol_suffix(data, index)}",
                f"{protocol.metric} by {cost.label.lower()}",
                label,
                f"{protocol.metric} against cumulative {cost.label.lower()}.{cost.notes(data)}",
            )
        )
    return drawings


def _evaluations(data: SweepData, index: int) -> pd.DataFrame:
    """Evaluations of the runs of one protocol."""
    runs = data.runs.loc[data.runs["protocol"] == index, "run_id"]
    return data.evaluated[data.evaluated["run_id"].isin(runs)]


def _quality_curves(
    data: SweepData,
    curves: pd.DataFrame,
    protocol: Protocol,
    name: str,
    title: str,
    x_label: str,
    caption: str,
    *,
    column: str = "quality",
    integers: bool = False,
) -> Drawing:
    """Quality against ``x`` on scales that fit it, with the noise floor."""
    canvas, ax, explanation = curves_over_seeds(data, curves.assign(value=curves[column]))
    explanation += not_drawn(data, column, data.protocols.index(protocol))
    values = curves[column].tolist()
    if spread(values) >= 10:
        ax.set_yscale("log")
        logarithmic(ax.yaxis)
    floor_note = draw_noise_floor(ax, protocol, min(values), reach=10)
    if integers:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel=x_label, ylabel=f"{protocol.metric} (lower is better)")
    return Drawing(canvas, title, caption + explanation + floor_note, name=name)
