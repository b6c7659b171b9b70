"""One spelling of what a grid can write in two ways, so that one game has one run id."""

from __future__ import annotations

from typing import Any

# A mapping's field, a name in it, and the field that means the same.
_TWICE = (
    ("penalties", "gradient", "gradient_penalty"),
    ("constraints", "clip", "weight_clip"),
)


def spelled_once(fields: Any) -> Any:
    """The fields with each penalty and constraint in one place, mappings in order.

    Args:
        fields: what a grid gives; returned as it is where that is no mapping.

    Raises:
        ValueError: one is given in both ways.
    """
    if not isinstance(fields, dict):
        return fields
    fields = dict(fields)
    for holder, name, alone in _TWICE:
        given = fields.get(holder)
        if not isinstance(given, dict):
            continue
        if name in given and fields.get(alone):
            raise ValueError(f"{holder} has {name}, and so has {alone}; keep one of them")
        if name in given and type(given[name]) in (int, float) and given[name] > 0:
            fields[alone] = float(given[name])
            given = {key: value for key, value in given.items() if key != name}
        if all(isinstance(key, str) for key in given):
            fields[holder] = dict(sorted(given.items()))
    return fields
