"""The page of commands, from the functions that typer makes commands of."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from typer.models import ArgumentInfo, OptionInfo

from bench.cli import app
from pages import markdown
from pages.markdown import code, plain

_VALUES = {str: "TEXT", int: "NUMBER", float: "NUMBER", Path: "PATH"}


class Parameter(NamedTuple):
    """A parameter of a command's function.

    Attributes:
        kind: its type, without None and list.
        repeated: whether its type is a list.
        default: Python's, ``inspect.Parameter.empty`` where one has to be given.
    """

    name: str
    kind: Any
    repeated: bool
    info: ArgumentInfo | OptionInfo
    default: Any

    @property
    def names(self) -> list[str]:
        """Of an option; typer keeps the first where a default would be."""
        given = (self.info.default, *(self.info.param_decls or ()))
        names = [name for name in given if isinstance(name, str)]
        return names or [f"--{self.name.replace('_', '-')}"]

    @property
    def value(self) -> str:
        """What stands for its value."""
        if self.info.metavar:
            return self.info.metavar
        if isinstance(self.info, ArgumentInfo):
            return self.name.upper()
        if get_origin(self.kind) is Literal:
            return "|".join(get_args(self.kind))
        if issubclass(self.kind, Enum):
            return "|".join(each.value for each in self.kind)
        return _VALUES[self.kind]


def page() -> str:
    """A section for each command of ``bench``, with its arguments and options."""
    introduction = (
        "`bench COMMAND --help` shows the same. Exit status: 0, all went well; 1, some run failed, "
        "or something is worse or missing where that was asked; 2, the request was wrong, and one "
        "sentence says how."
    )
    return markdown.page("Commands", introduction, map(_command, app.registered_commands))


def _command(command: Any) -> str:
    function = command.callback
    name = command.name or function.__name__
    found = list(_parameters(function))
    required = [each for each in found if each.default is inspect.Parameter.empty]
    usage = ["bench", name, "[OPTIONS]"]
    options, arguments = (
        [each for each in found if isinstance(each.info, kind)]
        for kind in (OptionInfo, ArgumentInfo)
    )
    usage += [f"{each.names[0]} {each.value}" for each in options if each in required]
    for each in arguments:
        shown = each.value + ("..." if each.repeated else "")
        usage.append(shown if each in required else f"[{shown}]")
    about = inspect.cleandoc(function.__doc__ or "").split("\n\n")
    parts = [
        f"## bench {name}",
        f"```text\n{' '.join(usage)}\n```",
        *map(plain, about),
        markdown.table(["argument or option", "meaning"], map(_row, found)),
    ]
    return "\n\n".join([*parts, plain(command.epilog)] if command.epilog else parts)


def _parameters(function: Any) -> Iterator[Parameter]:
    hints = get_type_hints(function, include_extras=True)
    for name, declared in inspect.signature(function).parameters.items():
        annotation = hints[name]
        assert get_origin(annotation) is Annotated, f"{function.__name__}: {name}"
        kind, info, *_ = get_args(annotation)
        if NoneType in get_args(kind):
            (kind,) = (each for each in get_args(kind) if each is not NoneType)
        repeated = get_origin(kind) is list
        kind = get_args(kind)[0] if repeated else kind
        yield Parameter(name, kind, repeated, info, declared.default)


def _row(parameter: Parameter) -> tuple[str, str]:
    info, default = parameter.info, parameter.default
    shown = []
    if isinstance(info, OptionInfo):
        shown.append(", ".join(map(code, parameter.names)))
    if parameter.kind is not bool:
        shown.append(code(parameter.value))
    about = [plain(info.help or "")]
    if isinstance(info.show_default, str):
        about.append(f"Default: {plain(info.show_default)}.")
    elif default not in (None, False, inspect.Parameter.empty):
        about.append(f"Default: {code(getattr(default, 'value', default))}.")
    if info.envvar:
        about.append(f"Also by the environment variable `{info.envvar}`.")
    return " ".join(shown), " ".join(about)
