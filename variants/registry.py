"""Named things of one kind, each registered by a decorator in one file.

Built-in files are imported when a registry is first read; so are the modules that installed
packages name in the entry point group ``gan_bench.plugins`` or, as before,
``gan_bench.variants``. A file named with ``--plugin`` registers in the same way.
"""

from __future__ import annotations

import contextlib
import difflib
import importlib
import math
import pkgutil
import re
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Self, TypeVar

if TYPE_CHECKING:
    from variants.recipe import Recipe

ENTRY_POINT_GROUPS = ("gan_bench.plugins", "gan_bench.variants")

_homes = {__file__}  # files that define a registry, and functions that register in it

T = TypeVar("T")
V = TypeVar("V")


class UnknownName(LookupError):
    """Nothing of this kind has this name; the message suggests the nearest."""


class DuplicateName(ValueError):
    """A name is registered twice; the message names both places."""


class PluginWarning(RuntimeWarning):
    """Something that a plug-in adds is missing, because the plug-in failed."""


class Place(NamedTuple):
    """Where something was registered."""

    file: str
    line: int

    @classmethod
    def at(cls, file: str | Path, line: int) -> Self:
        """The place with its file relative to the working directory, where it is below that."""
        path = Path(file)
        with contextlib.suppress(ValueError, OSError):  # elsewhere, or that directory is gone
            path = path.relative_to(Path.cwd())
        return cls(str(path), line)

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}"


class Registry(Generic[T]):
    """The things of one kind, by name.

    Args:
        kind: what one of them is called in messages, such as "variant".
        packages: whose modules register the built-in ones; imported at the first look-up.
        pattern: a regular expression that every name must match as a whole.
        rule: the pattern in words, for messages.
        accepts: whether something can be registered; None for anything.
        wanted: what can be, in words, for messages.
    """

    def __init__(
        self,
        kind: str,
        *,
        packages: Sequence[str] = (),
        pattern: str = "[a-z0-9]+(-[a-z0-9]+)*",
        rule: str = "lower-case letters, digits and dashes",
        accepts: Callable[[object], bool] | None = None,
        wanted: str = "",
    ) -> None:
        self.kind = kind
        self._accepts, self._wanted = accepts, wanted
        self._packages = packages
        self._pattern = re.compile(pattern)
        self._rule = rule
        self._entries: dict[str, T] = {}
        self._places: dict[str, Place] = {}
        self._imported = self._discovered = False
        creator = sys._getframe(1).f_code
        if creator.co_name == "<module>":
            _homes.add(creator.co_filename)

    def register(self, name: str) -> Callable[[V], V]:
        """Registers the decorated class or function as ``name``.

        Raises:
            DuplicateName: something else has that name.
            ValueError: the name does not match the registry's rule.
        """
        frame = _caller()
        place = _place(frame)
        self._prepare(frame)
        self._check(name)

        def decorate(value: V) -> V:
            self.add(name, value, place)  # type: ignore[arg-type]
            return value

        return decorate

    def add(self, name: str, value: T, place: Place | None = None) -> None:
        """Registers ``value`` as ``name``.

        Args:
            place: where it is defined; None for the caller's line. Registering again from the
                same place replaces the entry, as when a module is reloaded.

        Raises:
            DuplicateName: something else has that name.
            ValueError: the name does not match the registry's rule.
        """
        frame = _caller()
        place = place or _place(frame)
        self._prepare(frame)
        self._check(name)
        if self._accepts is not None and not self._accepts(value):
            raise ValueError(f"{place}: the {self.kind} {name!r} must be {self._wanted}")
        first = self._places.get(name)
        if first is not None and first != place:
            raise DuplicateName(
                f"{place}: the {self.kind} {name!r} is already registered ({first}); "
                "choose another name"
            )
        self._entries[name] = value
        self._places[name] = place

    def get(self, name: str) -> T:
        """What is registered as ``name``.

        Raises:
            UnknownName: nothing is; suggests the nearest name.
        """
        if name not in self._entries:
            self._discover()
        if name not in self._entries:
            hint = suggestion(name, self._entries)
            raise UnknownName(f"there is no {self.kind} {name!r}; {hint}")
        return self._entries[name]

    def names(self) -> list[str]:
        """Every name, in order of registration: built-in files alphabetically, then plug-ins.

        A file that another one imports comes before that.
        """
        self._discover()
        return list(self._entries)

    def values(self) -> list[T]:
        """Everything registered, in the order of :meth:`names`."""
        self._discover()
        return list(self._entries.values())

    def items(self) -> list[tuple[str, T]]:
        """Names and what is registered under them, in the order of :meth:`names`."""
        self._discover()
        return list(self._entries.items())

    def holds(self, value: object) -> bool:
        """Whether this very object is registered already; imports nothing."""
        return any(value is known for known in self._entries.values())

    def place(self, name: str) -> Place:
        """Where ``name`` was registered."""
        return self._places[name]

    def __contains__(self, name: object) -> bool:
        self._discover()
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.names())

    def _check(self, name: str) -> None:
        if not self._pattern.fullmatch(name):
            raise ValueError(f"{self.kind} name {name!r}: use {self._rule} only")

    def _prepare(self, frame: FrameType) -> None:
        """Imports the built-in files before others register, who then meet taken names at once."""
        ours = {__name__, *self._packages}
        if _root(frame.f_globals.get("__name__", "")) not in map(_root, ours):
            self.import_built_in()

    def _discover(self) -> None:
        if self._discovered:
            return
        self._discovered = True
        self.import_built_in()
        load_entry_points()

    def import_built_in(self) -> None:
        """Imports the files of the registry's packages, but no plug-ins."""
        if self._imported:
            return
        self._imported = True
        for package in self._packages:
            module = importlib.import_module(package)
            for found in pkgutil.iter_modules(module.__path__, f"{package}."):
                importlib.import_module(found.name)


def suggestion(name: object, known: Iterable[str], otherwise: str | None = None) -> str:
    """The end of a message about an unknown name: the nearest known one, or all of them.

    Args:
        otherwise: said where no known name is near; None lists the known names.
    """
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return otherwise or f"known: {', '.join(known)}."


def numbers_by_name(key: str, given: dict[str, float], registry: Registry[T]) -> dict[str, float]:
    """The given numbers, checked to be above 0 and to have registered names.

    Args:
        key: of the grid, for messages.

    Raises:
        ValueError: a number or a name is wrong.
    """
    for name, number in given.items():
        if name not in registry:
            hint = suggestion(name, registry).rstrip(".")
            raise ValueError(f"{key} has {name!r}, which is no known {registry.kind} ({hint})")
        if not 0 < number < math.inf:
            raise ValueError(f"{key} gives {name} the number {number!r}; give one above 0")
    return given


@cache
def load_entry_points() -> None:
    """Imports what installed packages declare; one that cannot be imported is a warning."""
    for group in ENTRY_POINT_GROUPS:
        for entry_point in entry_points(group=group):
            try:
                entry_point.load()
            except (Exception, SystemExit) as error:  # whatever a module of somebody else raises
                reason = (str(error).strip().splitlines() or [""])[0]
                warnings.warn(
                    f"The plug-in {entry_point.name!r} of {_package(entry_point)} "
                    f"({entry_point.value}) could not be loaded ({type(error).__name__}: "
                    f"{reason}); what it adds is missing. Update or uninstall it.",
                    PluginWarning,
                    stacklevel=2,
                )


def _package(entry_point: EntryPoint) -> str:
    """The name of the package that declares it, whose metadata may be gone."""
    name = None
    with contextlib.suppress(Exception):
        name = entry_point.dist.name if entry_point.dist else None
    return name or "an installed package"


def from_package(module: str) -> bool:
    """Whether a module belongs to a plug-in that an installed package declares, by its name."""
    return _root(module) in _roots()


@cache
def _roots() -> frozenset[str]:
    """The top-level names of the modules that entry points name."""
    found = set()
    for group in ENTRY_POINT_GROUPS:
        for entry_point in entry_points(group=group):
            with contextlib.suppress(Exception):  # what it names may be no module
                found.add(_root(entry_point.module))
    return frozenset(found - {"bench", "variants"})


def registers_for_callers(file: str) -> None:
    """Declares that functions of ``file`` register on behalf of their callers.

    What they register then has the caller's place. A file that defines a registry does not need
    this.
    """
    _homes.add(file)


def caller() -> Place:
    """The line that is registering something, for registries with a decorator of their own."""
    return _place(_caller())


def _caller() -> FrameType:
    """The frame that is registering something, with whatever helper of whatever registry."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_helper(frame.f_code):
        frame = frame.f_back
    return frame


def _is_helper(code: CodeType) -> bool:
    return code.co_filename in _homes and code.co_name != "<module>"


def _place(frame: FrameType) -> Place:
    return Place.at(frame.f_code.co_filename, frame.f_lineno)


def _root(module: str) -> str:
    return module.partition(".")[0]


def _is_recipe(value: Any) -> bool:
    if not (isinstance(value, type) and hasattr(value, "grid_keys")):
        return False
    fields = getattr(value, "model_fields", {})
    return not any(field.is_required() for field in fields.values())


VARIANTS: Registry[type[Recipe]] = Registry(
    "variant",
    packages=["variants.zoo"],
    accepts=_is_recipe,
    wanted="a class derived from variants.recipe.Recipe, with a default for every field",
)
register = VARIANTS.register
get = VARIANTS.get
names = VARIANTS.names
