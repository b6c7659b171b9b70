"""The sections of a grid, each read and checked by itself: top keys, seeds, variants, axes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from bench.grid.document import Document, KeyPath
from bench.grid.messages import (
    NOT_ONE_LINE,
    is_one_line,
    should_be_text,
    shown,
    such_as,
    unknown_key,
)
from bench.grid.resolved import Timing
from bench.grid.schema import LIST_KEYS, NOT_AXES, RUN_KEYS, SWEEP_KEYS, all_keys, recipe_keys
from bench.measures import FIRST_SEEDS, MARGIN, MOST_SEEDS, Looks
from variants import registry

_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def is_folder_name(name: object) -> bool:
    """Whether ``name`` can name a results folder on every system."""
    return isinstance(name, str) and _FOLDER_NAME.fullmatch(name) is not None


def check_top(document: Document) -> None:
    """The keys at the top are known, and name, question and baseline are text.

    Raises:
        GridError: they are not.
    """
    content = document.content
    for key in content:
        if key not in SWEEP_KEYS and key not in RUN_KEYS and key not in recipe_keys():
            raise document.error((key,), unknown_key(key, all_keys()))
    name = content["name"]
    if not isinstance(name, str):
        raise document.error(("name",), f"the name {shown(name)} {should_be_text(name)}")
    if not is_folder_name(name):
        raise document.error(
            ("name",),
            f"the name {name!r} is used as a folder name; write letters, digits, "
            "'.', '_' and '-' only.",
        )
    for key in ("question", "baseline"):
        if content.get(key) is not None and not isinstance(content[key], str):
            problem = f"{key} is {shown(content[key])}; it {should_be_text(content[key])}"
            raise document.error((key,), problem)
    if content.get("question") is not None:
        content["question"] = content["question"].strip()  # a YAML block ends with a newline
        if not is_one_line(content["question"]):
            raise document.error(
                ("question",), f"the question {content['question']!r} {NOT_ONE_LINE}"
            )


def seeds(document: Document) -> tuple[list[int], Looks | None]:
    """The seeds, 0 alone where the grid gives none, and how they grow where they do.

    Raises:
        GridError: they are not a list of unique whole numbers, nor a mapping with such a list.
    """
    given = document.content.get("seeds", [0])
    if isinstance(given, Mapping):
        return _growing(document, given)
    return _seeds(document, ("seeds",), given), None


def _growing(document: Document, given: Mapping[str, Any]) -> tuple[list[int], Looks]:
    known = ("until", "at_most", "first")
    for key in given:
        if key not in known:
            raise document.error(("seeds", key), unknown_key(key, known))
    if given.get("until") != "decided":
        problem = "seeds that grow are {until: decided, at_most: 12}, or with first: [0, 1, 2, 3]."
        raise document.error(("seeds",), problem)
    first = _seeds(document, ("seeds", "first"), given.get("first", list(FIRST_SEEDS)))
    if len(first) < 2:
        problem = "the first seeds should be two or more; one has no interval."
        raise document.error(("seeds", "first"), problem)
    most = given.get("at_most", MOST_SEEDS)
    if type(most) is not int or not len(first) <= most <= 1000:
        problem = (
            f"at_most is {shown(most)}; it should be a number of seeds from {len(first)}, with "
            "which it begins, to 1,000."
        )
        raise document.error(("seeds", "at_most"), problem)
    return first, Looks(tuple(first), most)


def _seeds(document: Document, path: KeyPath, given: Any) -> list[int]:
    if not isinstance(given, list) or not given:
        raise document.error(path, f"{path[-1]} should be a list{such_as(given, '[0, 1, 2]')}.")
    for seed in given:
        if type(seed) is not int or not 0 <= seed < 2**31:
            raise document.error(path, f"the seed {seed!r} should be a whole number from 0.")
    seed, count = Counter(given).most_common(1)[0]
    if count > 1:
        raise document.error(path, f"seeds must be unique; {seed} is listed {count} times.")
    return given


def boolean(document: Document, key: str) -> bool:
    """A key of the sweep that is true or, where it is left out, false.

    Raises:
        GridError: it is neither.
    """
    given = document.content.get(key, False)
    if not isinstance(given, bool):
        raise document.error((key,), f"{key} is {shown(given)}; it should be true or false.")
    return given


_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")


def margin(document: Document) -> float:
    """The share of the baseline within which a difference does not matter.

    Raises:
        GridError: it is not a share such as 10% or 0.1.
    """
    given = document.content.get("margin", MARGIN)
    share = _SHARE.fullmatch(given.strip()) if isinstance(given, str) else None
    value = float(share[1]) / 100 if share else given
    if type(value) not in (int, float) or not 0 < value < 1:
        raise document.error(
            ("margin",),
            f"margin is {shown(given)}; it should be a share above 0 and below 1, such as 10% or "
            "0.1.",
        )
    return float(value)


def timing(document: Document) -> Timing:
    """Whether configurations are timed apart from training.

    Raises:
        GridError: it is neither auto nor off.
    """
    given = document.content.get("timing", "auto")
    if given is False:  # as YAML 1.1 reads off
        return "off"
    if given not in ("auto", "off"):
        raise document.error(("timing",), f"timing is {shown(given)}; it should be auto or off.")
    return "off" if given == "off" else "auto"


def variants(document: Document) -> list[dict[str, Any]]:
    """The variants, each as a mapping with its name.

    Raises:
        GridError: there is none, or one is unknown or has an unknown key.
    """
    given = document.content.get("variants")
    if not isinstance(given, list) or not given:
        raise document.error(
            ("variants",), "list at least one variant, such as 'variants: [dcgan, dcgan-lite]'."
        )
    return [_variant(document, ("variants", index), entry) for index, entry in enumerate(given)]


def _variant(document: Document, path: KeyPath, entry: Any) -> dict[str, Any]:
    if isinstance(entry, str):
        entry = {"name": entry}
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise document.error(
            path, "a variant is a name, or a mapping such as {name: dcgan, latent_dim: 64}."
        )
    try:
        recipe = registry.get(entry["name"])
    except registry.UnknownName as error:
        raise document.error((*path, "name"), str(error)) from error
    if "label" in entry:
        label = entry["label"]
        if isinstance(label, str) and not is_one_line(label):
            raise document.error((*path, "label"), f"the label {label!r} {NOT_ONE_LINE}")
        if not isinstance(label, str) or not label.strip():
            problem = f"the label {shown(label)} {should_be_text(label)}"
            raise document.error((*path, "label"), problem)
    known = ["name", "label", *RUN_KEYS, *recipe.grid_keys()]
    for key in entry:
        if key not in known:
            problem = unknown_key(key, known, of=f"the variant {entry['name']}")
            raise document.error((*path, key), problem)
    return entry


def axes(document: Document) -> dict[str, list[Any]]:
    """The axes: key → its values.

    Raises:
        GridError: a key is unknown or cannot be an axis, or its values are not a list.
    """
    given = document.content.get("axes") or {}
    if not isinstance(given, dict):
        raise document.error(("axes",), "axes map a key to its values: {latent_dim: [64, 100]}.")
    for key, values in given.items():
        path = ("axes", key)
        if key not in all_keys():
            raise document.error(path, unknown_key(key, all_keys()))
        if key in NOT_AXES or key in SWEEP_KEYS:
            raise document.error(path, f"{key} cannot be an axis: it does not tell runs apart.")
        if not isinstance(values, list):
            raise document.error(
                path, f"the axis {key} should be a list of values{such_as(values)}."
            )
        if key in LIST_KEYS and values and not any(isinstance(v, list) for v in values):
            problem = f"the values of {key} are lists themselves: write [[0], [1]]."
            raise document.error(path, problem)
        check_axis(document, path, values)
    return given


def check_axis(document: Document, path: KeyPath, values: list[Any]) -> None:
    """An axis has values, all different.

    Raises:
        GridError: it does not.
    """
    if not values:
        raise document.error(path, f"the axis {path[-1]} has no values; give some or remove it.")
    others = [value for value in values if not isinstance(value, Hashable)]
    counts = Counter(value for value in values if isinstance(value, Hashable))
    repeated = [value for value, count in counts.items() if count > 1]
    repeated += [value for value in others if others.count(value) > 1]
    if repeated:
        raise document.error(
            path,
            f"the axis {path[-1]} lists {repeated[0]!r} more than once; values must be unique.",
        )


def check_shared(
    document: Document, shared: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> None:
    """A key at the top must mean something to at least one of the variants.

    Raises:
        GridError: it does not.
    """
    for key in shared:
        if key not in RUN_KEYS and not any(
            key in registry.get(e["name"]).grid_keys() for e in entries
        ):
            names = ", ".join(dict.fromkeys(e["name"] for e in entries))
            raise document.error((key,), f"none of the variants ({names}) has a field {key!r}.")


def excludes(document: Document) -> list[dict[str, Any]]:
    """What to leave out: mappings, none of them empty, with known keys.

    Raises:
        GridError: they are not.
    """
    given = document.content.get("exclude") or []
    if not isinstance(given, list):
        raise document.error(
            ("exclude",), "exclude is a list of mappings such as [{name: dcgan, pack: 2}]."
        )
    known = ["name", "label", *all_keys()]
    for index, exclude in enumerate(given):
        path: KeyPath = ("exclude", index)
        if not isinstance(exclude, dict) or not exclude:
            raise document.error(path, "an exclude is a mapping such as {name: dcgan, pack: 2}.")
        for key in exclude:
            if key not in known:
                raise document.error((*path, key), unknown_key(key, known))
    return given
