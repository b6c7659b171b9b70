"""Configurations whose widths follow from another's training FLOPs: ``match_flops``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bench.errors import GridError
from bench.executors import Executor, chores
from bench.grid import Grid, check_distinct, reference_of
from bench.spec import RunSpec
from bench.units import count


def resolved(grid: Grid, executor: Executor, note: Callable[[str], None]) -> Grid:
    """The grid with the widths that ``match_flops`` stands for, and what was matched.

    Networks are counted in a process of its own.

    Raises:
        GridError: no width of a variant comes within 5 % of the FLOPs asked for, or two
            configurations are then the same.
    """
    asked = [run for run in grid.configurations if run.match_flops is not None]
    if not asked:
        return grid
    found: dict[str, RunSpec] = {}
    matched = dict(grid.matched)
    for run in asked:
        reference = reference_of(run, grid.configurations)
        note(f"Finding the widths of {run.label} at the FLOPs of {reference.label} …")
        best = executor.call(chores.match, run, reference)
        if not best.agrees:
            widths = " and ".join(f"{name} {width}" for name, width in best.widths.items())
            raise GridError(
                f"{grid.source}: no widths of {run.label!r} train within 5 % of the FLOPs per "
                f"image of {reference.label!r} ({count(best.reference_flops)}); the nearest, "
                f"{widths}, take {best.ratio:.2f} × as many: give it other fields, or leave out "
                "match_flops."
            )
        recipe = type(run.recipe)(**run.recipe.model_dump() | dict(best.widths))
        found[run.label] = replace(run, recipe=recipe, match_flops=None)
        matched[found[run.label].configuration.id] = {
            "reference": reference.label,
            "widths": dict(best.widths),
            "flops_per_image": best.flops,
            "reference_flops_per_image": best.reference_flops,
        }
    runs = tuple(
        replace(found[run.label], seed=run.seed) if run.label in found else run for run in grid.runs
    )
    whole = replace(grid, runs=runs, matched=matched)
    check_distinct(whole)
    return whole
