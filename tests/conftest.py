"""What every test shares: one cache for the whole session, so that a classifier is trained once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from variants import registry

_FAULTS = Path(__file__).parent / "faults"


@pytest.fixture(scope="session", autouse=True)
def _session_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["GAN_BENCH_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    os.environ.pop("GAN_BENCH_DATA", None)
    # Timing takes ten seconds a configuration; the tests of timing switch it on, with short turns.
    os.environ["GAN_BENCH_TIMING_SECONDS"] = "0"


@pytest.fixture(autouse=True)
def _arithmetic_left_as_found() -> Iterator[None]:
    """A process made ready to train takes denormals as zero for good, which others trip over.

    One with more threads than cores that are free makes every later test some ten times slower.
    """
    before = _threads()
    yield
    assert sys.float_info.min / 2 > 0, "this test made the tests' own process ready to train"
    assert before in (None, _threads()), "this test changed how many threads torch has"


def _threads() -> int | None:
    torch = sys.modules.get("torch")
    return None if torch is None else torch.get_num_threads()


@pytest.fixture
def write_grid(tmp_path: Path):
    """Writes a grid's text to a file and gives its path."""

    def write(text: str, name: str = "grid.yaml") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def faulty(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the variant ``faulty`` known to this process and all it starts, ``bench run`` too."""
    package = tmp_path_factory.mktemp("package")
    information = package / "gan_bench_faults-1.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Name: gan-bench-faults\nVersion: 1\n")
    entry_points = f"[{registry.ENTRY_POINT_GROUPS[0]}]\nfaults = gan_bench_faults\n"
    (information / "entry_points.txt").write_text(entry_points)
    folders = [str(package), str(_FAULTS), *filter(None, [os.environ.get("PYTHONPATH")])]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(folders))

    registry.names()  # so that it is not taken for one of the others, which outlast this test
    monkeypatch.syspath_prepend(_FAULTS)
    from gan_bench_faults import Faulty

    registry.VARIANTS._entries.pop("faulty", None)  # registered by the first import, for good
    registry.VARIANTS._places.pop("faulty", None)
    monkeypatch.setitem(registry.VARIANTS._entries, "faulty", Faulty)
