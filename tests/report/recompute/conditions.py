"""How the numbers of a sweep were measured, as its notes and captions say it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.report.recompute import facts
from tests.report.recompute.digits import grouped, significant, span
from tests.report.recompute.model import margin
from tests.report.recompute.sweep import Sweep


def notes(sweep: Sweep) -> list[str]:
    """All sentences under tables and figures that hold a number."""
    return [
        protocol(sweep),
        *timing(sweep),
        *finals(sweep),
        *floor(sweep),
        *crosses(sweep),
        "Intervals of the ratio hold for all configurations together at 95 % (Welch, Šidák). In "
        "95 % of sweeps no “better” or “worse” is wrong (Holm, step by step, so a verdict can be "
        f"firmer than its interval). “Equivalent”: the whole interval of the ratio is within "
        f"{margin(sweep.margin)} (margin in the grid).",
    ]


def protocol(sweep: Sweep) -> str:
    """What quality is, of how many samples, against what."""
    (features,) = sweep.common("quality_features")
    (weights,) = sweep.common("quality_weights_hash")
    (reference,) = sweep.common("quality_reference_hash")
    (samples,) = sweep.common("quality_samples")
    (images,) = sweep.common("quality_reference_images") or sweep.common("train_images")
    (floor,) = sweep.common("quality_noise_floor")
    return (
        f"FCD over {features} features {str(weights)[:10]}…, {grouped(samples)} generated samples "
        f"against the {grouped(images)} real training images (reference {str(reference)[:10]}…); "
        f"noise floor ({floor_is(sweep)}) {significant(floor)}."
    )


def floor_is(sweep: Sweep) -> str:
    (origin,) = sweep.common("quality_noise_floor_origin")
    more = ", extrapolated from fewer" if origin == "extrapolated" else ""
    return f"what as many other real images score{more}"


def timing(sweep: Sweep) -> list[str]:
    """In how many rounds, how much these differ, and how often others used the machine."""
    rounds = span([len(turns) for turns in sweep.turns.values()])
    text = (
        "Times, energy and memory were measured before training, one configuration at a time, in "
        f"{rounds} interleaved rounds (timing.parquet): intervals are over rounds and ratios "
        "paired by round. The slowest round of all configurations took "
        f"{100 * _slower(sweep):.1f} % longer than the fastest"
    )
    known = sweep.timing.loc[sweep.timing["round"].notna(), "contended"].dropna().astype(bool)
    if known.any():
        text += (
            f"; other programs or machines took processor time in {known.sum()} of {len(known)} "
            "turns, which do not count where five others are left"
        )
    packed = max(sweep.common("packed_runs"), default=1)
    if packed == 1:
        return [f"{text}."]
    beside = "runs trained side by side: their own times, in epochs.parquet, are not used."
    return [f"{text}.", f"Up to {packed} {beside}"]


def _slower(sweep: Sweep) -> float:
    """The slowest round over the fastest, minus one, of the turns over their label's mean."""
    logs = [np.log(sweep.per_image(label)) for label in sweep.labels]
    centred = pd.concat([each - each.groupby("session").transform("mean") for each in logs])
    by_session = centred.groupby(["session", "round"]).mean().groupby("session")
    return float(np.expm1((by_session.max() - by_session.min()).max()))


def finals(sweep: Sweep) -> list[str]:
    """Of which epoch final values are, and which runs have none."""
    last = [sweep.evaluations(label).groupby("seed")["epoch"].max() for label in sweep.labels]
    (epoch,) = {int(value) for each in last for value in each}
    found = [f"Final: at the last evaluation, after epoch {epoch}."]
    if lost := facts.lost_seeds(sweep):
        found.append(f"Not finite at the last evaluation: {lost}.")
    return [*found, *left_out(sweep)]


def left_out(sweep: Sweep) -> list[str]:
    lost = facts.lost_seeds(sweep)
    return [f"Left out, as not finite at the last evaluation: {lost}."] if lost else []


def floor(sweep: Sweep) -> list[str]:
    """Captions of figures below whose axis the noise floor is."""
    (value,) = sweep.common("quality_noise_floor")
    more = ", extrapolated from fewer real images" if "extra" in floor_is(sweep) else ""
    return [f"The noise floor, {significant(value)}{more}, is below the axis."]


def crosses(sweep: Sweep) -> list[str]:
    """How many evaluations of any run were not finite."""
    rows = sweep.epochs[sweep.epochs["evaluated"]]
    lost = int((~np.isfinite(rows["fcd"].astype("float64"))).sum())
    counted = f"{lost} evaluation{'s' * (lost != 1)} not finite"
    return [f"Red crosses at the upper edge, and in no mean: {counted}."] if lost else []
