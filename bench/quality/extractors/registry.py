"""The feature extractors by name, known without loading any.

    @extractor("mine")
    def mine(data: ImageData, cache: Path, device: torch.device) -> Extractor:
        ...

in a file named with ``--plugin``, or in a module that an installed package declares as the entry
point ``mine`` of the group ``gan_bench.extractors``; grids may then say ``features: mine``. Only
the Fréchet distance of ``inception`` features is an FID and only that of ``classifier`` features
an FCD; other extractors give kernel distance, precision and recall.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import QualityError, first_line
from bench.quality.extractors.base import Extractor
from variants.lazy import LazyModule
from variants.registry import DuplicateName, Registry, caller, suggestion

if TYPE_CHECKING:
    import torch

    from bench.datasets.spec import ImageData
else:
    torch = LazyModule("torch")

ENTRY_POINT_GROUP = "gan_bench.extractors"
# Instead of an extractor:
MODES = "modes"  # points are scored by the modes they are near
TARGETS = "targets"  # translations, by what they have in common with their targets
BUILT_IN = {
    "inception": "bench.quality.extractors.inception",
    "classifier": "bench.quality.extractors.classifier",
}
_RESERVED = ("auto", "off", MODES, TARGETS)
# Nothing of these is learned from the data set.
WITHOUT_DATA = ("off", "inception", MODES, TARGETS)

# From the whole labelled data set, the cache folder and the device.
Builder = Callable[["ImageData", Path, "torch.device"], Extractor]

# Those whose module has been imported; the others are imported when they are built.
EXTRACTORS: Registry[Builder] = Registry(
    "extractor",
    pattern="[A-Za-z0-9][A-Za-z0-9._-]*",
    rule="letters, digits, dots, dashes and underscores",
)


def extractor(name: str) -> Callable[[Builder], Builder]:
    """Registers the decorated function as the builder of the extractor called ``name``.

    Raises:
        DuplicateName: the name is taken.
        ValueError: the name has other characters.
    """
    place = caller()

    def register(builder: Builder) -> Builder:
        module = BUILT_IN.get(name, builder.__module__)
        if name in _RESERVED or module != builder.__module__:
            raise DuplicateName(
                f"{place}: the extractor name {name!r} is taken; choose another name"
            )
        EXTRACTORS.add(name, builder, place)
        return builder

    return register


def declared() -> dict[str, EntryPoint]:
    """The extractors of installed packages."""
    return {found.name: found for found in entry_points(group=ENTRY_POINT_GROUP)}


def extractor_names() -> tuple[str, ...]:
    """Every extractor there is, the built-in ones first."""
    return tuple(dict.fromkeys([*BUILT_IN, *declared(), *EXTRACTORS.names()]))


def choices() -> tuple[str, ...]:
    """The valid values of ``quality.features`` in a grid."""
    return ("auto", *extractor_names(), "off")


def is_choice(name: str) -> bool:
    """Whether ``quality.features`` can be ``name``; looks at installed packages only if it must."""
    return name in ("auto", "off", *BUILT_IN) or name in choices()


def check_extractor_name(name: str) -> None:
    """Raises QualityError, with the nearest name, if ``quality.features`` cannot be ``name``."""
    if not is_choice(name):
        raise QualityError(f"quality features: unknown {name!r}; {suggestion(name, choices())}")


def build_extractor(
    name: str, data: ImageData, cache: Path, device: str | torch.device
) -> Extractor:
    """Builds the extractor called ``name``.

    Args:
        name: "inception", "classifier" or a registered one.
        data: the whole labelled data set, not only the part a run trains on.
        cache: root of the cache.
        device: where it runs.

    Raises:
        QualityError: there is no such extractor, or it is not available.
    """
    check_extractor_name(name)
    if name in BUILT_IN:
        import_module(BUILT_IN[name])
    elif name not in EXTRACTORS:
        try:
            declared()[name].load()
        except Exception as error:  # whatever a module of somebody else raises
            raise QualityError(
                f"quality features: {name} could not be loaded ({type(error).__name__}: "
                f"{first_line(error)}); update or uninstall the package that declares it."
            ) from error
    return EXTRACTORS.get(name)(data, cache, torch.device(device))
