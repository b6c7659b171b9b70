"""Which features judge each configuration of a sweep, and what of the cache they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import datasets
from bench.datasets import DataSpec
from bench.errors import DataError
from bench.executors import Executor, Found, chores
from bench.quality.extractors import registry as extractors
from bench.spec import RunSpec
from variants.shapes import PairShape


class Quality(NamedTuple):
    """The features decided on, what they may be learned from, and what the evaluation opens."""

    features: str | None
    labelled: Path
    files: tuple[Path, ...] = ()


_Asked = tuple[str, int, str, DataSpec]


class Judging:
    """Which features judge each configuration, decided once for equal requests on equal data."""

    def __init__(
        self,
        executor: Executor,
        data: Mapping[DataSpec, Path],
        whole: Callable[[DataSpec], Path],
        found: Found,
        rehearse: bool,
        note: Callable[[str], None],
    ) -> None:
        self._executor = executor
        self._data, self._whole = data, whole
        self._found, self._rehearse, self._note = found, rehearse, note
        self._decisions: dict[_Asked, Quality | Exception] = {}
        self._ways_back: dict[_Asked, tuple[Path, ...]] = {}

    def of(self, run: RunSpec) -> Quality:
        """What a configuration is judged by.

        Raises:
            Exception: that cannot be prepared.
        """
        asked = run.quality.features, run.quality.samples, run.quality.reference, run.data
        if asked not in self._decisions:
            try:
                self._decisions[asked] = self._decide(run)
            except Exception as error:
                self._decisions[asked] = error
        decision = self._decisions[asked]
        if isinstance(decision, Exception):
            raise decision
        if decision.features is None or self._rehearse or not isinstance(run.shape, PairShape):
            return decision
        if not self._ways_back.get(asked):  # the first game both ways prepares it for all
            self._ways_back[asked] = self._executor.call(
                chores.prepare_way_back,
                *(run, decision.features, self._found, self._data[run.data], decision.labelled),
            )
        return decision._replace(files=(*decision.files, *self._ways_back[asked]))

    def _decide(self, run: RunSpec) -> Quality:
        executor, found, data = self._executor, self._found, self._data[run.data]
        features, reason, labelled = features_of(executor, run, data, self._whole, found)
        self._note(reason)
        if features is None or self._rehearse:
            return Quality(features, labelled)
        files = executor.call(chores.prepare_quality, run, features, found, data, labelled)
        return Quality(features, labelled, files)


def features_of(
    executor: Executor, run: RunSpec, part: Path, whole: Callable[[DataSpec], Path], found: Found
) -> tuple[str | None, str, Path]:
    """The features that judge a run, why, and the data that they may be learned from.

    Only a classifier needs more images than the run trains on. Where one of those cannot be read,
    a run that leaves the choice open is judged without a classifier or not at all.

    Raises:
        DataError: an image cannot be read that the features asked for need.
        QualityError: the features asked for are not available.
    """
    choose = partial(executor.call, chores.choose_quality, run, found.device, part)
    asked = run.quality.features
    if asked in extractors.WITHOUT_DATA or (asked == "auto" and not _has_labels(part)):
        return (*choose(part), part)
    try:
        labelled = whole(run.data)
    except DataError as error:
        if asked != "auto":
            raise
        features, reason = choose(part)
        if features in extractors.WITHOUT_DATA:
            return features, reason, part
        return None, f"Quality is not measured, as its classifier needs all images: {error}", part
    return (*choose(labelled), labelled)


def _has_labels(folder: Path) -> bool:
    return datasets.open_prepared(folder).labels is not None
