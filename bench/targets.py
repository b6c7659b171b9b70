"""A target that is what the baseline gets to is fixed in a sweep's plan, so that it never moves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench import store
from bench.errors import ResultsError


def fix(out: Path) -> None:
    """Fixes the target of every facet whose baseline has completed all its planned seeds.

    Nothing happens in a folder without such a target, or where its results cannot be read: whoever
    needs these says so, and the next call fixes the target.

    Args:
        out: the results folder.
    """
    if not (out / "sweep.json").exists() or store.read_plan(out)["target"] != "baseline":
        return
    try:
        store.fix_targets(out, _settled(store.read_sweep(out)))
    except ResultsError:
        return


def _settled(results: store.Results) -> list[Mapping[str, Any]]:
    from bench.report.data.facets import split
    from bench.report.data.target import Target, runs_of, target_of

    found: list[Mapping[str, Any]] = []
    for facet in split(results).each:
        if facet.started and facet.data.baseline is not None:
            target = target_of(facet.data)
            if isinstance(target, Target) and target.origin == "fixed":
                runs = runs_of(facet.data, facet.data.baseline)
                found.append({"runs": runs, "measure": target.measure.name, "value": target.value})
    return found
