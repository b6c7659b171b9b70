"""The references of what a sweep used, as a BibTeX file.

It is plain ASCII where letters have an accent that LaTeX has, so that BibTeX's own styles sort it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bench.markup import escape_latex
from bench.texts import say
from variants.references import Reference

_ACCENTS = {
    "\u0300": "`",
    "\u0301": "'",
    "\u0302": "^",
    "\u0303": "~",
    "\u0304": "=",
    "\u0306": "u",
    "\u0307": ".",
    "\u0308": '"',
    "\u030a": "r",
    "\u030b": "H",
    "\u030c": "v",
    "\u0327": "c",
    "\u0328": "k",
}
_LETTERS = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "æ": "ae", "Æ": "AE", "ı": "i"}


def bibtex(references: Iterable[Reference]) -> str:
    """The file: each of them once, by key; "" without any.

    Where different ones have one key, as those of plug-ins may, later ones have a number behind it.
    """
    found: dict[str, Reference] = {}
    for each in dict.fromkeys(references):
        key, number = each.key, 2
        while key in found:
            key, number = f"{each.key}-{number}", number + 1
        found[key] = replace(each, key=key)
    if not found:
        return ""
    entries = (_entry(found[key]) for key in sorted(found))
    return "\n\n".join([f"% {say('paper-references')}", *entries, ""])


def _entry(reference: Reference) -> str:
    fields = ",\n".join(f"  {name} = {{{text}}}" for name, text in _fields(reference))
    return f"@{_kind(reference)}{{{reference.key},\n{fields}\n}}"


def _kind(reference: Reference) -> str:
    if reference.booktitle:
        return "inproceedings"
    return "techreport" if reference.institution else "article"


def _fields(reference: Reference) -> Iterator[tuple[str, str]]:
    yield "author", latex_text(reference.authors)
    yield "title", f"{{{latex_text(reference.title)}}}"  # with the capitals that it has
    preprint = f"arXiv preprint arXiv:{reference.arxiv}"
    published = reference.booktitle or reference.institution or reference.journal
    journal = reference.journal if published else preprint
    for name, text in (
        ("journal", journal),
        ("booktitle", reference.booktitle),
        ("institution", reference.institution),
        ("volume", reference.volume),
        ("number", reference.number),
        ("pages", reference.pages.replace("-", "--")),
        ("year", str(reference.year)),
        ("eprint", reference.arxiv),
        ("archiveprefix", "arXiv" if reference.arxiv else ""),
    ):
        if text:
            yield name, latex_text(text)


def latex_text(text: str) -> str:
    """A text with its accents as LaTeX's commands, in the form that BibTeX takes for one letter."""
    return "".join(map(_letter, unicodedata.normalize("NFC", text)))


def _letter(letter: str) -> str:
    if letter == " ":  # which alone would become one that is not broken
        return letter
    if letter in _LETTERS:
        return rf"{{\{_LETTERS[letter]}}}"
    apart = unicodedata.normalize("NFD", letter)
    base, marks = apart[:1], apart[1:]
    if marks in _ACCENTS and base.isascii():
        return rf"{{\{_ACCENTS[marks]}{{{base}}}}}"
    return escape_latex(letter)
