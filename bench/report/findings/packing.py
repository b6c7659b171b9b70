"""Whether packing captures more modes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bench.report.data import SweepData
from bench.report.findings import Finding, finding
from bench.report.findings.words import headings
from bench.report.notes import left_out
from bench.report.statistics import CONFIDENCE
from bench.report.text import ABSENT, estimate_text, listing, quoted, span_text
from bench.report.verdicts import Comparison, against
from bench.texts import grouped, say


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
    steps = data.steps(single)
    return Finding(
        say(
            "finding-packing",
            single=quoted(single),
            base=estimate_text(base),
            modes="unknown" if modes is None else grouped(modes),
            steps=span_text(steps) if steps else "unknown",
            level=f"{100 * CONFIDENCE:.0f}",
            groups=_groups(verdicts),
        )
        + _unequal(data, single, verdicts)
        + left_out(data, (single, *verdicts), key),
        {"single": base, "verdicts": verdicts},
    )


def _groups(verdicts: Mapping[str, Comparison]) -> str:
    """``more: …; fewer: …; undecided: …``."""
    groups: dict[str, list[str]] = {}
    for label, each in verdicts.items():
        heading, detail = headings(each)
        if each.kind in ("better", "worse"):
            heading = say("finding-packing-heading", kind=each.kind)
        groups.setdefault(heading, []).append(f"{quoted(label)} ({detail})")
    return "; ".join(f"{heading}: {listing(group)}" for heading, group in groups.items())


def _unequal(data: SweepData, single: str, labels: Iterable[str]) -> str:
    """Which of the critics judge another number of packs per update, which is not only packing."""
    others = [label for label in labels if data.packs(label) != data.packs(single)]
    if not others:
        return ""
    counts = listing(
        say("finding-packing-judges", name=quoted(label), packs=_packs(data, label))
        for label in others
    )
    text = say(
        "finding-packing-unequal", counts=counts, name=quoted(single), packs=_packs(data, single)
    )
    return f" {text}"


def _packs(data: SweepData, label: str) -> str:
    packs = data.packs(label)
    return ABSENT if packs is None else grouped(packs)


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
