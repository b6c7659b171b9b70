"""Samples of a trained generator, from noise, between latents, or from images."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from bench import datasets, tasks
from bench.cache import cache_root
from bench.datasets import DataSpec, ImageData
from bench.errors import RequestError, ResultsError, first_line
from bench.sampling.finding import Trained
from bench.spec import TRAINING_REVISION
from bench.tasks.task import Picture
from variants import registry, revisions
from variants.game import Game, Inputs
from variants.recipe import Recipe
from variants.shapes import PairShape, SampleShape

STEPS = 8  # from one latent to the next
_AT_ONCE = 250
_TRANSLATED_AT_ONCE = 16  # since these networks keep large maps


@dataclass(frozen=True)
class Samples:
    """What a run's generator has made.

    Attributes:
        values: (n, …) in the range of the data.
        data: what the run was trained on.
        text: one sentence on what they are.
        columns: of a grid of them; None for a nearly square one.
        headings: of the columns; None for none.
        picture: of a translation, its own picture, with the sources.
    """

    values: Tensor
    data: DataSpec
    text: str
    columns: int | None = None
    headings: Sequence[str] | None = None
    picture: Picture | None = None


def draw(
    trained: Trained,
    *,
    count: int,
    seed: int,
    of_class: str | None = None,
    interpolate: bool = False,
    data_root: Path | None = None,
) -> Samples:
    """Samples of a run, by its averaged generator where it has one.

    Args:
        of_class: name or number of the class to generate; None for all in turn.
        interpolate: walk from latent to latent in ``STEPS`` steps each: on the sphere where they
            are normal (White 2016, arXiv 1609.04468), straight where they are uniform.
        data_root: of the images that a translation starts from.

    Raises:
        ResultsError: the generator cannot be built again as it was.
        RequestError: it has no classes, or no latents.
    """
    recipe = _recipe(trained)
    data = _data(trained)
    task = str(trained.row["task"] or recipe.task)
    shape = tasks.get(task).shape(data, _classes(trained, data))
    game = _game(trained, recipe, shape)
    labels, headings = _labels(trained, game, data, count, of_class)
    picture, source = None, None
    if isinstance(shape, PairShape):
        if interpolate:
            raise RequestError(f"{_name(trained)} translates images: it has no latents to walk.")
        whole = _whole(data, data_root)
        picture = tasks.get(task).picture(data, whole, conditional=False, shown=count)
        pixels = picture.conditions.sources
        assert pixels is not None
        source, labels = pixels.float().div(127.5).sub(1), picture.conditions.labels
    noise = torch.Generator().manual_seed(seed)
    if interpolate:
        inputs = _walk(game, recipe, count, noise, labels)
    else:
        inputs = game.inputs(count, noise, labels, source)
    with torch.no_grad():
        values = torch.cat([game.sample(part) for part in _parts(inputs)])
    columns = STEPS if interpolate else len(headings) if headings else None
    return Samples(
        values,
        data,
        _text(trained, count, seed, translated=picture is not None),
        columns,
        None if interpolate else headings,
        picture,
    )


def _name(trained: Trained) -> str:
    return str(trained.row["run_id"])


def _recipe(trained: Trained) -> Recipe:
    row = trained.row
    spec = json.loads(row["spec"])
    try:
        kind = registry.get(str(row["variant"]))
    except registry.UnknownName as error:
        raise ResultsError(f"The run {_name(trained)} is of an unknown variant: {error}") from error
    recipe = kind.model_validate_json(json.dumps(spec["recipe"]))
    now = revisions.together((recipe.whole_revision, TRAINING_REVISION))
    if now != (row["revision"] or 1):
        raise ResultsError(
            f"The run {_name(trained)} is of revision {row['revision'] or 1} of {row['variant']}, "
            f"and this gan-bench has {now}: draw from it with the version that trained it "
            f"({row['bench_version']})."
        )
    return recipe


def _data(trained: Trained) -> DataSpec:
    """What the run was trained on, by the name that its grid gave."""
    known = dict(json.loads(trained.row["spec"])["dataset"])
    known["name"] = trained.row["dataset_given"] or trained.row["dataset"]
    if known.get("classes") is not None:
        known["classes"] = tuple(known["classes"])
    return DataSpec(**known)


def _classes(trained: Trained, data: DataSpec) -> int:
    if trained.classes is not None:
        return trained.classes
    return datasets.describe(data.name).classes or 0


def _game(trained: Trained, recipe: Recipe, shape: SampleShape) -> Game:
    """The run's game with its generator's weights, in evaluation mode."""
    with torch.random.fork_rng(devices=[]):
        game = recipe.build(shape, torch.device("cpu"))
    network = game.generator.network
    try:
        network.load_state_dict({**trained.generator, **(trained.average or {})})
    except RuntimeError as error:
        raise ResultsError(
            f"The weights of {_name(trained)} do not fit its variant as it is now "
            f"({first_line(error)}): draw from it with the version that trained it."
        ) from error
    network.eval()
    return game


def _labels(
    trained: Trained, game: Game, data: DataSpec, count: int, of_class: str | None
) -> tuple[Tensor | None, list[str] | None]:
    """The class of each sample, and the headings of a column for each class."""
    if not game.conditional:
        if of_class is not None:
            raise RequestError(
                f"--class {of_class}: {_name(trained)} was trained without classes, so its samples "
                "cannot be asked for one; choose a run of a conditional variant."
            )
        return None, None
    names = trained.class_names or datasets.class_names(data.name)
    known = trained.trained_classes or data.classes or tuple(range(len(names)))
    if of_class is not None:
        asked = int(of_class) if of_class.isdecimal() and of_class not in names else of_class
        (index,) = datasets.class_indices(data.name, names, [asked])
        if index not in known:
            raise RequestError(f"--class {of_class}: {_name(trained)} was not trained on it.")
        return torch.full((count,), index), None
    turns = torch.tensor(known).repeat(-(-count // len(known)))[:count]
    return turns, [names[index] for index in known[:count]]


def _whole(data: DataSpec, data_root: Path | None) -> ImageData:
    path = datasets.prepare(data, data_root=data_root, download=False, cache=cache_root())
    return datasets.open_prepared(path)


def _walk(
    game: Game, recipe: Recipe, count: int, noise: torch.Generator, labels: Tensor | None
) -> Inputs:
    """Inputs along a path of latents, each leg with one class."""
    legs = -(-count // STEPS)
    of_leg = None if labels is None else labels[:legs].repeat_interleave(STEPS)[:count]
    ends = game.inputs(legs + 1, noise, None if labels is None else labels[:1].repeat(legs + 1))
    if ends.latents is None or not ends.latents.is_floating_point():
        raise RequestError("--interpolate: this generator has no latents to walk between.")
    on_sphere = getattr(recipe, "latent", "normal") == "normal"
    pairs = itertools.pairwise(ends.latents)
    path = torch.cat([_between(a, b, on_sphere=on_sphere) for a, b in pairs])
    return replace(ends, latents=path[:count], labels=of_leg if ends.labels is not None else None)


def _between(start: Tensor, end: Tensor, *, on_sphere: bool) -> Tensor:
    """``STEPS`` latents (STEPS, d) from one towards another, which begins the next leg."""
    share = torch.arange(STEPS)[:, None] / STEPS
    if not on_sphere:
        return torch.lerp(start, end, share)
    cosine = torch.dot(start, end) / (start.norm() * end.norm())
    angle = torch.arccos(cosine.clamp(-1, 1))
    if angle.sin() < 1e-6:
        return torch.lerp(start, end, share)
    return (((1 - share) * angle).sin() * start + (share * angle).sin() * end) / angle.sin()


def _parts(inputs: Inputs) -> Iterator[Inputs]:
    size = _AT_ONCE if inputs.source is None else _TRANSLATED_AT_ONCE
    for first in range(0, len(inputs), size):
        yield inputs[first : first + size]


def _text(trained: Trained, count: int, seed: int, *, translated: bool) -> str:
    row = trained.row
    by = "its averaged generator" if trained.average is not None else "its generator"
    of = f"of “{row['label']}”, seed {row['seed']}, after epoch {trained.epoch}"
    what = "translations" if translated else "samples"
    return f"{count} {what} {of}, by {by}, from noise of seed {seed}."
