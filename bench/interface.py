"""What notebooks and other programs use: ``bench.load``, ``bench.run``, and what they return.

This is stable: names and columns stay as long as the major version does. What a column means is in
docs/results.md; columns that a report computes are those of ``bench.report.data.SweepData``.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bench import measures, plugins
from bench.errors import RequestError
from bench.report.data import SweepData
from bench.report.data.facets import Facet, split
from bench.report.data.merged import merge
from bench.store import read_sweep
from bench.texts import ENGLISH, speaking

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.grid import Grid
    from bench.store import Results

_DTYPES: Mapping[type, str] = {int: "Int64", bool: "boolean", str: "string"}


class Sweep:
    """The results of one or several sweeps.

    Attributes:
        results: as they are stored.
        lang: the language of verdicts and figures.
    """

    def __init__(self, results: Results, lang: str = ENGLISH) -> None:
        self.results = results
        self.lang = lang
        with speaking(lang):
            started = [facet for facet in split(results).each if facet.started]
        self._facets = {_name(facet): facet for facet in started}

    def __repr__(self) -> str:
        runs = self.runs["status"].value_counts()
        counts = ", ".join(f"{count} {status}" for status, count in runs.items())
        return f"<Sweep {self.results.name}: {counts}>"

    @property
    def facets(self) -> list[str]:
        """What is compared apart: data sets, or what else tells runs on other data from others."""
        return list(self._facets)

    @property
    def labels(self) -> list[str]:
        """The configurations, in the order of the grid; within facets."""
        return list(dict.fromkeys(x for facet in self._facets.values() for x in facet.data.labels))

    @cached_property
    def runs(self) -> pd.DataFrame:
        """A row per started run: its plan, environment and outcome, and its final values."""
        return self._frame(lambda data: data.runs, measures.runs())

    @cached_property
    def epochs(self) -> pd.DataFrame:
        """A row per epoch: what was measured, and the cumulative cost of training."""
        return self._frame(lambda data: data.epochs, measures.epochs())

    @cached_property
    def steps(self) -> pd.DataFrame:
        """A row per training step: the losses, and whatever else the game reports."""
        return self._frame(lambda data: data.results.steps(), measures.steps())

    def verdicts(self, column: str = "quality_final") -> pd.DataFrame:
        """A row per configuration: how it compares with its facet's baseline, as in the report.

        The verdicts of a facet hold together at 95 %.

        Args:
            column: of ``runs`` that has a better side; of quality, its only protocol.

        Raises:
            RequestError: there is no such column.
        """
        import pandas as pd

        from bench.report.comparisons import compare
        from bench.report.verdict_text import verdict_text

        rows = []
        for name, facet in self._facets.items():
            if column not in facet.data.runs:
                raise RequestError(f"{column} is no column of the runs; see Sweep.runs.columns.")
            with speaking(self.lang):
                rows += [
                    {"facet": name, **asdict(found), "text": verdict_text(found)}
                    for found in compare(facet.data, column).values()
                ]
        return pd.DataFrame(rows)

    def draw_curves(
        self, ax: Axes, column: str = "quality", *, x: str = "epoch", facet: str | None = None
    ) -> None:
        """Draws a line per configuration, the mean over its seeds, as the report does.

        Args:
            column: of ``epochs``.
            x: another one, such as ``training_seconds`` or ``training_flops``.
            facet: which; None for the only one.

        Raises:
            RequestError: no such column or facet, or nothing was measured.
        """
        from bench.report.data.over_seeds import over_seeds
        from bench.report.figures.curves import draw_over_seeds

        data = self._data(facet)
        for name in (column, x):
            if name not in data.epochs:
                raise RequestError(f"{name} is no column of the epochs; see Sweep.epochs.columns.")
        found = over_seeds(data, column, x)
        if not found:
            raise RequestError(f"{column} was measured in no epoch.")
        with speaking(self.lang):
            for label, style in draw_over_seeds(ax, data, found).items():
                ax.plot([], [], color=style.colour, ls=style.dash, marker=style.marker, label=label)
            ax.set(xlabel=x.replace("_", " "), ylabel=_heading(data, column))
        ax.legend()

    def draw_pareto(
        self, ax: Axes, *, cost: Literal["flops", "seconds"] = "flops", facet: str | None = None
    ) -> None:
        """Draws final quality against what training cost, with the Pareto front of the means.

        Raises:
            RequestError: no such facet, or fewer than two configurations have both.
        """
        from bench.report.figures.costs import COMPUTE, TIME
        from bench.report.figures.pareto import draw_front

        data = self._data(facet)
        axis = COMPUTE if cost == "flops" else TIME
        with speaking(self.lang):
            drawn = data.protocol is not None and draw_front(ax, data, axis)
        if not drawn:
            raise RequestError("Fewer than two configurations have a quality and a cost.")

    def figure(self, name: str, *, facet: str | None = None) -> Figure:
        """A whole figure of the report, such as ``quality-epoch`` (``bench list figures``).

        Raises:
            RequestError: no such figure or facet, or the results do not allow it.
        """
        from bench.report.figures import FIGURES, Drawing
        from bench.report.figures.style import publication_style
        from variants.registry import UnknownName

        try:
            draw = FIGURES.get(name).function
        except UnknownName as error:
            raise RequestError(f"{error} (bench list figures)") from error
        with speaking(self.lang), publication_style():
            found = draw(self._data(facet))
        first = found[0] if isinstance(found, list) and found else found
        if not isinstance(first, Drawing):
            raise RequestError(f"The results do not allow the figure {name}.")
        return first.canvas

    def _data(self, facet: str | None) -> SweepData:
        if facet is None and len(self._facets) == 1:
            return next(iter(self._facets.values())).data
        if facet not in self._facets:
            known = ", ".join(map(repr, self._facets))
            raise RequestError(f"facet={facet!r}: choose one of {known}.")
        return self._facets[facet].data

    def _frame(
        self, of: Callable[[SweepData], pd.DataFrame], declared: Sequence[measures.Measure]
    ) -> pd.DataFrame:
        """The frames of all facets below one another, typed, what they are first."""
        import pandas as pd

        frames = []
        for name, facet in self._facets.items():
            frame = of(facet.data)
            dtypes = {m.name: _DTYPES[m.type] for m in declared if m.type in _DTYPES}
            frame = frame.astype({k: v for k, v in dtypes.items() if k in frame}).copy()
            frames.append(frame.assign(facet=pd.array([name] * len(frame), dtype="string")))
        whole = pd.concat(frames, ignore_index=True) if frames[1:] else frames[0]
        first = ["facet", "label", "seed"]
        return whole[[*first, *whole.columns.drop(first)]]


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


def _name(facet: Facet) -> str:
    """What tells a facet from others; of the only one, its data set."""
    return facet.title or str(
        facet.data.runs["dataset_given"].fillna(facet.data.runs["dataset"])[0]
    )


def _heading(data: SweepData, column: str) -> str:
    if column == "quality" and data.protocol is not None:
        return f"{data.protocol.metric} (lower is better)"
    known = measures.EPOCH_MEASURES
    if column not in known:
        return column.replace("_", " ")
    measure = known.get(column)
    return " ".join([*measure.title, f"({measure.unit})" if measure.unit else ""]).strip()
