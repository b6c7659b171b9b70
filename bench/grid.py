"""A grid: YAML to the list of runs it asks for.

Every mistake is one sentence that names the file, the line and the remedy.
"""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Required, TypedDict

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from bench import datasets
from bench.bundled import bundled_folder, bundled_questions
from bench.datasets import DataSpec
from bench.errors import DataError, GridError
from bench.quality.extractors.registry import choices as extractor_choices
from bench.spec import AskedExecution, Precision, QualitySpec, RunSpec
from variants import registry
from variants.recipe import PointShape, Recipe, SampleShape

_SWEEP_KEYS = (
    "name",
    "question",
    "baseline",
    "seeds",
    "stack_seeds",
    "keep_checkpoints",
    "variants",
    "axes",
    "exclude",
)
# A list is the value of these, not an axis.
_LIST_KEYS = {"classes"}
# A run that goes further is the same run, so these cannot tell two runs apart.
_NOT_AXES = {
    "epochs",
    "steps",
    "steps_per_epoch",
    "samples_every",
    "quality",
    "timeout",
    "max_host_memory",
    "name",
    "label",
}
# Two ways to say how long to train; on the command line the one given last counts.
_LENGTHS = {"epochs": ("steps", "steps_per_epoch"), "steps": ("epochs",)}
_EPOCHS = 10
_STEPS_PER_EPOCH = 1000
_SMOKE_BATCHES = 4
_SMOKE_QUALITY_SAMPLES = 256
_MOST_SEEDS = 10_000
_TIME = re.compile(r"(?:([0-9]{1,9})\s*h)?\s*(?:([0-9]{1,9})\s*m)?\s*(?:([0-9]{1,9})\s*s)?")
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([KMGT]?i?B)")
_FOR_EVER = 10**9  # seconds
_SIZE_UNITS = {
    f"{prefix}{suffix}": base**power
    for suffix, base in (("B", 1000), ("iB", 1024))
    for power, prefix in enumerate(("", "K", "M", "G", "T"))
    if prefix or suffix == "B"
}
_FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class _Quality(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    features: str = "auto"
    samples: int = Field(5000, ge=4)  # precision and recall look at three neighbours
    every: int = Field(1, ge=1)

    @field_validator("features", mode="before")
    @classmethod
    def _off_is_a_name(cls, name: Any) -> Any:
        return "off" if name is False else name  # YAML reads a bare off as false

    @field_validator("features")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in extractor_choices():
            known = ", ".join(map(repr, extractor_choices()))
            raise ValueError(f"quality.features is {name!r}; it should be one of {known}")
        return name


class _RunFields(BaseModel):
    """The keys that any run has, whatever its variant."""

    model_config = ConfigDict(extra="forbid", strict=True)

    dataset: str = "mnist-5k"
    image_size: int | None = Field(None, ge=1)
    channels: int | None = Field(None, ge=1)
    classes: list[Annotated[int, Field(ge=0)]] | None = Field(None, min_length=1)
    subset: int | None = Field(None, ge=1)
    epochs: int | None = Field(None, ge=1)
    steps: int | None = Field(None, ge=1)
    steps_per_epoch: int | None = Field(None, ge=1)
    samples_every: int = Field(10, ge=1)
    quality: _Quality = _Quality()
    precision: Precision = "fp32"
    execution: AskedExecution = "auto"
    timeout: float | None = None
    max_host_memory: int | None = None

    @field_validator("timeout", mode="before")
    @classmethod
    def _in_seconds(cls, given: Any) -> float | None:
        seconds = given
        if isinstance(given, str):
            match = _TIME.fullmatch(given.strip())
            parts = match.groups(default="0") if match else ("0",)
            seconds = sum(
                unit * int(part) for unit, part in zip((3600, 60, 1), parts, strict=False)
            )
        if given is None or (type(seconds) in (int, float) and 0 < seconds < _FOR_EVER):
            return None if given is None else float(seconds)
        raise ValueError(
            f"timeout is {given!r}; give a number of seconds above 0, or text such as 90s, 30m, "
            "2h or 1h30m"
        )

    @field_validator("max_host_memory", mode="before")
    @classmethod
    def _in_bytes(cls, given: Any) -> int | None:
        size: int | None = given
        if isinstance(given, str):
            match = _SIZE.fullmatch(given.strip())
            size = round(float(match[1]) * _SIZE_UNITS.get(match[2], 0)) if match else 0
        if given is None or (type(size) is int and size > 0):
            return size
        raise ValueError(
            f"max_host_memory is {given!r}; give text such as 500 MB, 4GB or 2GiB, or a whole "
            "number of bytes above 0"
        )


_RUN_KEYS = tuple(_RunFields.model_fields)


@dataclass(frozen=True)
class Grid:
    """A grid as resolved.

    Attributes:
        name: names the results folder.
        baseline: the label others are compared with.
        runs: ordered by seed, then as listed, so that drift of the machine favours none.
        stack_seeds: the seeds of a configuration are trained together, as one stack.
        keep_checkpoints: the state after a run's last epoch stays with its results.
    """

    name: str
    question: str | None
    baseline: str
    runs: tuple[RunSpec, ...]
    source: str
    stack_seeds: bool = False
    keep_checkpoints: bool = False

    @property
    def seeds(self) -> list[int]:
        """The seeds, in order."""
        return list(dict.fromkeys(run.seed for run in self.runs))

    @property
    def configurations(self) -> list[RunSpec]:
        """One run of every configuration, in the order of the grid."""
        return [run for run in self.runs if run.seed == self.runs[0].seed]

    def smoke(self) -> Grid:
        """Every configuration on a few batches, one epoch, one seed, in a folder of its own.

        Configurations that differ only in what is cut become one run, the first of them.
        """
        runs: dict[str, RunSpec] = {}
        baseline = self.baseline
        # One subset for all, so that their quality is measured against the same images.
        few = max(
            _SMOKE_BATCHES * run.recipe.batch_size * run.recipe.critic_steps
            for run in self.configurations
        )
        for run in self.configurations:
            shrunk = replace(
                run,
                epochs=1,
                steps=None if run.steps is None else min(run.steps, _SMOKE_BATCHES),
                steps_per_epoch=None if run.steps is None else _SMOKE_BATCHES,
                samples_every=1,
                data=replace(run.data, subset=min(run.data.subset or few, few)),
                quality=replace(
                    run.quality, samples=min(run.quality.samples, _SMOKE_QUALITY_SAMPLES)
                ),
            )
            kept = runs.setdefault(shrunk.run_id, shrunk)
            if run.label == self.baseline:
                baseline = kept.label
        return replace(
            self, name=f"{self.name}-smoke", baseline=baseline, runs=tuple(runs.values())
        )

    def to_yaml(self) -> str:
        """The grid as resolved, every field spelled out; itself a grid with the same run ids."""
        document = {
            "name": self.name,
            "question": self.question,
            "baseline": self.baseline,
            "seeds": self.seeds,
            "stack_seeds": self.stack_seeds,
            "keep_checkpoints": self.keep_checkpoints,
            "variants": [_spelled_out(run) for run in self.configurations],
        }
        return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)


def _spelled_out(run: RunSpec) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "name": run.variant,
        "label": run.label,
        "dataset": run.data.name,
    }
    if run.data.image_size is not None:
        fields |= {"image_size": run.data.image_size, "channels": run.data.channels}
    if run.data.classes is not None:
        fields["classes"] = list(run.data.classes)
    if run.data.subset is not None:
        fields["subset"] = run.data.subset
    if run.steps is None:
        fields["epochs"] = run.epochs
    else:
        fields |= {"steps": run.steps, "steps_per_epoch": run.steps_per_epoch}
    fields["samples_every"] = run.samples_every
    fields["quality"] = asdict(run.quality)
    fields |= {"precision": run.precision, "execution": run.execution}
    if run.timeout_seconds is not None:
        fields["timeout"] = run.timeout_seconds
    if run.max_host_bytes is not None:
        fields["max_host_memory"] = run.max_host_bytes
    return fields | run.recipe.model_dump()


# ------------------------------------------------------------------------- finding


def _read(name: str) -> tuple[str, str]:
    """The grid's text and what to call it in messages."""
    path = Path(name)
    try:
        if path.is_dir():
            raise GridError(f"{name} is a folder, not a grid: name a YAML file.")
        if path.exists():
            return path.read_text(encoding="utf-8"), name
        for candidate in (name, f"{name}.yaml"):
            if path.name == name and (file := bundled_folder() / candidate).is_file():
                return file.read_text(encoding="utf-8"), candidate
    except UnicodeDecodeError as error:
        raise GridError(f"{name} cannot be read as UTF-8 text ({error}).") from error
    except OSError as error:
        raise GridError(f"{name} cannot be read ({error.strerror}).") from error
    near = difflib.get_close_matches(name, bundled_questions(), n=1)
    hint = (
        f"did you mean {near[0]}?" if near else f"bundled grids: {', '.join(bundled_questions())}."
    )
    raise GridError(f"There is no grid {name}; {hint}")


# ------------------------------------------------------------------------- parsing


class _Loader(yaml.SafeLoader):
    """Safe YAML that also reads 1e-4 as a number, as YAML 1.2 and every paper do."""


_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)

# PyYAML lets its constructors' own exceptions through: a date of month 13, !!bool maybe, …
_YAML_FAILURES = (
    yaml.YAMLError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
)

_Path = tuple[str | int, ...]


@dataclass
class _Document:
    """A parsed grid that remembers where each of its keys stands."""

    source: str
    content: dict[str, Any]
    places: dict[_Path, str] = field(default_factory=dict)
    identities: dict[str, str] = field(default_factory=dict)

    def at(self, *path: str | int) -> str:
        """The place of a key, or of the nearest enclosing one."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.source)

    def error(self, path: _Path, problem: str) -> GridError:
        return GridError(f"{self.at(*path)}: {problem}")

    def identity(self, dataset: str) -> str:
        """A data set's identity; a folder's takes reading all its files, so it is kept."""
        if dataset not in self.identities:
            self.identities[dataset] = datasets.identity(dataset)
        return self.identities[dataset]


def _parse(text: str, source: str) -> _Document:
    try:
        node = yaml.compose(text, Loader=_Loader)
        if node is None:
            raise GridError(f"{source} is empty: list at least one variant under 'variants:'.")
        document = _Document(source, {})
        _note_places(node, (), document)
        content = yaml.load(text, Loader=_Loader)  # a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = " ".join(str(p) for p in (error.context, error.problem) if p)
        raise GridError(f"{source}, line {line}: not YAML ({problem}).") from error
    except _YAML_FAILURES as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise GridError(f"{source}: not YAML ({reason}).") from error
    if not isinstance(content, dict):
        raise GridError(f"{source}, line 1: a grid is a mapping of keys such as 'variants:'.")
    document.content = content
    return document


def _note_places(node: yaml.Node, path: _Path, document: _Document) -> None:
    document.places.setdefault(path, f"{document.source}, line {node.start_mark.line + 1}")
    if len(path) > 20:
        raise GridError(f"{document.source}: nested too deeply for a grid.")
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise GridError(
                    f"{document.source}, line {line}: a key is a list or a mapping itself; "
                    "write a plain word, and quotes around a value with braces or brackets."
                )
            if key.value in seen:
                raise GridError(
                    f"{document.source}, line {line}: the key {key.value!r} stands twice "
                    f"(first on line {seen[key.value]}); keep one."
                )
            seen[key.value] = line
            document.places[(*path, key.value)] = f"{document.source}, line {line}"
            _note_places(value, (*path, key.value), document)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_places(value, (*path, index), document)


# ----------------------------------------------------------------------- overrides


def parse_seeds(text: str) -> list[int]:
    """``0-4`` or ``0,2,7`` as a list of seeds.

    Raises:
        GridError: the text is neither, or asks for more than 10,000 seeds.
    """
    seeds: list[int] = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,10})(?:\s*-\s*(\d{1,10}))?\s*", part)
        if match is None or (match[2] and int(match[2]) < int(match[1])):
            raise GridError(f"--seeds {text}: write a range such as 0-4 or a list such as 0,2,7.")
        more = range(int(match[1]), int(match[2] or match[1]) + 1)
        if len(seeds) + len(more) > _MOST_SEEDS:
            raise GridError(f"--seeds {text}: at most {_MOST_SEEDS:,} seeds; ask for fewer.")
        seeds += more
    return seeds


def parse_settings(settings: Sequence[str]) -> dict[str, Any]:
    """``key=value`` texts as a mapping; values are YAML, so a list is an axis.

    Raises:
        GridError: a text is not of that form.
    """
    overrides = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            raise GridError(f"--set {setting}: write key=value, such as --set latent_dim=64.")
        try:
            overrides[key.strip()] = yaml.load(value, Loader=_Loader)
        except _YAML_FAILURES as error:
            raise GridError(f"--set {setting}: the value is not YAML.") from error
    return overrides


def _override(document: _Document, overrides: Mapping[str, Any]) -> None:
    """Sets keys for every run: they leave the variants and axes and move to the top."""
    content = document.content
    for key, value in overrides.items():
        flag = f"--{key}" if key in ("dataset", "seeds", "epochs") else f"--set {key}"
        first, _, rest = key.partition(".")
        if rest and first != "quality":
            raise GridError(f"{flag}: only keys under 'quality' have a dot.")
        if not rest and key in ("variants", "axes", "exclude"):
            raise GridError(f"{flag}: this is not a setting of a run; edit the grid instead.")
        for other in _LENGTHS.get(key, ()):
            for holder in [content, *_list(content.get("variants"))]:
                if isinstance(holder, dict) and other not in overrides:
                    holder.pop(other, None)
        for holder in [content.get("axes"), *_list(content.get("variants"))]:
            if isinstance(holder, dict) and first != "name":
                if rest and isinstance(holder.get("quality"), dict):
                    holder["quality"].pop(rest, None)
                elif not rest:
                    holder.pop(key, None)
        if rest:
            quality = content.setdefault("quality", {})
            if isinstance(quality, dict):
                quality[rest] = value
            document.places[("quality", rest)] = flag
        else:
            content[key] = value
            document.places[(key,)] = flag
            for path in [p for p in document.places if p[:1] == (key,) and len(p) > 1]:
                del document.places[path]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# ----------------------------------------------------------------------- expanding


def load(name: str, overrides: Mapping[str, Any] | None = None) -> Grid:
    """Reads a grid by path, or by name among the bundled ones, and expands it.

    Raises:
        GridError: it cannot be read, or asks for something without meaning.
        DataError: a folder of images that is not there.
    """
    text, source = _read(name)
    document = _parse(text, source)
    _override(document, overrides or {})
    if "name" not in document.content:
        stem = Path(source).stem
        if not _FOLDER_NAME.fullmatch(stem):
            raise GridError(
                f"{source}: the file's name {stem!r} cannot name a results folder; add 'name:' "
                "to the grid, of letters, digits, '.', '_' and '-'."
            )
        document.content["name"] = stem
    return _expand(document)


def _expand(document: _Document) -> Grid:
    content = document.content
    _check_top(document)
    seeds = _seeds(document)
    entries = _entries(document)
    axes = _axes(document)
    shared = {k: v for k, v in content.items() if k not in _SWEEP_KEYS}
    _check_shared(document, shared, entries)

    configurations: list[_Configuration] = []
    for index, entry in enumerate(entries):
        configurations += _configurations(document, index, entry, shared, axes)
    configurations = _without_excluded(document, configurations)
    _check_distinct(document, configurations)

    specs = [c.spec for c in configurations]
    return Grid(
        name=content["name"],
        question=content.get("question"),
        baseline=_baseline(document, specs),
        runs=tuple(replace(spec, seed=seed) for seed in seeds for spec in specs),
        source=document.source,
        stack_seeds=_stack_seeds(document, configurations),
        keep_checkpoints=_boolean(document, "keep_checkpoints"),
    )


@dataclass(frozen=True)
class _Configuration:
    """A run without its seed, with the fields that asked for it and where they stand."""

    spec: RunSpec
    fields: Mapping[str, Any]
    path: _Path


def _check_top(document: _Document) -> None:
    content = document.content
    for key in content:
        if key not in _SWEEP_KEYS and key not in _RUN_KEYS and key not in _recipe_keys():
            raise document.error((key,), _unknown(key, _all_keys()))
    name = content["name"]
    if not isinstance(name, str) or not _FOLDER_NAME.fullmatch(name):
        raise document.error(
            ("name",),
            f"the name {name!r} becomes a folder's: use letters, digits, '.', '_' and '-'.",
        )
    for key in ("question", "baseline"):
        if content.get(key) is not None and not isinstance(content[key], str):
            raise document.error((key,), f"{key} is {content[key]!r}; it should be text.")
    if content.get("question") is not None:
        content["question"] = content["question"].strip()  # a YAML block ends with a newline
        if not _is_one_line(content["question"]):
            raise document.error(
                ("question",), f"the question {content['question']!r} {_NOT_ONE_LINE}"
            )


_NOT_ONE_LINE = "should be one line of text, without control characters or lone surrogates."


def _is_one_line(text: str) -> bool:
    """Whether text can be shown on a terminal and written as UTF-8 on one line."""
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text)


def _seeds(document: _Document) -> list[int]:
    seeds = document.content.get("seeds", [0])
    if not isinstance(seeds, list) or not seeds:
        raise document.error(("seeds",), "seeds should be a list such as [0, 1, 2].")
    for seed in seeds:
        if type(seed) is not int or not 0 <= seed < 2**31:
            raise document.error(("seeds",), f"the seed {seed!r} should be a whole number from 0.")
    if len(set(seeds)) < len(seeds):
        raise document.error(("seeds",), "a seed stands twice; each run needs its own.")
    return seeds


def _boolean(document: _Document, key: str) -> bool:
    """A key of the sweep that is true or, where it is left out, false."""
    given = document.content.get(key, False)
    if not isinstance(given, bool):
        raise document.error((key,), f"{key} is {given!r}; it should be true or false.")
    return given


def _stack_seeds(document: _Document, configurations: Sequence[_Configuration]) -> bool:
    stack = _boolean(document, "stack_seeds")
    for configuration in configurations if stack else ():
        if not configuration.spec.recipe.stackable:
            raise document.error(
                ("stack_seeds",),
                f"the seeds of {configuration.spec.label!r} cannot be trained as one stack (only "
                "mixture-gan without a gradient penalty can); remove stack_seeds.",
            )
    return stack


def _entries(document: _Document) -> list[dict[str, Any]]:
    """The variants, each as a mapping with its name."""
    variants = document.content.get("variants")
    if not isinstance(variants, list) or not variants:
        raise document.error(
            ("variants",), "list at least one variant, such as 'variants: [dcgan, dcgan-lite]'."
        )
    entries = []
    for index, entry in enumerate(variants):
        path = ("variants", index)
        if isinstance(entry, str):
            entry = {"name": entry}
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise document.error(
                path, "a variant is a name, or a mapping such as {name: dcgan, latent_dim: 64}."
            )
        try:
            registry.get(entry["name"])
        except registry.UnknownName as error:
            raise document.error((*path, "name"), str(error)) from error
        if "label" in entry and (not isinstance(entry["label"], str) or not entry["label"].strip()):
            raise document.error((*path, "label"), f"the label {entry['label']!r} should be text.")
        if "label" in entry and not _is_one_line(entry["label"]):
            raise document.error((*path, "label"), f"the label {entry['label']!r} {_NOT_ONE_LINE}")
        for key in entry:
            known = ["name", "label", *_RUN_KEYS, *registry.get(entry["name"]).grid_keys()]
            if key not in known:
                problem = _unknown(key, known, of=f"the variant {entry['name']}")
                raise document.error((*path, key), problem)
        entries.append(entry)
    return entries


def _axes(document: _Document) -> dict[str, list[Any]]:
    axes = document.content.get("axes") or {}
    if not isinstance(axes, dict):
        raise document.error(("axes",), "axes map a key to its values: {latent_dim: [64, 100]}.")
    for key, values in axes.items():
        path = ("axes", key)
        if key not in _all_keys():
            raise document.error(path, _unknown(key, _all_keys()))
        if key in _NOT_AXES or key in _SWEEP_KEYS:
            raise document.error(path, f"{key} cannot be an axis: it does not tell runs apart.")
        if not isinstance(values, list):
            raise document.error(path, f"the axis {key} should be a list of values.")
        if key in _LIST_KEYS and values and not any(isinstance(v, list) for v in values):
            problem = f"the values of {key} are lists themselves: write [[0], [1]]."
            raise document.error(path, problem)
        _check_axis(document, path, values)
    return axes


def _check_axis(document: _Document, path: _Path, values: list[Any]) -> None:
    if not values:
        raise document.error(path, f"the axis {path[-1]} has no values; give some or remove it.")
    if any(values.count(value) > 1 for value in values):
        raise document.error(path, f"the axis {path[-1]} names a value twice.")


def _check_shared(
    document: _Document, shared: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> None:
    """A key at the top must mean something to at least one of the variants."""
    for key in shared:
        if key not in _RUN_KEYS and not any(
            key in registry.get(e["name"]).grid_keys() for e in entries
        ):
            names = ", ".join(dict.fromkeys(e["name"] for e in entries))
            raise document.error((key,), f"none of the variants ({names}) has a field {key!r}.")


def _configurations(
    document: _Document,
    index: int,
    entry: Mapping[str, Any],
    shared: Mapping[str, Any],
    axes: Mapping[str, list[Any]],
) -> list[_Configuration]:
    """The Cartesian product of one variant's lists and the grid's axes."""
    path: _Path = ("variants", index)
    recipe = registry.get(entry["name"])
    keys = recipe.grid_keys()
    fields = {k: v for k, v in shared.items() if k in keys or k in _RUN_KEYS}
    where: dict[str, _Path] = {k: (k,) for k in fields}
    for key, value in entry.items():
        if key == "quality" and isinstance(value, dict) and isinstance(fields.get(key), dict):
            value = {**fields[key], **value}
        fields[key] = value
        where[key] = (*path, key)
    for key, values in axes.items():
        if key not in keys and key not in _RUN_KEYS:
            raise document.error(
                ("axes", key), f"the variant {entry['name']} has no field {key!r} to sweep."
            )
        fields[key] = values
        where[key] = ("axes", key)

    swept = {
        key: value
        for key, value in fields.items()
        if isinstance(value, list)
        and (key not in _LIST_KEYS or any(isinstance(v, list) for v in value))
    }
    for key, values in swept.items():
        if key in _NOT_AXES:
            raise document.error(where[key], f"{key} cannot be a list.")
        _check_axis(document, where[key], values)

    found = []
    for combination in itertools.product(*swept.values()):
        point = dict(zip(swept, combination, strict=True))
        label = entry.get("label", entry["name"])
        varying = [f"{k}={_short(v)}" for k, v in point.items() if len(swept[k]) > 1]
        label = " ".join([label, *varying])
        spec = _spec(document, recipe, {**fields, **point}, where, label)
        found.append(_Configuration(spec, {**fields, **point}, path))
    return found


def _short(value: Any) -> str:
    return "+".join(map(str, value)) if isinstance(value, list) else str(value)


def _spec(
    document: _Document,
    recipe: type[Recipe],
    fields: Mapping[str, Any],
    where: Mapping[str, _Path],
    label: str,
) -> RunSpec:
    try:
        run = _RunFields(**{k: v for k, v in fields.items() if k in _RUN_KEYS})
        point = recipe(
            **{k: v for k, v in fields.items() if k not in _RUN_KEYS and k not in ("name", "label")}
        )
    except ValidationError as error:
        first = error.errors()[0]
        key, *rest = first["loc"] or ("",)
        path = (*where.get(str(key), (str(key),)), *rest)
        if not first["loc"]:  # from a validator of the whole recipe, which names the field
            path = where.get(first["msg"].removeprefix("Value error, ").split()[0], ())
        raise document.error(path, _sentence(first)) from error

    def place(key: str) -> _Path:
        return where.get(key, where["name"])

    try:
        info = datasets.describe(run.dataset)
        identity = document.identity(run.dataset)
    except DataError as error:
        raise document.error(place("dataset"), str(error)) from error
    points = info.dimensions is not None
    for key in ("image_size", "channels"):
        if points and key in fields:
            raise document.error(
                place(key), f"{run.dataset} is made of points, which have no {key}; remove it."
            )
    data = DataSpec(
        name=run.dataset,
        image_size=None if points else run.image_size or info.image_size or 64,
        channels=None if points else run.channels or info.channels or 3,
        classes=None if run.classes is None else tuple(sorted(set(run.classes))),
        subset=run.subset,
    )
    spec = RunSpec(
        variant=fields["name"],
        recipe=point,
        data=data,
        data_identity=identity,
        seed=0,
        quality=QualitySpec(**run.quality.model_dump()),
        samples_every=run.samples_every,
        label=label,
        precision=run.precision,
        execution=run.execution,
        timeout_seconds=run.timeout,
        max_host_bytes=run.max_host_memory,
        classes=_classes(document, point, info, place),
        **_length(document, run, place),
    )
    refusal = point.refusal(spec.shape)
    if refusal is not None:
        raise document.error(
            place(refusal.key),
            f"the variant {spec.variant} {refusal.reason}; change {refusal.key}.",
        )
    _check_engine(document, spec, place)
    if data.subset is not None:
        check_batches(spec, data.subset, document.at(*place("batch_size")))
    return spec


def _check_engine(document: _Document, spec: RunSpec, place: Callable[[str], _Path]) -> None:
    """Whether the steps of a run can be executed as it asks."""
    if spec.precision == "bf16" and isinstance(spec.shape, PointShape):
        raise document.error(
            place("precision"),
            f"bf16 has three digits, too few for the points of {spec.data.name}, whose modes are "
            "narrower; choose fp32.",
        )
    if spec.execution == "compile" and spec.recipe.gradient_penalty:
        raise document.error(
            place("execution"),
            f"torch.compile cannot differentiate twice, as the gradient penalty of {spec.label!r} "
            "does; choose eager.",
        )


def _classes(
    document: _Document,
    recipe: Recipe,
    info: datasets.DataSetInfo,
    place: Callable[[str], _Path],
) -> int:
    """Of the data set; of a folder's only where a player is told them, since it must be read."""
    if info.classes is not None or not recipe.conditional:
        return info.classes or 0
    try:
        return len(datasets.class_names(info.name, datasets.default_data_root()))
    except DataError as error:
        raise document.error(place("dataset"), str(error)) from error


class _Length(TypedDict, total=False):
    epochs: Required[int]
    steps: int
    steps_per_epoch: int


def _length(document: _Document, run: _RunFields, place: Callable[[str], _Path]) -> _Length:
    """How long to train, as fields of a run."""
    if run.steps is None:
        if run.steps_per_epoch is not None:
            raise document.error(
                place("steps_per_epoch"),
                "steps_per_epoch goes with steps, which gives the length of the training; "
                "set steps too, or remove it.",
            )
        return {"epochs": run.epochs or _EPOCHS}
    if run.epochs is not None:
        raise document.error(
            place("steps"), "epochs and steps both say how long to train; keep one of them."
        )
    of_epoch = run.steps_per_epoch or _STEPS_PER_EPOCH
    epochs = -(-run.steps // of_epoch)
    return {"epochs": epochs, "steps": run.steps, "steps_per_epoch": of_epoch}


def check_batches(spec: RunSpec, images: int, place: str) -> None:
    """Whether a data set of so many images makes batches that can be trained on.

    Raises:
        GridError: the batch is larger than the data, or one holds fewer images than the
            variant trains on.
    """
    batch_size = spec.recipe.batch_size
    if batch_size > images:
        raise GridError(
            f"{place}: the batch of {batch_size} for {spec.label!r} is larger than the data "
            f"({images} images of {spec.data.name}); lower batch_size."
        )
    smallest = spec.recipe.least_batch
    needs = f"and {spec.variant} trains on batches of at least {smallest}"
    if batch_size < smallest:
        raise GridError(
            f"{place}: batch_size is {batch_size} for {spec.label!r}, {needs}; raise batch_size."
        )
    last = images % batch_size
    last -= last % spec.recipe.pack  # what is left of a pack is left out
    if 0 < last < smallest and not spec.recipe.drop_last_batch:
        raise GridError(
            f"{place}: {images} images in batches of {batch_size} for {spec.label!r} leave a last "
            f"batch of {last}, {needs}; set drop_last_batch: true or another batch_size."
        )


def _without_excluded(
    document: _Document, configurations: list[_Configuration]
) -> list[_Configuration]:
    excludes = document.content.get("exclude") or []
    if not isinstance(excludes, list):
        raise document.error(("exclude",), "exclude is a list of mappings.")
    for index, exclude in enumerate(excludes):
        path: _Path = ("exclude", index)
        if not isinstance(exclude, dict) or not exclude:
            raise document.error(path, "an exclude is a mapping such as {name: dcgan, pack: 2}.")
        for key in exclude:
            if key not in ("name", "label") and key not in _all_keys():
                raise document.error((*path, key), _unknown(key, ["name", "label", *_all_keys()]))
        kept = [c for c in configurations if not _matches(c, exclude)]
        if len(kept) == len(configurations):
            raise document.error(path, "this exclude matches no run; mend or remove it.")
        configurations = kept
    if not configurations:
        raise document.error(("exclude",), "every run is excluded; nothing is left to do.")
    return configurations


def _matches(configuration: _Configuration, exclude: Mapping[str, Any]) -> bool:
    spec = configuration.spec
    known = {**_spelled_out(spec), **configuration.fields}
    labels = (spec.label, configuration.fields.get("label"))
    return all(
        value in labels if key == "label" else key in known and known[key] == value
        for key, value in exclude.items()
    )


def _check_distinct(document: _Document, configurations: Sequence[_Configuration]) -> None:
    labels: dict[str, _Path] = {}
    ids: dict[str, tuple[_Path, str]] = {}
    for configuration in configurations:
        path, spec = configuration.path, configuration.spec
        if spec.run_id in ids:
            other, label = ids[spec.run_id]
            raise document.error(
                path, f"{spec.label!r} is the same run as {label!r} ({document.at(*other)})."
            )
        if spec.label in labels:
            raise document.error(
                path,
                f"two variants are labelled {spec.label!r} (also {document.at(*labels[spec.label])}"
                "); give one of them another 'label:'.",
            )
        labels[spec.label] = path
        ids[spec.run_id] = (path, spec.label)


def _baseline(document: _Document, specs: Sequence[RunSpec]) -> str:
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
    near = difflib.get_close_matches(named, labels, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"its labels: {', '.join(labels)}."
    raise document.error(("baseline",), f"the baseline {named!r} is not in the grid; {hint}")


def is_of_points(name: str) -> bool:
    """Whether a variant makes points; False where there is no such variant."""
    try:
        return registry.get(name)().refusal(PointShape()) is None
    except registry.UnknownName:
        return False


def recipe(name: str, shape: SampleShape, settings: Mapping[str, Any]) -> Recipe:
    """A variant's recipe with some fields set, checked as a grid's would be.

    Raises:
        GridError: no such variant or field, a wrong value, or images it cannot make.
    """
    try:
        kind = registry.get(name)
    except registry.UnknownName as error:
        raise GridError(f"{error} (bench list variants)") from error
    for key in settings:
        if key not in kind.grid_keys():
            raise GridError(
                f"--set {key}: {_unknown(key, kind.grid_keys(), f'the variant {name}')}"
            )
    try:
        point = kind(**settings)
    except ValidationError as error:
        raise GridError(f"--set: {_sentence(error.errors()[0])}") from error
    refusal = point.refusal(shape)
    if refusal is not None:
        raise GridError(f"the variant {name} {refusal.reason}; see bench describe --help.")
    return point


# ----------------------------------------------------------------------- sentences


def _recipe_keys() -> list[str]:
    return list(
        dict.fromkeys(k for name in registry.names() for k in registry.get(name).grid_keys())
    )


def _all_keys() -> list[str]:
    return [*_RUN_KEYS, *_recipe_keys(), *_SWEEP_KEYS]


def _unknown(key: object, known: Iterable[str], of: str = "a grid") -> str:
    near = difflib.get_close_matches(str(key), list(known), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "bench describe VARIANT lists its fields."
    return f"{of} has no key {key!r}; {hint}"


_WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "list_type": "a list",
    "model_type": "a mapping such as {features: auto, samples: 5000}",
    "model_attributes_type": "a mapping",
}


def _sentence(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors, in the words of a grid."""
    kind, value = error["type"], error.get("input")
    key = ".".join(str(part) for part in error["loc"] if not isinstance(part, int))
    if kind == "extra_forbidden":
        return _unknown(error["loc"][-1], _Quality.model_fields, of=str(error["loc"][0]))
    if kind in _WANTED:
        return f"{key} is {value!r}; it should be {_WANTED[kind]}."
    if kind == "literal_error":
        return f"{key} is {value!r}; it should be {error['ctx']['expected']}."
    if kind == "value_error":
        return str(error["msg"]).removeprefix("Value error, ") + "."
    return f"{key} is {value!r}; {error['msg'].lower().replace('input ', 'it ')}."
