"""The grid of a results folder that was asked for in parts: every configuration, every seed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.grid.document import YAML_FAILURES, read_value, write
from bench.grid.resolved import Grid, growing
from bench.measures import Looks


def united_yaml(grid: Grid, earlier: str, plan: Mapping[str, Any]) -> str:
    """A grid as resolved, with the other configurations and seeds that a folder's plan has.

    Args:
        earlier: YAML of the folder's grid until now. One that cannot be read adds nothing.
        plan: the folder's, as ``store.read_plan`` gives it.
    """
    own = grid.resolved()
    labels = list(dict.fromkeys(run["label"] for run in plan["runs"]))
    try:
        entries = {entry["label"]: entry for entry in read_value(earlier)["variants"]}
    except YAML_FAILURES:
        entries = {}
    entries |= {entry["label"]: entry for entry in own["variants"]}
    variants = [entries[label] for label in labels if label in entries]
    seeds: Any = list(dict.fromkeys(run["seed"] for run in plan["runs"]))
    if plan["looks"] is not None:
        seeds = growing(Looks.of(plan["looks"]))
    return write(own | {"baseline": plan["baseline"], "seeds": seeds, "variants": variants})
