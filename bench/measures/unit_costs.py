"""What training costs per 1,000 real images and per generator update: columns of ``run.parquet``.

An epoch is no unit to compare costs by: variants differ in the real images and the generator
updates that theirs hold (length in steps, packs, critic updates per generator update).

A real image counts once each time it is shown to the critic as part of its batch, however often
penalties, or the generator's loss, look at it again. A generator update includes the critic
updates before it, and every step has one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from bench.measures.measure import Measure, declare

Number = TypeVar("Number")  # a float, or a float for each run (an array or a series)

_COSTS = {
    "seconds": ("training time without warm-up", "Time", "s", True),
    "energy_joules": ("`energy_joules`", "Energy", "J", True),
    "cpu_energy_joules": ("`cpu_energy_joules`", "CPU energy", "J", True),
    "train_flops": ("`train_flops`", "Training FLOPs", "FLOPs", False),
}
_UNITS = {
    "1000_images": (
        "1,000 real images, each counted once each time it is shown to the critic as part of its "
        "batch",
        ("per 1,000", "real images"),
    ),
    "generator_update": (
        "generator update, the critic updates before it included",
        ("per generator", "update"),
    ),
}
ENERGIES = ("energy_joules", "cpu_energy_joules")
_DIVISORS = ("samples_seen", "steps", "timed_images", *(f"{name}_images" for name in ENERGIES))
TOTALS = (*_DIVISORS, "timed_seconds", "train_flops", *ENERGIES)
UNIT_COSTS = tuple(
    Measure(
        name=f"{cost}_per_{unit}",
        doc=f"{meaning}, per {of}",
        level="run",
        unit=symbol,
        direction="lower",
        shared=shared,
        heading=(heading, *lines),
    )
    for cost, (meaning, heading, symbol, shared) in _COSTS.items()
    for unit, (of, lines) in _UNITS.items()
)


def of_totals(totals: Mapping[str, Number]) -> dict[str, Number]:
    """The columns of :data:`UNIT_COSTS`, from a run's totals; NaN where one is not known.

    Seconds and joules belong to the timed images only, since warm-up is left out. Their cost per
    generator update is that per image times the real images of an update.

    Args:
        totals: ``samples_seen``, ``steps`` and ``train_flops`` of the whole run; ``timed_seconds``
            and the ``timed_images`` shown in them; the joules of each of ``ENERGIES``, and under
            its name with ``_images`` the timed images they were used for. Floats or arrays of
            them; NaN where not known.
    """
    given: Any = totals
    images, steps = given["samples_seen"], given["steps"]
    per_image = {
        "seconds": given["timed_seconds"] / given["timed_images"],
        **{name: given[name] / given[f"{name}_images"] for name in ENERGIES},
        "train_flops": given["train_flops"] / images,
    }
    costs = {f"{cost}_per_1000_images": 1000 * value for cost, value in per_image.items()}
    return costs | {
        f"{cost}_per_generator_update": value * images / steps for cost, value in per_image.items()
    }


def of_epochs(rows: Sequence[Mapping[str, Any]]) -> dict[str, float | None]:
    """The costs of one run; None where one is not known.

    Args:
        rows: of ``epochs.parquet``, in order.
    """
    totals: dict[str, Any] = {"timed_seconds": 0.0, "timed_images": 0.0}
    for row in rows:
        if (rate := row.get("images_per_second")) is not None:
            totals["timed_seconds"] += row["train_seconds"]
            totals["timed_images"] += row["train_seconds"] * rate
        for name in ENERGIES:
            if row.get(name) is not None:
                totals |= {name: row[name], f"{name}_images": totals["timed_images"]}
    for name in ("samples_seen", "steps", "train_flops"):
        totals[name] = rows[-1].get(name) if rows else None
    costs = of_totals({name: _known(totals.get(name), name) for name in TOTALS})
    return {name: None if math.isnan(value) else value for name, value in costs.items()}


def _known(total: float | None, name: str) -> float:
    """A total; NaN where it is not known, and where nothing can be divided by it."""
    return math.nan if total is None or (total == 0 and name in _DIVISORS) else float(total)


for _measure in UNIT_COSTS:
    declare(_measure)
