"""A description, and a comparison of two, as a document."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from fractions import Fraction
from itertools import zip_longest

from bench.describe.causes import Comparison, compare
from bench.describe.description import Description
from bench.describe.document import Block, Heading, Items, Paragraph, Table
from bench.describe.layers import Layer
from bench.units import binary, count, counted, ratio
from variants.recipe import Recipe


def document(this: Description, other: Description | None = None) -> list[Block]:
    """The fields and layers of a variant and its costs; with ``other``, what differs and why."""
    blocks: list[Block] = [Heading(this.name), Paragraph(this.recipe.summary())]
    if this.recipe.source:
        blocks.append(Paragraph(f"Source: {this.recipe.source}"))
    if other is None:
        blocks.append(_fields(this.recipe))
    else:
        blocks.append(
            Paragraph(
                f"Layers marked + are of {this.name}, those marked − of {other.name}, others of "
                "both."
            )
        )
    for title in dict.fromkeys([*this.networks, *(other.networks if other else ())]):
        own = this.networks.get(title, [])
        theirs = other.networks.get(title, []) if other else None
        blocks.append(_layers(title, own, theirs))
    blocks.append(_totals(this, other))
    if other is not None:
        blocks += comparison(this, other)
    return blocks


def comparison(this: Description, other: Description) -> list[Block]:
    """What differs between two variants, and what each difference costs.

    Raises:
        RequestError: the recipes are for different samples.
    """
    found = compare(this, other)
    if found.same:
        return [Paragraph(f"{this.name} and {other.name} are the same recipe.")]
    blocks: list[Block] = [Paragraph(" ".join(_verdict(this, other, found)))]
    if found.causes:
        blocks.append(_causes(found))
        whys: dict[str, list[str]] = {}
        for cause in found.causes:
            whys.setdefault(cause.why, []).append(cause.subject)
        blocks.append(Items([(", ".join(whose), f"{why}.") for why, whose in whys.items() if why]))
        blocks.append(
            Paragraph(
                "Each part is counted, and each layer named, as things are once the changes above "
                "are made; another order would give other parts. "
                f"{other.name} against {this.name} has the same parts with the opposite signs."
            )
        )
    for by_layer, introduction in (
        (True, "Changed with the networks, and counted above by layer"),
        (False, "Changed without effect on FLOPs and parameters"),
    ):
        changes = [str(cause) for cause in found.without_effect if cause.by_layer == by_layer]
        if changes:
            blocks.append(Paragraph(f"{introduction}: {'; '.join(changes)}."))
    return blocks


def _verdict(this: Description, other: Description, found: Comparison) -> Iterator[str]:
    own, its = found.cost, found.other_cost
    if own.per_image == its.per_image:
        yield (
            f"{this.name} costs the same training FLOPs per real image as {other.name}: "
            f"{round(own.per_image):,}."
        )
    else:
        yield (
            f"{this.name} is {_word(own.per_image, its.per_image)}: "
            f"{factor(own.per_image, its.per_image)} the training FLOPs per real image of "
            f"{other.name}."
        )
    if own.per_update * its.per_image == its.per_update * own.per_image:
        return
    takes, against = _update(this.recipe), _update(other.recipe)
    start = f"Per generator update, which takes {takes} instead of {against}, it"
    if own.per_update == its.per_update:
        yield f"{start} costs the same."
    else:
        word = _word(own.per_update, its.per_update)
        yield f"{start} is {word}: {factor(own.per_update, its.per_update)}."


def _word(own: Fraction, its: Fraction) -> str:
    return "cheaper" if own < its else "more expensive"


def factor(own: Fraction, its: Fraction) -> str:
    """``0.26 ×``, with as many decimals as show that two numbers differ."""
    value = float(own / its)
    for decimals in range(2, 17):
        text = f"{value:.{decimals}f}"
        if own == its or float(text) not in (0, 1):
            break
    return f"{text} ×"


def _update(recipe: Recipe) -> str:
    images = counted(recipe.batch_size, "image")
    return f"{counted(recipe.critic_steps, 'critic update')} of {images}"


def _causes(found: Comparison) -> Table:
    own, its = found.cost, found.other_cost
    updates = own.per_update * its.per_image != its.per_update * own.per_image
    rows = []
    for text, cost, sign in (
        (found.other_name, its, ""),
        *((str(cause), cause.cost, "+") for cause in found.causes),
        (found.name, own, ""),
    ):
        numbers = [_number(cost.per_image, sign), _number(cost.parameters, sign)]
        numbers[1:1] = [_number(cost.per_update, sign)] if updates else []
        rows.append([text, *numbers])
    header = ["change", "FLOPs per real image"]
    header += ["FLOPs per generator update"] if updates else []
    return Table(
        title=f"From {found.other_name} to {found.name}, one change at a time",
        header=[*header, "parameters"],
        rows=rows,
        numbers=len(header),
        strong=frozenset({0, len(rows) - 1}),
    )


def _number(number: Fraction | int, sign: str) -> str:
    return f"{round(number):{sign},}".replace("-", "−") if number else "0"


def _fields(recipe: Recipe) -> Table:
    kind = type(recipe)
    return Table(
        title="Fields a grid may set",
        header=["field", "default", "meaning"],
        rows=[
            [name, str(getattr(recipe, name)), field.description or ""]
            for name, field in kind.model_fields.items()
        ],
    )


def _layers(title: str, ours: list[Layer], theirs: list[Layer] | None) -> Table:
    header = ["layer", "output", "parameters", "MACs", "activation"]
    if theirs is None:
        return Table(title, header, [_cells(layer) for layer in ours], numbers=4)
    rows: list[list[str]] = []
    faint: set[int] = set()
    for own, its in _aligned(ours, theirs):
        if own == its:
            faint.add(len(rows))
            rows.append(["", *_cells(its)])
            continue
        rows += [["−", *_cells(its)]] if its else []
        rows += [["+", *_cells(own)]] if own else []
    return Table(title, ["", *header], rows, numbers=4, faint=frozenset(faint))


def _aligned(ours: list[Layer], theirs: list[Layer]) -> list[tuple[Layer | None, Layer | None]]:
    """Pairs layers of one kind and map size in order, so that an added layer has no partner."""
    own, its = (
        [(layer.kind.split(",")[0], layer.output[1:]) for layer in x] for x in (ours, theirs)
    )
    pairs: list[tuple[Layer | None, Layer | None]] = []
    for _, i, j, k, m in SequenceMatcher(None, own, its, autojunk=False).get_opcodes():
        pairs += zip_longest(ours[i:j], theirs[k:m])
    return pairs


def _cells(layer: Layer | None) -> list[str]:
    if layer is None:
        return []
    return [
        layer.kind,
        "×".join(map(str, layer.output)),
        f"{layer.parameters:,}" if layer.parameters else "",
        f"{layer.macs:,}" if layer.macs else "",
        binary(layer.bytes),
    ]


_TOTALS = (
    ("generator parameters", "generator_parameters", count),
    ("critic parameters", "critic_parameters", count),
    ("generator MACs per image, forward", "generator_macs", count),
    ("critic MACs per image, forward", "critic_macs", count),
    ("generator activation memory per image", "generator_activation_bytes", binary),
    ("critic activation memory per image", "critic_activation_bytes", binary),
    ("critic update per image", "critic_flops_per_image", lambda n: count(n, "FLOPs")),
    ("generator update per image", "generator_flops_per_image", lambda n: count(n, "FLOPs")),
    ("training per real image", "train_flops_per_image", lambda n: count(n, "FLOPs")),
)


def _totals(this: Description, other: Description | None) -> Table:
    sides = [this, other] if other else [this]
    rows = []
    for title, key, text in _TOTALS:
        numbers = [getattr(side.counts, key) for side in sides]
        rows.append([title, *map(text, numbers), *([ratio(*numbers)] if other else [])])
    updates = [_update_flops(side) for side in sides]
    texts = [count(number, "FLOPs") for number in updates]
    rows.append(["training per generator update", *texts, *([ratio(*updates)] if other else [])])
    header = ["", *(side.name for side in sides), *(["ratio"] if other else [])]
    return Table("Total", header, rows, numbers=len(header) - 1)


def _update_flops(description: Description) -> int | None:
    critic = description.counts.critic_flops_per_image
    generator = description.counts.generator_flops_per_image
    if critic is None or generator is None:
        return None
    recipe = description.recipe
    return recipe.batch_size * (recipe.critic_steps * critic + generator)
