"""Whether a conditional generator generates the classes it is conditioned on."""

from __future__ import annotations

from collections.abc import Mapping

from bench.measures.measure import Measure, Value
from bench.quality.scorers.base import Scored, Scorer, scorer

CONDITIONAL_ACCURACY = Measure(
    name="conditional_accuracy",
    doc="share of samples that the classifier assigns to the class they were conditioned on; "
    "null for unconditional generators and for features without a classifier",
    unit="%",
    over_epochs="final",
    direction="higher",
    heading=("Conditional", "accuracy"),
)


@scorer("conditional-accuracy")
class ConditionalAccuracy(Scorer):
    """Share of images whose class, as the extractor classifies them, is the requested one."""

    measures = (CONDITIONAL_ACCURACY,)
    needs = frozenset({"classes", "labels"})

    def score(self, scored: Scored) -> Mapping[str, Value]:
        right = scored.classes == scored.labels.to(scored.classes.device)
        return {"conditional_accuracy": right.double().mean().item()}
