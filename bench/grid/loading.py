"""Finding a grid by path, or by name among the bundled ones, and reading it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.bundled import bundled_name, bundled_names, bundled_text
from bench.errors import GridError
from bench.files import check_is_file
from bench.grid import overrides as changes
from bench.grid.document import parse
from bench.grid.expansion import expand
from bench.grid.resolved import Grid
from bench.grid.sections import is_folder_name
from variants.registry import suggestion

_LONG = 200_000  # characters, from where on reading takes seconds


def load(
    name: str,
    overrides: Mapping[str, Any] | None = None,
    data_root: Path | None = None,
    *,
    note: Callable[[str], None] | None = None,
) -> Grid:
    """Reads a grid by path, or by name among the bundled ones, and expands it.

    Args:
        overrides: keys that win over the grid's, for every run.
        data_root: the folder of fetched data sets; None for the default one.
        note: receives how far it is, where it takes more than some seconds.

    Raises:
        GridError: it cannot be read, or asks for something that has no meaning.
        DataError: a folder of images that does not exist.
    """
    text, source = _read(name)
    return read(text, source, overrides, data_root, note=note)


def read(
    text: str,
    source: str,
    overrides: Mapping[str, Any] | None = None,
    data_root: Path | None = None,
    *,
    note: Callable[[str], None] | None = None,
) -> Grid:
    """Expands a grid that is given as YAML; see :func:`load`.

    Args:
        source: what messages call it.
    """
    if note and len(text) > _LONG:
        note(f"Reading {source} …")
    document = parse(text, source)
    changes.apply(document, overrides or {})
    if "name" not in document.content:
        stem = Path(source).stem
        if not is_folder_name(stem):
            raise GridError(
                f"{source}: the file's name {stem!r} cannot name a results folder; add 'name:' "
                "to the grid, of letters, digits, '.', '_' and '-'."
            )
        document.content["name"] = stem
    return expand(document, data_root, note=note)


def _read(name: str) -> tuple[str, str]:
    """The grid's text and what to call it in messages."""
    path = Path(name)
    bundled = bundled_name(name)
    try:
        if path.exists() and not (path.is_dir() and bundled):
            check_is_file(path, name, "a grid: name a YAML file", GridError)
            return path.read_text(encoding="utf-8"), name
    except UnicodeDecodeError as error:
        raise GridError(f"{name} cannot be read as UTF-8 text ({error}).") from error
    except OSError as error:
        raise GridError(f"{name} cannot be read ({error.strerror}).") from error
    if bundled:
        return bundled_text(bundled), bundled
    known = bundled_names()
    hint = suggestion(name, known, f"bundled grids: {', '.join(known)}.")
    raise GridError(f"There is no grid {name}; {hint}")
