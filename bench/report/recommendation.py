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
from bench.report.data.outcome import chosen_outcome
from bench.report.findings.words import headings
from bench.report.statistics import CONFIDENCE, Ratio
from bench.report.tables.columns import memory_columns
from bench.report.text import alternatives, listing, quoted, ratio_text, significant, span_text
from bench.report.verdict_text import needed_text, verdict_words
from bench.report.verdicts import Comparison
from bench.texts import say

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
        name: "time", "memory" or "FLOPs".
        ratios: by label, without the baseline; below 1 is cheaper.
    """

    name: str
    ratios: Mapping[str, Ratio]

    def saves(self, label: str) -> bool:
        """Whether a configuration is shown to be cheaper; FLOPs are counted, not measured."""
        ratio = self.ratios.get(label)
        if ratio is None or ratio.value >= 1:
            return False
        return self.name == "FLOPs" or ratio.excludes_one


def recommend(data: SweepData) -> Recommendation | None:
    """What to use; None where nothing is compared: no baseline, no other, no common quality."""
    judged = chosen_outcome(data)
    if data.baseline is None or judged is None:
        return None
    found = compare(data, judged.column)
    verdicts = {label: each for label, each in found.items() if each.effect is not None}
    if not verdicts:
        return None
    if all(each.kind == "untested" for each in verdicts.values()):
        reasons = {each.reason for each in verdicts.values()}
        why = "one-seed" if "one seed" in reasons else "identical"
        return Recommendation(say("recommend-nothing", why=why), {}, verdicts)
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
    counted = {
        label: Ratio(1, own / base, None, None)
        for label in others
        if base and (own := data.architecture(label, "train_flops_per_image")) is not None
    }
    costs = [
        _Cost("time", measured("seconds_per_1000_images") if data.has_own_costs else {}),
        *[_Cost("memory", measured(key)) for key, _ in memory_columns(data)[:1]],
        _Cost("FLOPs", counted),
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
        words = _words(best, verdicts, costs)
        text = say("recommend-quality", label=quoted(best), words=words)
        if rivals:
            text += f" {say('recommend-also', labels=listing(map(quoted, rivals)))}"
        return text
    undecided = {k: v for k, v in verdicts.items() if v.kind == "undecided"}
    needed = [f"{quoted(label)} ({needed_text(each)})" for label, each in undecided.items()]
    return say(
        "recommend-baseline",
        baseline=quoted(str(data.baseline)),
        undecided=listing(needed) if needed else "none",
    )


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
        where = alternatives(say("recommend-cost", cost=cost.name) for cost in of_label)
        last = of_label[-1].name
        if label != data.baseline:
            words = "known" if label == use[_QUALITY] else _words(label, verdicts, costs)
            text = say("recommend-use", costs=where, last=last, label=quoted(label), words=words)
        else:
            lacking = _lacking(of_label, verdicts)
            text = say("recommend-no-saving", costs=where, last=last, lacking=lacking)
        sentences.append(text)
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
            none.append(say("recommend-cheaper", cost=cost.name))
    lacking = []
    for label, saved in savings.items():
        verdict, detail = headings(verdicts[label])
        lacking.append(
            say(
                "recommend-lacking",
                name=quoted(label),
                savings=", ".join(saved),
                verdict=verdict,
                detail=detail,
            )
        )
    if none:
        lacking.append(say("recommend-none-cheaper", kinds=alternatives(none)))
    return "; ".join(lacking)


def _words(label: str, verdicts: Mapping[str, Comparison], costs: Sequence[_Cost]) -> str:
    """``equivalent within 10 %, 1.52 × as fast (1.49–1.55), half the FLOPs``."""
    each = verdicts[label]
    quality = verdict_words(each)
    if each.kind == "better":
        quality = say("recommend-better", detail=headings(each)[1])
    known = [_saving(cost, label) for cost in costs if label in cost.ratios]
    return ", ".join([quality, *known])


def _saving(cost: _Cost, label: str) -> str:
    ratio = cost.ratios[label]
    if cost.name == "FLOPs" and abs(ratio.value - 0.5) < 0.01:
        return say("recommend-half")
    if cost.name == "time":
        ends = None if ratio.low is None or ratio.high is None else (1 / ratio.high, 1 / ratio.low)
        shown = ratio_text(Ratio(ratio.n, 1 / ratio.value, *(ends or (None, None))))
    else:
        low, high = (None if end is None else 100 * end for end in (ratio.low, ratio.high))
        per_cent = Ratio(ratio.n, 100 * ratio.value, low, high)
        shown = significant(per_cent.value, 2) if low is None else ratio_text(per_cent)
    value, space, interval = shown.partition(" ")
    return say("recommend-saving", cost=cost.name, value=value, interval=f"{space}{interval}")


def _certainty(data: SweepData, verdicts: Mapping[str, Comparison]) -> str:
    assert data.baseline is not None
    tested = [each for each in verdicts.values() if each.kind != "untested"]
    seeds = sorted({each.n for each in tested} | {each.base_n for each in tested})
    epochs = {epoch for span in data.final_epochs().values() for epoch in span}
    doubted = data.timing(data.baseline)
    for label in verdicts:
        doubted = doubted.beside(data.timing(label))
    return say(
        "recommend-certainty",
        level=f"{100 * CONFIDENCE:.0f}",
        span=span_text((seeds[0], seeds[-1])),
        count=seeds[-1],
        epochs="different" if len(epochs) > 1 else "same",
        sample=units.sample(data),
        costs="runs" if data.rounds is None else "timing",
        times="doubtful" if doubted.contended is True or doubted.drifted is True else "sound",
    )
