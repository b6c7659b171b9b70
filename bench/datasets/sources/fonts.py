"""``fonts`` and ``unpaired-fonts``: the same characters in two typefaces, without a download.

From DejaVu Sans to DejaVu Serif Bold Italic, which come with matplotlib. Whole characters are
held out, so what is judged is how a translation draws characters that it has never seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.datasets.glyphs import RENDERINGS, Glyphs
from bench.datasets.registry import DataSetInfo, Source, dataset
from bench.datasets.selection import shuffled
from bench.errors import DataError
from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
else:
    np = LazyModule("numpy")

_VERSION = 1  # increase it if the same files give different images
_SOURCE, _TARGET = "DejaVuSans.ttf", "DejaVuSerif-BoldItalic.ttf"
_SIDE = 32
# Both typefaces have them, and no two look alike in either, whatever their size, or one that is
# trained on would give away another that is held out: Latin A stands for Greek and Cyrillic A, I
# for l, C for c. So of small Cyrillic letters, most of which are small capitals, few are here.
CHARACTERS = tuple(
    "0123456789"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghijkmnpqrtuyÆæßŒœØÞþÐð"
    "ΓΔΘΛΞΠΣΦΨΩαβγδεζηθλμξπςστφχψω"
    "БДЖИЛЦЧШЩЪЫЬЭЮЯЄЉЊЋЂбфђ"
    "!?&@#$%§¶€£¥¢©†‡<>{}()+*~"
)


@dataclass(frozen=True)
class GlyphPairs(Glyphs):
    """Characters of a typeface, each beside the same of another one.

    Attributes:
        source: that typeface's file.
    """

    source: Path

    def take_sources(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The sources at ``indices``: uint8 (len(indices), channels, image_size, image_size)."""
        others = Glyphs(self.source, self.class_names, self.chosen)
        return others.take(indices, image_size=image_size, channels=channels)


@dataclass(frozen=True)
class GlyphSets(Glyphs):
    """Characters of a typeface, and beside them others of another one.

    Attributes:
        sources: these.
    """

    sources: Glyphs


def _info(name: str, summary: str, targets: int, task: str) -> DataSetInfo:
    images = RENDERINGS * targets
    return DataSetInfo(name, summary, _SIDE, 1, len(CHARACTERS), images, task=task)


@dataset(
    _info(
        "fonts", "characters in sans serif (source) and bold italic serif", len(CHARACTERS), "pairs"
    ),
    class_names=CHARACTERS,
)
def fonts(argument: str, data_root: Path) -> Source:
    """The same characters in both typefaces; those that are held out are others.

    Raises:
        DataError: matplotlib comes without the typefaces.
    """
    return _source(_pairs)


@dataset(
    _info(
        "unpaired-fonts",
        "characters in sans serif (source), others in bold italic serif; held-out pairs",
        (len(CHARACTERS) + 1) // 2,
        "unpaired",
    ),
    class_names=CHARACTERS,
)
def unpaired_fonts(argument: str, data_root: Path) -> Source:
    """Half of the characters in one typeface, the others in the other one.

    Raises:
        DataError: matplotlib comes without the typefaces.
    """
    return _source(_sets)


_Make = Callable[[Path, "np.ndarray"], Glyphs]


def _source(make: _Make) -> Source:
    """What ``make`` makes of the characters to train on, and pairs of those that are held out."""
    from matplotlib import get_data_path

    folder = Path(get_data_path()) / "fonts" / "ttf"
    files = (folder / _SOURCE, folder / _TARGET)
    for file in files:
        if not file.is_file():
            raise DataError(
                f"{file} is missing: reinstall matplotlib with "
                "pip install --force-reinstall --no-deps matplotlib."
            )
    return Source(
        folder,
        files,
        lambda: make(folder, shuffled(len(CHARACTERS))),
        definition=(_VERSION, make.__name__, "".join(CHARACTERS), RENDERINGS),
        divided=partial(_divided, folder, make),
    )


def _divided(folder: Path, make: _Make, fraction: float) -> tuple[Glyphs, Glyphs]:
    """Holds out a share of the characters, always the same ones; two at least remain."""
    order = shuffled(len(CHARACTERS))
    count = min(round(fraction * len(order)), len(order) - 2)
    return make(folder, order[count:]), _pairs(folder, order[:count])


def _pairs(folder: Path, characters: np.ndarray) -> GlyphPairs:
    return GlyphPairs(folder / _TARGET, CHARACTERS, np.sort(characters), folder / _SOURCE)


def _sets(folder: Path, characters: np.ndarray) -> GlyphSets:
    """Of the characters, in random order, every second one is a target."""
    sources = Glyphs(folder / _SOURCE, CHARACTERS, np.sort(characters[1::2]))
    return GlyphSets(folder / _TARGET, CHARACTERS, np.sort(characters[::2]), sources)
