"""Python files that a user names with ``--plugin``, and how other processes come by them.

A plug-in registers variants, objectives, data sets, scorers, tasks, measures or figures with the
registries' decorators, as built-in files do. Nothing else loads one: neither a grid nor a results
folder names files to execute.

Classes of a plug-in are pickled by reference, so a process that unpickles them must have loaded
the plug-in before. :func:`packed` therefore sends the source text along, also to machines that do
not have the file.
"""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import io
import linecache
import pickle
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from bench.errors import PluginError, RequestError, first_line
from bench.files import check_is_file
from variants.registry import VARIANTS, DuplicateName, Place, from_package, load_entry_points


@dataclass(frozen=True)
class Plugin:
    """A plug-in's file.

    Attributes:
        path: absolute, on the machine where the user named it.
        source: the file's content when it was loaded.
    """

    path: Path
    source: bytes

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def sha256(self) -> str:
        """Of the content, in hexadecimal."""
        return hashlib.sha256(self.source).hexdigest()

    @property
    def module(self) -> str:
        """The name in ``sys.modules``: one for each file name and content."""
        stem = re.sub(r"\W", "_", self.path.stem)
        return f"gan_bench_plugin_{stem}_{self.sha256[:8]}"


_loaded: dict[str, Plugin] = {}  # by module, in order of loading


def load(path: Path) -> Plugin:
    """Executes the file, once per process, so that it registers what it defines.

    Raises:
        PluginError: there is no such file, it is not Python, it fails, or it registers a name
            that is taken.
    """
    plugin = _read(path)
    _execute(plugin)
    return plugin


def loaded() -> tuple[Plugin, ...]:
    """What this process has loaded, in order."""
    return tuple(_loaded.values())


def stamp() -> str | None:
    """Names and hashes of the loaded plug-ins, such as ``mygans.py:<16 hex>``; None without."""
    return ", ".join(f"{plugin.name}:{plugin.sha256[:16]}" for plugin in loaded()) or None


def blame(error: BaseException) -> Place | None:
    """The innermost line of a plug-in from which an exception came; None if from none.

    Of one that ``--plugin`` names, or of an installed package that declares one.
    """
    files = {str(plugin.path) for plugin in loaded()}

    def of_a_plugin(frame: FrameType) -> bool:
        module = frame.f_globals.get("__name__") or ""
        return frame.f_code.co_filename in files or from_package(module)

    return _innermost(error, of_a_plugin)


def blaming(variant: str) -> AbstractContextManager[None]:
    """Reports an exception raised by a plug-in's code, or for its variant, as that plug-in's error.

    Raises:
        PluginError: in place of that exception.
    """

    def place(error: BaseException) -> Place | None:
        if "allocate memory" in str(error):
            return None
        found = blame(error)
        if found is None and _is_plugin(VARIANTS.get(variant).__module__):
            return VARIANTS.place(variant)
        return found

    failure = f"the networks of the variant {variant!r} cannot be trained for a step"
    return _reporting(failure, place)


def ending(variant: str, error: RequestError, doing: str) -> RequestError:
    """What to say of a process that died while it did something for a variant.

    Args:
        error: how it died.
        doing: as in "its cost was counted".

    Returns:
        The plug-in's error, if the variant is of one; else the same.
    """
    if not _is_plugin(VARIANTS.get(variant).__module__):
        return error
    return PluginError(
        f"{VARIANTS.place(variant)}: the variant {variant!r} ended the process in which {doing} "
        f"({str(error).rstrip('.')}); fix the plug-in."
    )


def reporting(doing: str) -> AbstractContextManager[None]:
    """Reports an exception raised by a plug-in's code as that plug-in's error.

    Args:
        doing: what it failed to do, as in "read the data".

    Raises:
        PluginError: in place of that exception.
    """
    return _reporting(f"the plug-in could not {doing}", blame)


@contextmanager
def _reporting(failure: str, place_of: Callable[[BaseException], Place | None]) -> Iterator[None]:
    """Reports an exception that has a place as a failure of the plug-in there."""
    try:
        yield
    except (RequestError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        if (place := place_of(error)) is None:
            raise
        raise PluginError(f"{place}: {failure} ({_reason(error)}); fix the plug-in.") from error


def _is_plugin(module: str) -> bool:
    return module in _loaded or from_package(module)


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {first_line(error)}".rstrip(".")


def _innermost(error: BaseException, ours: Callable[[FrameType], bool]) -> Place | None:
    """The innermost line that is executed in one of ``ours``."""
    place = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        if ours(frame):
            place = Place.at(frame.f_code.co_filename, line)
    return place


def packed(content: Any) -> bytes:
    """Pickles ``content`` together with the loaded plug-ins."""
    buffer = io.BytesIO()  # one buffer, as content may hold checkpoints
    pickle.dump(loaded(), buffer)
    pickle.dump(content, buffer)
    return buffer.getvalue()


def unpacked(content: bytes) -> Any:
    """Loads the plug-ins that :func:`packed` sent and returns the content.

    Raises:
        PluginError: a plug-in fails here, as where a package it imports is not installed.
    """
    buffer = io.BytesIO(content)
    for plugin in pickle.load(buffer):
        _execute(plugin)
    return pickle.load(buffer)


def _read(path: Path) -> Plugin:
    option = f"--plugin {path}"
    try:
        check_is_file(path, option, "a file: name a Python file", PluginError)
        source = path.read_bytes()
    except FileNotFoundError as error:
        raise PluginError(f"{option}: there is no such file; check its path.") from error
    except OSError as error:
        raise PluginError(
            f"{option}: the file cannot be read ({error.strerror}); name one that can."
        ) from error
    return Plugin(path.absolute(), source)


def _execute(plugin: Plugin) -> None:
    if plugin.module in _loaded:
        return
    load_entry_points()  # so that a name that both use is the plug-in's mistake
    code = _compiled(plugin)
    file = str(plugin.path)
    module = importlib.util.module_from_spec(
        importlib.machinery.ModuleSpec(plugin.module, loader=None, origin=file)
    )
    module.__file__ = file
    # Tracebacks then quote what is executed, also where the file is not, or no longer, the same.
    lines = plugin.source.decode().splitlines(keepends=True)
    linecache.cache[file] = (len(plugin.source), None, lines, file)
    sys.modules[plugin.module] = module
    try:
        exec(code, module.__dict__)
    except (Exception, SystemExit) as error:
        del sys.modules[plugin.module]
        raise _failure(plugin, error) from error
    _name_classes(module)
    _loaded[plugin.module] = plugin


def _name_classes(module: ModuleType) -> None:
    """Other processes find a variant's class by its name; one made by a function gets one here."""
    for name, kind in VARIANTS.items():
        own = kind.__module__ == module.__name__
        if own and getattr(module, kind.__qualname__, None) is not kind:
            kind.__qualname__ = f"the class of {name}"
            setattr(module, kind.__qualname__, kind)


def _compiled(plugin: Plugin) -> CodeType:
    remedy = f"fix the file, or leave out --plugin {plugin.name}."
    try:
        plugin.source.decode()
    except UnicodeDecodeError as error:
        line = plugin.source.count(b"\n", 0, error.start) + 1
        raise PluginError(
            f"{Place.at(plugin.path, line)}: the plug-in is not UTF-8 text; save it as UTF-8."
        ) from error
    try:
        return compile(plugin.source, str(plugin.path), "exec", dont_inherit=True)
    except SyntaxError as error:
        problem = f"the plug-in is not valid Python ({error.msg}); {remedy}"
        raise PluginError(f"{Place.at(plugin.path, error.lineno or 1)}: {problem}") from error
    except ValueError as error:  # a null byte, before Python 3.12
        raise PluginError(
            f"{Place.at(plugin.path, 1)}: the plug-in is not valid Python ({error}); {remedy}"
        ) from error


def _failure(plugin: Plugin, error: BaseException) -> PluginError:
    """What to tell the user when a plug-in could not be executed."""
    if isinstance(error, DuplicateName):
        return PluginError(f"{error}.")
    file = str(plugin.path)
    place = _innermost(error, lambda frame: frame.f_code.co_filename == file)
    place = place or Place.at(plugin.path, 1)
    reason = _reason(error).replace(f"{place}: ", "")
    remedy = "fix the file"
    if isinstance(error, ModuleNotFoundError):
        remedy = f"install {error.name!r}, or put its code into the file"
    return PluginError(
        f"{place}: the plug-in could not be loaded ({reason}); {remedy}, or leave out "
        f"--plugin {plugin.name}."
    )
