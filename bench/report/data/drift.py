"""Under which conditions times were measured: a shared machine, or one whose speed drifted.

Runs of one sweep calibrate around their timed steps (``bench.cost.calibration``). An epoch has
drifted if its calibration before or after it is more than 5 % off the median of all calibrations
of the sweep on that machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from bench.report.text import CONTENDED, DRIFTED

TOLERANCE = 0.05
_CALIBRATIONS = ("calibration_before_flops_per_second", "calibration_after_flops_per_second")
# What else the convolution's speed depends on.
_MACHINE = ("host", "device", "gpu_name", "cpu_model", "threads", "torch_version")


class Timing(NamedTuple):
    """Whether something speaks against some times; None where that is unknown.

    Attributes:
        contended: other processes or machines took processor time.
        drifted: the machine's speed was not its usual one in some epoch.
    """

    contended: bool | None
    drifted: bool | None

    def beside(self, other: Timing) -> Timing:
        """What is to be said of a ratio of both times."""
        return Timing(
            either((self.contended, other.contended)), either((self.drifted, other.drifted))
        )

    @property
    def marks(self) -> str:
        """What cells of tables carry; what is unknown is said in a note."""
        return CONTENDED * (self.contended is True) + DRIFTED * (self.drifted is True)


# Of configurations without times of their own, as those of stacks.
NOTHING_TIMED = Timing(False, None)


def by_label(runs: pd.DataFrame) -> dict[str, Timing]:
    """The conditions of each configuration's completed runs; of stacks no times are shown."""
    timed = runs[runs["completed"] & ~runs["shared"]]
    found: dict[str, tuple[list[bool | None], list[bool | None]]] = {}
    for label, *values in zip(timed["label"], timed["contended"], timed["drifted"], strict=True):
        for of_label, value in zip(found.setdefault(label, ([], [])), values, strict=True):
            of_label.append(None if pd.isna(value) else bool(value))
    return {
        label: Timing(either(contended), either([d for d in drifted if d is not None]))
        for label, (contended, drifted) in found.items()
    }


def either(values: Sequence[bool | None]) -> bool | None:
    """Whether any is true; None where none is and some are unknown."""
    if any(values):
        return True
    return None if None in values or not values else False


def with_drift(epochs: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Adds how far each epoch's calibration is from the median, and whether that is too far.

    Returns:
        A copy with ``calibration_off``, signed and relative, of the reading that is further off,
        NaN where none was made; and ``drifted``, null there.
    """
    machines = runs.set_index("run_id")[list(_MACHINE)].astype("string").fillna("")
    machine = epochs["run_id"].map(machines.agg(" ".join, axis=1))
    readings = epochs[list(_CALIBRATIONS)].astype("float64")
    known = pd.concat([readings[name] for name in _CALIBRATIONS])
    medians = known.groupby(pd.concat([machine, machine]).to_numpy()).median()
    off = readings.div(machine.map(medians).astype("float64"), axis=0) - 1
    before, after = (off[name] for name in _CALIBRATIONS)
    further = before.where(before.abs().fillna(-1) >= after.abs().fillna(-1), after)
    drifted = (further.abs() > TOLERANCE).astype("boolean").mask(further.isna())
    return epochs.assign(calibration_off=further, drifted=drifted)


def per_run(epochs: pd.DataFrame) -> pd.DataFrame:
    """By run: ``contended``, ``drifted`` (null where unknown), and the epochs that are known.

    A run is not contended only if that is known of all its epochs; it has not drifted if no
    calibrated epoch has.
    """
    run = epochs["run_id"]
    contended = epochs["contended"].astype("boolean")
    return (
        pd.DataFrame(
            {
                "contended": _any(contended, run, contended.isna().groupby(run).any()),
                "drifted": _any(
                    epochs["drifted"], run, epochs["drifted"].isna().groupby(run).all()
                ),
                "epochs_calibrated": epochs["drifted"].notna().groupby(run).sum(),
                "epochs_drifted": epochs["drifted"].fillna(False).groupby(run).sum(),
            }
        )
        .rename_axis("run_id")
        .reset_index()
    )


def _any(values: pd.Series[Any], run: pd.Series[Any], unknown: pd.Series[Any]) -> pd.Series[Any]:
    found = values.fillna(False).astype(bool).groupby(run).any()
    return found.astype("boolean").mask(~found & unknown)
