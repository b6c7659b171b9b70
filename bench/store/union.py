"""A folder's plan is the union of what was asked for: what an earlier plan keeps beside a new one.

Several ``bench run`` may ask for parts of one sweep, one after the other or at once: other seeds,
other configurations, more epochs. None of them makes reports forget what another asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

Plan = Mapping[str, Any]  # as ``read_plan`` gives it


class Asked(Protocol):
    """What the grid that is asked for now knows of runs that were planned earlier."""

    def label_of(self, run_id: str, seed: int) -> str | None:
        """The label of the grid's configuration that a run is a seed of; None for no such one."""

    def grid_with(self, earlier: str, plan: Plan) -> str:
        """The grid as YAML, with the other seeds and configurations of a plan.

        Args:
            earlier: the YAML of the folder's grid until now, which has those configurations.
        """


def united(earlier: Plan, asked: Plan, now: Asked | None) -> dict[str, Any]:
    """The plan that asks for the runs of both.

    A run of the earlier plan follows the new one in its label. It is dropped where its label now
    names another configuration, such as one of a later revision: the two must not be averaged.

    Args:
        now: what knows which earlier runs are of the new plan's configurations; None if none is.
    """
    own = {run["run_id"]: run for run in asked["runs"]}
    labels = list(dict.fromkeys(run["label"] for run in asked["runs"]))
    kept = []
    for run in earlier["runs"]:
        if run["run_id"] in own:
            kept.append(own[run["run_id"]])
        elif now is not None and (label := now.label_of(run["run_id"], run["seed"])) is not None:
            kept.append({**run, "label": label})
        elif run["label"] not in labels:
            kept.append(run)
    runs = list({run["run_id"]: run for run in [*kept, *asked["runs"]]}.values())
    order = _positions([run["label"] for run in runs])
    if {run["label"] for run in kept} <= set(labels):
        order = _positions(labels)  # as in the grid
    seeds = _positions([run["seed"] for run in runs])
    runs.sort(key=lambda run: (seeds[run["seed"]], order[run["label"]]))
    # A grid that leaves the baseline out has not chosen another.
    left_out = earlier["baseline"] in order and earlier["baseline"] not in labels
    baseline = earlier["baseline"] if left_out else asked["baseline"]
    facets = {**earlier["facets"], **asked["facets"]}
    united: dict[str, Any] = {
        **asked,
        "baseline": baseline,
        "fixed_targets": earlier["fixed_targets"],
        "facets": {label: facets[label] for label in order if label in facets},
        # One that adds no seeds itself has not ended what an earlier one began.
        "looks": asked["looks"] or earlier["looks"],
        "tuned": {**earlier["tuned"], **asked["tuned"]},
        "matched": {**earlier["matched"], **asked["matched"]},
        "runs": runs,
    }
    del united["threads"]
    if "threads" in earlier:  # an earlier version's plan has none, and its runs had all cores
        united["threads"] = earlier["threads"]
    return united


def _positions(values: list[Any]) -> dict[Any, int]:
    return {value: place for place, value in enumerate(dict.fromkeys(values))}
