"""``bench.load`` and what it returns: the Python interface for notebooks and other programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure as Canvas
from PIL import Image

import bench
from bench.errors import RequestError
from bench.report.comparisons import compare
from bench.report.data import SweepData
from bench.store import read_sweep
from tests.report.conftest import two, write_sweep  # noqa: F401


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.fsync", lambda handle: None)
        return write_sweep(tmp_path_factory.mktemp("trio") / "trio")


def test_importing_is_instant() -> None:
    code = (
        "import sys, bench\n"
        "heavy = {'torch', 'pandas', 'numpy', 'matplotlib', 'pydantic'} & set(sys.modules)\n"
        "print(sorted(heavy), bench.__version__)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", bench.__version__]
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        _ = bench.lode  # type: ignore[attr-defined]


def test_frames_are_typed_and_say_what_their_rows_are(trio: Path) -> None:
    sweep = bench.load(str(trio))
    assert repr(sweep) == "<Sweep synthetic: 9 completed>"
    assert sweep.facets == ["mnist-5k"]
    assert sweep.labels == ["dcgan", "half generator", "half critic"]
    for frame, rows in ((sweep.runs, 9), (sweep.epochs, 45), (sweep.steps, 900)):
        assert len(frame) == rows
        assert list(frame.columns[:3]) == ["facet", "label", "seed"]
        assert [str(frame[name].dtype) for name in ("facet", "label", "seed")] == [
            "string",
            "string",
            "Int64",
        ]
    assert str(sweep.runs["git_dirty"].dtype) == "boolean"
    assert str(sweep.runs["gpu_name"].dtype) == "string"
    assert str(sweep.runs["quality_final"].dtype) == "float64"
    assert sweep.runs.loc[sweep.runs["label"] == "dcgan", "quality_final"].tolist() == (
        pytest.approx([20.0, 21.0, 19.5])
    )
    assert sweep.epochs["quality"].notna().all()


def test_verdicts_are_those_of_the_report(trio: Path) -> None:
    found = bench.load(trio).verdicts().set_index("label")
    expected = compare(SweepData(read_sweep(trio)), "quality_final")
    assert list(found.index) == ["half generator", "half critic"]
    for label, comparison in expected.items():
        assert found.loc[label, "kind"] == comparison.kind
        assert found.loc[label, "low"] == comparison.low
        assert found.loc[label, "p"] == comparison.p
    assert found.loc["half critic", "text"] == "worse"
    with pytest.raises(RequestError, match="fid_finale is no column of the runs"):
        bench.load(trio).verdicts("fid_finale")


def test_figures_on_given_axes(trio: Path) -> None:
    sweep = bench.load(trio)
    left, right = Canvas().subplots(1, 2)
    before = dict(mpl.rcParams)
    sweep.draw_curves(left, "quality", x="training_seconds")
    assert left.get_ylabel() == "FCD (lower is better)"
    assert left.get_xlabel() == "training seconds"
    assert [text.get_text() for text in left.get_legend().get_texts()] == sweep.labels
    of_baseline = sweep.epochs[sweep.epochs["label"] == "dcgan"].groupby("epoch")
    means = np.exp(np.log(of_baseline["quality"].apply(list).tolist()).mean(axis=1)).tolist()
    drawn = [list(line.get_ydata()) for line in left.get_lines()]
    assert any(len(y) == 5 and y == pytest.approx(means) for y in drawn)
    sweep.draw_pareto(right, cost="flops")
    assert {text.get_text() for text in right.texts} == set(sweep.labels)
    assert isinstance(sweep.figure("quality-epoch"), Canvas)
    assert dict(mpl.rcParams) == before


def test_steps_on_given_axes(trio: Path) -> None:
    sweep = bench.load(trio)
    ax = Canvas().subplots()
    sweep.draw_steps(ax, "half critic")
    assert ax.get_title() == "half critic"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["critic", "generator"]
    own = sweep.steps[sweep.steps["label"] == "half critic"]
    # 100 steps in bins of two, of which five are averaged.
    binned = own.groupby((own["step"] - 1) // 2)["critic_loss"].mean().astype(float)
    expected = binned.rolling(5, center=True).mean().to_numpy()[2:-2]
    assert any(line.get_ydata()[2:-2] == pytest.approx(expected) for line in ax.get_lines()[:2])
    sweep.draw_steps(ax, "dcgan", ["critic_accuracy_real"])


def test_samples_on_given_axes(trio: Path) -> None:
    sweep = bench.load(trio)
    ax = Canvas().subplots()
    sweep.draw_samples(ax, "half critic", seed=1)
    assert ax.get_title() == "half critic\nseed 1, epoch 5"
    (shown,) = ax.get_images()
    (path,) = sweep.results.samples("run2-s1")
    with Image.open(path) as image:
        assert (shown.get_array() == np.asarray(image)).all()
    sweep.draw_samples(ax, "dcgan")
    assert ax.get_title() == "dcgan\nseed 0, epoch 5"


def test_time_to_target_on_given_axes(tmp_path: Path) -> None:
    path = write_sweep(tmp_path / "x", epochs=3, steps=2, target={"fcd": 25.0})
    ax = Canvas().subplots()
    bench.load(path).draw_time_to_target(ax, cost="flops")
    assert ax.get_ylabel() == "Seeds that have reached\nFCD ≤ 25 (%)"
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert names == ["dcgan", "half generator", "half critic"]
    ends = [line.get_ydata()[-1] for line in ax.get_lines() if len(line.get_ydata()) > 1]
    assert ends == [100, 100, 0]


def test_profiles_on_given_axes(two: Path) -> None:  # noqa: F811
    ax = Canvas().subplots()
    bench.load(two).draw_profile(ax)
    assert ax.get_ylabel() == "Share of data sets (%)"
    assert ax.get_xlabel() == "Final quality over the best (τ)"
    assert len(ax.get_legend().get_texts()) == 3


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda sweep, ax: sweep.draw_steps(ax, "dcgn"), "'dcgn' is no configuration; choose"),
        (lambda sweep, ax: sweep.draw_steps(ax, "dcgan", ["x"]), "no steps of “dcgan” with x"),
        (
            lambda sweep, ax: sweep.draw_samples(ax, "dcgan", seed=7),
            "There is no sample sheet of “dcgan” seed 7",
        ),
        (lambda sweep, ax: sweep.draw_time_to_target(ax), "The sweep has no target"),
        (lambda sweep, ax: sweep.draw_profile(ax), "Fewer than two facets have a quality"),
        (lambda sweep, ax: sweep.draw_curves(ax, "quallity"), "quallity is no column"),
        (lambda sweep, ax: sweep.draw_curves(ax, facet="cifar10"), "choose one of 'mnist-5k'"),
        (lambda sweep, ax: sweep.figure("losess"), "did you mean 'losses'"),
        (lambda sweep, ax: sweep.figure("modes-step"), "do not allow the figure modes-step"),
        (lambda sweep, ax: bench.run({"variants": ["dcgan"]}), "has no 'name'"),
        (lambda sweep, ax: bench.run({"name": "x", "variants": ["dcgn"]}), "'dcgan'"),
        (lambda sweep, ax: bench.load("nowhere"), "There is no results folder nowhere"),
    ],
)
def test_mistakes_are_one_sentence(trio: Path, call: Any, expected: str) -> None:
    with pytest.raises(RequestError, match=expected):
        call(bench.load(trio), Canvas().subplots())


def test_several_facets(two: Path) -> None:  # noqa: F811
    sweep = bench.load(two)
    assert sweep.facets == ["mnist-5k", "fashion-mnist"]
    assert sweep.labels == ["dcgan", "half generator", "half critic"]
    assert sweep.runs.groupby("facet")["label"].nunique().tolist() == [3, 3]
    kinds = sweep.verdicts().set_index(["facet", "label"])["kind"]
    assert kinds["mnist-5k", "half critic"] == "worse"
    assert kinds["fashion-mnist", "half critic"] == "better"
    with pytest.raises(RequestError, match="facet=None: choose one of"):
        sweep.draw_curves(Canvas().subplots())
    sweep.draw_curves(Canvas().subplots(), facet="fashion-mnist")
