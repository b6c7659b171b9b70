"""Whether a conditional generator generates the classes it is conditioned on.

The ceiling is the classifier's accuracy on held-out real images, ``quality_classifier_accuracy`` of
the run. The floor is what samples score that are all of the class that is asked for most often: the
classes are asked for as often as the data set has them, so 1/K where they are balanced.
"""

from __future__ import annotations

from collections.abc import Mapping

from bench.measures.measure import Measure, Value
from bench.quality.scorers.agreement import agreement
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
CONDITIONAL_ACCURACY_FLOOR = Measure(
    name="conditional_accuracy_floor",
    doc="share of the class asked for most often: what samples score that are all of that class",
    unit="%",
    over_epochs="final",
    control=True,
    heading=("floor:", "largest class"),
)


@scorer("conditional-accuracy")
class ConditionalAccuracy(Scorer):
    """Share of images whose class, as the extractor classifies them, is the requested one."""

    measures = (CONDITIONAL_ACCURACY, CONDITIONAL_ACCURACY_FLOOR)
    needs = frozenset({"classes", "labels"})

    def score(self, scored: Scored) -> Mapping[str, Value]:
        share, floor = agreement(scored.classes, scored.labels)
        return {"conditional_accuracy": share, "conditional_accuracy_floor": floor}
