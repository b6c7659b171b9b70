"""Numbers with their units, short enough to read."""

from __future__ import annotations


def count(number: float | None, unit: str = "") -> str:
    """``2330944`` as ``2.33 M``; nothing known as a dash."""
    return _scaled(number, 1000, ("", "k", "M", "G", "T", "P"), unit)


def binary(number: float | None) -> str:
    """Bytes with binary prefixes: ``1.50 MiB``."""
    return _scaled(number, 1024, ("", "Ki", "Mi", "Gi", "Ti"), "B")


def ratio(new: float | None, old: float | None) -> str:
    """``new`` against ``old`` as a factor: ``0.27 ×``."""
    return f"{new / old:.2f} ×" if new is not None and old else "–"


def span(seconds: float | None) -> str:
    """A length of time as it was asked for: ``5400`` as ``1 h 30 min``, ``0.5`` as ``0.5 s``."""
    if seconds is None:
        return "–"
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{number:g} {unit}" for number, unit in parts if number) or "0 s"


def counted(number: int, noun: str) -> str:
    """``1 seed``, ``3 seeds``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _scaled(number: float | None, base: int, prefixes: tuple[str, ...], unit: str) -> str:
    if number is None:
        return "–"
    index = 0
    while abs(number) >= base and index < len(prefixes) - 1:
        number /= base
        index += 1
    text = f"{number:.0f}" if index == 0 else f"{number:.3g}" if number < 1000 else f"{number:.0f}"
    return f"{text} {prefixes[index]}{unit}".strip()
