"""Output where it is no wide terminal of today: what cannot be shown is degraded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli import output
from tests.cli.commands import Bench, refused

ROOT = Path(__file__).parents[2]
ONE = """
question: Is it naïve – or Ω?
variants: [{name: dcgan, label: naïve Ω, width_factor: 0.0625}]
subset: 32
batch_size: 16
epochs: 1
quality: {features: off}
"""
PRINTS = """
from variants.registry import register
from variants.zoo.dcgan import Dcgan

print("loaded → here")


@register("talks")
class Talks(Dcgan):
    '''DCGAN that prints × and Ω.'''

    def make_critic(self, channels, shape):
        print("naïve → Ω", flush=True)
        return super().make_critic(channels, shape)
"""
ASCII = {"PYTHONIOENCODING": "ascii", "COLUMNS": "120"}
POSIX = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "COLUMNS": "120"}


@pytest.mark.slow
@pytest.mark.parametrize("surroundings", [ASCII, POSIX], ids=["ascii", "LC_ALL=C"])
def test_a_sweep_in_an_encoding_without_its_characters(
    bench: Bench, tmp_path: Path, surroundings: dict[str, str]
) -> None:
    (tmp_path / "one.yaml").write_text(ONE.replace("dcgan,", "talks,"), encoding="utf-8")
    (tmp_path / "talks.py").write_text(PRINTS, encoding="utf-8")
    plugin = ("--plugin", "talks.py")
    for command in (
        ("run", "-g", "one.yaml", *plugin),
        ("run", "-g", "one.yaml", "--dry-run", *plugin),
        ("status", "results/one"),
        ("report", "results/one"),
    ):
        done = bench(*command, **surroundings)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        assert (done.stdout + done.stderr).isascii(), command
    done = bench("status", "results/one", "--json", **surroundings)
    assert json.loads(done.stdout)["runs"][0]["label"] == "naïve Ω", "JSON loses nothing"
    (log,) = tmp_path.glob("results/one/runs/*/log.txt")
    assert "naïve → Ω\n" in log.read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("--help",),
        ("run", "--help"),
        ("list",),
        ("list", "figures"),
        ("describe", "dcgan-lite", "--against", "dcgan"),
        ("describe", "dcgan-lite", "--against", "dcgan", "--format", "markdown"),
        ("describe", "dcgan-lite", "--format", "latex"),
    ],
    ids=" ".join,
)
def test_commands_in_ascii(bench: Bench, command: tuple[str, ...]) -> None:
    done = bench(*command, **ASCII)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
    assert "bench" in done.stdout or "dcgan" in done.stdout or "losses" in done.stdout


def test_a_refusal_in_ascii(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(ONE.replace("name: dcgan", "name: dcgän"), encoding="utf-8")
    assert refused(bench("run", "-g", "one.yaml", **ASCII), "dcgan").isascii()


def test_characters_are_spelled_as_ascii_spells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # which is put back
    output.set_up()
    text = "1 ± 2 × 3 − 4 → naïve Ω …"
    assert text.encode("ascii", "gan-bench") == b"1 +- 2 x 3 - 4 -> naive ? ..."
    assert text.encode("latin-1", "gan-bench") == "1 ± 2 × 3 - 4 -> naïve ? ...".encode("latin-1")
    assert "caf\udce9".encode("utf-8", "gan-bench") == b"caf\xe9", "a path's bytes stay as they are"


@pytest.mark.parametrize("name", ["COLUMNS", "LINES", "TERMINAL_WIDTH"])
@pytest.mark.parametrize("value", ["0", "-1", "1", "²", "nonsense", "", "9" * 5000])
def test_nonsense_sizes_of_the_terminal_are_ignored(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", sys.stdout)  # which is put back
    monkeypatch.setenv(name, value)
    output.set_up()
    assert name not in os.environ
    monkeypatch.setenv(name, "120")
    output.set_up()
    assert os.environ[name] == "120"


@pytest.mark.parametrize("value", ["0", "²"])
def test_a_width_of_zero_hides_nothing(bench: Bench, value: str) -> None:
    surroundings = {"COLUMNS": value, "LINES": value, "TERMINAL_WIDTH": value}
    done = bench("list", "grids", **surroundings)
    assert done.returncode == 0, done.stderr
    assert "lightweight.yaml" in done.stdout
    done = bench("--help", **surroundings)
    assert done.returncode == 0, done.stderr
    assert "describe" in done.stdout


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    bench = f"{sys.executable} -m bench"
    return subprocess.run(
        ["bash", "-c", command.replace("bench ", f"{bench} ")],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
    )


needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")


@needs_full
@pytest.mark.parametrize("command", ["list", "--help", "--version", "describe dcgan-lite"])
def test_output_that_cannot_be_written_is_one_sentence(command: str, tmp_path: Path) -> None:
    done = shell(f"bench {command} > /dev/full", tmp_path)
    refused(done, "Standard output cannot be written (No space left on device)")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
@needs_full
def test_a_sweep_goes_on_where_its_progress_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(ONE, encoding="utf-8")
    done = shell("bench run -g one.yaml 2> /dev/full", tmp_path)
    assert done.returncode == 0
    assert "1 completed" in done.stdout


@pytest.mark.slow
def test_a_reader_that_has_seen_enough_gets_no_traceback(tmp_path: Path) -> None:
    done = shell("bench list | head -n 1; bench --version | true", tmp_path)
    assert done.stderr == ""


def test_closed_streams(tmp_path: Path) -> None:
    assert shell("bench list >&-", tmp_path).returncode == 0
    assert shell("bench list 2>&-", tmp_path).returncode == 0


@pytest.mark.parametrize("command", ["list", "run -g smoke.yaml", "report results/x", "status x"])
def test_a_working_directory_that_is_gone(command: str, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = shell(f"cd {gone}; rmdir {gone}; bench {command}", tmp_path)
    assert "Traceback" not in done.stderr
    if command == "list":
        assert done.returncode == 0, done.stderr
    else:
        refused(done)
