"""What a reader of one table alone must know: on what, how often, with what, and without what."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.heading import facts, incomplete
from bench.report.notes import lost_runs
from bench.report.text import listing, quoted
from bench.report.verdict_text import margin_text
from bench.texts import grouped, say

_NOT_IN_CAPTIONS = ("software", "code", "plugins", "measured", "batch")


def conditions(data: SweepData) -> str:
    """Data set, seeds, epochs, machine, how quality was measured, and what was left out."""
    left_out = {say(f"heading-{name}") for name in _NOT_IN_CAPTIONS}
    known = facts(data).items()
    sentences = [say("paper-fact", name=n, text=text) for n, text in known if n not in left_out]
    sentences += [protocol.sentence() for protocol in data.protocols]
    return " ".join([*sentences, omitted(data)])


def omitted(data: SweepData) -> str:
    """Which runs and configurations are in no mean, and which runs only in some."""
    sentences = [sentence] if (sentence := incomplete(data)) else []
    if without := [label for label in data.labels if not data.seeds(label)]:
        sentences.append(say("paper-without", names=listing(map(quoted, without))))
    if lost := lost_runs(data, data.labels):
        sentences.append(say("paper-not-finite", names=lost))
    if apart := len(data.results.unplanned):
        sentences.append(say("heading-apart", count=apart))
    return " ".join(sentences) or say("paper-complete")


def macro_facts(data: SweepData) -> dict[str, str]:
    """What a paper says of the whole sweep, by the name of its macro."""
    known = facts(data)
    protocol = data.protocol
    samples = None if protocol is None else protocol.samples
    features = None if protocol is None else protocol.features
    return {
        "DataSet": known.get(say("heading-data"), ""),
        "Seeds": known.get(say("heading-seeds"), ""),
        "Epochs": known.get(say("heading-epochs"), ""),
        "Runs": grouped(data.planned),
        "RunsCompleted": grouped(data.completed),
        "Samples": "" if samples is None else grouped(samples),
        "Features": features or "",
        "Machine": known.get(say("heading-machine"), ""),
        "Software": known.get(say("heading-software"), ""),
        "Baseline": data.baseline or "",
        "Margin": margin_text(data.margin),
        "Omitted": omitted(data),
    }
