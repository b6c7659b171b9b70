"""A scorer with a column of its own: how different the generated images are from each other."""

from collections.abc import Mapping

from bench.measures import Measure, Value
from bench.quality.scorers.base import Scored, Scorer, scorer


@scorer("diversity")
class Diversity(Scorer):
    """The spread of the generated images in feature space."""

    measures = (
        Measure(
            name="diversity",
            doc="mean squared distance of generated features from their mean",
            over_epochs="final",
            direction="higher",
        ),
    )
    needs = frozenset({"features"})

    def score(self, scored: Scored) -> Mapping[str, Value]:
        centred = scored.features - scored.features.mean(0)
        return {"diversity": centred.square().sum(1).mean().item()}
