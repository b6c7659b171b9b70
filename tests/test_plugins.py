"""Python files named with --plugin, through the real commands."""

from __future__ import annotations

import inspect
import json
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from bench import plugins
from bench.executors.local import LocalExecutor
from variants import registry

ROOT = Path(__file__).parents[1]
Bench = Callable[..., subprocess.CompletedProcess[str]]

# Its class is not reachable from any installed module, so a process that trains it must have
# loaded the file; so must one that receives its exception.
VARIANT = '''"""A plug-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from variants.registry import register
from variants.zoo.dcgan import Dcgan

if TYPE_CHECKING:
    from torch import nn

    from variants.recipe import SampleShape


class Oops(Exception):
    pass


def fail() -> None:
    raise Oops("on purpose")


@register("narrow-of-mine")
class Narrow(Dcgan):
    """DCGAN with few filters, from a file of mine."""

    generator_width: int = 8
    critic_width: int = 8
    bias: float = 0.0

    def critic(self, shape: SampleShape) -> nn.Module:
        from torch import nn

        return nn.Sequential(super().critic(shape), nn.Tanh())
'''
GRID = "{variants: [narrow-of-mine], subset: 64, batch_size: 16, quality: {samples: 64}}"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Runs ``bench`` in a folder with a plug-in and a grid that needs it."""
    (tmp_path / "mygans.py").write_text(VARIANT)
    (tmp_path / "mine.yaml").write_text(GRID)

    def run(*arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bench", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(ROOT), path]),
                "NO_COLOR": "1",
                "COLUMNS": "200",
            },
        )

    return run


def refused(done: subprocess.CompletedProcess[str], *said: str) -> str:
    """Asserts a single sentence on standard error and status 2; returns the sentence."""
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("bench: ")
    for part in said:
        assert part in line
    return line


def test_a_variant_from_a_file_runs_and_is_reported(bench: Bench, tmp_path: Path) -> None:
    done = bench("run", "-g", "mine.yaml", "--smoke", "--plugin", "mygans.py")
    assert done.returncode == 0, done.stderr
    assert "1 completed." in done.stdout
    (run,) = (tmp_path / "results/mine-smoke/runs").iterdir()
    assert pd.read_parquet(run / "run.parquet").iloc[0]["variant"] == "narrow-of-mine"
    assert (run / "log.txt").read_text() == ""
    done = bench("report", "results/mine-smoke", "--plugin", "mygans.py")
    assert done.returncode == 0, done.stderr


def test_a_variant_from_a_file_is_listed_and_described(bench: Bench) -> None:
    assert "narrow-of-mine" not in bench("list").stdout
    done = bench("list", "variants", "--plugin", "mygans.py")
    assert "narrow-of-mine" in done.stdout
    assert "DCGAN with few filters, from a file of mine." in done.stdout
    rows = json.loads(bench("list", "variants", "--json", "--plugin", "mygans.py").stdout)
    assert rows[-1]["name"] == "narrow-of-mine"
    done = bench("describe", "narrow-of-mine", "--against", "dcgan", "--plugin", "mygans.py")
    assert done.returncode == 0, done.stderr
    assert "generator_width 64 → 8" in done.stdout


def test_a_grid_loads_no_code_by_itself(bench: Bench) -> None:
    """The error names the option that would."""
    said = "there is no variant 'narrow-of-mine'"
    refused(bench("run", "-g", "mine.yaml"), "mine.yaml, line 1", said, "--plugin")
    refused(bench("describe", "narrow-of-mine"), said, "--plugin")


def test_the_same_file_twice_is_loaded_once(bench: Bench) -> None:
    done = bench("list", "variants", "--plugin", "mygans.py", "--plugin", "./mygans.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("narrow-of-mine") == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b"import this_is_missing\n",
            "bad.py, line 1: the plug-in could not be loaded (ModuleNotFoundError: No module "
            "named 'this_is_missing'); install 'this_is_missing', or put its code into the file, "
            "or leave out --plugin bad.py.",
        ),
        (
            b"import json\n\ndef half():\n    json.loads('{')\n\nhalf()\n",
            "bad.py, line 4: the plug-in could not be loaded (JSONDecodeError: Expecting property",
        ),
        (b"raise SystemExit\n", "bad.py, line 1: the plug-in could not be loaded (SystemExit"),
        (
            b"x = 1\ndef f(:\n    pass\n",
            "bad.py, line 2: the plug-in is not valid Python (invalid syntax); fix the file",
        ),
        (b"x = 1\0\n", "bad.py, line 1: the plug-in is not valid Python"),
        (b"# \xe9t\xe9\n", "bad.py, line 1: the plug-in is not UTF-8 text; save it as UTF-8."),
        (b"x = 1\n\n# \xe9\n", "bad.py, line 3: the plug-in is not UTF-8 text"),
    ],
    ids=["missing module", "exception", "exit", "syntax", "null", "latin-1", "later line"],
)
def test_a_file_that_cannot_be_loaded(
    bench: Bench, tmp_path: Path, content: bytes, said: str
) -> None:
    (tmp_path / "bad.py").write_bytes(content)
    refused(bench("list", "--plugin", "bad.py"), said)


def test_a_name_that_is_taken_names_both_places(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(VARIANT.replace("narrow-of-mine", "dcgan"))
    said = "the variant 'dcgan' is already registered", "variants/zoo/dcgan.py, line "
    refused(bench("list", "--plugin", "bad.py"), "bad.py, line 24: ", *said)
    (tmp_path / "other.py").write_text(VARIANT)
    done = bench("run", "-g", "mine.yaml", "--plugin", "mygans.py", "--plugin", "other.py")
    refused(done, "other.py, line 24: the variant 'narrow-of-mine'", "(mygans.py, line 24)")
    assert not (tmp_path / "results").exists()


def test_a_file_that_is_not_there(bench: Bench, tmp_path: Path) -> None:
    refused(bench("list", "--plugin", "nowhere.py"), "--plugin nowhere.py: there is no such file")
    (tmp_path / "folder").mkdir()
    refused(bench("list", "--plugin", "folder"), "--plugin folder is a folder")


@pytest.fixture
def package(tmp_path: Path) -> Callable[[str], str]:
    """Makes an installed package whose entry point is a module with that text."""

    def install(text: str) -> str:
        information = tmp_path / "package" / "broken_gans-1.dist-info"
        information.mkdir(parents=True)
        (information / "METADATA").write_text("Name: broken-gans\nVersion: 1\n")
        (information / "entry_points.txt").write_text("[gan_bench.plugins]\nmine = broken_gans\n")
        (information.parent / "broken_gans.py").write_text(text)
        return str(information.parent)

    return install


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('no such luck')", "RuntimeError: no such luck"),
        (VARIANT.replace("narrow-of-mine", "dcgan"), "is already registered"),
    ],
    ids=["fails", "registers a taken name"],
)
def test_a_broken_installed_plug_in_is_a_warning_and_breaks_no_command(
    bench: Bench, package: Callable[[str], str], text: str, said: str
) -> None:
    path = package(text)
    for command in (
        ["list"],
        ["describe", "dcgan-lite"],
        ["run", "-q", "-g", "mine.yaml", "--smoke", "--plugin", "mygans.py"],
    ):
        done = bench(*command, path=path)
        assert done.returncode == 0, done.stderr
        (line,) = done.stderr.strip().splitlines()
        assert line.startswith("bench: warning: The plug-in 'mine' of broken-gans (broken_gans)")
        assert said in line


# ------------------------------------------------------------------- in this process


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[plugins.Plugin]:
    """A plug-in, loaded for this test only."""
    registry.names()
    monkeypatch.setattr(plugins, "_loaded", {})
    monkeypatch.setattr(registry.VARIANTS, "_entries", dict(registry.VARIANTS._entries))
    monkeypatch.setattr(registry.VARIANTS, "_places", dict(registry.VARIANTS._places))
    path = tmp_path / "my-gans.py"
    path.write_text(VARIANT)
    found = plugins.load(path)
    yield found
    del sys.modules[found.module]


def test_a_plug_in_is_a_module_named_by_its_content(plugin: plugins.Plugin) -> None:
    assert plugin.module == f"gan_bench_plugin_my_gans_{plugin.sha256[:8]}"
    assert plugins.loaded() == (plugin,)
    assert plugins.stamp() == f"my-gans.py:{plugin.sha256[:16]}"
    kind = registry.get("narrow-of-mine")
    assert kind.__module__ == plugin.module
    assert "critic_width: int = 8" in inspect.getsource(kind)
    assert pickle.loads(pickle.dumps(kind)) is kind


def test_tracebacks_quote_what_is_executed(plugin: plugins.Plugin) -> None:
    plugin.path.write_text("changed = True\n")
    try:
        sys.modules[plugin.module].fail()
    except Exception:
        assert 'raise Oops("on purpose")' in traceback.format_exc()


def test_objects_take_their_plug_ins_along(plugin: plugins.Plugin, tmp_path: Path) -> None:
    """To a process that has never seen the file, on a machine that does not have it."""
    sent = tmp_path / "sent"
    sent.write_bytes(plugins.packed([registry.get("narrow-of-mine")(), b"more"]))
    plugin.path.unlink()
    code = (
        "import sys, pathlib; from bench import plugins;"
        "recipe, more = plugins.unpacked(pathlib.Path(sys.argv[1]).read_bytes());"
        "print(type(recipe).__name__, recipe.critic_width, more, plugins.stamp())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(sent)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == f"Narrow 8 b'more' {plugins.stamp()}"
    assert plugins.unpacked(sent.read_bytes())[1] == b"more", "once is enough here"


def test_calls_in_other_processes_know_the_plug_in(plugin: plugins.Plugin) -> None:
    """What they are given, what they return and what they raise."""
    module = sys.modules[plugin.module]
    executor = LocalExecutor()
    try:
        given = registry.get("narrow-of-mine")(critic_width=4)
        assert executor.call(type(given).model_copy, given) == given
        with pytest.raises(module.Oops, match="on purpose"):
            executor.call(module.fail)
    finally:
        executor.close()


def test_nothing_is_stamped_without_plug_ins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "_loaded", {})
    assert plugins.stamp() is None
    assert plugins.unpacked(plugins.packed(3)) == 3
