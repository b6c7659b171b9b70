"""The words of a grid's errors: one sentence that says what is wrong and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from bench.run_keys import QualitySpec
from variants.registry import suggestion

NOT_ONE_LINE = "should be one line of text, without control characters or lone surrogates."

_WANTED = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "string_type": "text",
    "bool_type": "true or false",
    "dict_type": "a mapping such as {name: 1}",
    "model_type": "a mapping such as {features: auto, samples: 5000}, or off",
    "model_attributes_type": "a mapping",
}


_LONGEST = 80  # characters of a value in a message


def shown(value: Any) -> str:
    """A value as a grid writes it, shortened where it is long."""
    words: dict[Any, str] = {None: "null", True: "true", False: "false"}
    constant = value is None or isinstance(value, bool)
    return words[value] if constant else shortened(repr(value))


def shortened(text: str) -> str:
    """Text that a message can quote."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 2]} …"


def is_one_line(text: str) -> bool:
    """Whether text can be shown on a terminal and written as UTF-8 on one line."""
    return not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text)


def should_be_text(value: Any) -> str:
    """What to say of a value that is no text, as a bare on or 1e-4 is not."""
    quotes = "" if isinstance(value, str | list | dict) else "; put it in quotes"
    return f"should be text{quotes}."


def such_as(value: Any, example: str = "") -> str:
    """An example of the list that was wanted in place of a value: " such as [3]" for 3.

    Args:
        example: for a value that cannot be an item of it; "" for none.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        example = f"[{value}]"
    return f" such as {example}" if example else ""


def unknown_key(key: object, known: Iterable[str], of: str = "a grid") -> str:
    """What to say of a key that is none of ``known``."""
    known = list(known)
    if "quality" in known and key in QualitySpec.model_fields:
        near = [f"'quality.{key}' ({key} under quality)"]
        near += [repr(name) for name in known if name.startswith(f"{key}_")]
        most = ", ".join(near[:-1])
        hint = f"did you mean {f'{most} or ' if most else ''}{near[-1]}?"
    else:
        hint = suggestion(key, known, "bench describe VARIANT lists its fields.")
    return f"{of} has no key {key!r}; {hint}"


def validation_sentence(error: Mapping[str, Any]) -> str:
    """One of pydantic's errors, in the words of a grid."""
    kind, value = error["type"], error.get("input")
    key = ".".join(str(part) for part in error["loc"] if not isinstance(part, int))
    if kind == "extra_forbidden":
        return unknown_key(error["loc"][-1], QualitySpec.model_fields, of=str(error["loc"][0]))
    if kind == "list_type":
        example = f"[{value}]" if isinstance(value, str) else ""
        return f"{key} is {shown(value)}; it should be a list{such_as(value, example)}."
    if kind in _WANTED:
        return f"{key} is {shown(value)}; it should be {_WANTED[kind]}."
    if kind == "too_short":
        return f"{key} is {shown(value)}; it should have at least one entry."
    if kind == "literal_error":
        return f"{key} is {shown(value)}; it should be {error['ctx']['expected']}."
    if kind == "value_error":
        sentence = str(error["msg"]).removeprefix("Value error, ")
        return sentence if sentence.endswith((".", "?")) else sentence + "."
    return f"{key} is {shown(value)}; {error['msg'].lower().replace('input ', 'it ')}."
