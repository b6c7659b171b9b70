"""What a grid's default labels say: ``dcgan width_factor=0.5 pack=2`` names what varies."""

from __future__ import annotations

import re
from collections.abc import Collection

KEY = re.compile(r" ([a-z][a-z0-9_]*)=")  # in a default label, before a value

# What tells data apart, and so what is compared with what.
FACET_KEYS = ("dataset", "image_size", "channels", "classes")


def without(label: str, keys: Collection[str]) -> str:
    """The label without what it says of some keys."""
    head, *parts = KEY.split(label)
    points = zip(parts[::2], parts[1::2], strict=True)
    return head + "".join(f" {key}={value}" for key, value in points if key not in keys)
