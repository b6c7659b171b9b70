"""Which configuration to use, when one thing matters most: from verdicts and costs, by rules.

Where quality matters most, that is the best of those shown to be better than the baseline. Where a
cost does, it is the cheapest of those shown to be cheaper than the baseline and as good as it:
better, equivalent, or worse by less than the margin. Where there is none, it is the baseline, and
the sentence says what the cheapest lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.report.comparisons import compare
from bench.report.data import SweepData, units
from bench.report.data.outcome import outcome
from bench.report.findings.words import headings
from bench.report.statistics import CONFIDENCE, Ratio
from bench.report.tables.columns import memory_columns
from bench.report.text import listing, quoted, ratio_text, significant
from bench.report.verdict_text import margin_text, needed_text
from bench.report.verdicts import Comparison
from bench.units import counted

_QUALITY = "quality"


@dataclass(frozen=True)
class Recommendation:
    """A paragraph, and what it says to use.

    Attributes:
        use: the label by what matters most: "quality", "time", "memory", "FLOPs".
    """

    text: str
    use: Mapping[str, str]
    evidence: Mapping[str, Any]


@dataclass(frozen=True)
class _Cost:
    """One cost of the configurations as a multiple of the baseline's.

    Attributes:
        cheaper: what a configuration with less of it is called.
        ratios: by label, without the baseline; below 1 is cheaper.
    """

    name: str
    cheaper: str
    ratios: Mapping[str, Ratio]

    def saves(self, label: str) -> bool:
        """Whether a configuration is shown to be cheaper; FLOPs are counted, not measured."""
        ratio = self.ratios.get(label)
        if ratio is None or ratio.value >= 1:
            return False
        return self.name == "FLOPs" or ratio.excludes_one


def recommend(data: SweepData) -> Recommendation | None:
    """What to use; None where nothing is compared: no baseline, no other, no common quality."""
    judged = outcome(data)
    if data.baseline is None or judged is None:
        return None
    found = compare(data, judged.column)
    verdicts = {label: each for label, each in found.items() if each.effect is not None}
    if not verdicts:
        return None
    if all(each.kind == "untested" for each in verdicts.values()):
        why = {each.reason for each in verdicts.values()}
        reason = "one seed is" if "one seed" in why else "all seeds gave the same value,"
        text = f"No recommendation: {reason} no evidence of a difference."
        return Recommendation(text, {}, verdicts)
    costs = _costs(data)
    use = {_QUALITY: _best(verdicts) or data.baseline}
    use |= {cost.name: _cheapest(cost, verdicts) or data.baseline for cost in costs}
    sentences = [_on_quality(data, verdicts, use, costs)]
    sentences += _on_costs(data, verdicts, use, costs)
    sentences.append(_certainty(data, verdicts))
    return Recommendation(" ".join(sentences), use, {"verdicts": verdicts, "costs": costs})


def _costs(data: SweepData) -> list[_Cost]:
    """Time, memory and FLOPs per real image, of which something is known."""
    others = [label for label in data.labels if label != data.baseline]
    assert data.baseline is not None

    def measured(column: str) -> dict[str, Ratio]:
        found = {label: data.cost_ratio(label, column) for label in others}
        return {label: ratio for label, ratio in found.items() if ratio is not None}

    base = data.architecture(data.baseline, "train_flops_per_image")
    counted_flops = {
        label: Ratio(1, own / base, None, None)
        for label in others
        if base and (own := data.architecture(label, "train_flops_per_image")) is not None
    }
    costs = [
        _Cost("time", "faster", measured("seconds_per_1000_images") if data.has_own_costs else {}),
        *[_Cost("memory", "smaller", measured(key)) for key, _ in memory_columns(data)[:1]],
        _Cost("FLOPs", "cheaper", counted_flops),
    ]
    return [cost for cost in costs if cost.ratios]


def _better(found: Comparison) -> float:
    """How much better one of two better ones is: lower first."""
    assert found.effect is not None
    if found.is_ratio:
        return found.effect if found.effect < 1 else 1 / found.effect
    return -abs(found.effect)


def _best(verdicts: Mapping[str, Comparison]) -> str | None:
    better = {label: each for label, each in verdicts.items() if each.kind == "better"}
    return min(better, key=lambda label: _better(better[label])) if better else None


def _as_good(found: Comparison) -> bool:
    return found.kind in ("better", "equivalent") or (found.kind == "worse" and found.within_margin)


def _cheapest(cost: _Cost, verdicts: Mapping[str, Comparison]) -> str | None:
    fit = [label for label, each in verdicts.items() if _as_good(each) and cost.saves(label)]
    return min(fit, key=lambda label: cost.ratios[label].value) if fit else None


def _on_quality(
    data: SweepData,
    verdicts: Mapping[str, Comparison],
    use: Mapping[str, str],
    costs: Sequence[_Cost],
) -> str:
    best = use[_QUALITY]
    if best != data.baseline:
        rivals = [k for k, v in verdicts.items() if v.kind == "better" and k != best]
        text = f"Where quality matters most, use “{best}”: {_words(best, verdicts, costs)}."
        if rivals:
            text += f" Also better than the baseline: {listing(map(quoted, rivals))}."
        return text
    undecided = {k: v for k, v in verdicts.items() if v.kind == "undecided"}
    text = f"Where quality matters most, keep the baseline “{data.baseline}”: none is "
    if not undecided:
        return text + "better."
    needed = [f"{quoted(label)} ({needed_text(each)})" for label, each in undecided.items()]
    return f"{text}shown to be better. Undecided: {listing(needed)}."


def _on_costs(
    data: SweepData,
    verdicts: Mapping[str, Comparison],
    use: Mapping[str, str],
    costs: Sequence[_Cost],
) -> list[str]:
    """A sentence for each configuration that some cost speaks for."""
    by_label: dict[str, list[_Cost]] = {}
    for cost in costs:
        by_label.setdefault(use[cost.name], []).append(cost)
    sentences = []
    for label, of_label in by_label.items():
        where = _or([cost.name for cost in of_label])
        verb = "matter" if where.endswith("FLOPs") else "matters"
        if label != data.baseline:
            said = "" if label == use[_QUALITY] else f": {_words(label, verdicts, costs)}"
            sentences.append(f"Where {where} {verb} most, use “{label}”{said}.")
        else:
            sentences.append(
                f"Where {where} {verb} most, keep the baseline: {_lacking(of_label, verdicts)}."
            )
    return sentences


def _lacking(costs: Sequence[_Cost], verdicts: Mapping[str, Comparison]) -> str:
    """What the cheapest ones lack, where none of the cheaper ones is as good."""
    none: list[str] = []
    savings: dict[str, list[str]] = {}
    for cost in costs:
        cheaper = [label for label in verdicts if cost.saves(label)]
        if cheaper:
            label = min(cheaper, key=lambda each: cost.ratios[each].value)
            savings.setdefault(label, []).append(_saving(cost, label))
        else:
            none.append(cost.cheaper)
    lacking = []
    for label, saved in savings.items():
        verdict, detail = headings(verdicts[label])
        lacking.append(f"{quoted(label)} ({', '.join(saved)}) is {verdict} ({detail})")
    if none:
        lacking.append(f"none is shown to be {_or(none)}")
    return "; ".join(lacking)


def _words(label: str, verdicts: Mapping[str, Comparison], costs: Sequence[_Cost]) -> str:
    """``equivalent within 10 %, 1.52 × as fast (1.49–1.55), half the FLOPs``."""
    each = verdicts[label]
    margin = margin_text(each.margin)
    quality = {
        "equivalent": f"equivalent within {margin}",
        "worse": f"worse by less than {margin}",
    }.get(each.kind)
    if quality is None:
        quality = f"better than the baseline ({headings(each)[1]})"
    known = [_saving(cost, label) for cost in costs if label in cost.ratios]
    return ", ".join([quality, *known])


def _saving(cost: _Cost, label: str) -> str:
    ratio = cost.ratios[label]
    if cost.name == "time":
        ends = None if ratio.low is None or ratio.high is None else (1 / ratio.high, 1 / ratio.low)
        speed = Ratio(ratio.n, 1 / ratio.value, *(ends or (None, None)))
        value, _, interval = ratio_text(speed).partition(" (")
        return f"{value} × as fast" + (f" ({interval}" if interval else "")
    if cost.name == "FLOPs" and abs(ratio.value - 0.5) < 0.01:
        return "half the FLOPs"
    per_cent = Ratio(
        ratio.n,
        100 * ratio.value,
        None if ratio.low is None else 100 * ratio.low,
        None if ratio.high is None else 100 * ratio.high,
    )
    shown = significant(per_cent.value, 2) if per_cent.low is None else ratio_text(per_cent)
    value, _, interval = shown.partition(" (")
    return f"{value} % of the {cost.name}" + (f" ({interval}" if interval else "")


def _certainty(data: SweepData, verdicts: Mapping[str, Comparison]) -> str:
    assert data.baseline is not None
    tested = [each for each in verdicts.values() if each.kind != "untested"]
    seeds = sorted({each.n for each in tested} | {each.base_n for each in tested})
    span = f"{seeds[0]}–{seeds[-1]} seeds" if len(seeds) > 1 else counted(seeds[0], "seed")
    text = f"Verdicts on quality hold together at {CONFIDENCE:.0%}, from {span} each"
    epochs = data.final_epochs()
    if len({epoch for span in epochs.values() for epoch in span}) > 1:
        text += ", though final values are of different epochs"
    sample = units.sample(data)
    if data.rounds is None:
        text += f"; costs, per real {sample}, are those of the runs"
    else:
        text += f"; costs, per real {sample}, are from timing apart from training"
    doubted = data.timing(data.baseline)
    for label in verdicts:
        doubted = doubted.beside(data.timing(label))
    if doubted.contended is True or doubted.drifted is True:
        text += ", and times are doubtful (see the marks in the table)"
    return f"{text}."


def _or(items: Sequence[str]) -> str:
    """``a, b or c``."""
    *most, last = items
    return f"{', '.join(most)} or {last}" if most else last
