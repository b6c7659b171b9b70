"""What the shell offers when Tab is pressed; the shell itself filters by what is typed.

Nothing here imports torch, and whatever goes wrong offers nothing: a completion must not fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def variants(incomplete: str) -> list[str]:
    """The names of variants."""
    from variants import registry

    with suppress(Exception):
        return [name for name in registry.names() if name.startswith(incomplete)]
    return []


def grids(incomplete: str) -> list[str]:
    """Bundled grids, YAML files, and folders on the way to them."""
    from bench.bundled import bundled_folder

    found = [file.name for file in bundled_folder().iterdir() if file.name.endswith(".yaml")]
    for path, shown in _entries(incomplete):
        if path.is_dir():
            found.append(f"{shown}/")
        elif path.suffix in (".yaml", ".yml"):
            found.append(shown)
    return sorted(name for name in found if name.startswith(incomplete))


def datasets(incomplete: str) -> list[str]:
    """The names of data sets; of those with a path or another name, what comes before it."""
    from bench import datasets

    with suppress(Exception):
        names = [info.name.removesuffix("PATH").removesuffix("NAME") for info in datasets.listing()]
        return [name for name in names if name.startswith(incomplete)]
    return []


def languages(incomplete: str) -> list[str]:
    """The languages that reports are written in."""
    from bench import texts

    return [code for code in texts.languages() if code.startswith(incomplete)]


def results(incomplete: str) -> list[str]:
    """Results folders: those under ``results/``, and those at what is typed."""
    found = []
    for start in dict.fromkeys(["results/", incomplete]):
        for path, shown in _entries(start):
            if (path / "sweep.json").is_file():
                found.append(shown)
            elif path.is_dir():
                found.append(f"{shown}/")
    return sorted({name for name in found if name.startswith(incomplete)})


def runs(incomplete: str) -> list[str]:
    """The runs of the results folder that is typed, else results folders."""
    from bench.store import read_plan

    folder, slash, _ = incomplete.rpartition("/")
    with suppress(Exception):
        ids = [run["run_id"] for run in read_plan(Path(folder).expanduser())["runs"]]
        return [shown for i in ids if (shown := f"{folder}{slash}{i}").startswith(incomplete)]
    sweeps = results(incomplete)
    return [name if name.endswith("/") else f"{name}/" for name in sweeps]


def _entries(incomplete: str) -> Iterator[tuple[Path, str]]:
    """What is in the folder that is typed so far, and how to write it."""
    folder, slash, _ = incomplete.rpartition("/")
    with suppress(OSError, ValueError):
        for path in sorted(Path(f"{folder}{slash}" or ".").expanduser().iterdir()):
            if not path.name.startswith("."):
                yield path, f"{folder}{slash}{path.name}"
