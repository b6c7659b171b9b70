"""How steps are executed is decided once, for all runs that leave it open."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from bench import datasets, grid, judging, preflight
from bench.errors import GridError, QualityError, RequestError
from bench.executors import Found, chores
from bench.spec import Configuration, RunSpec


class Answering:
    """An executor whose calls return what the test says."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        self.asked.append(function.__name__)
        answer = self.answers[function.__name__]
        return answer(*arguments) if callable(answer) else answer


def runs(*variants: Any, **fields: Any) -> dict[Configuration, RunSpec]:
    document = grid.Document("test.yaml", {"name": "t", "variants": list(variants), **fields})
    return {run.configuration: run for run in grid.expand(document).runs}


def decide(
    executor: Answering, specs: dict[Configuration, RunSpec], device: str
) -> tuple[list[str], list]:
    notes: list[str] = []
    found = Found(device, 1, ())
    data = {run.data: Path("data") for run in specs.values()}
    chosen = preflight._executions(
        executor,  # type: ignore[arg-type]
        specs,
        data,
        found,
        notes.append,
    )
    return list(chosen.values()), notes


def test_on_a_cpu_steps_are_eager_and_nothing_is_tried() -> None:
    executor = Answering()
    chosen, notes = decide(executor, runs("dcgan", "wgan-gp"), "cpu")
    assert chosen == ["eager", "eager"]
    assert executor.asked == notes == []


def test_on_a_gpu_steps_are_captured_where_every_run_can_be() -> None:
    executor = Answering(capture_refusal=None)
    chosen, _ = decide(executor, runs("dcgan", "wgan-gp"), "cuda")
    assert chosen == ["cuda-graph", "cuda-graph"]


def test_one_run_that_cannot_be_captured_makes_all_eager_that_leave_it_open() -> None:
    executor = Answering(
        capture_refusal=lambda run, *_: "cannot be captured" if run.variant == "wgan-gp" else None
    )
    specs = runs("dcgan", "wgan-gp", {"name": "dcgan", "label": "x", "execution": "cuda-graph"})
    chosen, notes = decide(executor, specs, "cuda")
    assert chosen == ["eager", "eager", "cuda-graph"]
    assert notes[-1] == "Steps are executed eagerly, since those of 'wgan-gp' cannot be captured."


def test_a_trial_that_kills_its_process_makes_steps_eager() -> None:
    def died(*_: object) -> None:
        raise RequestError("A process that prepared the sweep died: killed by SIGSEGV.")

    chosen, notes = decide(Answering(capture_refusal=died), runs("dcgan"), "cuda")
    assert chosen == ["eager"]
    assert notes[-1].endswith(
        "'dcgan' could not be tried: A process that prepared the sweep died: killed by SIGSEGV."
    )


def test_a_compiler_that_does_not_work_gives_one_sentence() -> None:
    executor = Answering(compile_refusal="no working C++ compiler")
    with pytest.raises(
        GridError, match=r"execution compile of 'dcgan' .*no working C\+\+ compiler"
    ):
        decide(executor, runs({"name": "dcgan", "execution": "compile"}), "cpu")


def test_costs_are_counted_side_by_side_and_a_failure_leaves_the_others() -> None:
    together = threading.Barrier(2, timeout=10)

    def count(run: RunSpec) -> str:
        together.wait()
        if run.variant == "wgan-gp":
            raise GridError("too large")
        return run.label

    specs = runs("dcgan", "wgan-gp", "wgan", "dcgan-lite")
    left = preflight._Left(specs, print)
    executor: Any = Answering(count=count)
    assert list(preflight._counts(executor, left, 2).values()) == ["dcgan", "wgan", "dcgan-lite"]
    assert [failure.sentence for failure in left.failures.values()] == ["too large"]
    assert list(left.specs) == [key for key, run in specs.items() if run.variant != "wgan-gp"]


@pytest.mark.parametrize("key", ["precision: tf32", "execution: cuda-graph"])
def test_what_needs_a_gpu_is_refused_without_one(key: str) -> None:
    name, value = key.split(": ")
    (run,) = runs("dcgan", **{name: value}).values()
    with pytest.raises(
        GridError, match=f"The {name} {value} of 'dcgan' requires a GPU; this sweep runs on the CPU"
    ):
        preflight._check_engine(run, "cpu")
    preflight._check_engine(run, "cuda")


def test_without_a_gpu_nothing_is_captured() -> None:
    (run,) = runs("dcgan").values()
    refusal = chores.capture_refusal(run, Path("data"), Found("cuda", 1, ("cuda:0",)))
    import torch

    if not torch.cuda.is_available():
        assert refusal == "could not be tried here, where there is no GPU"


def test_data_too_large_for_the_gpu_makes_steps_eager(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run,) = runs("dcgan").values()
    data = datasets.prepare(run.data, data_root=None, download=False, cache=tmp_path)
    size = datasets.open_prepared(data).images.nbytes
    monkeypatch.setattr(chores, "_device_here", lambda _: "cuda")
    monkeypatch.setattr("torch.cuda.mem_get_info", lambda _: (4 * size, 8 * size))
    refusal = chores.capture_refusal(run, data, Found("cuda", 1, ("cuda:0",)))
    assert refusal == "read data that do not fit in the GPU's memory"


def steps_on_noise(run: RunSpec, *, seed: int = 0, rounding: float = 0.0) -> torch.Tensor:
    """Some steps of a run on noise of a seed, from weights that a rounding error has moved."""
    torch.manual_seed(0)
    game, engine, indices = chores._steps_on_noise(run, torch.device("cpu"), "eager")
    for player in (game.generator, game.critic):
        for weight in player.network.parameters():
            weight.data.mul_(1 + rounding * torch.randn(weight.shape))
    engine._noise.manual_seed(seed)  # type: ignore[union-attr]
    return torch.stack([engine.step(indices).clone() for _ in range(8)])


@pytest.mark.parametrize("name", ["dcgan", "wgan-gp", "vector-critic"])
def test_rounding_is_told_from_another_step(name: str) -> None:
    """A graph that repeats or skips noise gives other losses, from the first steps on."""
    (run,) = runs({"name": name, "width_factor": 0.25, "batch_size": 16}).values()
    expected = steps_on_noise(run)
    assert chores.same_losses(expected, steps_on_noise(run, rounding=1e-7))
    assert not chores.same_losses(expected, steps_on_noise(run, seed=1))
    broken = torch.full_like(expected, float("nan"))
    assert not chores.same_losses(expected, broken)
    assert chores.same_losses(broken, broken)
    assert not chores.same_losses(broken, expected)


@pytest.fixture(autouse=True)
def _labelled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The data sets of these tests are names only."""
    monkeypatch.setattr(judging, "_has_labels", lambda _: True)


class OnGpu(Answering):
    """An executor on a machine with one GPU, where everything works for every run."""

    def __init__(self, **answers: Any) -> None:
        works = {
            "count": None,
            "capture_refusal": None,
            "choose_quality": ("classifier", "Quality is measured."),
            "prepare_quality": (),
            "rehearse": (1.0, 1.0),
        }
        super().__init__(**works | answers)

    def find_device(self, wanted: str) -> Found:
        return Found("cuda", 1, ("cuda:0",))


def look_ahead(executor: OnGpu, *, rehearse: bool = False) -> preflight.Preflight:
    """Two configurations, each on data of its own."""
    specs = runs({"name": "wgan-gp", "subset": 640}, {"name": "dcgan", "subset": 1280}).values()
    data = {run.data: Path("data") for run in specs}
    return preflight.look_ahead(
        executor,  # type: ignore[arg-type]
        list(specs),
        data,
        lambda _: Path("data"),
        device="auto",
        rehearse=rehearse,
        note=lambda _: None,
    )


def fails_for(variant: str, error: Exception, result: Any) -> Callable[..., Any]:
    def answer(run: RunSpec, *_: object) -> Any:
        if run.variant == variant:
            raise error
        return result

    return answer


@pytest.mark.parametrize("step", ["count", "choose_quality", "prepare_quality", "rehearse"])
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ValueError("no such layer\nat all"), "ValueError: no such layer"),
        (RequestError("A process died: SIGKILL."), "A process died: SIGKILL."),
    ],
    ids=["raises", "dies"],
)
def test_a_configuration_that_fails_is_left_out(step: str, error: Exception, sentence: str) -> None:
    executor = OnGpu()
    executor.answers[step] = fails_for("wgan-gp", error, executor.answers[step])
    found = look_ahead(executor, rehearse=step == "rehearse")
    ((failed, why),) = found.failures.items()
    (left,) = found.configurations
    assert (failed.run.variant, left.run.variant) == ("wgan-gp", "dcgan")
    assert why.sentence == sentence
    assert str(error) in why.log


def test_what_cannot_be_trained_does_not_decide_how_the_others_are_executed() -> None:
    refuses = fails_for("wgan-gp", ValueError("never asked"), None)
    executor = OnGpu(count=fails_for("wgan-gp", ValueError(), None), capture_refusal=refuses)
    (left,) = look_ahead(executor).configurations.values()
    assert left.execution == "cuda-graph"


def test_where_none_is_left_the_first_failure_is_raised() -> None:
    error = RequestError("mine.py, line 3: no.")
    executor = OnGpu()
    executor.answers["count"] = fails_for("wgan-gp", error, None)
    executor.answers["rehearse"] = fails_for("dcgan", ValueError("no"), (1.0, 1.0))
    with pytest.raises(RequestError) as raised:
        look_ahead(executor, rehearse=True)
    assert raised.value is error


def test_features_that_are_not_available_refuse_the_request() -> None:
    error = QualityError("quality features: inception needs weights.")
    executor = OnGpu(choose_quality=fails_for("dcgan", error, (None, "Off.")))
    with pytest.raises(QualityError):
        look_ahead(executor)
