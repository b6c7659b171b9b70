"""What changed from the baseline to each configuration, and why that costs less or more."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench import tasks
from bench.datasets import DataSpec, class_names
from bench.errors import RequestError, first_line
from bench.report.data import SweepData
from bench.report.table import Table
from bench.texts import grouped, say
from variants import registry

if TYPE_CHECKING:
    from bench.describe import Description
    from variants.recipe import Recipe

MOST = 24  # configurations, since each takes about half a second to count


@dataclass(frozen=True)
class Explained:
    """The comparison of a configuration with the baseline, as ``bench describe --against`` has it.

    Attributes:
        verdict: how its FLOPs compare, in words.
        parts: the changes with what each adds; None where none changes a cost.
        reasons: why, by what was changed.
        remarks: sentences on the counting, and on what has no effect.
    """

    label: str
    verdict: str
    parts: Table | None
    reasons: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]


def explained(data: SweepData) -> tuple[list[Explained], list[str]]:
    """All configurations but the baseline, and sentences about those that cannot be explained.

    Their networks are built and counted anew, from the recipes of the runs: so a plug-in's variant
    is explained where the plug-in is loaded.
    """
    if data.baseline is None or len(data.labels) < 2:
        return [], []
    others = [label for label in data.labels if label != data.baseline]
    found, missing = [], []
    try:
        base = _described(data, data.baseline)
    except (RequestError, ValueError, LookupError) as error:
        return [], [say("explained-no-baseline", why=_why(error))]
    for place, label in enumerate(others[:MOST], 1):
        try:
            found.append(replace(_against(_described(data, label), base, place), label=label))
        except (RequestError, ValueError, LookupError) as error:
            missing.append(say("explained-not", label=label, why=_why(error)))
    if len(others) > MOST:
        missing.append(say("explained-first", most=f"{MOST}", of=grouped(len(others))))
    return found, missing


def _why(error: BaseException) -> str:
    return first_line(error).rstrip(".")


def _described(data: SweepData, label: str) -> Description:
    from bench import describe

    started, name = data.started(label), data.task(label)
    if started.empty or name is None:
        raise ValueError(say("explained-not-started"))
    spec = json.loads(started["spec"].iloc[0])
    recipe = registry.get(spec["variant"])(**spec["recipe"])
    if spec.get("revision", 1) != _revision(recipe):
        raise ValueError(say("explained-revised", variant=str(spec["variant"])))
    given = spec["dataset"]
    size, channels = (
        None if (value := data.common(label, key)) is None else int(value)
        for key in ("image_size", "channels")
    )
    classes = len(given.get("classes") or ())
    if not classes:
        with suppress(RequestError, OSError):
            classes = len(class_names(str(data.common(label, "dataset"))))
    if not classes and getattr(recipe, "conditional", False):
        raise ValueError(say("explained-no-classes"))
    spec_of_data = DataSpec(name=str(given["name"]), image_size=size, channels=channels)
    return describe.Description(label, recipe, tasks.get(name).shape(spec_of_data, classes))


def _revision(recipe: Recipe) -> int:
    from bench.spec import TRAINING_REVISION
    from variants import revisions

    return revisions.together((recipe.whole_revision, TRAINING_REVISION))


def _against(this: Description, base: Description, place: int) -> Explained:
    from bench import describe
    from bench.report import explained_text

    found = describe.compare(this, base)
    return Explained(
        this.name,
        explained_text.verdict(this, base, found),
        explained_text.parts(found, f"changes-{place}") if found.causes else None,
        tuple(explained_text.reasons(found)),
        tuple(explained_text.remarks(found)),
    )
