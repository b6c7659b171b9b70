"""Which revision of something a run was trained with.

A class that changes what runs yield (a default, the mathematics of a network or of a loss) raises
its attribute ``revision``, 1 if it has none. The number is part of the run's identity, so that
results of before and after never share a run id.
"""

from __future__ import annotations

from collections.abc import Iterable


def of(kind: object) -> int:
    """1, and one more for each change in a class and in those that it derives from.

    A function, such as a constraint, may have the attribute too.
    """
    if not isinstance(kind, type):
        return int(getattr(kind, "revision", 1))
    return together(int(vars(base).get("revision", 1)) for base in kind.__mro__)


def together(revisions: Iterable[int]) -> int:
    """The revision of a whole: 1, and one more for each change of a part.

    A part's revision is never lowered, so two versions of a whole never have the same.
    """
    return 1 + sum(revision - 1 for revision in revisions)
