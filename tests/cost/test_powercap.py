"""Energy of the processor's packages, read from a tree of files like the kernel's."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench.cost.energy import EnergyMeter
from bench.cost.powercap import ProcessorEnergy, open_processor_energy

RANGE = 262_143_328_850  # µJ, of a common processor


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Two packages, and domains that count what the packages count as well."""
    for folder, name, microjoules in (
        ("intel-rapl:0", "package-0", 5_000_000),
        ("intel-rapl:1", "package-1", 7_000_000),
        ("intel-rapl:2", "psys", 90_000_000),
        ("intel-rapl:0:0", "core", 4_000_000),
        ("intel-rapl-mmio:0", "package-0", 5_000_000),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "name").write_text(f"{name}\n")
        (tmp_path / folder / "max_energy_range_uj").write_text(f"{RANGE}\n")
        count(tmp_path, folder, microjoules)
    (tmp_path / "intel-rapl").mkdir()
    return tmp_path


def count(tree: Path, folder: str, microjoules: int) -> None:
    """Sets a counter at once: a thread may be reading it."""
    (tree / "next").write_text(f"{microjoules}\n")
    (tree / "next").replace(tree / folder / "energy_uj")


def test_packages_are_summed_and_nothing_is_counted_twice(tree: Path) -> None:
    energy = open_processor_energy(tree)
    assert energy.energy_joules() == 0
    count(tree, "intel-rapl:0", 5_000_000 + 3_000_000)
    count(tree, "intel-rapl:1", 7_000_000 + 1_500_000)
    count(tree, "intel-rapl:0:0", 4_000_000 + 2_000_000)
    count(tree, "intel-rapl-mmio:0", 5_000_000 + 3_000_000)
    count(tree, "intel-rapl:2", 90_000_000 + 9_000_000)
    assert energy.energy_joules() == 4.5


def test_a_counter_that_starts_again_from_zero_goes_on(tree: Path) -> None:
    count(tree, "intel-rapl:0", RANGE - 1_000_000)
    energy = open_processor_energy(tree)
    count(tree, "intel-rapl:0", 2_000_000 - 1)
    assert energy.energy_joules() == 3.0


def test_a_long_span_is_read_often_enough_to_see_every_start_from_zero(tree: Path) -> None:
    energy = ProcessorEnergy([tree / "intel-rapl:0"], every=0.005)
    try:
        for microjoules in (RANGE, 4_999_999, RANGE, 4_999_999):
            count(tree, "intel-rapl:0", microjoules)
            time.sleep(0.2)
    finally:
        energy.close()
    assert energy.energy_joules() == pytest.approx(2 * (RANGE + 1) / 1e6)


def test_without_the_interface_the_energy_is_unknown(tmp_path: Path) -> None:
    assert open_processor_energy(tmp_path / "absent").energy_joules() is None
    assert open_processor_energy(tmp_path).energy_joules() is None


@pytest.mark.parametrize("package", ["intel-rapl:0", "intel-rapl:1"])
def test_one_package_that_may_not_be_read_makes_the_sum_unknown(
    tree: Path, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid(monkeypatch, tree / package / "energy_uj")
    assert open_processor_energy(tree).energy_joules() is None


def test_a_counter_that_fails_later_makes_the_energy_unknown_for_good(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    energy = open_processor_energy(tree)
    with monkeypatch.context() as patch:
        forbid(patch, tree / "intel-rapl:1" / "energy_uj")
        assert energy.energy_joules() is None
    assert energy.energy_joules() is None


def forbid(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    """As the kernel does for all but root, for whom file modes would not do it."""
    read = Path.read_text

    def refusing(path: Path) -> str:
        if path == file:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_text", refusing)


@pytest.mark.parametrize(
    ("exclusive", "shared", "joules"),
    [(True, False, 3.0), (True, True, None), (True, None, None), (False, False, None)],
)
def test_it_is_the_runs_only_if_the_machine_is_known_not_to_be_shared(
    tree: Path, exclusive: bool, shared: bool | None, joules: float | None
) -> None:
    meter = EnergyMeter(open_processor_energy(tree), exclusive=exclusive)
    meter.start()
    count(tree, "intel-rapl:0", 8_000_000)
    meter.stop(12.0)
    meter.shared(shared)
    assert meter.joules() == joules


def test_a_resumed_run_goes_on_counting(tree: Path) -> None:
    meter = EnergyMeter(open_processor_energy(tree), exclusive=True)
    meter.load_state({"joules": 100.0, "seconds": 60.0, "known": True})
    meter.start()
    count(tree, "intel-rapl:0", 8_000_000)
    meter.stop(12.0)
    meter.shared(False)
    assert meter.joules() == 103.0
