"""Sentences about the conditions under which times were measured."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.data.drift import TOLERANCE
from bench.report.data.timing import Rounds
from bench.report.text import CONTENDED, DRIFTED, listing, span_text
from bench.units import counted


def contention_notes(data: SweepData) -> list[str]:
    """Whether others used the machine, as far as that is known."""
    if data.rounds is not None:
        return _clean_timing_notes(data, data.rounds)
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


def _clean_timing_notes(data: SweepData, rounds: Rounds) -> list[str]:
    """Where times come from, how quiet the machine was, and what could not be timed."""
    spread = rounds.spread()
    assert spread is not None
    text = (
        "Times, energy and memory were measured before training, one configuration at a time, in "
        f"{span_text(spread.rounds)} interleaved rounds (timing.parquet): intervals are over "
        "rounds and ratios paired by round. The slowest round of all configurations took "
        f"{spread.drift:.1%} longer than the fastest"
    )
    if spread.contended:
        text += (
            f"; other programs or machines took processor time in {spread.contended} of "
            f"{counted(spread.turns, 'turn')}, which do not count where five others are left"
        )
    notes = [f"{text}."]
    marked = [label for label in data.labels if data.contended(label)]
    if marked:
        notes.append(
            f"{CONTENDED} Others used the machine in a fifth or more of these turns: the times are "
            "upper bounds."
        )
    notes += [
        f"“{label}” could not be timed ({error})."
        for label, error in rounds.errors.items()
        if rounds.of(label).empty
    ]
    packed = data.runs["packed_runs"].dropna()
    if len(packed) and packed.max() > 1:
        notes.append(
            f"Up to {packed.max()} runs trained side by side: their own times, in epochs.parquet, "
            "are not used."
        )
    missing = [
        label
        for label in data.labels
        if rounds.of(label).empty and label not in rounds.errors and len(data.started(label))
    ]
    if missing:
        notes.append(
            f"Not timed apart from training: {listing(missing)}. Times of its runs are no "
            "substitute, since several trained side by side."
        )
    return notes


def drift_notes(data: SweepData) -> list[str]:
    """In which epochs the machine did not have its usual speed; of runs that are timed."""
    if data.rounds is not None:
        return []
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
