"""What a configuration's ``match_flops`` refers to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.errors import GridError
from bench.grid.resolved import Grid
from bench.spec import RunSpec
from variants import registry

_WIDTHS = {"generator_width", "critic_width"}


def reference_of(run: RunSpec, configurations: Sequence[RunSpec]) -> RunSpec:
    """The configuration at whose FLOPs ``run`` is to train.

    A label of the grid; or a variant that the grid has once on the same data; or, where the grid
    has it not, that variant with its defaults.

    Raises:
        GridError: there is none, or several; or the run's variant has no widths.
    """
    name = run.match_flops
    assert name is not None
    if _WIDTHS - type(run.recipe).model_fields.keys():
        raise GridError(f"match_flops: the variant {run.variant} has no widths; leave it out.")
    fixed = [c for c in configurations if c.match_flops is None and c.data == run.data]
    found = [c for c in fixed if c.label == name] or [c for c in fixed if c.variant == name]
    if len(found) > 1:
        labels = ", ".join(repr(c.label) for c in found)
        raise GridError(f"match_flops: {name!r} stands for {labels}; name one of them.")
    if found:
        return found[0]
    if name not in registry.VARIANTS:
        hint = registry.suggestion(name, [*(c.label for c in fixed), *registry.names()])
        raise GridError(f"match_flops: there is no variant and no label {name!r} here; {hint}")
    default = replace(run, variant=name, recipe=registry.get(name)(), label=name, match_flops=None)
    refusal = default.recipe.refusal(run.shape)
    if refusal is not None:
        raise GridError(f"match_flops: {name} {refusal.reason}; name another variant.")
    return default


def check_distinct(grid: Grid) -> None:
    """No two configurations are the same run.

    Raises:
        GridError: two are.
    """
    labels: dict[str, str] = {}
    for run in grid.configurations:
        if run.run_id in labels:
            raise GridError(
                f"{grid.source}: {run.label!r} is the same run as {labels[run.run_id]!r} once its "
                "widths are matched and its fields tuned; leave one of them out."
            )
        labels[run.run_id] = run.label
