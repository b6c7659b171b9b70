"""The rows of one run, in its own folder or gathered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from bench.store.gathered import declared, read_gathered
from bench.store.tables import Torn, read_table, together

Kind = Literal["epochs", "steps"]


def read_run(folder: Path) -> dict[str, Any] | None:
    """The row of one run, or None if the run was never started.

    Raises:
        Torn: a file is torn.
    """
    table = read_own_run(folder)
    if table is None:
        table = read_gathered(_sweep_of(folder), "runs", [folder.name])
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows[0] if rows else None


def read_rows(folder: Path, kind: Kind) -> pa.Table:
    """Epochs or steps of one run: those put into one file, and those committed since.

    An epoch committed since replaces one of the same number, and a file in the run's folder
    replaces what ``bench compact`` has gathered.

    Raises:
        Torn: a file is torn.
    """
    own = own_rows(folder, kind)
    if own.whole is None:
        own = own._replace(whole=read_gathered(_sweep_of(folder), kind, [folder.name]))
    return own.all()


def located(folder: Path) -> Path:
    """Where a run's folder is, even if its writer died while replacing it."""
    if not folder.exists():
        for other in beside(folder):
            if other.exists():
                return other
    return folder


def beside(folder: Path) -> tuple[Path, Path]:
    """Where a run is repeated, and where its earlier attempt goes while it is replaced."""
    return folder.with_name(f".{folder.name}.again"), folder.with_name(f".{folder.name}.old")


class Own(NamedTuple):
    """The rows of a run that are in its own folder."""

    kind: Kind
    whole: pa.Table | None  # the epochs put into one file; None where there is no such file
    parts: list[pa.Table]  # the epochs committed since
    gone: list[Path]  # files of such epochs that are missing

    def all(self) -> pa.Table:
        """Everything, in order."""
        assert self.whole is not None
        if self.gone:
            # A run that finished meanwhile has put its parts into one file and removed them.
            there = set(self.whole["epoch"].to_pylist())
            for path in self.gone:
                if int(path.stem.partition("-")[2]) not in there:
                    raise Torn(path)
        if not self.parts:
            return self.whole
        later = together(self.parts)
        replaced = pc.is_in(self.whole["epoch"], later["epoch"].unique())
        table = together([self.whole.filter(pc.invert(replaced)), later])
        return table.sort_by("epoch" if self.kind == "epochs" else "step")


def own_rows(folder: Path, kind: Kind) -> Own:
    """Reads the rows in a run's own folder.

    The parts first, since they are removed once they are in the one file.
    """
    folder = located(folder)
    parts: list[pa.Table] = []
    gone = []
    for part in committed_parts(folder, kind):
        try:
            parts.append(read_table(part, declared(kind)))
        except FileNotFoundError:
            gone.append(part)
    try:
        whole = read_table(folder / f"{kind}.parquet", declared(kind))
    except FileNotFoundError:
        whole = None
    return Own(kind, whole, parts, gone)


def read_own_run(folder: Path, columns: Sequence[str] | None = None) -> pa.Table | None:
    """The row in a run's own folder, as a table; None where there is none.

    Raises:
        Torn: the file is torn.
    """
    path = located(folder) / "run.parquet"
    try:
        table = read_table(path, declared("runs"), columns)
    except FileNotFoundError:
        return None
    if len(table) != 1:
        raise Torn(path)
    return table


def committed_parts(folder: Path, kind: Kind) -> list[Path]:
    """The files of epochs that are committed one by one, in their order."""
    parts = sorted((folder / "parts").glob("epochs-*.parquet"))
    return [part.with_name(part.name.replace("epochs", kind, 1)) for part in parts]


def _sweep_of(folder: Path) -> Path:
    return folder.parent.parent
