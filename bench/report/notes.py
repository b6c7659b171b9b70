"""Sentences under tables and figures about what their numbers are based on."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from bench.report.conditions import contention_notes, drift_notes
from bench.report.data import EqualCost, SweepData, units
from bench.report.statistics import CONFIDENCE, Ratio
from bench.report.table import Column
from bench.report.text import PARTLY_FINITE, listing
from bench.report.verdict_text import margin_text
from bench.units import counted


def seeds_notes(data: SweepData) -> list[str]:
    """What the number of seeds allows one to say."""
    counts = {n for label in data.labels if (n := data.seeds(label)) > 0}
    return ["One seed: no interval, and no verdict."] if 1 in counts else []


def verdict_notes(data: SweepData) -> list[str]:
    """What the verdicts on quality promise; none where there is nothing to compare."""
    if data.baseline is None or len(data.labels) < 2:
        return []
    notes = [
        "Verdict: on quality against the baseline, from seeds that are not paired. Intervals of "
        f"the ratio hold for all configurations together at {CONFIDENCE:.0%} (Welch, Šidák). In "
        "95 % of sweeps no “better” or “worse” is wrong (Holm, step by step, so a verdict can be "
        "firmer than its interval). “Equivalent”: the whole interval of the ratio is within "
        f"{margin_text(data.margin)} (margin in the grid). “Undecided”: about so many more seeds "
        "of it and of the baseline give a verdict with 80 % power, if differences and spreads are "
        "as seen.",
    ]
    if (looks := data.results.looks) is not None:
        counts = listing(map(str, looks.counts))
        notes.append(
            f"Seeds are added until there is a verdict, with looks at {counts} seeds. Each "
            "configuration is compared at its last look, at the level of that look, and all looks "
            "together keep what is promised (Lan and DeMets)."
        )
    return notes


LOWEST_NOTE = (
    "Lowest over epochs: the minimum over a run’s evaluations, lower the more often it was "
    "evaluated; no comparison uses it."
)


AVERAGED_NOTE = (
    "Averaged generator: its weights averaged over training (generator_average), evaluated beside "
    "the trained one; no other column, comparison or finding uses it."
)


def final_notes(data: SweepData, protocol: int | None = None) -> list[str]:
    """Of which epochs final values are, and which runs have none as they were not finite."""
    spans = data.final_epochs(protocol)
    if not spans:
        return []
    epochs = {epoch for span in spans.values() for epoch in span}
    if len(epochs) == 1:
        notes = [f"Final: at the last evaluation, after epoch {epochs.pop()}."]
    else:
        notes = ["Final: at each run’s last evaluation, after the final epoch shown."]
    lost = lost_runs(data, data.labels, protocol=protocol)
    if lost:
        notes.append(
            f"{PARTLY_FINITE} Not finite at the last evaluation: {lost}. Such a run has no final "
            "value; means and comparisons are over the other seeds."
        )
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
        f"“{label}” ({'seed' if len(seeds) == 1 else 'seeds'} {listing(map(str, seeds))})"
        for label, seeds in by_label.items()
        if seeds
    ]
    return listing(parts) if parts else ""


def left_out(data: SweepData, labels: Iterable[str], key: str, protocol: int | None = None) -> str:
    """A sentence, after a space, on the runs that have no final value; "" if all have one."""
    lost = lost_runs(data, labels, key, protocol=protocol)
    return f" Left out, as not finite at the last evaluation: {lost}." if lost else ""


def left_out_at(equal: EqualCost) -> str:
    """The same of the runs whose quality is not finite at the budget of a comparison."""
    lost = _seeds_of(
        {
            label: [seed for seed, value in by_seed.items() if not math.isfinite(value)]
            for label, by_seed in equal.quality.items()
        }
    )
    return f" Left out, as not finite at this cost: {lost}." if lost else ""


def not_drawn(data: SweepData, column: str, protocol: int | None = None) -> str:
    """A sentence, after a space, on evaluations that a curve lacks as they were not finite."""
    count = data.evaluations_lost(column, protocol)
    if not count:
        return ""
    return f" Not drawn, and in no mean: {counted(count, 'evaluation')} not finite."


def unbounded_note(columns: Sequence[Column]) -> list[str]:
    """What ``unbounded`` means, where a ratio is."""
    ratios = [value for column in columns for value in column.entries if isinstance(value, Ratio)]
    if all(ratio.n == 1 or ratio.low is not None for ratio in ratios):
        return []
    return ["Unbounded: the seeds differ so much that the denominator’s interval includes zero."]


def counting_note(data: SweepData) -> str:
    """What costs per real image and per generator update count."""
    sample = units.sample(data)
    return (
        f"A real {sample} counts once each time it is shown to the critic as part of its batch; a "
        "generator update includes the critic updates before it."
    )


def epochs_note(data: SweepData) -> list[str]:
    """Why nothing is compared by the epoch, where epochs are not alike."""
    if units.epochs_alike(data):
        return []
    return [
        f"Epochs of the configurations differ in their real {units.samples(data)} or in their "
        "generator updates: they are no measure of cost."
    ]


def decisions_note(data: SweepData) -> list[str]:
    """Which critics judge another number of packs per update than the baseline's."""
    packs = {label: data.packs(label) for label in data.labels}
    if data.baseline is None or (base := packs[data.baseline]) is None:
        return []
    others = [
        f"“{label}” {count:,}"
        for label, count in packs.items()
        if count not in (None, base) and (data.pack(label) != 1 or data.pack(data.baseline) != 1)
    ]
    if not others:
        return []
    return [
        f"Packs that the critic judges per update, the baseline’s being {base:,}: "
        f"{listing(others)}. Fewer packs are fewer decisions per step; PacGAN’s paper compares at "
        "equal packs (the key packs of a grid)."
    ]


def time_note(data: SweepData, of_runs: str) -> str:
    """What the training time of a run is.

    Args:
        of_runs: what it is where the runs themselves were timed.
    """
    if data.rounds is None:
        return of_runs
    samples = units.samples(data)
    return f"Time: real {samples} times the seconds per {units.sample(data)} of the timing."


def timing_notes(data: SweepData) -> list[str]:
    """What weakens a comparison of the sweep's timings."""
    note = shared_note(data)
    notes = [] if note is None or data.rounds is not None else [note]
    notes += [*contention_notes(data), *drift_notes(data)]
    if data.machines:
        notes.append(
            f"Timings come from different machines or settings ({'; '.join(data.machines)}): "
            "compare them with care."
        )
    if len(data.distinct("data_hash")) > 1:
        notes.append("The configurations were trained on different data.")
    if data.rounds is not None and (elsewhere := data.timed_elsewhere):
        notes.append(f"Runs trained on another machine than the timed one ({elsewhere}).")
    return notes


def shared_note(data: SweepData) -> str | None:
    """What is left out because runs were trained as stacks; None where none was."""
    stacked = data.runs[data.runs["shared"]]
    if stacked.empty:
        return None
    sizes = sorted({int(size) for size in stacked["stacked_runs"]})
    if sizes == [len(stacked)]:
        stacks = "as one stack"
    elif len(sizes) == 1:
        stacks = f"in stacks of {sizes[0]}"
    else:
        stacks = f"in stacks of {sizes[0]} to {sizes[-1]}"
    were = "was" if len(stacked) == 1 else "were"
    return (
        f"{counted(len(stacked), 'run')} {were} trained together {stacks}: their times, "
        "memory and energy are shared and therefore left out."
    )


def state(data: SweepData, label: str) -> str:
    """How a configuration's runs ended: ``2 of 3 completed, 1 diverged``."""
    planned = int((data.results.planned["label"] == label).sum())
    statuses = data.started(label)["status"].value_counts()
    others = [
        f"{count} {str(status).replace('_', ' ')}"
        for status, count in sorted(statuses.items())
        if status != "completed"
    ]
    if unstarted := planned - int(statuses.sum()):
        others.append(f"{unstarted} not run")
    return ", ".join([f"{data.seeds(label)} of {planned} completed", *others])
