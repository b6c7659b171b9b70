"""The target of a grid: to what a measure is to get."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from bench.grid.document import Document
from bench.grid.messages import shown
from bench.measures import scores
from variants.registry import suggestion

# A measure's name and its value, or what the baseline gets to; None where there is none.
Target = Mapping[str, float] | Literal["baseline"] | None

_EXAMPLE = "write the name of a measure and its value, such as {fcd: 8}, or baseline"


def target(document: Document) -> Target:
    """The target that the grid gives.

    Raises:
        GridError: it is neither a measure with a value nor ``baseline``.
    """
    given: Any = document.content.get("target")
    if given is None:
        return None
    if given == "baseline":
        return "baseline"
    if not isinstance(given, Mapping):
        raise document.error(("target",), f"the target is {shown(given)}; {_EXAMPLE}.")
    if len(given) != 1:
        raise document.error(("target",), f"the target has {len(given)} measures; {_EXAMPLE}.")
    ((name, value),) = given.items()
    final = (measure for measure in scores() if measure.over_epochs == "final")
    known = {m.name: m for m in final if m.direction is not None and not m.control}
    if name not in known:
        hint = suggestion(name, known, "bench list measures names all.")
        problem = f"the target {shown(name)} is no final measure that has a direction; {hint}"
        raise document.error(("target",), problem)
    path = ("target", name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        problem = f"the target of {name} is {shown(value)}; it should be a number."
        raise document.error(path, problem)
    if known[name].unit == "%" and not 0 <= value <= 1:
        problem = f"the target of {name} is {shown(value)}; it is a share: write 0.5 for 50 %."
        raise document.error(path, problem)
    return {name: float(value)}
