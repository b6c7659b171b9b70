"""The sample sheets of a sweep by configuration, seed and epoch, small enough for one page."""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from bench.report.data import SweepData
from bench.report.data.frames import numbers
from bench.report.data.outcome import outcome_by
from bench.report.data.task import translates
from bench.report.figures.samples import picture
from bench.texts import grouped, say

MOST_BYTES = 5_000_000  # of the pictures of a page, before base64 makes them a third larger
MOST_EPOCHS, MOST_SEEDS = 10, 5
_MOST_PIXELS = 640  # of a side
_QUALITY = 60  # of WebP, by which 28-pixel digits look as in the PNG


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        score: what it was scored, such as ``FCD 6.9``; "" if nothing.
    """

    webp: bytes
    score: str

    @property
    def source(self) -> str:
        """As the address of an image."""
        return f"data:image/webp;base64,{base64.b64encode(self.webp).decode()}"


@dataclass(frozen=True)
class Sheets:
    """The sheets that a page shows.

    Attributes:
        found: by label, seed and epoch.
        size: the width and height of most sheets, in pixels of the page.
        note: what was left out, as a sentence; "" if nothing.
        made: what the sheets show.
    """

    labels: tuple[str, ...]
    seeds: tuple[int, ...]
    epochs: tuple[int, ...]
    found: Mapping[tuple[str, int, int], Sheet]
    size: tuple[int, int]
    note: str
    made: str

    def last(self, label: str) -> tuple[int, int, Sheet] | None:
        """The last sheet of the first seed that has one: seed, epoch and sheet."""
        for seed in self.seeds:
            for epoch in reversed(self.epochs):
                if (sheet := self.found.get((label, seed, epoch))) is not None:
                    return seed, epoch, sheet
        return None

    def document(self) -> str:
        """Everything as JSON that may stand inside a script element."""
        by_label: list[list[list[tuple[str, str] | None]]] = [
            [
                [self._pair(self.found.get((label, seed, epoch))) for epoch in self.epochs]
                for seed in self.seeds
            ]
            for label in self.labels
        ]
        document = {
            "labels": self.labels,
            "seeds": self.seeds,
            "epochs": self.epochs,
            "sheets": by_label,
        }
        return json.dumps(document, separators=(",", ":")).replace("<", "\\u003c")

    @staticmethod
    def _pair(sheet: Sheet | None) -> tuple[str, str] | None:
        return None if sheet is None else (base64.b64encode(sheet.webp).decode(), sheet.score)


def sheets(data: SweepData, most_bytes: int = MOST_BYTES) -> Sheets | None:
    """Up to ten epochs, spread evenly, of as many seeds as there is room for; None without any.

    Raises:
        ResultsError: a sheet is truncated.
    """
    files = _files(data)
    if not files:
        return None
    labels = tuple(dict.fromkeys(label for label, _, _ in files))
    every = sorted({epoch for _, _, epoch in files})
    all_seeds = sorted({seed for _, seed, _ in files})
    lasts = [files[key] for key in _lasts(files, labels)]
    of_epoch = sum(len(_encoded(path)[0]) for path, _ in lasts[:: max(1, len(lasts) // 8)])
    of_epoch = max(1, of_epoch * len(lasts) // len(lasts[:: max(1, len(lasts) // 8)]))
    epochs = _spread(every, max(2, min(MOST_EPOCHS, most_bytes // of_epoch)))
    room = max(1, most_bytes // (of_epoch * len(epochs)))
    seeds = tuple(all_seeds[: min(MOST_SEEDS, room)])
    found, sizes = {}, []
    for (label, seed, epoch), (path, score) in files.items():
        if seed in seeds and epoch in epochs:
            webp, size = _encoded(path)
            found[label, seed, epoch] = Sheet(webp, score)
            sizes.append(size)
    left_out = []
    if len(epochs) < len(every):
        left_out.append(_part(len(epochs), len(every), "epochs"))
    if len(seeds) < len(all_seeds):
        left_out.append(_part(len(seeds), len(all_seeds), "seeds"))
    if len(labels) < len(data.labels):
        left_out.append(_part(len(labels), len(data.labels), "configurations"))
    return Sheets(
        labels,
        seeds,
        epochs,
        found,
        max(set(sizes), key=sizes.count) if sizes else (0, 0),
        say("sheets-shown", parts=", ".join(left_out)) if left_out else "",
        _made(data, labels),
    )


def _part(shown: int, every: int, of: str) -> str:
    return say("sheets-part", shown=f"{shown}", every=grouped(every), of=of)


def _made(data: SweepData, labels: Sequence[str]) -> str:
    tasks = [data.task(label) for label in labels]
    if all(task is not None and translates(task) for task in tasks):
        return say("sheets-translations")
    return say("sheets-samples")


def _files(data: SweepData) -> dict[tuple[str, int, int], tuple[Path, str]]:
    """By label, seed and epoch: the file and its score, of all runs that were started."""
    found = {}
    for label in data.drawn:
        for run in data.started(label).sort_values("seed").to_dict("records"):
            scores = _scores(data, run)
            for path in data.results.samples(str(run["run_id"])):
                epoch = int(path.stem.removeprefix("epoch-"))
                found[label, int(run["seed"]), epoch] = (path, scores.get(epoch, ""))
    return found


def _scores(data: SweepData, run: Mapping[Any, Any]) -> dict[int, str]:
    """By epoch, what a run's samples scored."""
    if run["protocol"] < 0:
        return {}
    judged = outcome_by(data, int(run["protocol"]))
    if judged is None:
        return {}
    rows = data.epochs[data.epochs["was_evaluated"] & (data.epochs["run_id"] == run["run_id"])]
    pairs = zip(rows["epoch"], numbers(rows[judged.of_epochs]), strict=True)
    return {int(e): judged.score(float(v)) for e, v in pairs if math.isfinite(v)}


def _lasts(files: Mapping[tuple[str, int, int], Any], labels: Sequence[str]) -> list[Any]:
    """The last sheet of each configuration, which is the largest as it has the most detail."""
    return [max((k for k in files if k[0] == label), key=lambda k: k[2]) for label in labels]


def _spread(items: Sequence[int], most: int) -> tuple[int, ...]:
    """At most so many, evenly spread, the first and the last among them."""
    if len(items) <= most:
        return tuple(items)
    places = np.linspace(0, len(items) - 1, most).round().astype(int)
    return tuple(items[place] for place in places)


def _encoded(path: Path) -> tuple[bytes, tuple[int, int]]:
    """A sheet as WebP, and its size on the page.

    Sheets of small images have each pixel twice in both directions; the page does that itself.
    """
    pixels = picture(path)
    height, width = pixels.shape[:2]
    if _doubled(pixels):
        pixels = pixels[::2, ::2]
    image = Image.fromarray(np.ascontiguousarray(pixels))
    image.thumbnail((_MOST_PIXELS, _MOST_PIXELS))
    sink = io.BytesIO()
    image.save(sink, "WEBP", quality=_QUALITY, method=2)  # 3 % larger, in a third of the time
    return sink.getvalue(), (width, height)


def _doubled(pixels: np.ndarray) -> bool:
    """Whether every pixel is there four times: (h, w) or (h, w, 3)."""
    if pixels.shape[0] % 2 or pixels.shape[1] % 2:
        return False
    once = pixels[::2, ::2]
    return all((pixels[i::2, j::2] == once).all() for i in (0, 1) for j in (0, 1))
