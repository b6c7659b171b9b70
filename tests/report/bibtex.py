"""Reads a BibTeX file as BibTeX does, and fails where it would not."""

from __future__ import annotations

import re

_ENTRY = re.compile(r"@(\w+)\{([^,\s{}]+),\n")
_FIELD = re.compile(r"\s*(\w+) = \{")


def entries(text: str) -> dict[str, dict[str, str]]:
    """The fields of each entry by its key, its type as ``type``."""
    found: dict[str, dict[str, str]] = {}
    place = 0
    while (start := text.find("@", place)) >= 0:
        head = _ENTRY.match(text, start)
        assert head is not None, text[start : start + 80]
        kind, key = head.groups()
        assert key not in found, f"{key} is there twice"
        fields, place = {"type": kind}, head.end()
        while (field := _FIELD.match(text, place)) is not None:
            assert field[1] not in fields
            fields[field[1]], place = _braced(text, field.end())
            if text[place] == ",":
                place += 1
        assert text[place : place + 2] == "\n}", text[place : place + 80]
        place += 2
        found[key] = fields
    return found


def _braced(text: str, start: int) -> tuple[str, int]:
    """What is up to the brace that closes the one before, and the place behind it."""
    depth = 1
    for place in range(start, len(text)):
        if text[place] in "{}" and text[place - 1] != "\\":
            depth += 1 if text[place] == "{" else -1
        if depth == 0:
            return text[start:place], place + 1
    raise AssertionError(f"not closed: {text[start : start + 80]}")
