"""How well games that translate both ways get back to where they started."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.measures.measure import Measure, Value
from bench.quality.scorers.base import Context, PerSample, Scored, Scorer, scorer
from bench.quality.scorers.frechet import frechet_distance

if TYPE_CHECKING:
    from torch import Tensor

CYCLE_ERROR = Measure(
    name="cycle_error",
    doc="mean absolute difference between a source and what the way back makes of its translation, "
    "of pixels from 0 to 255; 0 for the identity mapping; null for games one way",
    over_epochs="final",
    direction="lower",
    scale="log",
    heading=("Cycle", "error"),
)
FID_BACK = Measure(
    name="fid_back",
    doc="FID of sources made from real images of the target domain, against real sources; null "
    "for games one way",
    over_epochs="final",
    direction="lower",
    scale="log",
    heading=("FID", "of the way back"),
)
FCD_BACK = Measure(
    name="fcd_back",
    doc="the same over the features of a classifier of the sources",
    over_epochs="final",
    direction="lower",
    scale="log",
    heading=("FCD", "of the way back"),
)
_COLUMN_OF = {"inception": FID_BACK, "classifier": FCD_BACK}


@scorer("cycle-error")
class CycleError(PerSample):
    """The difference between sources and their reconstructions."""

    measures = (CYCLE_ERROR,)
    needs = frozenset({"reconstructions", "sources"})
    floors = True

    @classmethod
    def applies(cls, context: Context) -> bool:
        return context.data.sources is not None

    def each(self, scored: Scored) -> Mapping[str, Tensor]:
        made = scored.reconstructions.float()
        sources = scored.sources.to(made.device).float()
        return {"cycle_error": (made - sources).abs().flatten(1).mean(1)}


@scorer("frechet-back")
class FrechetBack(Scorer):
    """The Fréchet distance of the way back, over the source domain's features."""

    measures = (FID_BACK, FCD_BACK)
    needs = frozenset({"reversed_features"})
    fewest_samples = 2
    floors = True

    @classmethod
    def applies(cls, context: Context) -> bool:
        extractor = context.extractor
        named = extractor is not None and extractor.name in _COLUMN_OF
        return named and context.data.sources is not None

    def score(self, scored: Scored) -> Mapping[str, Value]:
        way_back = self.context.way_back
        assert way_back is not None, "features of the way back are its extractor's"
        distance = frechet_distance(way_back.reference.statistics, scored.reversed_features)
        return {_COLUMN_OF[way_back.extractor.name].name: distance}
