"""A drawing of a variant's networks: a box for each size that images have on their way.

The area of a box shows its pixels, and its depth its channels, on logarithmic scales, so that a
narrow network looks narrow and a deep one long.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from xml.sax.saxutils import escape

from bench.describe.layers import Layer

_GAP, _ROW, _TOP = 26, 150, 34
_FILLS = {"Generator": "#4c78a8", "Critic": "#e45756"}


def drawing(name: str, networks: Mapping[str, Sequence[Layer]]) -> str:
    """An SVG of the networks, a row each."""
    rows = [_row(title, layers, index) for index, (title, layers) in enumerate(networks.items())]
    width = max(right for _, right in rows) + 16
    height = _ROW * len(rows)
    about = f"The networks of {name}, layer by layer"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
            f'viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="11" '
            f'role="img" aria-label="{escape(about)}">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *(text for text, _ in rows),
            "</svg>",
            "",
        ]
    )


def stages(layers: Sequence[Layer]) -> list[tuple[tuple[int, ...], int, int]]:
    """The sizes on the way: shape, layers with weights that make it, and their multiplications."""
    found = []
    for shape, group in groupby(layers, key=lambda layer: layer.output):
        members = list(group)
        weighted = sum(layer.product is not None for layer in members)
        found.append((shape, weighted, sum(layer.macs for layer in members)))
    return found


def _row(title: str, layers: Sequence[Layer], index: int) -> tuple[str, int]:
    """The boxes of one network, and where they end."""
    top = index * _ROW
    fill = next((fill for key, fill in _FILLS.items() if title.startswith(key)), "#72b7b2")
    parts = [f'<text x="12" y="{top + 18}" font-weight="bold">{escape(title)}</text>']
    x, middle = 16, top + _TOP + 42
    for shape, weighted, macs in stages(layers):
        channels = shape[0]
        side = math.prod(shape[1:]) ** 0.5 if len(shape) > 1 else 1
        high = round(8 + 11 * math.log2(side + 1))
        wide = round(6 + 5 * math.log2(channels + 1))
        size = f"{shape[1]}×{shape[2]}×{channels}" if len(shape) == 3 else f"{channels}"
        label = max(wide, 7 * len(size) - 8)
        left = x + (label - wide) // 2
        about = f"{size}: {weighted} layers with weights, {macs:,} MACs"
        parts.append(
            f'<rect x="{left}" y="{middle - high // 2}" width="{wide}" height="{high}" '
            f'fill="{fill}" fill-opacity="0.75" stroke="#333"><title>{about}</title></rect>'
        )
        parts.append(
            f'<text x="{x + label // 2}" y="{middle + 56}" text-anchor="middle">{size}</text>'
        )
        if weighted > 1:
            parts.append(
                f'<text x="{x + label // 2}" y="{middle + 69}" text-anchor="middle" '
                f'fill="#555">{weighted} layers</text>'
            )
        x += label + _GAP
    return "\n".join(parts), x - _GAP
