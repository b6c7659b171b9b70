"""Sentences about the conditions under which times were measured."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.data.drift import TOLERANCE
from bench.report.data.timing import Rounds
from bench.report.text import CONTENDED, DRIFTED, listing, quoted, span_text
from bench.texts import say


def contention_notes(data: SweepData) -> list[str]:
    """Whether others used the machine, as far as that is known."""
    if data.rounds is not None:
        return _clean_timing_notes(data, data.rounds)
    notes = []
    if any(data.contended(label) for label in data.labels):
        notes.append(f"{CONTENDED} {say('conditions-contended')}")
    unknown = [label for label in data.labels if data.timing(label).contended is None]
    if unknown:
        labels = "all" if len(unknown) == len(data.labels) else listing(unknown)
        notes.append(say("conditions-unknown", labels=labels))
    return notes


def _clean_timing_notes(data: SweepData, rounds: Rounds) -> list[str]:
    """Where times come from, how quiet the machine was, and what could not be timed."""
    spread = rounds.spread()
    assert spread is not None
    notes = [
        say(
            "conditions-timing",
            rounds=span_text(spread.rounds),
            slower=f"{100 * spread.drift:.1f}",
            contended=str(spread.contended) if spread.contended else "none",
            count=spread.turns,
        )
    ]
    marked = [label for label in data.labels if data.contended(label)]
    if marked:
        notes.append(f"{CONTENDED} {say('conditions-contended-turns')}")
    notes += [
        say("conditions-untimed", name=quoted(label), error=error)
        for label, error in rounds.errors.items()
        if rounds.of(label).empty
    ]
    packed = data.runs["packed_runs"].dropna()
    if len(packed) and packed.max() > 1:
        notes.append(say("conditions-packed", most=str(packed.max())))
    missing = [
        label
        for label in data.labels
        if rounds.of(label).empty and label not in rounds.errors and len(data.started(label))
    ]
    if missing:
        notes.append(say("conditions-not-timed", labels=listing(missing)))
    return notes


def drift_notes(data: SweepData) -> list[str]:
    """In which epochs the machine did not have its usual speed; of runs that are timed."""
    if data.rounds is not None:
        return []
    timed = data.runs[data.runs["completed"] & ~data.runs["shared"]]
    by_label = timed.groupby("label", sort=False)[["epochs_drifted", "epochs_calibrated"]].sum()
    shares = [
        say(
            "conditions-drifted-of",
            label=str(label),
            some=f"{row['epochs_drifted']:.0f}",
            all=f"{row['epochs_calibrated']:.0f}",
        )
        for label, row in by_label.iterrows()
        if row["epochs_drifted"]
    ]
    if not shares:
        return []
    text = say("conditions-drifted", tolerance=f"{100 * TOLERANCE:.0f}", shares="; ".join(shares))
    return [f"{DRIFTED} {text}"]
