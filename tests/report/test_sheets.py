"""The sheets of the page: which are shown, in how much room, and what they look like."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from bench.errors import ResultsError
from bench.report import sheets as room
from bench.report.sheets import Sheets, sheets


def doubled(index: int, epoch: int) -> bytes:
    """28 × 28 pixels, each four times; its level says of which run and epoch it is."""
    level = min(255, 20 * epoch + 5 * index)
    pixels = np.full((28, 28), level, np.uint8).repeat(2, 0).repeat(2, 1)
    sink = io.BytesIO()
    Image.fromarray(pixels).save(sink, "PNG")
    return sink.getvalue()


def data_of(synthetic, pictures=doubled, **options):
    configs = [synthetic.BASELINE, synthetic.SMALL_CRITIC]
    return synthetic.data([replace(each, pictures=pictures) for each in configs], **options)


def found_in(data, most_bytes: int = 10**7) -> Sheets:
    found = sheets(data, most_bytes)
    assert found is not None
    return found


def test_every_epoch_of_every_seed_where_there_is_room(synthetic) -> None:
    found = found_in(data_of(synthetic))
    assert (found.labels, found.seeds) == (("dcgan", "half critic"), (0, 1, 2))
    assert found.epochs == (1, 2, 3, 4, 5)
    assert found.note == ""
    assert len(found.found) == 2 * 3 * 5
    for (_, seed, epoch), sheet in found.found.items():
        with Image.open(io.BytesIO(sheet.webp)) as image:
            assert image.size == (28, 28)  # the page doubles the pixels
            assert abs(np.asarray(image).mean() - (20 * epoch + 5 * seed)) < 3
    assert found.size == (56, 56)


def test_a_sheet_says_what_it_was_scored(synthetic) -> None:
    data = data_of(synthetic)
    rows = data.evaluated[(data.evaluated["label"] == "dcgan") & (data.evaluated["seed"] == 0)]
    quality = dict(zip(rows["epoch"], rows["quality"], strict=True))
    found = found_in(data)
    for epoch in found.epochs:
        text = found.found["dcgan", 0, epoch].score
        assert text.startswith("FCD ")
        assert float(text.split()[1]) == pytest.approx(quality[epoch], rel=0.01)


def test_little_room_means_fewer_seeds_then_fewer_epochs(synthetic) -> None:
    def noise(index: int, epoch: int) -> bytes:
        pixels = np.random.default_rng(epoch).integers(0, 255, (200, 200), np.uint8)
        sink = io.BytesIO()
        Image.fromarray(pixels).save(sink, "PNG")
        return sink.getvalue()

    data = data_of(synthetic, noise)
    whole = found_in(data)
    size = sum(len(sheet.webp) for sheet in whole.found.values())
    fewer = found_in(data, size // 2)
    assert (fewer.seeds, len(fewer.epochs)) == ((0,), 5)
    assert fewer.note == "Shown: 1 of the 3 seeds."
    least = found_in(data, size // 6)
    assert len(least.epochs) < 5
    assert {1, 5} <= set(least.epochs)
    assert sum(len(sheet.webp) for sheet in least.found.values()) <= size // 6


def test_many_epochs_are_thinned(synthetic) -> None:
    found = found_in(data_of(synthetic, epochs=24))
    assert len(found.epochs) == room.MOST_EPOCHS
    assert (found.epochs[0], found.epochs[-1]) == (1, 24)
    assert found.note == "Shown: 10 of the 24 epochs."


def test_the_document_cannot_end_its_script(synthetic) -> None:
    config = replace(synthetic.BASELINE, label="</script><b>", pictures=doubled)
    found = found_in(synthetic.data([config], baseline=None))
    assert "<" not in found.document()
    document = json.loads(found.document())
    assert document["labels"] == ["</script><b>"]
    assert len(document["sheets"][0][0]) == len(document["epochs"]) == 5


def test_missing_sheets_are_gaps(synthetic) -> None:
    data = data_of(synthetic)
    run = data.started("half critic").sort_values("seed")["run_id"].iloc[1]
    data.results.samples(run)[1].unlink()
    document = json.loads(found_in(data).document())
    assert document["sheets"][1][1][1] is None
    assert sum(pair is None for run in document["sheets"] for seed in run for pair in seed) == 1


def test_a_truncated_sheet_is_named(synthetic) -> None:
    data = data_of(synthetic)
    path = data.results.samples(data.runs["run_id"].iloc[0])[0]
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ResultsError, match=r"is truncated or not an image"):
        sheets(data)


def test_without_sheets_there_is_no_viewer(synthetic) -> None:
    configs = [replace(synthetic.BASELINE, samples=False)]
    assert sheets(synthetic.data(configs)) is None
