"""The grids that come with the project."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable

import yaml


def bundled_folder() -> Traversable:
    """Where they lie."""
    return resources.files("bench") / "grids"


def bundled_questions() -> dict[str, str]:
    """File name → the question each answers."""
    grids = {}
    for file in sorted(bundled_folder().iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            document = yaml.safe_load(file.read_text(encoding="utf-8"))
            grids[file.name] = str(document.get("question", ""))
    return grids
