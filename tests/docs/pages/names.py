"""The page of what else a grid can name: objectives, penalties, data sets and others."""

from __future__ import annotations

import inspect
from typing import Any

from bench import datasets
from bench.bundled import bundled_questions
from bench.quality.scorers.base import SCORERS
from bench.tasks import TASKS
from pages import markdown
from pages.markdown import code, plain
from variants.augmentations import AUGMENTATIONS
from variants.constraints import CONSTRAINTS
from variants.objectives import OBJECTIVES
from variants.penalties import PENALTIES


def page() -> str:
    """A section for each kind, in the order of the names: that of imports varies."""
    introduction = (
        "What the keys of a grid can name beside [variants](variants.md). `bench list` shows the "
        "same, with what your plug-ins add. To add one: "
        "[one file each](../../CONTRIBUTING.md#to-add--touch)."
    )
    parts = [
        _section(
            "Objectives",
            "`objective` of a variant. D(x) is the critic's score of a real sample, D(G(z)) that "
            "of a generated one, both logits.",
            ["name", "what it is", "critic minimises", "generator minimises"],
            [
                (code(name), plain(found.summary()), _maths(found.critic), _maths(found.generator))
                for name, found in sorted(OBJECTIVES.items())
            ],
        ),
        _section(
            "Penalties",
            "`penalties` of a variant gives each a weight: `penalties: {r1: 0.2, r2: 0.2}`.",
            ["name", "what it is", "more"],
            [(code(name), *_about(found)) for name, found in sorted(PENALTIES.items())],
        ),
        _section(
            "Constraints",
            "`constraints` of a variant: what is done to the critic's weights after each update.",
            ["name", "what it is", "more"],
            [(code(name), *_about(found)) for name, found in sorted(CONSTRAINTS.items())],
        ),
        _section(
            "Augmentations",
            "`augment` of a variant: `augment: color,translation,cutout`.",
            ["name", "what it does"],
            [(code(name), _about(found)[0]) for name, found in sorted(AUGMENTATIONS.items())],
        ),
        _section(
            "Data sets",
            "`dataset`. What is unknown before its files are read is left out.",
            ["name", "what it is", "task", "px", "channels", "classes", "images"],
            [
                (
                    code(info.name),
                    plain(info.summary),
                    info.task,
                    *map(_number, (info.image_size, info.channels, info.classes, info.images)),
                )
                for info in datasets.listing()
            ],
        ),
        _section(
            "Tasks",
            "What is learned; it follows from the data set.",
            ["name", "what it is"],
            [(code(name), _about(found)[0]) for name, found in sorted(TASKS.items())],
        ),
        _section(
            "Scorers",
            "What is measured of the samples, and in which "
            "[columns of the results](../results.md#epochsparquet).",
            ["name", "what it is", "columns"],
            [
                (code(name), _about(found)[0], " ".join(code(m.name) for m in found.measures))
                for name, found in sorted(SCORERS.items())
            ],
        ),
        _section(
            "Bundled grids",
            "`bench run --grid NAME.yaml` trains one, `bench list grids NAME` prints it.",
            ["name", "its question"],
            [(code(name), plain(question)) for name, question in bundled_questions().items()],
        ),
    ]
    return markdown.page("Names that a grid can use", introduction, parts)


def _section(title: str, text: str, header: list[str], rows: list[tuple[str, ...]]) -> str:
    return f"## {title}\n\n{text}\n\n{markdown.table(header, rows)}"


def _about(found: Any) -> tuple[str, str]:
    """The first line of what something says of itself, and the rest of it."""
    text = found.__doc__ if inspect.isroutine(found) or isinstance(found, type) else None
    text = text or getattr(found, "summary", None) or type(found).__doc__ or ""
    summary, _, rest = inspect.cleandoc(str(text() if callable(text) else text)).partition("\n\n")
    return plain(summary), plain(rest.partition("\n\n")[0])


def _maths(loss: Any) -> str:
    return plain(inspect.cleandoc(loss.__doc__ or "").partition("\n\n")[0])


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"
