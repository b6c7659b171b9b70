"""``bench doctor``: what this machine can do, with a remedy for each "no"."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from bench import doctor
from bench.cost import powercap
from tests.cli.commands import Bench


def test_every_no_has_a_remedy(bench: Bench, tmp_path: Path) -> None:
    environment = {"GAN_BENCH_INCEPTION": "", "TORCH_HOME": str(tmp_path / "torch")}
    done = bench("doctor", "--json", "--data-root", str(tmp_path / "data"), **environment)
    assert done.returncode == 0, done.stderr
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    for check in checks.values():
        assert bool(check["remedy"]) != check["ok"], check
        assert check["found"]
    assert checks["GPU"]["ok"] == torch.cuda.is_available()
    assert torch.__version__ in checks["software"]["found"]
    assert checks["data set mnist-5k"]["ok"]
    assert checks["data set ring"]["ok"]
    assert "bench fetch cifar10" in checks["data set cifar10"]["remedy"]
    assert not checks["Inception weights"]["ok"]
    assert "GiB free" in checks["disk of the results"]["found"]


def test_what_is_needed_and_missing_is_status_1(bench: Bench) -> None:
    done = bench("doctor", GAN_BENCH_CACHE="/proc/nowhere")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    lines = done.stdout.splitlines()
    place = next(i for i, line in enumerate(lines) if line.startswith("no   cache"))
    assert lines[place + 1] == "     → Set GAN_BENCH_CACHE to a folder that you can write."


def test_energy_counters_that_only_root_can_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cpu_energy() -> doctor.Check:
        monkeypatch.setattr(powercap, "ROOT", tmp_path)
        (found,) = [check for check in doctor._energy() if check.name == "CPU energy"]
        return found

    assert "no counter" in cpu_energy().found
    package = tmp_path / "intel-rapl:0"
    package.mkdir()
    (package / "name").write_text("package-0")
    (package / "max_energy_range_uj").write_text("1000000")
    (package / "energy_uj").mkdir()  # cannot be read, whoever asks
    assert cpu_energy().remedy == f"sudo chmod a+r {tmp_path}/intel-rapl:*/energy_uj"
    (package / "energy_uj").rmdir()
    (package / "energy_uj").write_text("5")
    assert cpu_energy().ok


def test_too_little_memory_and_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(doctor, "available_bytes", lambda: 2**29)
    (memory,) = doctor._memory()
    assert (memory.ok, memory.needed) == (False, True)
    assert memory.found.startswith("0.5 GiB available of ")
    assert doctor._room("disk", tmp_path).ok
    monkeypatch.setattr(doctor, "_LEAST_DISK", 2**62)
    assert not doctor._room("disk", tmp_path).ok
