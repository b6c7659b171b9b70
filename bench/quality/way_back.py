"""The source side of games that translate both ways, as the way back is scored.

The targets' role is the sources': a classifier of the source domain is trained, or Inception is
used again, and its features of real sources are the reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.quality import whole
from bench.quality.extractors.base import Extractor, cache_files
from bench.quality.extractors.registry import build_extractor
from bench.quality.reference import Against, Reference, build_reference, reference_path
from bench.quality.translation import sources_of


@dataclass(frozen=True)
class WayBack:
    """What sources made from targets are compared with.

    Attributes:
        extractor: of features of the source domain.
        reference: the real sources in these features.
        files: in the cache, that both are loaded from.
    """

    extractor: Extractor
    reference: Reference
    files: tuple[Path, ...]


def build_way_back(
    features: str,
    data: ImageData,
    labelled: ImageData,
    cache: Path,
    device: torch.device,
    *,
    samples: int,
    of: Against,
) -> WayBack | None:
    """The source side, computed now or loaded from the cache.

    Args:
        features: the extractor's name.
        data: what the run trains on, with what is held out.
        labelled: the whole data set, for a classifier.
        cache: root of the cache.
        device: where features are extracted.
        samples: how many images the way back makes.
        of: which sources they are compared with.

    Returns:
        None where the sources cannot be judged by these features, as a classifier needs classes.

    Raises:
        RequestError: the cache cannot be written.
    """
    try:
        learned = whole.targets(sources_of(labelled))
        extractor = build_extractor(features, learned, cache, device)
        reference = build_reference(sources_of(data), extractor, cache, samples=samples, of=of)
    except QualityError:
        return None
    path = reference_path(cache, reference.reference_hash)
    return WayBack(extractor, reference, (*cache_files(extractor), path))
