"""What changed from one recipe to another, in words: as ``bench describe --against`` has it.

What it says is computed by ``bench.describe``; here it is said in the language of the report.
Names of fields, their values and the kinds of layers stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from bench.describe import Cause, Comparison, Cost, Description
from bench.describe.show import factor
from bench.describe.swap import Part, Where
from bench.report.table import Column, Table
from bench.report.titles import key_of
from bench.report.worded import worded
from bench.texts import grouped, say, translated
from variants.recipe import Recipe


def verdict(this: Description, other: Description, found: Comparison) -> str:
    """How the FLOPs of two recipes compare."""
    names = {"name": found.name, "other": found.other_name}
    if found.same:
        return say("explained-same", **names)
    return " ".join(_verdict(this.recipe, other.recipe, found, names))


def _verdict(
    this: Recipe, other: Recipe, found: Comparison, names: dict[str, str]
) -> Iterator[str]:
    own, its = found.cost, found.other_cost
    if own.per_image == its.per_image:
        yield say("explained-as-many", **names, flops=grouped(round(own.per_image)))
    else:
        yield say("explained-flops", **names, **_compared(own.per_image, its.per_image))
    if own.per_update * its.per_image == its.per_update * own.per_image:
        return
    updates = {"takes": _update(this), "against": _update(other)}
    if own.per_update == its.per_update:
        yield say("explained-update-same", **updates)
    else:
        yield say("explained-update", **updates, **_compared(own.per_update, its.per_update))


def _compared(own: Fraction, its: Fraction) -> dict[str, str]:
    return {"kind": "cheaper" if own < its else "dearer", "factor": factor(own, its)}


def _update(recipe: Recipe) -> str:
    return say("explained-takes", updates=recipe.critic_steps, images=recipe.batch_size)


def parts(found: Comparison, name: str) -> Table:
    """The changes, one at a time, with what each adds."""
    own, its = found.cost, found.other_cost
    rows: list[tuple[str | Cause, Cost, str]] = [(found.other_name, its, "")]
    rows += [(cause, cause.cost, "+") for cause in found.causes]
    rows.append((found.name, own, ""))

    def counts(key: str, of: str) -> Column:
        header = say(f"explained-{key.lower().replace('_', '-')}")
        return worded(
            key,
            (header,),
            lambda: [_signed(getattr(cost, of), sign) for _, cost, sign in rows],
            "count",
        )

    columns = [
        worded(
            "change",
            (say("explained-change"),),
            lambda: [row if isinstance(row, str) else _text(row) for row, _, _ in rows],
        ),
        counts("FLOPs_per_real_image", "per_image"),
    ]
    if own.per_update * its.per_image != its.per_update * own.per_image:
        columns.append(counts("FLOPs_per_generator_update", "per_update"))
    columns.append(counts("parameters", "parameters"))
    title = say("explained-title", name=found.name, other=found.other_name)
    return Table(title, tuple(columns), name=name)


def _signed(number: Fraction | int, sign: str) -> str:
    """A rounded count; with ``sign`` "+" also one above 0 has a sign."""
    whole = round(number)
    return f"{'−' if whole < 0 else sign if whole else ''}{grouped(abs(whole))}"


def reasons(found: Comparison) -> list[tuple[str, str]]:
    """Whatever changed for one reason, and the reason."""
    whose: dict[str, list[str]] = {}
    for cause in found.causes:
        if cause.why:
            whose.setdefault(cause.why, []).append(_subject(cause))
    return [(", ".join(subjects), f"{_why(why)}.") for why, subjects in whose.items()]


def remarks(found: Comparison) -> list[str]:
    """On the counting, and on changes that have no cost of their own."""
    sentences = []
    if found.causes:
        sentences.append(say("explained-order", name=found.name, other=found.other_name))
    for by_layer in (True, False):
        texts = [_text(each) for each in found.without_effect if each.by_layer == by_layer]
        if texts:
            sentences.append(
                say(
                    "explained-by-layer" if by_layer else "explained-without-effect",
                    changes="; ".join(texts),
                )
            )
    return sentences


def _text(cause: Cause) -> str:
    """A change: ``critic_width 64 → 32``, ``critic, a layer at 8×8: without conv 4×4``."""
    colon = "" if cause.field else ":"
    subject = f"{_subject(cause)}{colon}"
    before, after = (side and _side(cause.part, side) for side in (cause.before, cause.after))
    if before is None:
        return f"{subject} {say('explained-with', what=str(after))}"
    if after is None:
        return f"{subject} {say('explained-without', what=before)}"
    return f"{subject} {before} → {after}"


def _subject(cause: Cause) -> str:
    part = cause.part
    if cause.field:  # or fields that were changed together
        return f" {say('explained-together')} ".join(cause.subject.split(" with "))
    if part is None:
        return say("explained-step")
    network = translated(f"network-{key_of(part.network)}", part.network.lower())
    where = f" {say('explained-and')} ".join(map(_where, part.places))
    name = part.topic.name and translated(f"topic-{key_of(part.topic.name)}", part.topic.name)
    if name and where:
        return f"{network}, {say('explained-of', what=name, where=where)}"
    return ", ".join(filter(None, [network, name or where]))


def _where(where: Where) -> str:
    if where.size:
        return say("explained-layer-at", size=where.size)
    return translated(f"place-{key_of(where.place)}", where.place)


def _side(part: Part | None, text: str) -> str:
    """One side of a change of layers."""
    if part is not None and part.layers:
        return say("explained-layers", layers=part.layers)
    return translated(f"side-{key_of(text)}", text)


def _why(text: str) -> str:
    """A reason, clause by clause; one about an objective begins with its name."""
    return "; ".join(map(_clause, text.split("; ")))


def _clause(text: str) -> str:
    name, _, rest = text.partition(" ")
    about = translated(f"effect-of-{key_of(rest)}", text, name=name)
    return translated(f"effect-{key_of(text)}", about)
