"""What is decided before the first run: timing, threads, and how many runs side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import grid, store, timing
from bench.executors.timed import Unfit
from bench.measures import Counts
from bench.planning import plan, requests
from bench.preflight import Preflight, Prepared
from bench.preparation import Machine, Ready
from tests.timing.fakes import GIB, FakeExecutor, Heard

CORES = 8


@pytest.fixture(autouse=True)
def quiet_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_BENCH_TIMING_SECONDS", "1")
    for place in ("bench.timing.before", "bench.cost.available"):
        monkeypatch.setattr(f"{place}.available_bytes", lambda: 64 * GIB)


class Local(FakeExecutor):
    """A fake with as many jobs as were asked for, which it may be told to change."""

    def __init__(self, asked_jobs: int | None = None, **fields) -> None:
        super().__init__(**fields)
        self.asked_jobs, self.jobs, self.times_apart = asked_jobs, asked_jobs or 1, True
        self.exclusive = False

    def pack(self, jobs: int) -> None:
        self.jobs = jobs


def ready(threads: int = CORES, **content) -> Ready:
    names = ("a", "b")
    variants = [{"name": "dcgan", "label": n, "latent_dim": 10 + i} for i, n in enumerate(names)]
    document = grid.Document(
        "test.yaml", {"name": "sweep", "seeds": list(range(6)), "variants": variants, **content}
    )
    expanded = grid.expand(document)
    counts = Counts(**dict.fromkeys(Counts.__dataclass_fields__, 1))
    prepared = Prepared(counts=counts, features=None, execution="eager", labelled=Path())
    preflight = Preflight(
        device="cpu",
        threads=threads,
        configurations={run.configuration: prepared for run in expanded.configurations},
        failures={},
        cores=CORES,
    )
    data = {run.data: Path() for run in expanded.runs}
    return Ready(expanded, Machine(), data, dict.fromkeys(data, 4000), preflight)


def before(out: Path, executor: Local, given: Ready, heard: Heard | None = None) -> int:
    """The threads of each run."""
    store.open_sweep(out, plan(given))
    claims = store.Claims(out)
    heard = heard or Heard()
    found = timing.before_runs(given, out, executor, heard, claims, given.grid.runs)
    assert store.timer(out) is None, "others need not wait any longer"
    return found.preflight.threads


def test_timed_configurations_are_packed(tmp_path: Path) -> None:
    executor, heard = Local(), Heard()
    assert before(tmp_path, executor, ready(), heard) == 1
    assert executor.jobs == CORES
    assert "Up to 8 runs train side by side, on 1 thread each." in heard.notes
    assert {talk.label for talk in executor.talks} == {"a", "b"}


def test_later_runs_have_the_threads_of_the_first(tmp_path: Path) -> None:
    before(tmp_path, Local(), ready())
    for asked in (None, 1, 3):
        executor = Local(asked)
        assert before(tmp_path, executor, ready(CORES // (asked or 1))) == 1
        assert executor.jobs == (asked or CORES)
        assert not executor.talks


@pytest.mark.parametrize(("asked", "threads"), [(1, 8), (2, 4), (None, 8)])
def test_without_timing_threads_are_those_of_the_jobs(
    tmp_path: Path, asked: int | None, threads: int
) -> None:
    executor = Local(asked)
    assert before(tmp_path, executor, ready(timing="off")) == threads
    assert executor.jobs == (asked or 1)
    assert not executor.talks
    assert store.read_plan(tmp_path)["threads"] == threads
    later = Local()
    assert before(tmp_path, later, ready()) == threads
    assert later.jobs == CORES // threads, "timed by now, and packed"


def test_a_run_that_is_alone_is_not_timed(tmp_path: Path) -> None:
    one = ready(seeds=[0], variants=["dcgan"])
    executor = Local()
    assert before(tmp_path, executor, one) == CORES
    assert not executor.talks


def test_seeds_of_one_configuration_are_timed_and_packed(tmp_path: Path) -> None:
    executor = Local()
    assert before(tmp_path, executor, ready(variants=["dcgan"])) == 1
    assert executor.jobs == 6, "there are no more runs"


def test_a_stack_of_seeds_is_one_process(tmp_path: Path) -> None:
    executor = Local()
    variants = [{"name": "mixture-gan", "label": str(n), "generator_width": n} for n in (8, 16, 32)]
    stacked = ready(dataset="ring", stack_seeds=True, variants=variants)
    assert before(tmp_path, executor, stacked) == 1
    assert executor.jobs == 3


def test_memory_bounds_how_many_run_side_by_side(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process of the timing has 1 GiB; with as much for its evaluation three fit into 7."""
    monkeypatch.setattr("bench.timing.before.available_bytes", lambda: 7 * GIB)
    executor = Local()
    before(tmp_path, executor, ready())
    assert executor.jobs == 3


def test_where_nothing_could_be_timed_runs_are_alone(tmp_path: Path) -> None:
    executor = Local(unfit=lambda label, others: Unfit("broken", False))
    assert before(tmp_path, executor, ready()) == CORES
    assert executor.jobs == 1


def test_folders_of_earlier_versions_go_on_as_they_began(tmp_path: Path) -> None:
    given = ready()
    store.open_sweep(tmp_path, plan(given))
    stored = json.loads((tmp_path / "sweep.json").read_text())
    del stored["threads"]
    (tmp_path / "sweep.json").write_text(json.dumps(stored))
    executor = Local()
    assert before(tmp_path, executor, given) == CORES
    assert executor.jobs == 1
    assert not executor.talks
    assert "threads" not in store.read_plan(tmp_path)


def test_nothing_is_timed_while_another_process_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor, heard = Local(), Heard()
    other = {"dcgan-s0": store.Owner("host", "boot", 7, "1")}
    monkeypatch.setattr("bench.store.holders", lambda sweep: other)
    assert before(tmp_path, executor, ready(), heard) == CORES
    assert not executor.talks
    assert "Times are not measured while another bench run trains" in heard.notes[0]


def test_on_ray_that_is_said_once(tmp_path: Path) -> None:
    executor, heard = Local(), Heard()
    executor.times_apart = False
    before(tmp_path, executor, ready(threads=1), heard)
    assert len(heard.notes) == 1
    assert "no node times configurations apart" in heard.notes[0]


def test_runs_side_by_side_start_with_the_longest_of_each_seed(tmp_path: Path) -> None:
    """By their times; alone they start as listed."""
    given = ready(seeds=[0, 1])
    executor = Local(seconds=lambda label, turn: {"a": 1.0, "b": 2.0}[label] + 0.001 * (turn % 3))
    before(tmp_path, executor, given)
    assert executor.jobs > 1

    def order() -> list[str]:
        asked = requests(given, tmp_path, given.grid.runs, executor)
        return [f"{request.spec.label}{request.spec.seed}" for request in asked]

    assert order() == ["b0", "a0", "b1", "a1"]
    executor.jobs = 1
    assert order() == ["a0", "b0", "a1", "b1"]
