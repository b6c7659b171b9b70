"""Sentences about the conditions under which times were measured."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.data.drift import TOLERANCE
from bench.report.text import CONTENDED, DRIFTED, listing


def contention_notes(data: SweepData) -> list[str]:
    """Whether others used the machine, as far as that is known."""
    notes = []
    if any(data.contended(label) for label in data.labels):
        notes.append(
            f"{CONTENDED} Other processes used the machine during some epochs: these times are "
            "upper bounds."
        )
    unknown = [label for label in data.labels if data.timing(label).contended is None]
    if unknown:
        of = "" if len(unknown) == len(data.labels) else f" of {listing(unknown)}"
        notes.append(
            f"Whether other processes used the machine is unknown for some epochs{of}: they "
            "trained for less than half a second, or it was not recorded."
        )
    return notes


def drift_notes(data: SweepData) -> list[str]:
    """In which epochs the machine did not have its usual speed."""
    timed = data.runs[data.runs["completed"] & ~data.runs["shared"]]
    by_label = timed.groupby("label", sort=False)[["epochs_drifted", "epochs_calibrated"]].sum()
    shares = [
        f"{label}: {row['epochs_drifted']:.0f} of {row['epochs_calibrated']:.0f}"
        for label, row in by_label.iterrows()
        if row["epochs_drifted"]
    ]
    if not shares:
        return []
    return [
        f"{DRIFTED} The machine’s speed drifted: around some calibrated epochs a fixed convolution "
        f"ran more than {TOLERANCE:.0%} faster or slower than its median in this sweep "
        f"({'; '.join(shares)}). Their times cannot be compared with those of other epochs."
    ]
