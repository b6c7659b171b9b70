"""The results of one or several sweeps as typed data frames, verdicts and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

from bench import measures
from bench.errors import RequestError
from bench.interface.drawing import Drawing
from bench.report.data import SweepData
from bench.report.data.facets import Facet, Facets, split
from bench.texts import ENGLISH, speaking

if TYPE_CHECKING:
    import pandas as pd

    from bench.store import Results

_DTYPES: Mapping[type, str] = {int: "Int64", bool: "boolean", str: "string"}


class Sweep(Drawing):
    """The results of one or several sweeps.

    Attributes:
        results: as they are stored.
        lang: the language of verdicts and figures.
    """

    def __init__(self, results: Results, lang: str = ENGLISH) -> None:
        self.results = results
        self.lang = lang
        with speaking(lang):
            self._split = split(results)
        started = [facet for facet in self._split.each if facet.started]
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

    def _data(self, facet: str | None) -> SweepData:
        if facet is None and len(self._facets) == 1:
            return next(iter(self._facets.values())).data
        if facet not in self._facets:
            known = ", ".join(map(repr, self._facets))
            raise RequestError(f"facet={facet!r}: choose one of {known}.")
        return self._facets[facet].data

    def _all_facets(self) -> Facets:
        return self._split

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


def _name(facet: Facet) -> str:
    """What tells a facet from others; of the only one, its data set."""
    return facet.title or str(
        facet.data.runs["dataset_given"].fillna(facet.data.runs["dataset"])[0]
    )
