"""The fields of one configuration as a run: checked, and every default filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bench import datasets, tasks
from bench.datasets import DataSetInfo, DataSpec
from bench.datasets.spec import DEFAULT_HOLDOUT
from bench.errors import DataError
from bench.grid import checks
from bench.grid.document import Document, KeyPath, Places
from bench.grid.messages import validation_sentence
from bench.grid.schema import RUN_KEYS, RunFields
from bench.spec import RunSpec
from variants.recipe import Recipe
from variants.registry import suggestion

_STEPS_PER_EPOCH = 1000


class Resolver:
    """Makes runs of fields; reads each data set's identity once, as a folder's takes a while.

    Args:
        document: the grid.
        data_root: the folder of fetched data sets; None for the default one.
    """

    def __init__(self, document: Document, data_root: Path | None = None) -> None:
        self._document = document
        self._data_root = data_root
        self._identities: dict[str, str] = {}
        self._class_names: dict[str, tuple[str, ...]] = {}

    def resolve(
        self,
        recipe: type[Recipe],
        fields: Mapping[str, Any],
        where: Mapping[str, KeyPath],
        label: str,
    ) -> RunSpec:
        """The run that the fields ask for, with seed 0.

        Args:
            recipe: of the variant that ``fields["name"]`` names.
            fields: key → value, no value a list of several.
            where: the path of each key in the document.

        Raises:
            GridError: a value is wrong, or the variant cannot be trained so.
        """
        given = {k: v for k, v in fields.items() if not (k == "epochs" and v is None)}
        try:
            run = RunFields(**{k: v for k, v in given.items() if k in RUN_KEYS})
            point = recipe(
                **{k: v for k, v in given.items() if k not in (*RUN_KEYS, "name", "label")}
            )
        except ValidationError as error:
            first = error.errors()[0]
            problem = validation_sentence(first)
            raise self._document.error(_path(first, where), problem) from error

        places = Places(self._document, where)
        try:
            info = datasets.describe(run.dataset)
            identity = self._identity(run.dataset)
            classes = self._classes(point, info)
        except DataError as error:
            raise places.error("dataset", str(error)) from error
        task = _task(places, info)
        chosen = self._chosen(places, run, info)
        data = replace(_data(places, run, info, task, given), classes=chosen)
        spec = RunSpec(
            variant=fields["name"],
            recipe=point,
            data=data,
            data_identity=identity,
            seed=0,
            label=label,
            task=task,
            classes=classes,
            chosen=self._called(info, chosen),
            match_flops=run.match_flops,
            **run.settings() | _length(places, run, "epochs" in given),
        )
        checks.check_task(spec, places)
        checks.check_engine(spec, places)
        if data.subset is not None:
            checks.check_batches(spec, data.subset, places.at("batch_size"))
        return spec

    def _identity(self, dataset: str) -> str:
        if dataset not in self._identities:
            self._identities[dataset] = datasets.identity(dataset, self._data_root)
        return self._identities[dataset]

    def _names(self, dataset: str) -> tuple[str, ...]:
        if dataset not in self._class_names:
            self._class_names[dataset] = datasets.class_names(dataset, self._data_root)
        return self._class_names[dataset]

    def _classes(self, recipe: Recipe, info: DataSetInfo) -> int:
        """The data set's number of classes; a folder's only where a player is conditioned on them.

        To count a folder's classes, it must be read.
        """
        if info.classes is not None or not recipe.needs_classes:
            return info.classes or 0
        return len(self._names(info.name))

    def _chosen(self, places: Places, run: RunFields, info: DataSetInfo) -> tuple[int, ...] | None:
        """The indices of the classes asked for; None for all of them."""
        if run.classes is None:
            return None
        numbers = [asked for asked in run.classes if isinstance(asked, int)]
        if info.classes is not None and len(numbers) == len(run.classes):
            return tuple(sorted(set(numbers)))  # such a data set numbers its classes itself
        try:
            return datasets.class_indices(run.dataset, self._names(run.dataset), run.classes)
        except DataError as error:
            raise places.error("classes", str(error)) from error

    def _called(self, info: DataSetInfo, chosen: tuple[int, ...] | None) -> tuple[str, ...] | None:
        """What those classes are called; None where their numbers say it."""
        if chosen is None or info.classes is not None:
            return None
        return tuple(self._names(info.name)[index] for index in chosen)


def _path(error: Mapping[str, Any], where: Mapping[str, KeyPath]) -> KeyPath:
    """The path of the key that one of pydantic's errors is about."""
    if not error["loc"]:  # from a validator of the whole recipe, whose message starts with the key
        key = error["msg"].removeprefix("Value error, ").split()[0]
        return where.get(key, where.get("name", ()))  # a default of the variant has no line
    key, *rest = error["loc"]
    return (*where.get(str(key), (str(key),)), *rest)


def _task(places: Places, info: DataSetInfo) -> str:
    """The name of the data set's task, which a plug-in may define."""
    if info.task not in tasks.TASKS:
        hint = suggestion(info.task, tasks.TASKS).rstrip(".")
        raise places.error(
            "dataset",
            f"{info.name} is for the task {info.task!r}, which is not registered ({hint}); name "
            "the file that defines it with --plugin.",
        )
    return info.task


def _data(
    places: Places, run: RunFields, info: DataSetInfo, task: str, given: Mapping[str, Any]
) -> DataSpec:
    kind = tasks.get(task)
    meaningful = kind.keys
    for key in ("image_size", "channels", "holdout"):
        if key not in meaningful and key in given:
            raise places.error(
                key, f"{run.dataset} holds {kind.samples}, which have no {key}; remove it."
            )
    if run.holdout is not None and info.held_out == "own":
        raise places.error(
            "holdout",
            f"{run.dataset} has a test split of its own, which is held out, so no part of its "
            "training images is; remove holdout.",
        )
    holdout = None
    if "holdout" in meaningful and info.held_out != "own":
        holdout = DEFAULT_HOLDOUT if run.holdout is None else run.holdout
    return DataSpec(
        name=run.dataset,
        image_size=(run.image_size or info.image_size or 64)
        if "image_size" in meaningful
        else None,
        channels=(run.channels or info.channels or 3) if "channels" in meaningful else None,
        subset=run.subset,
        holdout=holdout,
    )


def _length(places: Places, run: RunFields, has_epochs: bool) -> dict[str, int]:
    """How long to train, as fields of a run."""
    if run.steps is None:
        if run.steps_per_epoch is not None:
            raise places.error(
                "steps_per_epoch",
                "steps_per_epoch goes with steps, which gives the length of the training; "
                "set steps too, or remove it.",
            )
        return {}
    if has_epochs:
        raise places.error(
            "steps", "epochs and steps both say how long to train; keep one of them."
        )
    of_epoch = run.steps_per_epoch or _STEPS_PER_EPOCH
    return {"epochs": -(-run.steps // of_epoch), "steps_per_epoch": of_epoch}
