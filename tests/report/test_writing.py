"""Figures that a second process writes are those that this one would have written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import cloudpickle
import matplotlib as mpl
import psutil
import pytest
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter

from bench.report import figures
from bench.report.figures import Drawing, Figure, rendered
from bench.report.figures.style import compact_counts, logarithmic, publication_style
from bench.report.figures.writing import Write, second_core
from tests.report.conftest import Synthetic

# The second process cannot import tests.
cloudpickle.register_pickle_by_value(sys.modules[__name__])

pytestmark = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="needs a second core")


def drawing(name: str = "a") -> Drawing:
    """What all ticks and scales of the report's figures are set on."""
    with publication_style():
        canvas = Canvas(figsize=(3.5, 2.5), layout="constrained")
        ax = canvas.subplots()
        ax.plot([1, 10, 100], [3, 1, 2], label=name)
        ax.set_xscale("log")
        logarithmic(ax.xaxis)
        compact_counts(ax.yaxis)
        ax.set_title(name)
    return Drawing(canvas, name, "A line.")


def labelled(caller: int, name: str, drawing: Drawing) -> Figure:
    """Whose title is the process that wrote it."""
    return replace(rendered(name, drawing), title="caller" if os.getpid() == caller else "helper")


def fails_elsewhere(caller: int, name: str, drawing: Drawing) -> Figure:
    if os.getpid() != caller:
        raise RuntimeError("not this process")
    return rendered(name, drawing)


def dies_elsewhere(caller: int, name: str, drawing: Drawing) -> Figure:
    if os.getpid() != caller:
        os.kill(os.getpid(), signal.SIGKILL)
    return rendered(name, drawing)


def written(write: Write, names: str, *, wanted: bool = True) -> list[Figure]:
    """The figures, asked for from the first on, so that the second process has time for it."""
    with second_core(write, wanted=wanted) as take, publication_style():
        pending = [take(name, drawing(name)) for name in names]
        return [each() for each in pending]


def test_a_second_process_writes_the_same_files() -> None:
    elsewhere = written(partial(labelled, os.getpid()), "ab")
    assert elsewhere[0].title == "helper"
    here = written(partial(labelled, os.getpid()), "ab", wanted=False)
    assert [each.title for each in here] == ["caller", "caller"]
    assert [replace(each, title="") for each in elsewhere] == [
        replace(each, title="") for each in here
    ]


def test_it_has_the_settings_of_matplotlib_of_this_one() -> None:
    with mpl.rc_context({"savefig.facecolor": "lightyellow"}):
        elsewhere = written(rendered, "a")
        here = written(rendered, "a", wanted=False)
    assert elsewhere == here != written(rendered, "a", wanted=False)


@pytest.mark.parametrize("write", [fails_elsewhere, dies_elsewhere])
def test_what_it_cannot_write_is_written_here(write: Callable[..., Figure]) -> None:
    assert written(partial(write, os.getpid()), "abc") == written(rendered, "abc", wanted=False)


def test_what_cannot_be_sent_is_written_here() -> None:
    with second_core(rendered, wanted=True) as take, publication_style():
        unsendable = drawing("a")
        unsendable.canvas.lock = threading.Lock()  # type: ignore[attr-defined]
        assert take("a", unsendable)() == written(rendered, "a", wanted=False)[0]


def test_an_error_is_raised_as_without_it() -> None:
    broken = drawing("a")
    with second_core(rendered, wanted=True) as take, publication_style():
        broken.canvas.axes[0].xaxis.set_major_formatter(FuncFormatter(partial(divmod, 0)))
        with pytest.raises(TypeError, match="divmod"):
            take("a", broken)()


def test_a_report_of_many_configurations_uses_it(
    synthetic: Synthetic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "rendered", partial(labelled, os.getpid()))
    configs = [replace(synthetic.BASELINE, label=f"variant {n}") for n in range(8)]
    names = ["quality-epoch", "losses"]
    by_count = {
        count: [
            each.title for each in figures.all_figures(synthetic.data(configs[:count]), names)[0]
        ]
        for count in (7, 8)
    }
    assert by_count == {7: ["caller", "caller"], 8: ["helper", "caller"]}


def test_where_the_system_has_no_affinity_all_cores_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS."""
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert written(partial(labelled, os.getpid()), "a")[0].title == "caller"


@pytest.mark.slow
def test_nothing_is_left_of_it_when_interrupted() -> None:
    """Control-C reaches both processes, and only one of them says so."""
    code = (
        "import time\n"
        "from bench.report.figures.writing import second_core\n"
        "from bench.report.figures import Drawing, rendered\n"
        "from matplotlib.figure import Figure\n"
        "with second_core(rendered, wanted=True) as take:\n"
        "    take('a', Drawing(Figure(), 'a', ''))()\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        members = psutil.Process(process.pid).children(recursive=True)
        assert members
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert said.count("Traceback") == 1
    _, left = psutil.wait_procs(members, timeout=10)
    assert not left
