"""Which publications describe a method, said where the method is.

A class or function says it with a decorator, and a field of a recipe beside its effect::

    LIN = Reference(
        key="lin2018pacgan",
        authors="Zinan Lin and Ashish Khetan and Giulia Fanti and Sewoong Oh",
        title="PacGAN: The Power of Two Samples in Generative Adversarial Networks",
        booktitle="Advances in Neural Information Processing Systems",
        year=2018,
        arxiv="1712.04086",
    )

    @register("pacgan")
    @cites(LIN)
    class PacGan(Dcgan): ...

    pack: Annotated[int, Effect(1, …), Cited(LIN, unless=1)] = Field(1, ge=1, …)

What two files cite is defined in the lower one, and imported by the other. Reports write the
references of what a sweep used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

_KEY = re.compile("[A-Za-z][A-Za-z0-9-]*")
_ARXIV = re.compile(r"\d{4}\.\d{4,5}")

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Reference:
    """One publication, as plain text without LaTeX.

    One with an arXiv number needs no other place of publication.

    Attributes:
        key: by which a paper cites it: letters, digits and dashes.
        authors: first name first, with " and " between them.
        journal, booktitle, institution: where it was published; of a technical report, by whom.
        pages: first and last, with a dash between them.
        arxiv: its number, such as 1406.2661.

    Raises:
        ValueError: something of it is missing, or is not what it should be.
    """

    key: str
    authors: str
    title: str
    year: int
    journal: str = ""
    booktitle: str = ""
    institution: str = ""
    volume: str = ""
    number: str = ""
    pages: str = ""
    arxiv: str = ""

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"reference key {self.key!r}: use letters, digits and dashes only")
        if self.arxiv and not _ARXIV.fullmatch(self.arxiv):
            raise ValueError(f"reference {self.key!r}: arxiv is {self.arxiv!r}; give its number")
        if not (self.authors and self.title and 1000 <= self.year <= 9999):
            raise ValueError(f"reference {self.key!r} needs authors, a title and a year")
        if not (self.journal or self.booktitle or self.institution or self.arxiv):
            raise ValueError(
                f"reference {self.key!r} needs a journal, booktitle, institution or arxiv number"
            )
        if any(sign in str(text) for text in vars(self).values() for sign in "{}\\"):
            raise ValueError(f"reference {self.key!r} has a brace or backslash; write plain text")


@dataclass(frozen=True)
class Cited:
    """That a field's value is a method of a publication, unless it has the given value."""

    reference: Reference
    unless: Any


def cites(*references: Reference) -> Callable[[T], T]:
    """Says of the decorated class or function which publications describe it.

    A class has those of the classes that it derives from as well.

    Raises:
        TypeError: something else than references is given.
    """
    for reference in references:
        if not isinstance(reference, Reference):
            raise TypeError(f"cites takes variants.references.Reference, not {reference!r}")

    def decorate(kind: T) -> T:
        kind.references = tuple(dict.fromkeys((*references_of(kind), *references)))  # type: ignore[attr-defined]
        return kind

    return decorate


def references_of(kind: object) -> tuple[Reference, ...]:
    """The publications that describe a class or function."""
    found: tuple[Reference, ...] = getattr(kind, "references", ())
    return found


def references_of_fields(recipe: BaseModel) -> Iterable[Reference]:
    """The publications that describe what the fields of a recipe turn on."""
    for name in type(recipe).model_fields:
        for cited in _cited(type(recipe), name):
            if getattr(recipe, name) != cited.unless:
                yield cited.reference


def _cited(kind: type[BaseModel], field: str) -> list[Cited]:
    """What is said with a field; a subclass that declares it again keeps that."""
    for base in kind.__mro__:
        info = getattr(base, "model_fields", {}).get(field)
        given = info.metadata if info else ()
        if found := [each for each in given if isinstance(each, Cited)]:
            return found
    return []
