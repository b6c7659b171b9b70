"""``python tests/docs/reference.py`` writes docs/reference anew, from the code that it documents.

A page is Markdown; each variant has a drawing of its networks beside it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from pages import commands, keys, names, variants

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


# Made of declarations, in a moment; the variants' page builds every network.
WORDS: dict[str, Callable[[], str]] = {
    "commands.md": commands.page,
    "keys.md": keys.page,
    "names.md": names.page,
}
VARIANTS_PAGE = "variants.md"


def variants_files() -> dict[str, str]:
    """The page of all variants, and a drawing of each."""
    return variants.files()


if __name__ == "__main__":
    argparse.ArgumentParser(prog="tests/docs/reference.py", description=__doc__).parse_args()
    FOLDER.mkdir(exist_ok=True)
    made = {**{name: page() for name, page in WORDS.items()}, **variants_files()}
    for old in FOLDER.iterdir():
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
