"""The comparisons of a sweep's columns with the baseline."""

from __future__ import annotations

from bench.report import course
from bench.report.data import SweepData
from bench.report.verdicts import LEVEL, Comparison, against


def compare(
    data: SweepData, column: str, protocol: int | None = None, *, margin: float | None = None
) -> dict[str, Comparison]:
    """Every other configuration against the baseline, in the order of the grid.

    In a sweep that adds seeds, each configuration is compared at its last look, by the seeds and at
    the level of that look, whatever the column: which look is its last depends on the values, but
    all looks together spend no more than the whole. Before the first look nothing is compared.

    Args:
        column: of the runs, such as ``quality_final``.
        protocol: of quality, whose values are compared within one protocol only; None for the only
            one.
        margin: None for that of the sweep.

    Returns:
        Empty without a baseline, before the first look, with several protocols of which none is
        named, and for columns of which neither side is better.
    """
    measured = data.measured_as(column)
    if measured.by_protocol and protocol is None and data.protocols:
        if data.protocol is None:
            return {}
        protocol = 0
    if data.baseline is None or measured.direction is None:
        return {}
    found: dict[str, Comparison] = {}
    for labels, seeds, level in _families(data, data.baseline):
        base, *others = (
            [v for seed, v in of_seed.items() if seeds is None or seed in seeds]
            for of_seed in (data.by_seed(each, column, protocol) for each in labels)
        )
        found |= against(
            base,
            dict(zip(labels[1:], others, strict=True)),
            scale=measured.scale,
            direction=measured.direction,
            margin=data.margin if margin is None else margin,
            bounds=measured.bounds,
            level=level,
        )
    return {label: found[label] for label in data.labels if label in found}


def _families(
    data: SweepData, baseline: str
) -> list[tuple[list[str], tuple[int, ...] | None, float]]:
    """Who is compared together, the baseline first, by which seeds (None: all), at what level."""
    followed = course.course(data)
    if followed is None:
        others = [label for label in data.labels if label != baseline]
        return [([baseline, *others], None, LEVEL)]
    return [([baseline, *look.found], look.seeds, look.level) for look in followed.looks]
