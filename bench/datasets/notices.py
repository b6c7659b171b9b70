"""What a user should know of a data set that is used all the same, said once."""

from __future__ import annotations

import warnings

from bench.errors import DataWarning

_said: set[str] = set()


def notice(about: str, sentence: str) -> None:
    """Warns once per process: a folder is looked at several times before its runs start.

    Args:
        about: what is said of what; a second sentence about the same is left out.
    """
    if about not in _said:
        _said.add(about)
        warnings.warn(sentence, DataWarning, stacklevel=2)
