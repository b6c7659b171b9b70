"""The top of a report: what was run, where and when, and what to know before any number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.report.data import SweepData
from bench.report.data.task import samples_called
from bench.report.text import status_text
from bench.store import plugin_hashes
from bench.texts import grouped, say


def facts(data: SweepData) -> dict[str, str]:
    """What, where and when: the lines of the heading."""
    seeds = sorted(data.results.planned["seed"].unique())
    plugins = plugin_files(data)
    trained = _trained(data)
    lines = {
        say("heading-data"): ", ".join(_datasets(data)),
        **dict(trained[:1]),
        say("heading-seeds"): ", ".join(map(str, seeds)),
        **dict(trained[1:]),
        say("heading-machine"): _machine(data),
        say("heading-software"): _software(data),
        say("heading-code"): _code(data),
        say("heading-plugins"): ", ".join(f"{name} ({digest})" for name, digest in plugins),
        say("heading-measured"): _dates(data),
    }
    return {name: text for name, text in lines.items() if text}


def facts_of_part(data: SweepData) -> dict[str, str]:
    """What of it may differ between facets."""
    return {name: text for name, text in _trained(data) if text}


def _trained(data: SweepData) -> list[tuple[str, str]]:
    """On what and for how long runs were trained."""
    return [
        (_samples_called(data), _images(data)),
        (say("heading-epochs"), _joined(data, "epochs_planned")),
        (
            say("heading-steps"),
            _joined(data, "steps_planned", lambda n: say("heading-per-run", steps=grouped(n))),
        ),
        (say("heading-batch"), _joined(data, "batch_size")),
    ]


def _datasets(data: SweepData) -> list[str]:
    """The data sets as the grid names them; a folder with its content, which is its identity."""
    found = data.runs[["dataset", "dataset_given"]].drop_duplicates()
    texts = []
    for identity, given in found.itertuples(index=False):
        content = str(identity).rpartition(":")[2]
        named = isinstance(given, str) and given != identity
        known = say("heading-content", name=str(given), content=content)
        texts.append(known if named else str(identity))
    return list(dict.fromkeys(texts))


def _samples_called(data: SweepData) -> str:
    """``Images`` or ``Points``, as the tasks of the sweep call their samples."""
    tasks = dict.fromkeys(data.task(label) for label in data.labels)
    names = dict.fromkeys(samples_called(task) for task in tasks if task is not None)
    return ", ".join(say("samples", samples=name) for name in names).capitalize()


def _joined(data: SweepData, column: str, show: Callable[[Any], str] = str) -> str:
    return ", ".join(show(value) for value in data.distinct(column))


def _images(data: SweepData) -> str:
    parts = [
        _joined(data, "train_images", lambda n: say("heading-training", number=grouped(n))),
        _joined(data, "image_size", lambda size: f"{size} × {size} px"),
        _joined(data, "channels", lambda n: say("heading-channels", number=str(n))),
    ]
    return "; ".join(part for part in parts if part)


def _machine(data: SweepData) -> str:
    gpu = _joined(data, "gpu_name")
    parts = [
        _joined(data, "cpu_model"),
        _joined(data, "cpu_cores", lambda n: say("heading-cores", number=str(n))),
        _joined(data, "threads", lambda n: say("heading-threads", number=str(n))),
        gpu or (say("heading-no-gpu") if "cpu" in data.distinct("device") else ""),
    ]
    return "; ".join(part for part in parts if part)


def _software(data: SweepData) -> str:
    parts = [
        _joined(data, "torch_version", "torch {}".format),
        _joined(data, "cuda_version", "CUDA {}".format),
        _joined(data, "python_version", "Python {}".format),
        _joined(data, "bench_version", "gan-bench {}".format),
        _joined(data, "os"),
        _joined(data, "precision"),
        _joined(data, "execution"),
    ]
    return "; ".join(part for part in parts if part)


def _code(data: SweepData) -> str:
    commits = _joined(data, "git_commit", "{:.12}".format)
    if not commits:
        return ""
    dirty = any(data.distinct("git_dirty"))
    return say("heading-commit", commits=commits, changes="some" if dirty else "none")


def plugin_files(data: SweepData) -> list[tuple[str, str]]:
    """The plug-in files that were loaded, each with the beginning of its hash."""
    found = (plugin_hashes(str(row)).items() for row in data.distinct("plugins"))
    return list(dict.fromkeys(item for items in found for item in items))


def _dates(data: SweepData) -> str:
    runs = data.runs
    first, last = runs["started_at"].min(), runs["ended_at"].fillna(runs["started_at"]).max()
    until = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M}"
    return f"{first:%Y-%m-%d %H:%M} – {until} UTC"


def incomplete(data: SweepData) -> str | None:
    """Which runs are missing; None where all have completed."""
    if data.completed == data.planned:
        return None
    statuses = data.runs.loc[~data.runs["completed"], "status"].value_counts()
    parts = [
        f"{count} {status_text(str(status), int(count))}" for status, count in statuses.items()
    ]
    unstarted = data.planned - len(data.runs)
    if unstarted:
        parts.append(say("note-unstarted", count=unstarted))
    more_to_come = unstarted or "interrupted" in statuses.index
    return say(
        "heading-incomplete",
        completed=str(data.completed),
        count=data.planned,
        parts=", ".join(parts),
        state="preliminary" if more_to_come else "over",
    )


def banners(data: SweepData) -> tuple[str, ...]:
    """What a reader must know before any number: missing runs, different machines."""
    missing = incomplete(data)
    sentences = [*data.results.remarks, *([] if missing is None else [missing])]
    if apart := len(data.results.unplanned):
        sentences.append(say("heading-apart", count=apart))
    if data.machines and not data.results.machines:  # which are facets of their own
        sentences.append(say("heading-machines", machines="; ".join(data.machines)))
    files = [name for name, _ in plugin_files(data)]
    if changed := sorted({file for file in files if files.count(file) > 1}):
        sentences.append(say("heading-changed", files=", ".join(changed)))
    return tuple(sentences)
