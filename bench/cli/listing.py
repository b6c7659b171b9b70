"""``bench list``: every open vocabulary, a table each."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Annotated, Any

import typer

from bench.cli import display
from bench.cli.options import PluginFiles, load_plugins
from bench.errors import RequestError

Row = dict[str, Any]


def _variants() -> Iterable[Row]:
    from variants import registry

    for name, recipe in registry.VARIANTS.items():
        yield {
            "name": name,
            "what_it_is": recipe.summary(),
            "revision": recipe().whole_revision,
            "image_sizes": list(recipe.image_sizes),
            "source": recipe.source,
        }


def _datasets() -> Iterable[Row]:
    from dataclasses import asdict

    from bench import datasets

    for info in datasets.listing():
        yield asdict(info)


def _grids() -> Iterable[Row]:
    from bench.bundled import bundled_questions

    for name, question in bundled_questions().items():
        yield {"name": name, "question": question}


def _registered(module: str, *registries: str) -> Callable[[], Iterable[Row]]:
    """The rows of registries that a module defines."""

    def rows() -> Iterable[Row]:
        for registry in registries:
            for name, value in getattr(importlib.import_module(module), registry).items():
                yield {"name": name, "what_it_is": _about(value)}

    return rows


def _about(value: Any) -> str:
    """What something says of itself in one line: its summary, else its documentation."""
    found = (getattr(value, name, None) for name in ("summary", "doc", "meaning", "__doc__"))
    about = next(filter(None, found), "")
    text = str(about() if callable(about) else about)
    return (text.strip().splitlines() or [""])[0]


# What can be listed, and how; none of it imports torch.
KINDS: dict[str, Callable[[], Iterable[Row]]] = {
    "variants": _variants,
    "datasets": _datasets,
    "grids": _grids,
    "tasks": _registered("bench.tasks", "TASKS"),
    "objectives": _registered("variants.objectives", "OBJECTIVES"),
    "penalties": _registered("variants.penalties", "PENALTIES"),
    "constraints": _registered("variants.constraints", "CONSTRAINTS"),
    "augmentations": _registered("variants.augmentations", "AUGMENTATIONS"),
    "scorers": _registered("bench.quality.scorers.base", "SCORERS"),
    "scalars": _registered("variants.scalars", "SCALARS"),
    "measures": _registered("bench.measures", "EPOCH_MEASURES", "RUN_MEASURES"),
    "figures": _registered("bench.report.figures", "FIGURES"),
    "tables": _registered("bench.report.tables", "TABLES"),
    "findings": _registered("bench.report.findings", "FINDINGS"),
}
# Listed on request only, because they load pandas and matplotlib, which takes a second.
_ON_REQUEST = ("figures", "tables", "findings")


def _named(kind: str, name: str, rows: list[Row]) -> Row:
    """The row of that name.

    Raises:
        RequestError: there is none.
    """
    from bench.bundled import bundled_name
    from variants.registry import suggestion

    name = (bundled_name(name) if kind == "grids" else None) or name
    by_name = {row["name"]: row for row in rows}
    if name not in by_name:
        hint = suggestion(name, by_name)
        raise RequestError(f"bench list {kind}: there is no {name!r} among them; {hint}")
    return by_name[name]


def list_(
    kind: Annotated[
        str | None,
        typer.Argument(
            metavar="|".join(KINDS),
            autocompletion=lambda: list(KINDS),
            help="What to list; if left out, all but the parts of a report.",
        ),
    ] = None,
    name: Annotated[
        str | None,
        typer.Argument(help="One of them alone; a grid is printed as its YAML."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    plugin: PluginFiles = None,
) -> None:
    """List what a grid can name and a report can show: variants, data sets, grids and others."""
    if kind is not None and kind not in KINDS:
        from variants.registry import suggestion

        raise RequestError(f"bench list {kind}: no such kind; {suggestion(kind, KINDS)}")
    load_plugins(plugin)
    kinds = [kind] if kind else [k for k in KINDS if k not in _ON_REQUEST]
    listings = {k: list(KINDS[k]()) for k in kinds}
    if kind is not None and name is not None:
        row = _named(kind, name, listings[kind])
        if kind == "grids" and not as_json:
            from bench.bundled import bundled_text

            print(bundled_text(row["name"]), end="")
            return
        listings = {kind: [row]}
    if as_json:
        found = listings[kind] if kind else listings
        display.echo_json(found)
        return
    console = display.console()
    for title, rows in listings.items():
        if rows:
            console.print(display.table(title, rows, console))
    if kind == "grids":
        console.print("One of them as YAML:  bench list grids NAME", highlight=False)
    if kind is None:
        parts = ", ".join(_ON_REQUEST)
        console.print(f"Parts of a report are listed by name: bench list KIND ({parts}).")
