"""Batches counted in packs, turned into batches of samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from variants.references import Reference

if TYPE_CHECKING:
    from variants.adversarial_recipe import AdversarialRecipe

LIN = Reference(
    key="lin2018pacgan",
    authors="Zinan Lin and Ashish Khetan and Giulia Fanti and Sewoong Oh",
    title="PacGAN: The Power of Two Samples in Generative Adversarial Networks",
    booktitle="Advances in Neural Information Processing Systems",
    volume="31",
    arxiv="1712.04086",
    year=2018,
)


def apply_packs(kind: type[AdversarialRecipe], fields: Any) -> Any:
    """Turns ``packs`` into ``batch_size``, so that ``pack`` can be swept at equal packs.

    Args:
        kind: the recipe, whose default holds where a grid gives no pack.
        fields: what a grid gives; returned as it is where that is no mapping.

    Raises:
        ValueError: packs is no number above 0, or is given beside batch_size.
    """
    if not isinstance(fields, dict):
        return fields
    if "packs" not in fields and (kind.default_packs is None or "batch_size" in fields):
        return fields
    fields = dict(fields)
    packs = fields.pop("packs", kind.default_packs)
    if type(packs) is not int or packs < 1:
        raise ValueError(f"packs is {packs!r}; give a whole number from 1")
    if "batch_size" in fields:
        raise ValueError("packs and batch_size both give the batch; keep one of them")
    pack = fields.get("pack", kind.model_fields["pack"].default)
    if type(pack) is int and pack >= 1:
        fields["batch_size"] = packs * pack
    return fields
