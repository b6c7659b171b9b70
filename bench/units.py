"""Numbers with their units, short enough to read."""

from __future__ import annotations

import re

_TIME = re.compile(r"(?:([0-9]{1,9})\s*h)?\s*(?:([0-9]{1,9})\s*m)?\s*(?:([0-9]{1,9})\s*s)?")


def count(number: float | None, unit: str = "") -> str:
    """``2330944`` as ``2.33 M``; None as a dash."""
    return _scaled(number, 1000, ("", "k", "M", "G", "T", "P"), unit)


def binary(number: float | None) -> str:
    """Bytes with binary prefixes: ``1.50 MiB``."""
    return _scaled(number, 1024, ("", "Ki", "Mi", "Gi", "Ti"), "B")


def ratio(new: float | None, old: float | None) -> str:
    """``new`` against ``old`` as a factor: ``0.27 ×``."""
    return f"{new / old:.2f} ×" if new is not None and old else "–"


def duration(seconds: float | None) -> str:
    """``5432`` as ``1 h 31 min``, ``0.5`` as ``0.5 s``; None as a dash.

    At most two units, rounded to tenths of a second below one minute; zero parts are left out.
    Callers round estimates to whole seconds.
    """
    if seconds is None:
        return "–"
    if round(seconds, 1) < 60:
        return f"{round(seconds, 1):g} s"
    whole = round(seconds)
    if whole >= 3600 and whole % 3600 >= 60:
        whole = round(whole / 60) * 60
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number)


def counted(number: int, noun: str) -> str:
    """``1 seed``, ``3,000 seeds``."""
    return f"{number} {noun}" if number == 1 else f"{number:,} {noun}s"


def _scaled(number: float | None, base: int, prefixes: tuple[str, ...], unit: str) -> str:
    if number is None:
        return "–"
    index = 0
    while abs(number) >= base and index < len(prefixes) - 1:
        number /= base
        index += 1
    text = f"{number:.0f}" if index == 0 else f"{number:.3g}" if number < 1000 else f"{number:.0f}"
    return f"{text} {prefixes[index]}{unit}".strip()


def time_span(text: str) -> int:
    """The seconds in a text such as 90s, 30m, 2h or 1h30m; 0 for any other."""
    match = _TIME.fullmatch(text.strip())
    parts = match.groups(default="0") if match else ("0",)
    return sum(unit * int(part) for unit, part in zip((3600, 60, 1), parts, strict=False))
