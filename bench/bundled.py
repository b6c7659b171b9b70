"""The grids that come with the project."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable


def bundled_folder() -> Traversable:
    """Where they are."""
    return resources.files("bench") / "grids"


def bundled_questions() -> dict[str, str]:
    """File name → the question each answers."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    grids = {}
    for file in sorted(bundled_folder().iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            document = yaml.load(file.read_text(encoding="utf-8"))
            grids[file.name] = str(document.get("question", ""))
    return grids
