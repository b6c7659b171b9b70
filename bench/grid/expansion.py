"""From a document to the runs it asks for: variants × axes → configurations × seeds."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.grid import sections
from bench.grid.document import Document, KeyPath
from bench.grid.messages import unknown_key
from bench.grid.resolution import Resolver
from bench.grid.resolved import Grid, spelled_out
from bench.grid.schema import LIST_KEYS, NOT_AXES, RUN_KEYS, SWEEP_KEYS, all_keys
from bench.spec import RunSpec
from variants import registry
from variants.registry import suggestion


@dataclass(frozen=True)
class _Candidate:
    """A configuration, with the fields that asked for it and where its variant is."""

    spec: RunSpec
    fields: Mapping[str, Any]
    path: KeyPath


def expand(document: Document) -> Grid:
    """The grid that a document describes.

    Raises:
        GridError: it asks for something that has no meaning or cannot be trained.
    """
    content = document.content
    sections.check_top(document)
    seeds = sections.seeds(document)
    entries = sections.variants(document)
    axes = sections.axes(document)
    shared = {k: v for k, v in content.items() if k not in SWEEP_KEYS}
    sections.check_shared(document, shared, entries)

    resolver = Resolver(document)
    candidates: list[_Candidate] = []
    for index, entry in enumerate(entries):
        candidates += _product(document, resolver, index, entry, shared, axes)
    candidates = _without_excluded(document, candidates)
    _check_distinct(document, candidates)

    specs = [candidate.spec for candidate in candidates]
    return Grid(
        name=content["name"],
        question=content.get("question"),
        baseline=_baseline(document, specs),
        runs=tuple(replace(spec, seed=seed) for seed in seeds for spec in specs),
        source=document.source,
        stack_seeds=_stack_seeds(document, specs),
        keep_checkpoints=sections.boolean(document, "keep_checkpoints"),
    )


def _product(
    document: Document,
    resolver: Resolver,
    index: int,
    entry: Mapping[str, Any],
    shared: Mapping[str, Any],
    axes: Mapping[str, list[Any]],
) -> list[_Candidate]:
    """The Cartesian product of one variant's lists and the grid's axes."""
    path: KeyPath = ("variants", index)
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

    found = []
    for chosen in itertools.product(*map(enumerate, swept.values())):
        point = {key: value for key, (_, value) in zip(swept, chosen, strict=True)}
        places = {key: (*where[key], at) for key, (at, _) in zip(swept, chosen, strict=True)}
        varying = [f"{k}={_short(v)}" for k, v in point.items() if len(swept[k]) > 1]
        label = " ".join([entry.get("label", entry["name"]), *varying])
        asked = {**fields, **point}
        recipe = registry.get(entry["name"])
        spec = resolver.resolve(recipe, asked, {**where, **places}, label)
        found.append(_Candidate(spec, asked, path))
    return found


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
    for key, value in entry.items():
        if key == "quality" and isinstance(value, dict) and isinstance(fields.get(key), dict):
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
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)


def _without_excluded(document: Document, candidates: list[_Candidate]) -> list[_Candidate]:
    excludes = document.content.get("exclude") or []
    if not isinstance(excludes, list):
        raise document.error(("exclude",), "exclude is a list of mappings.")
    for index, exclude in enumerate(excludes):
        path: KeyPath = ("exclude", index)
        if not isinstance(exclude, dict) or not exclude:
            raise document.error(path, "an exclude is a mapping such as {name: dcgan, pack: 2}.")
        known = ["name", "label", *all_keys()]
        for key in exclude:
            if key not in known:
                raise document.error((*path, key), unknown_key(key, known))
        kept = [c for c in candidates if not _matches(c, exclude)]
        if len(kept) == len(candidates):
            raise document.error(path, "this exclude matches no run; fix or remove it.")
        candidates = kept
    if not candidates:
        raise document.error(("exclude",), "every run is excluded; remove an exclude.")
    return candidates


def _matches(candidate: _Candidate, exclude: Mapping[str, Any]) -> bool:
    known = {**spelled_out(candidate.spec), **candidate.fields}
    labels = (candidate.spec.label, candidate.fields.get("label"))
    return all(
        value in labels if key == "label" else key in known and known[key] == value
        for key, value in exclude.items()
    )


def _check_distinct(document: Document, candidates: Sequence[_Candidate]) -> None:
    labels: dict[str, KeyPath] = {}
    ids: dict[str, tuple[KeyPath, str]] = {}
    for candidate in candidates:
        path, spec = candidate.path, candidate.spec
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
    """The label that is the baseline: as named, else the first."""
    named = document.content.get("baseline")
    labels = [spec.label for spec in specs]
    if named is None:
        return labels[0]
    if named in labels:
        return str(named)
    of_variant = [spec.label for spec in specs if spec.variant == named]
    if len(of_variant) == 1:
        return of_variant[0]
    if of_variant:
        raise document.error(
            ("baseline",),
            f"the baseline {named!r} stands for {len(of_variant)} runs; name one of "
            f"{', '.join(map(repr, of_variant))}.",
        )
    hint = suggestion(named, labels, f"its labels: {', '.join(labels)}.")
    raise document.error(("baseline",), f"the baseline {named!r} is not in the grid; {hint}")
