"""What reports say, in the reader's language: one catalogue per language, ``en.ftl``, ``es.ftl``.

A catalogue is a file of Fluent messages (projectfluent.org); a further language is one more file.
To say something, put it into every catalogue, in the section of its room, as a whole sentence::

    # en.ftl
    front-dominated = On the front: { $on }; { $count } { $count ->
        [one] other is
       *[other] others are
    } dominated.

and in the code::

    say("front-dominated", on=listing(labels), count=len(others))

- An int selects a plural form and is shown with the language's thousands separator. Every other
  number is passed as the text that it is shown as (``bench.report.text``); ``grouped`` is for an
  int inside such a text.
- What is one of a few kinds is passed by its name and selected in the catalogue:
  ``say("verdict", kind=found.kind)``. Word order and agreement are the catalogue's business: no
  sentence is glued together from parts.
- A key is a literal, or an f-string that begins with one, ``say(f"finding-loss-{kind}")``: tests
  compare the keys of the code, of the templates and of all catalogues.
- Lines of a message are joined by a space. Spaces at its ends do not count; a literal keeps them:
  ``{ " " }``.
- Text at the top of a module would be that of the language at import: use a function.
- What is declared with an English name that serves everywhere, such as a measure, keeps that name
  in English: ``translated("measure-fid", "FID")`` asks the other catalogues only.

The language is a context variable that ``speaking`` sets for a block, so reports of one process do
not influence each other. Templates have ``say`` and ``language`` as globals. The catalogues are
read when something is first said, so that commands that say nothing do not pay for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from bench.errors import RequestError

ENGLISH = "en"

_FOLDER = Path(__file__).parent
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


def language() -> str:
    """The code of the language that is spoken, as HTML's ``lang`` has it."""
    return _language.get()


@cache
def languages() -> tuple[str, ...]:
    """The codes of all languages that have a catalogue."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.ftl")))


def catalogue_file(code: str) -> Path:
    """Where the catalogue of a language is."""
    return _FOLDER / f"{code}.ftl"


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Everything that is said in the block is said in this language.

    Raises:
        RequestError: it has no catalogue.
    """
    if code not in languages():
        *most, last = languages()
        known = f"{', '.join(most)} or {last}" if most else last
        raise RequestError(f"There is no catalogue of the language {code!r}: choose {known}.")
    before = _language.set(code)
    try:
        yield
    finally:
        _language.reset(before)


def say(key: str, /, **values: str | int) -> str:
    """The text of that key in the language that is spoken; in English where that lacks it.

    Args:
        values: what the text's placeables show; see the module.

    Raises:
        LookupError: no catalogue has the key, or a value is missing.
    """
    from bench.texts.catalogue import said

    text = said(_language.get(), key, values)
    if text is None:
        text = said(ENGLISH, key, values)
    if text is None:
        raise LookupError(f"No text {key!r} with the values {', '.join(values) or 'none'}.")
    return text


def translated(key: str, english: str, /, **values: str | int) -> str:
    """A name that is declared in English, in the language that is spoken where that has it.

    Args:
        values: what the placeables of translations show; see ``say``.
    """
    from bench.texts.catalogue import said

    if _language.get() == ENGLISH:
        return english
    return said(_language.get(), key, values) or english


def grouped(number: int) -> str:
    """``12,000`` with the thousands separator of the language that is spoken."""
    if len(str(abs(number))) < int(say("thousands-from-digits")):
        return str(number)
    return f"{number:,}".replace(",", say("thousands-separator"))
