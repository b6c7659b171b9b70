"""Sentences under tables and figures about what their numbers are based on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from bench.report.conditions import contention_notes, drift_notes
from bench.report.data import EqualCost, SweepData, units
from bench.report.data.outcome import chosen_outcome
from bench.report.statistics import CONFIDENCE, Ratio
from bench.report.table import Column
from bench.report.text import PARTLY_FINITE, listing, quoted, status_text
from bench.report.verdict_text import margin_text
from bench.texts import grouped, say


def seeds_notes(data: SweepData) -> list[str]:
    """What the number of seeds allows one to say."""
    counts = {n for label in data.labels if (n := data.seeds(label)) > 0}
    return [say("note-one-seed")] if 1 in counts else []


def verdict_notes(data: SweepData) -> list[str]:
    """What the verdicts on quality promise; none where there is nothing to compare."""
    if data.baseline is None or len(data.labels) < 2:
        return []
    level = f"{100 * CONFIDENCE:.0f}"
    judged = chosen_outcome(data)
    ratio = judged is None or data.measured_as(judged.column).scale == "log"
    kind = "ratio" if ratio else "difference"
    notes = [say("note-verdicts", level=level, margin=margin_text(data.margin), kind=kind)]
    if (looks := data.results.looks) is not None:
        notes.append(say("note-looks", counts=listing(map(str, looks.counts))))
    return notes


def lowest_note() -> str:
    """What the lowest value over the epochs is."""
    return say("note-lowest")


def averaged_note() -> str:
    """What the averaged generator is."""
    return say("note-averaged")


def final_notes(data: SweepData, protocol: int | None = None) -> list[str]:
    """Of which epochs final values are, and which runs have none as they were not finite."""
    spans = data.final_epochs(protocol)
    if not spans:
        return []
    epochs = {epoch for span in spans.values() for epoch in span}
    if len(epochs) == 1:
        notes = [say("note-final", epoch=str(epochs.pop()))]
    else:
        notes = [say("note-final-each")]
    lost = lost_runs(data, data.labels, protocol=protocol)
    if lost:
        notes.append(f"{PARTLY_FINITE} {say('note-not-finite', runs=lost)}")
    return notes


def lost_runs(
    data: SweepData, labels: Iterable[str], *keys: str, protocol: int | None = None
) -> str:
    """``“a” (seed 2) and “b” (seeds 0 and 1)``: whose final values are not finite; "" if none.

    Args:
        keys: columns of final values; all if none is given.
    """
    keys = keys or ("quality_final", *(f"{measure.name}_final" for measure in data.finals))
    return _seeds_of(
        {
            label: sorted({s for key in keys for s in data.not_finite(label, key, protocol)})
            for label in labels
        }
    )


def _seeds_of(by_label: Mapping[str, Sequence[int]]) -> str:
    parts = [
        say(
            "note-seeds-of",
            name=quoted(label),
            count=len(seeds),
            listed=listing(map(str, seeds)),
        )
        for label, seeds in by_label.items()
        if seeds
    ]
    return listing(parts) if parts else ""


def left_out(data: SweepData, labels: Iterable[str], key: str, protocol: int | None = None) -> str:
    """A sentence, after a space, on the runs that have no final value; "" if all have one."""
    lost = lost_runs(data, labels, key, protocol=protocol)
    return f" {say('note-left-out', runs=lost)}" if lost else ""


def left_out_at(equal: EqualCost) -> str:
    """The same of the runs whose quality is not finite at the budget of a comparison."""
    lost = _seeds_of(
        {
            label: [seed for seed, value in by_seed.items() if not math.isfinite(value)]
            for label, by_seed in equal.quality.items()
        }
    )
    return f" {say('note-left-out-at-cost', runs=lost)}" if lost else ""


def unbounded_note(columns: Sequence[Column]) -> list[str]:
    """What ``unbounded`` means, where a ratio is."""
    ratios = [value for column in columns for value in column.entries if isinstance(value, Ratio)]
    if all(ratio.n == 1 or ratio.low is not None for ratio in ratios):
        return []
    return [say("note-unbounded")]


def counting_note(data: SweepData) -> str:
    """What costs per real image and per generator update count."""
    return say("note-counting", sample=units.sample(data))


def epochs_note(data: SweepData) -> list[str]:
    """Why nothing is compared by the epoch, where epochs are not alike."""
    if units.epochs_alike(data):
        return []
    return [say("note-epochs", samples=units.samples(data))]


def decisions_note(data: SweepData) -> list[str]:
    """Which critics judge another number of packs per update than the baseline's."""
    packs = {label: data.packs(label) for label in data.labels}
    if data.baseline is None or (base := packs[data.baseline]) is None:
        return []
    others = [
        f"{quoted(label)} {grouped(count)}"
        for label, count in packs.items()
        if count is not None
        and count != base
        and (data.pack(label) != 1 or data.pack(data.baseline) != 1)
    ]
    if not others:
        return []
    return [say("note-packs", base=grouped(base), others=listing(others))]


def time_note(data: SweepData, of_runs: str) -> str:
    """What the training time of a run is.

    Args:
        of_runs: what it is where the runs themselves were timed.
    """
    if data.rounds is None:
        return of_runs
    return say("note-time", samples=units.samples(data), sample=units.sample(data))


def timing_notes(data: SweepData) -> list[str]:
    """What weakens a comparison of the sweep's timings."""
    note = shared_note(data)
    notes = [] if note is None or data.rounds is not None else [note]
    notes += [*contention_notes(data), *drift_notes(data)]
    if data.machines:
        notes.append(say("note-machines", machines="; ".join(data.machines)))
    if len(data.distinct("data_hash")) > 1:
        notes.append(say("note-different-data"))
    if data.rounds is not None and (elsewhere := data.timed_elsewhere):
        notes.append(say("note-timed-elsewhere", machines=elsewhere))
    return notes


def shared_note(data: SweepData) -> str | None:
    """What is left out because runs were trained as stacks; None where none was."""
    stacked = data.runs[data.runs["shared"]]
    if stacked.empty:
        return None
    sizes = sorted({int(size) for size in stacked["stacked_runs"]})
    stacks = "one" if sizes == [len(stacked)] else "equal" if len(sizes) == 1 else "several"
    return say(
        "note-stacks",
        count=len(stacked),
        stacks=stacks,
        least=str(sizes[0]),
        most=str(sizes[-1]),
    )


def state(data: SweepData, label: str) -> str:
    """How a configuration's runs ended: ``2 of 3 completed, 1 diverged``."""
    planned = int((data.results.planned["label"] == label).sum())
    statuses = data.started(label)["status"].value_counts()
    others = [
        f"{count} {status_text(str(status), int(count))}"
        for status, count in sorted(statuses.items())
        if status != "completed"
    ]
    if unstarted := planned - int(statuses.sum()):
        others.append(say("note-unstarted", count=unstarted))
    done = say("note-completed", count=data.seeds(label), planned=str(planned))
    return ", ".join([done, *others])
