"""From a document to the runs it asks for: variants × axes → configurations × seeds."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.errors import GridError
from bench.grid import sections, targets
from bench.grid.document import Document, KeyPath
from bench.grid.messages import is_one_line
from bench.grid.references import reference_of
from bench.grid.resolution import Resolver
from bench.grid.resolved import Grid, spelled_out
from bench.grid.schema import LIST_KEYS, NOT_AXES, RUN_KEYS, SWEEP_KEYS, defaults
from bench.grid.tuning import tuning
from bench.labels import FACET_KEYS, without
from bench.pace import watched
from bench.run_keys import quality_fields
from bench.spec import RunSpec
from variants import registry
from variants.registry import suggestion

_MOST = 100_000  # combinations, and runs


@dataclass(frozen=True)
class _Sweep:
    """A variant's fields, and those of them that are lists, of which it is the product."""

    path: KeyPath
    fields: Mapping[str, Any]
    where: Mapping[str, KeyPath]
    swept: Mapping[str, list[Any]]

    @property
    def combinations(self) -> int:
        """How many there are."""
        return math.prod(map(len, self.swept.values()))


@dataclass(frozen=True)
class _Candidate:
    """A combination of values: the fields that ask for it and where its variant is.

    Attributes:
        outcome: its run, or why it cannot be trained, which is no mistake if it is excluded.
    """

    outcome: RunSpec | GridError
    label: str
    fields: Mapping[str, Any]
    path: KeyPath

    @cached_property
    def values(self) -> dict[str, Any]:
        """Every key's value, as far as it is known."""
        if isinstance(self.outcome, RunSpec):
            return {**spelled_out(self.outcome), **self.fields}
        return {**defaults(registry.get(self.fields["name"])), **self.fields}


def expand(
    document: Document,
    data_root: Path | None = None,
    *,
    note: Callable[[str], None] | None = None,
) -> Grid:
    """The grid that a document describes.

    Args:
        document: the grid.
        data_root: the folder of fetched data sets; None for the default one.
        note: receives how far it is, where it takes more than some seconds.

    Raises:
        GridError: it asks for something that has no meaning or cannot be trained.
    """
    content = document.content
    sections.check_top(document)
    seeds, looks = sections.seeds(document)
    entries = sections.variants(document)
    axes = sections.axes(document)
    excludes = sections.excludes(document)
    shared = {k: v for k, v in content.items() if k not in SWEEP_KEYS}
    sections.check_shared(document, shared, entries)

    sweeps = [
        _sweep(document, ("variants", index), entry, shared, axes)
        for index, entry in enumerate(entries)
    ]
    if (count := sum(sweep.combinations for sweep in sweeps)) > _MOST:
        raise GridError(
            f"{document.source}: its lists have {count:,} combinations; ask for {_MOST:,} at most."
        )
    resolver = Resolver(document, data_root)
    candidates = itertools.chain.from_iterable(_product(resolver, sweep) for sweep in sweeps)
    watching = watched(candidates, count, "Checking combinations", note)
    specs = _kept(document, watching, excludes)
    if (count := len(specs) * len(seeds)) > _MOST:
        raise document.error(
            ("seeds",), f"with all seeds there are {count:,} runs; ask for {_MOST:,} at most."
        )

    return Grid(
        name=content["name"],
        question=content.get("question"),
        baseline=_baseline(document, specs),
        runs=tuple(replace(spec, seed=seed) for seed in seeds for spec in specs),
        source=document.source,
        stack_seeds=_stack_seeds(document, specs),
        keep_checkpoints=sections.boolean(document, "keep_checkpoints"),
        timing=sections.timing(document),
        target=targets.target(document),
        margin=sections.margin(document),
        looks=looks,
        tune=tuning(document, specs, seeds, looks),
    )


def _sweep(
    document: Document,
    path: KeyPath,
    entry: Mapping[str, Any],
    shared: Mapping[str, Any],
    axes: Mapping[str, list[Any]],
) -> _Sweep:
    """What is swept of one variant: its own lists, the grid's and its axes."""
    fields, where = _fields(document, path, entry, shared, axes)
    swept = {
        key: value
        for key, value in fields.items()
        if isinstance(value, list)
        and (key not in LIST_KEYS or any(isinstance(v, list) for v in value))
    }
    for key, values in swept.items():
        if key in NOT_AXES:
            raise document.error(where[key], f"{key} cannot be a list.")
        sections.check_axis(document, where[key], values)
    return _Sweep(path, fields, where, swept)


def _product(resolver: Resolver, sweep: _Sweep) -> Iterator[_Candidate]:
    """The Cartesian product of a variant's lists."""
    fields, where, swept = sweep.fields, sweep.where, sweep.swept
    recipe = registry.get(fields["name"])
    for chosen in itertools.product(*map(enumerate, swept.values())):
        point = {key: value for key, (_, value) in zip(swept, chosen, strict=True)}
        places = {key: (*where[key], at) for key, (at, _) in zip(swept, chosen, strict=True)}
        varying = [f"{k}={_short(v)}" for k, v in point.items() if len(swept[k]) > 1]
        label = " ".join([fields.get("label", fields["name"]), *varying])
        asked = {**fields, **point}
        outcome: RunSpec | GridError
        try:
            outcome = resolver.resolve(recipe, asked, {**where, **places}, label)
        except GridError as error:
            outcome = error
        yield _Candidate(outcome, label, asked, sweep.path)


def _fields(
    document: Document,
    path: KeyPath,
    entry: Mapping[str, Any],
    shared: Mapping[str, Any],
    axes: Mapping[str, list[Any]],
) -> tuple[dict[str, Any], dict[str, KeyPath]]:
    """What holds for one variant: key → value, and key → where it is."""
    keys = registry.get(entry["name"]).grid_keys()
    fields = {k: v for k, v in shared.items() if k in keys or k in RUN_KEYS}
    where: dict[str, KeyPath] = {k: (k,) for k in fields}
    if "quality" in fields:
        fields["quality"] = quality_fields(fields["quality"])
    for key, value in entry.items():
        if key == "quality":
            value = quality_fields(value)
            if isinstance(value, dict) and isinstance(fields.get(key), dict):
                value = {**fields[key], **value}
        fields[key] = value
        where[key] = (*path, key)
    for key, values in axes.items():
        if key not in keys and key not in RUN_KEYS:
            raise document.error(
                ("axes", key), f"the variant {entry['name']} has no field {key!r} to sweep."
            )
        fields[key] = values
        where[key] = ("axes", key)
    return fields, where


def _short(value: Any) -> str:
    """A value in a label: ``[1, 7]`` as ``1+7``, ``{r1: 1}`` as ``r1 1``."""
    if isinstance(value, dict):
        return "+".join(f"{key} {of_key}" for key, of_key in value.items()) or "none"
    if isinstance(value, list):
        return "+".join(map(_short, value))
    text = str(value)
    return text if is_one_line(text) else repr(text)[1:-1]


def _kept(
    document: Document, candidates: Iterable[_Candidate], excludes: Sequence[Mapping[str, Any]]
) -> list[RunSpec]:
    """The runs of the candidates that no exclude matches.

    Raises:
        GridError: one of them cannot be trained or is there twice, an exclude matches nothing,
            or everything is excluded.
    """
    kept: list[tuple[RunSpec, KeyPath]] = []
    unmatched = set(range(len(excludes)))
    for candidate in candidates:
        matching = {i for i, exclude in enumerate(excludes) if _matches(candidate, exclude)}
        unmatched -= matching
        if matching:
            continue
        if isinstance(candidate.outcome, GridError):
            raise candidate.outcome
        kept.append((candidate.outcome, candidate.path))
    if unmatched:
        path: KeyPath = ("exclude", min(unmatched))
        raise document.error(path, "this exclude matches no run; fix or remove it.")
    if not kept:
        raise document.error(("exclude",), "every run is excluded; remove an exclude.")
    _check_distinct(document, kept)
    _check_references(document, kept)
    return [spec for spec, _ in kept]


def _matches(candidate: _Candidate, exclude: Mapping[str, Any]) -> bool:
    values = candidate.values
    labels = (candidate.label, candidate.fields.get("label"))
    return all(
        value in labels if key == "label" else key in values and values[key] == value
        for key, value in exclude.items()
    )


def _check_distinct(document: Document, kept: Sequence[tuple[RunSpec, KeyPath]]) -> None:
    labels: dict[str, KeyPath] = {}
    ids: dict[str, tuple[KeyPath, str]] = {}
    for spec, path in kept:
        if spec.run_id in ids:
            other, label = ids[spec.run_id]
            raise document.error(
                path, f"{spec.label!r} is the same run as {label!r} ({document.at(*other)})."
            )
        if spec.label in labels:
            raise document.error(
                path,
                f"two variants have the label {spec.label!r} (also "
                f"{document.at(*labels[spec.label])}); give one of them another 'label:'.",
            )
        labels[spec.label] = path
        ids[spec.run_id] = (path, spec.label)


def _check_references(document: Document, kept: Sequence[tuple[RunSpec, KeyPath]]) -> None:
    configurations = [spec for spec, _ in kept]
    for spec, path in kept:
        if spec.match_flops is not None:
            try:
                reference_of(spec, configurations)
            except GridError as error:
                raise document.error((*path, "match_flops"), str(error)) from error


def _stack_seeds(document: Document, specs: Sequence[RunSpec]) -> bool:
    stack = sections.boolean(document, "stack_seeds")
    for spec in specs if stack else ():
        if not spec.recipe.stackable:
            raise document.error(
                ("stack_seeds",),
                f"the seeds of {spec.label!r} cannot be trained as one stack (only mixture-gan "
                "without a gradient penalty can); remove stack_seeds.",
            )
    return stack


def _baseline(document: Document, specs: Sequence[RunSpec]) -> str:
    """The label that is the baseline: as named, else the first.

    A name that stands for the same configuration on several data sets means that of the first; the
    report finds the others (see docs/grids.md).
    """
    named = document.content.get("baseline")
    labels = [spec.label for spec in specs]
    if named is None:
        return labels[0]
    if named in labels:
        return str(named)
    of_variant = [spec.label for spec in specs if spec.variant == named]
    if len(of_variant) == 1:
        return of_variant[0]
    of_facets = [spec.label for spec in specs if without(spec.label, FACET_KEYS) == named]
    if of_facets:
        return of_facets[0]
    if of_variant:
        raise document.error(
            ("baseline",),
            f"the baseline {named!r} stands for {len(of_variant)} runs; name one of "
            f"{', '.join(map(repr, of_variant))}.",
        )
    hint = suggestion(named, labels, f"its labels: {', '.join(labels)}.")
    raise document.error(("baseline",), f"the baseline {named!r} is not in the grid; {hint}")
