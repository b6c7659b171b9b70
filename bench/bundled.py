"""The grids that come with the project."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable


def bundled_folder() -> Traversable:
    """Where they are."""
    return resources.files("bench") / "grids"


def bundled_names() -> list[str]:
    """Their file names."""
    return sorted(f.name for f in bundled_folder().iterdir() if f.name.endswith(".yaml"))


def bundled_name(name: str) -> str | None:
    """The file name of a bundled grid, given with or without ``.yaml``; None if there is none."""
    known = bundled_names()
    return next((each for each in (name, f"{name}.yaml") if each in known), None)


def bundled_text(name: str) -> str:
    """The text of a bundled grid, given its file name."""
    return (bundled_folder() / name).read_text(encoding="utf-8")


def bundled_questions() -> dict[str, str]:
    """File name → the question each answers."""
    return {name: _question(bundled_text(name)) for name in bundled_names()}


def _question(text: str) -> str:
    """The question of a grid, without reading the rest, so that ``bench list`` is quick."""
    from ruamel.yaml import YAML

    events = iter(YAML(typ="safe", pure=True).parse(text))
    for event in events:
        if getattr(event, "value", None) == "question":
            return str(next(events).value)
    return ""
