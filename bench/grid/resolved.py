"""A grid as resolved: its runs, every field spelled out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from bench import datasets
from bench.errors import GridError
from bench.grid import smoke
from bench.grid.document import write
from bench.grid.targets import Target
from bench.grid.trials import Tuning
from bench.measures import MARGIN, MOST_SEEDS, Looks
from bench.run_keys import plain, run_keys
from bench.spec import RunSpec

Timing = Literal["auto", "off"]


@dataclass(frozen=True)
class Grid:
    """A grid as resolved.

    Attributes:
        name: names the results folder.
        baseline: the label others are compared with.
        runs: ordered by seed, then as listed.
        source: the file it was read from, for messages.
        stack_seeds: the seeds of a configuration are trained together, as one stack.
        timing: whether configurations are timed apart from training.
        keep_checkpoints: the state after a run's last epoch stays with its results.
        target: to what a measure is to get, of which the report says what it takes.
        margin: the share of the baseline within which a difference does not matter.
        looks: how seeds are added until verdicts are given; None where none is added.
        tune: the trials that every configuration gets before the runs; None for none.
        tuned: by the id of a configuration whose fields trials chose, what was tried and chosen.
        matched: by the id of a configuration whose widths were matched, to what and how well.
    """

    name: str
    question: str | None
    baseline: str
    runs: tuple[RunSpec, ...]
    source: str
    stack_seeds: bool = False
    keep_checkpoints: bool = False
    timing: Timing = "auto"
    target: Target = None
    margin: float = MARGIN
    looks: Looks | None = None
    matched: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tune: Tuning | None = None
    tuned: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def seeds(self) -> list[int]:
        """The seeds, in order."""
        return list(dict.fromkeys(run.seed for run in self.runs))

    @property
    def configurations(self) -> list[RunSpec]:
        """One run of every configuration, in the order of the grid."""
        return [run for run in self.runs if run.seed == self.runs[0].seed]

    def smoke(self) -> Grid:
        """Every configuration on a few batches, one epoch, one seed, in a folder of its own."""
        runs, baseline = smoke.shrunk(self.configurations, self.baseline)
        name = f"{self.name}-smoke"
        return replace(self, name=name, baseline=baseline, runs=runs, timing="off", looks=None)

    def until_decided(self, at_most: int | None = None) -> Grid:
        """The same with seeds added until verdicts are given, ``at_most`` for a configuration.

        Raises:
            GridError: its own seeds are one, or more than that.
        """
        most = at_most or (self.looks.at_most if self.looks else MOST_SEEDS)
        if len(self.seeds) < 2:
            raise GridError(
                f"{self.source}: with one seed there is no interval to begin with; name two or "
                "more, such as --seeds 0-2."
            )
        if len(self.seeds) > most:
            raise GridError(
                f"{self.source} has {len(self.seeds)} seeds, and {most} are the most asked for: "
                "raise --at-most, or begin with fewer --seeds."
            )
        return replace(self, looks=Looks(tuple(self.seeds), most))

    def resolved(self) -> dict[str, Any]:
        """The grid's keys, every field spelled out; itself a grid with the same run ids."""
        return {
            "name": self.name,
            "question": self.question,
            "baseline": self.baseline,
            "seeds": self.seeds if self.looks is None else growing(self.looks),
            "stack_seeds": self.stack_seeds,
            "keep_checkpoints": self.keep_checkpoints,
            "timing": self.timing,
            "target": self.target,
            "margin": self.margin,
            **({"tune": self.tune.document()} if self.tune is not None else {}),
            "variants": [spelled_out(run) for run in self.configurations],
        }

    def to_yaml(self) -> str:
        """:meth:`resolved` as YAML."""
        return write(self.resolved())


def growing(looks: Looks) -> dict[str, Any]:
    """What a grid gives as seeds that are added until verdicts are given."""
    return {"until": "decided", **looks.document()}


def spelled_out(run: RunSpec) -> dict[str, Any]:
    """A run as an entry under ``variants:`` that means the same in every folder.

    Keys without a value are left out.
    """
    data = asdict(run.data)
    fields: dict[str, Any] = {
        "name": run.variant,
        "label": run.label,
        "dataset": datasets.absolute(data.pop("name")),
        **{key: list(v) if isinstance(v, tuple) else v for key, v in data.items()},
    }
    for declared in run_keys():
        fields[declared.name] = plain(getattr(run, declared.field))
    fields["match_flops"] = run.match_flops
    if run.chosen is not None:
        fields["classes"] = list(run.chosen)
    if run.steps is not None:
        del fields["epochs"]  # follows from the steps
    given = {key: value for key, value in fields.items() if value is not None}
    return given | run.recipe.model_dump()
