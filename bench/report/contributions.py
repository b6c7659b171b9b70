"""Figures, tables and findings: each is a function in one file, registered under a name.

A function receives the sweep's data. It returns what it contributes, a sentence that says why
it contributes nothing, a list of these, or None where it does not apply.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from bench.errors import first_line
from bench.texts import say
from variants.registry import PluginWarning, Registry, caller, registers_for_callers

if TYPE_CHECKING:
    from bench.report.data import SweepData

registers_for_callers(__file__)

T = TypeVar("T")
U = TypeVar("U")
F = TypeVar("F", bound=Callable[..., Any])

LAST = 1000.0  # the position of what gives none
_FILE_NAME = re.compile("[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A registered function and where in the report its results are."""

    function: Callable[[SweepData], T | str | Sequence[T | str] | None]
    position: float
    built_in: bool

    @property
    def rank(self) -> tuple[bool, float]:
        """Sorts by position, everything built in before the plug-ins."""
        return not self.built_in, self.position

    @property
    def summary(self) -> str:
        """The first line of the function's documentation."""
        return ((self.function.__doc__ or "").strip().splitlines() or [""])[0]


class Contribution(NamedTuple, Generic[T]):
    """Something for the report, and the registered name and rank of what it is from."""

    name: str
    rank: tuple[bool, float]
    value: T


class Contributions(Generic[T]):
    """The registry of one kind, called as a decorator: ``@figure("my-figure")``.

    Args:
        kind: what one of them is called in messages: "figure", "table" or "finding".
        package: whose modules register the built-in ones.
        returns: the class of what the functions return.
    """

    def __init__(self, kind: str, package: str, returns: type[T]) -> None:
        self.registry: Registry[Entry[T]] = Registry(kind, packages=[package])
        self._returns = returns

    def __call__(self, name: str, *, position: float = LAST) -> Callable[[F], F]:
        """Registers the decorated function as ``name``.

        Args:
            position: its place in the report; by default after all others. What is not built
                in always comes after what is.

        Raises:
            DuplicateName: another one of this kind has that name.
            ValueError: the name is not made of lower-case letters, digits and dashes.
        """
        place = caller()

        def decorate(function: F) -> F:
            built_in = function.__module__.partition(".")[0] == "bench"
            self.registry.add(name, Entry(function, position, built_in), place)
            return function

        return decorate

    def collect(
        self,
        data: SweepData,
        finish: Callable[[str, T], U],
        only: Collection[str] | None = None,
    ) -> tuple[list[Contribution[U]], list[str]]:
        """Calls the registered functions, in the order of the report.

        An exception in a built-in function is raised. One in a plug-in's function is a warning,
        and a sentence says that its contribution is missing.

        Args:
            finish: turns a registered name and what its function returned into the result.
            only: the names of the functions to call; None calls all.

        Returns:
            The contributions, and sentences about what is missing.
        """
        contributions: list[Contribution[U]] = []
        sentences: list[str] = []
        for name, entry in sorted(self.registry.items(), key=lambda item: item[1].rank):
            if only is not None and name not in only:
                continue
            try:
                returned = self._checked(entry.function(data))
                values = [finish(name, each) for each in returned if not isinstance(each, str)]
            except (Exception, SystemExit) as error:  # a plug-in may raise anything
                if entry.built_in:
                    raise
                sentence = self._failure(name, error)
                warnings.warn(sentence, PluginWarning, stacklevel=2)
                sentences.append(sentence)
                continue
            sentences += [each for each in returned if isinstance(each, str)]
            contributions += [Contribution(name, entry.rank, value) for value in values]
        return contributions, sentences

    def _checked(self, returned: Any) -> list[T | str]:
        """What a function returned, as a list of the right type."""
        several = list(returned) if isinstance(returned, list | tuple) else [returned]
        wanted = self._returns
        for each in several:
            if each is not None and not isinstance(each, (wanted, str)):
                raise TypeError(
                    f"a {self.registry.kind}’s function returns {wanted.__name__} objects, "
                    f"sentences or None, not {type(each).__name__}"
                )
        return [each for each in several if each is not None]

    def _failure(self, name: str, error: BaseException) -> str:
        return say(
            "part-failed",
            kind=self.registry.kind,
            name=repr(name),
            place=str(self.registry.place(name)),
            error=f"{type(error).__name__}: {first_line(error)}".rstrip("."),
        )


def file_name(registered: str, own: str, taken: Collection[str]) -> str:
    """The name of the files of a figure or table.

    Args:
        registered: the name its function is registered under.
        own: the name it gives itself, "" for the registered one.
        taken: the names that others of the report have.

    Raises:
        ValueError: the name is unsuitable or taken.
    """
    name = own or registered
    if not _FILE_NAME.fullmatch(name):
        raise ValueError(
            f"the file name {name!r} contains more than lower-case letters, digits and dashes"
        )
    if name in taken:
        raise ValueError(f"the file name {name!r} is already in use in this report")
    return name
