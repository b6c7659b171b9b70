"""Whether a translation still shows what its source shows.

A classifier of the target domain is asked for the class of each translation, and the class of its
source is the right answer. The ceiling is the classifier's accuracy on real targets,
``quality_classifier_accuracy`` of the run. By chance alone, a translation that shows the same class
throughout scores the share of the most frequent one.
"""

from __future__ import annotations

from collections.abc import Mapping

from bench.measures.measure import Measure, Value
from bench.quality.scorers.agreement import agreement
from bench.quality.scorers.base import Scored, Scorer, scorer

CONTENT_ACCURACY = Measure(
    name="content_accuracy",
    doc="share of translations in which a classifier of the target domain finds the class of the "
    "source; null where the sources' classes are unknown and for features without a classifier",
    unit="%",
    over_epochs="final",
    direction="higher",
    heading=("Content", "accuracy"),
)
CONTENT_ACCURACY_CHANCE = Measure(
    name="content_accuracy_chance",
    doc="share of the sources' most frequent class: what translations score by chance that are all "
    "of that class",
    unit="%",
    over_epochs="final",
    control=True,
    heading=("chance:", "largest class"),
)


@scorer("content-accuracy")
class ContentAccuracy(Scorer):
    """Share of translations whose class, as the extractor classifies them, is their source's."""

    measures = (CONTENT_ACCURACY, CONTENT_ACCURACY_CHANCE)
    needs = frozenset({"classes", "source_labels"})
    floors = True

    def score(self, scored: Scored) -> Mapping[str, Value]:
        share, chance = agreement(scored.classes, scored.source_labels)
        return {"content_accuracy": share, "content_accuracy_chance": chance}
