"""What the command line changes in a grid: ``--set``, ``--seeds``, ``--epochs``, ``--dataset``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bench.errors import GridError
from bench.grid.document import YAML_FAILURES, Document, read_value
from bench.grid.messages import shortened
from bench.run_keys import quality_fields

_MOST_SEEDS = 10_000
_FLAGS = ("dataset", "seeds", "epochs")
# Two ways to say how long to train; on the command line the one given last counts.
_LENGTHS = {"epochs": ("steps", "steps_per_epoch"), "steps": ("epochs",)}


def parse_seeds(text: str) -> list[int]:
    """``0-4`` or ``0,2,7`` as a list of seeds.

    Raises:
        GridError: the text is neither, or asks for more than 10,000 seeds.
    """
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*([0-9]{1,10})(?:\s*-\s*([0-9]{1,10}))?\s*", part)
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            raise GridError(f"--seeds {text}: write a range such as 0-4 or a list such as 0,2,7.")
        more = range(int(match[1]), int(match[2] or match[1]) + 1)
        if len(seeds) + len(more) > _MOST_SEEDS:
            raise GridError(f"--seeds {text}: at most {_MOST_SEEDS:,} seeds; ask for fewer.")
        seeds += more
    return seeds


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """``key=value`` texts as a mapping; values are YAML, so a list is an axis.

    Raises:
        GridError: a text is not of that form, or its value is not YAML.
    """
    overrides = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        flag = f"--set {shortened(setting)}"
        if not equals or not key.strip():
            raise GridError(f"{flag}: write key=value, such as --set latent_dim=64.")
        try:
            overrides[key.strip()] = read_value(value, flag)
        except YAML_FAILURES as error:
            raise GridError(f"{flag}: the value is not YAML.") from error
    return overrides


def apply(document: Document, overrides: Mapping[str, Any]) -> None:
    """Sets keys for every run: they leave the variants and axes and move to the top.

    Raises:
        GridError: a key is not one of a run.
    """
    for key, value in overrides.items():
        flag = f"--{key}" if key in _FLAGS else f"--set {key}"
        first, _, rest = key.partition(".")
        if rest and first != "quality":
            raise GridError(f"{flag}: only keys under 'quality' have a dot.")
        if not rest and key in ("variants", "axes", "exclude"):
            raise GridError(f"{flag}: this is not a setting of a run; edit the grid instead.")
        _drop_other_lengths(document, key, overrides)
        if rest:
            _set_quality(document, rest, value, flag)
        else:
            _set(document, key, value, flag)


def _drop_other_lengths(document: Document, key: str, overrides: Mapping[str, Any]) -> None:
    for other in _LENGTHS.get(key, ()):
        if other not in overrides:
            document.content.pop(other, None)
            for variant in _variants(document):
                variant.pop(other, None)


def _set(document: Document, key: str, value: Any, flag: str) -> None:
    if key != "name":
        for holder in _axes_and_variants(document):
            holder.pop(key, None)
    document.content[key] = value
    document.places[(key,)] = flag
    for path in [p for p in document.places if p[:1] == (key,) and len(p) > 1]:
        del document.places[path]


def _set_quality(document: Document, key: str, value: Any, flag: str) -> None:
    for holder in _axes_and_variants(document):
        if isinstance(quality := quality_fields(holder.get("quality")), dict):
            holder["quality"] = {other: of for other, of in quality.items() if other != key}
    quality = quality_fields(document.content.get("quality", {}))
    if isinstance(quality, dict):
        document.content["quality"] = {**quality, key: value}
    document.places[("quality", key)] = flag


def _variants(document: Document) -> Iterator[dict[str, Any]]:
    variants = document.content.get("variants")
    for variant in variants if isinstance(variants, list) else ():
        if isinstance(variant, dict):
            yield variant


def _axes_and_variants(document: Document) -> Iterator[dict[str, Any]]:
    if isinstance(axes := document.content.get("axes"), dict):
        yield axes
    yield from _variants(document)
