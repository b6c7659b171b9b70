"""Whether packing captures more modes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bench.report.data import SweepData
from bench.report.findings import Finding, finding
from bench.report.findings.words import headings, name
from bench.report.notes import left_out
from bench.report.statistics import CONFIDENCE
from bench.report.text import estimate_text, listing, span_text
from bench.report.verdicts import Comparison, against


@finding("packing", position=1)
def packing(data: SweepData) -> Finding | None:
    """Whether critics that judge packs lead to more modes than the same critic without.

    Configurations whose recipe differs only in the pack (and the batch that follows from it)
    are compared with the one of pack 1.
    """
    key = "modes_captured_final"
    singles = [
        label
        for label in data.labels
        if data.pack(label) == 1 and data.trials(label, key) is not None
    ]
    if data.baseline in singles:
        singles = [data.baseline]
    if len(singles) != 1:
        return None
    (single,) = singles
    measured = data.measured_as(key)
    packed = against(
        list(data.by_seed(single, key).values()),
        {
            label: list(data.by_seed(label, key).values())
            for label in data.labels
            if _differs_only_in_pack(data, label, single)
        },
        scale=measured.scale,
        direction="higher",
        margin=data.margin,
        bounds=measured.bounds,
    )
    verdicts = {label: each for label, each in packed.items() if each.effect is not None}
    base = data.estimate(single, key)
    if not verdicts or base is None:
        return None
    modes = data.modes(single)
    whole = "" if modes is None else f" of {modes:,}"
    after = f" after {span_text(steps)} steps" if (steps := data.steps(single)) else ""
    return Finding(
        f"Modes captured with packing, compared with {name(single)} without "
        f"({estimate_text(base)}{whole}{after}), verdicts that hold together at {CONFIDENCE:.0%} – "
        f"{_groups(verdicts)}."
        + _unequal(data, single, verdicts)
        + left_out(data, (single, *verdicts), key),
        {"single": base, "verdicts": verdicts},
    )


def _groups(verdicts: Mapping[str, Comparison]) -> str:
    """``more: …; fewer: …; undecided: …``."""
    called = {"better": "more", "worse": "fewer"}
    groups: dict[str, list[str]] = {}
    for label, each in verdicts.items():
        heading, detail = headings(each)
        groups.setdefault(called.get(each.kind, heading), []).append(f"{name(label)} ({detail})")
    return "; ".join(f"{heading}: {listing(group)}" for heading, group in groups.items())


def _unequal(data: SweepData, single: str, labels: Iterable[str]) -> str:
    """Which of the critics judge another number of packs per update, which is not only packing."""
    others = [label for label in labels if data.packs(label) != data.packs(single)]
    if not others:
        return ""
    counts = listing(f"{name(label)} judges {data.packs(label):,}" for label in others)
    return (
        f" The packs per update differ too: {counts}, {name(single)} {data.packs(single):,}, so "
        "this is not the effect of packing alone."
    )


def _differs_only_in_pack(data: SweepData, label: str, single: str) -> bool:
    """Whether two configurations differ in nothing but a pack above 1.

    Variants may differ in name: dcgan and pacgan differ only in the pack's default, and so in the
    batch's.
    """
    own, base = data.recipe(label), data.recipe(single)
    same = all(
        data.common(label, column) == data.common(single, column)
        for column in ("dataset", "train_images", "generator_parameters", "generator_macs")
    )
    differing = {key for key in own.keys() | base.keys() if own.get(key) != base.get(key)}
    return same and "pack" in differing and differing <= {"pack", "batch_size"}
