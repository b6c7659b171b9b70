"""The page of a grid's keys, with type, default and meaning as the code declares them."""

from __future__ import annotations

import json
import types
from collections import Counter
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

from bench.grid.schema import SWEEP_KEYS, RunFields
from bench.run_keys import QualitySpec
from pages import markdown
from pages.markdown import code, plain
from variants.registry import VARIANTS
from variants.widths import FACTORS

_NAMES = {int: "whole number", float: "number", str: "text", bool: "true or false"}
_BOUNDS = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}


def page() -> str:
    """Keys of the sweep, of a run, of quality, and of variants."""
    introduction = (
        "Every key that a [grid](../grids.md) may have. A list is an axis, of which each value is "
        "trained, except where the type is a list."
    )
    run = RunFields.__pydantic_fields__  # type: ignore[attr-defined]
    parts = [
        "## Keys of the sweep\n\n[More on each](../grids.md#keys-of-the-sweep).",
        markdown.table(
            ["key", "meaning"], [(code(key), plain(about)) for key, about in SWEEP_KEYS.items()]
        ),
        "## Keys of a run\n\nAt the top of a grid or under a variant. "
        "[More on each](../grids.md#keys-of-a-run).",
        markdown.table(["key", "type", "default", "meaning"], map(_row, run.items())),
        "## Keys of quality\n\n`quality: {samples: 1000, every: 2}`; `quality: off` for none.",
        markdown.table(
            ["key", "type", "default", "meaning"], map(_row, QualitySpec.model_fields.items())
        ),
        "## Keys of variants\n\nAt the top of a grid, for every variant that has them, or under a "
        "variant. A default is that of most variants; others follow.",
        *_of_variants(),
        "## In short\n\nKeys that set others; results and resolved grids have the others.",
        markdown.table(["key", "type", "meaning"], _shorthands()),
    ]
    return markdown.page("Keys of a grid", introduction, parts)


def _row(field: tuple[str, Any]) -> tuple[str, str, str, str]:
    name, info = field
    name = info.validation_alias or name
    return code(name), _type(info), _default(info.default), plain(info.description or "")


def _shorthands() -> list[tuple[str, str, str]]:
    rows = [
        (code(key), "number above 0", f"multiplies {' and '.join(map(code, widths))}")
        for key, widths in FACTORS.items()
    ]
    packs = "the batch in packs: `batch_size` is `packs` × `pack`"
    return [*rows, (code("packs"), "whole number from 1", packs)]


def _of_variants() -> list[str]:
    """A table for each set of variants that have the same keys, those of most variants first."""
    owners: dict[str, list[str]] = {}
    for variant, recipe in VARIANTS.items():
        for key in recipe.model_fields:
            owners.setdefault(key, []).append(variant)
    groups: dict[tuple[str, ...], list[str]] = {}
    for key, names in owners.items():
        groups.setdefault(tuple(names), []).append(key)
    parts = []
    for names, keys in sorted(groups.items(), key=lambda group: -len(group[0])):
        parts.append(
            f"### {_whose(names)}: {', '.join(code(key) for key in keys[:3])}"
            f"{' …' if len(keys) > 3 else ''}"
        )
        if len(names) < len(VARIANTS):
            parts.append(f"Of {', '.join(map(code, names))}.")
        parts.append(
            markdown.table(
                ["key", "type", "default", "meaning"], [_of_some(key, names) for key in keys]
            )
        )
    return parts


def _whose(names: tuple[str, ...]) -> str:
    if len(names) == len(VARIANTS):
        return "Every variant"
    return f"{len(names)} variants" if len(names) > 1 else f"`{names[0]}`"


def _of_some(key: str, names: tuple[str, ...]) -> tuple[str, str, str, str]:
    fields = {name: VARIANTS.get(name).model_fields[key] for name in names}
    values = {name: _default(field.default) for name, field in fields.items()}
    usual, _ = Counter(values.values()).most_common(1)[0]
    others: dict[str, list[str]] = {}
    for name, value in values.items():
        if value != usual:
            others.setdefault(value, []).append(name)
    text = "; ".join(
        [usual, *(f"{value} of {', '.join(map(code, of))}" for value, of in others.items())]
    )
    field = next(field for name, field in fields.items() if values[name] == usual)
    return code(key), _type(field), text, plain(field.description or "")


def _default(value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, BaseModel):
        value = value.model_dump()
    if isinstance(value, str):
        return code(value) if value else '`""`'
    return code(json.dumps(value, default=str))


def _type(info: Any) -> str:
    """What a field takes, in words, with its bounds."""
    bounds = [
        f"{word} {getattr(limit, name):g}"
        for limit in info.metadata
        for name, word in _BOUNDS.items()
        if isinstance(getattr(limit, name, None), (int, float))
    ]
    kinds = get_args(info.annotation) if _is_union(info.annotation) else (info.annotation,)
    words = " or ".join(_words(kind) for kind in kinds if kind is not type(None))
    words = " ".join([words, *bounds])
    return f"{words}, or null" if type(None) in kinds else words


def _is_union(kind: Any) -> bool:
    return get_origin(kind) in (Union, types.UnionType)


def _words(kind: Any) -> str:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _words(arguments[0])
    if origin is Literal:
        return ", ".join(code(value) for value in arguments)
    if _is_union(kind):
        return " or ".join(map(_words, arguments))
    if origin in (list, tuple, set, frozenset):
        return f"list of {_words(arguments[0])}"
    if origin in (dict, Mapping):
        return f"mapping to {_words(arguments[1])}"
    return _NAMES.get(kind, "mapping" if isinstance(kind, type) else "value")
