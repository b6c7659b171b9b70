"""Reading a results folder, and training a grid, from Python."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bench import plugins
from bench.errors import RequestError
from bench.interface.sweep import Sweep
from bench.report.data.merged import merge
from bench.store import read_sweep
from bench.texts import ENGLISH

if TYPE_CHECKING:
    from bench.grid import Grid


def load(
    path: str | Path,
    *others: str | Path,
    plugin: Iterable[str | Path] = (),
    lang: str = ENGLISH,
) -> Sweep:
    """Reads a results folder, or several as one (see ``bench report A B``).

    Args:
        plugin: files that declare what the sweep used, as with ``--plugin``.
        lang: the language of verdicts and figures, as with ``--lang``.

    Raises:
        RequestError: there is no catalogue of that language.
        ResultsError: a folder cannot be read.
    """
    _load_plugins(plugin)
    return Sweep(merge([read_sweep(Path(each)) for each in (path, *others)]), lang)


def run(
    grid: str | Path | Mapping[str, Any],
    out: str | Path | None = None,
    *,
    plugin: Iterable[str | Path] = (),
    data_root: str | Path | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    jobs: int | None = None,
    quiet: bool = False,
    **overrides: Any,
) -> Sweep:
    """Trains every run of a grid that is due, as ``bench run`` does, and reads the results.

    A script needs ``if __name__ == "__main__":`` around it, since runs are processes of their own.

    Args:
        grid: a YAML file, the name of a bundled grid, or the grid itself, with a ``name``.
        out: the results folder; None for ``results/NAME``.
        jobs: runs side by side; None for as many as is sensible.
        quiet: say only what went wrong.
        overrides: keys that win over the grid's, such as ``seeds=[0, 1]`` and ``epochs=2``.

    Raises:
        RequestError: the grid, its data or the folder cannot be used; one sentence.
    """
    from bench import deciding, preparation, store, tuning
    from bench.executors.local import LocalExecutor
    from bench.progress import standard_error

    _load_plugins(plugin)
    root = None if data_root is None else Path(data_root)
    loaded = _grid(grid, overrides, root)
    folder = Path("results") / loaded.name if out is None else Path(out)
    store.check_writable(folder, loaded.name)
    watcher = standard_error(quiet=quiet)
    executor = LocalExecutor(jobs=jobs)
    try:
        machine = preparation.Machine(device=device, data_root=root)
        tuned = tuning.settled(loaded, folder, machine, executor, watcher)
        assert tuned is not None, "nobody stops this executor"
        ready = preparation.prepare(tuned, machine, executor, watcher)
        deciding.run(ready, folder, executor, watcher)
    finally:
        executor.close()
    return load(folder)


def _load_plugins(files: Iterable[str | Path]) -> None:
    for file in files:
        plugins.load(Path(file))


def _grid(
    grid: str | Path | Mapping[str, Any], overrides: Mapping[str, Any], data_root: Path | None
) -> Grid:
    from bench import grid as grids

    if not isinstance(grid, Mapping):
        return grids.load(str(grid), overrides, data_root)
    if "name" not in grid:
        raise RequestError("The grid has no 'name', which its results folder is called by.")
    from ruamel.yaml import YAML

    text = io.StringIO()
    YAML(typ="safe").dump(dict(grid), text)
    return grids.read(text.getvalue(), "the grid", overrides, data_root)
