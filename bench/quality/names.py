"""The names of the feature extractors, known without loading any."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

ENTRY_POINT_GROUP = "gan_bench.extractors"
MODES = "modes"  # no features: points are judged by the modes they are near to
BUILT_IN = {
    "inception": "bench.quality.inception",
    "classifier": "bench.quality.classifier",
}


def declared() -> dict[str, EntryPoint]:
    """The extractors of installed packages."""
    return {found.name: found for found in entry_points(group=ENTRY_POINT_GROUP)}


def choices() -> tuple[str, ...]:
    """What a grid may write as ``quality.features``."""
    return ("auto", *BUILT_IN, *declared(), "off")
