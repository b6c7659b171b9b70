"""The top of a report: what was run, where and when, and what to know before any number."""

from __future__ import annotations

from bench.report.data import SweepData
from bench.report.data.task import samples_called
from bench.store import plugin_hashes
from bench.units import counted


def facts(data: SweepData) -> dict[str, str]:
    """What, where and when: the lines of the heading."""
    lines = {
        "Data set": ", ".join(_datasets(data)),
        _samples_called(data): _images(data),
        "Seeds": ", ".join(str(s) for s in sorted(data.results.planned["seed"].unique())),
        "Epochs": _joined(data, "epochs_planned"),
        "Steps": _joined(data, "steps_planned", "{:,} per run"),
        "Batch size": _joined(data, "batch_size"),
        "Machine": _machine(data),
        "Software": _software(data),
        "Code": _code(data),
        "Plug-ins": ", ".join(f"{name} ({digest})" for name, digest in plugin_files(data)),
        "Measured": _dates(data),
    }
    return {name: text for name, text in lines.items() if text}


def _datasets(data: SweepData) -> list[str]:
    """The data sets as the grid names them; a folder with its content, which is its identity."""
    found = data.runs[["dataset", "dataset_given"]].drop_duplicates()
    texts = []
    for identity, given in found.itertuples(index=False):
        content = str(identity).rpartition(":")[2]
        named = isinstance(given, str) and given != identity
        texts.append(f"{given} (content {content})" if named else str(identity))
    return list(dict.fromkeys(texts))


def _samples_called(data: SweepData) -> str:
    """``Images`` or ``Points``, as the tasks of the sweep call their samples."""
    tasks = dict.fromkeys(data.task(label) for label in data.labels)
    names = dict.fromkeys(samples_called(task) for task in tasks if task is not None)
    return ", ".join(names).capitalize()


def _joined(data: SweepData, column: str, template: str = "{}") -> str:
    return ", ".join(template.format(value) for value in data.distinct(column))


def _images(data: SweepData) -> str:
    parts = [
        _joined(data, "train_images", "{:,} for training"),
        _joined(data, "image_size", "{0} × {0} px"),
        _joined(data, "channels", "channels: {}"),
    ]
    return "; ".join(part for part in parts if part)


def _machine(data: SweepData) -> str:
    gpu = _joined(data, "gpu_name")
    parts = [
        _joined(data, "cpu_model"),
        _joined(data, "cpu_cores", "{} cores"),
        _joined(data, "threads", "threads per run: {}"),
        gpu or ("no GPU" if "cpu" in data.distinct("device") else ""),
    ]
    return "; ".join(part for part in parts if part)


def _software(data: SweepData) -> str:
    parts = [
        _joined(data, "torch_version", "torch {}"),
        _joined(data, "cuda_version", "CUDA {}"),
        _joined(data, "python_version", "Python {}"),
        _joined(data, "bench_version", "gan-bench {}"),
        _joined(data, "os"),
        _joined(data, "precision"),
        _joined(data, "execution"),
    ]
    return "; ".join(part for part in parts if part)


def _code(data: SweepData) -> str:
    commits = _joined(data, "git_commit", "{:.12}")
    if commits and any(data.distinct("git_dirty")):
        return f"commit {commits}, with uncommitted changes"
    return f"commit {commits}" if commits else ""


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
    parts = [f"{count} {str(status).replace('_', ' ')}" for status, count in statuses.items()]
    unstarted = data.planned - len(data.runs)
    if unstarted:
        parts.append(f"{unstarted} not run")
    more_to_come = unstarted or "interrupted" in statuses.index
    return f"{data.completed} of {counted(data.planned, 'run')} completed ({', '.join(parts)})" + (
        ": this report is preliminary." if more_to_come else "."
    )


def banners(data: SweepData) -> tuple[str, ...]:
    """What a reader must know before any number: missing runs, different machines."""
    missing = incomplete(data)
    sentences = [*data.results.remarks, *([] if missing is None else [missing])]
    if apart := len(data.results.unplanned):
        sentences.append(
            f"{counted(apart, 'further run')} in the folder, of an earlier grid or of an earlier "
            "revision of a variant, "
            f"{'is' if apart == 1 else 'are'} in no table or figure."
        )
    if data.machines and not data.results.machines:  # which are facets of their own
        sentences.append(
            "The runs were measured on different machines or settings "
            f"({'; '.join(data.machines)}): compare their timings with care."
        )
    files = [name for name, _ in plugin_files(data)]
    if changed := sorted({file for file in files if files.count(file) > 1}):
        sentences.append(
            f"{', '.join(changed)} changed between runs: runs of one configuration may have been "
            "trained by different code."
        )
    return tuple(sentences)
