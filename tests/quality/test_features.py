from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from bench.errors import QualityError
from bench.quality import features
from bench.quality.features import build_extractor, check_extractor_name, extractor, extractor_names


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "_builders", dict(features._builders))


def test_a_laboratory_adds_an_extractor(projection: Any, random_images: Any) -> None:
    data, given = random_images(5), []

    @extractor("mine")
    def mine(*arguments: Any) -> Any:
        given.append(arguments)
        return projection

    assert extractor_names() == ("inception", "classifier", "mine")
    assert build_extractor("mine", data, Path("cache"), "cpu") is projection
    assert given == [(data, Path("cache"), torch.device("cpu"))]


@pytest.mark.parametrize("name", ["mine", "inception", "classifier", "auto", "off"])
def test_names_are_taken_once(name: str) -> None:
    def build(*_: Any) -> Any: ...

    if name == "mine":
        extractor(name)(build)
    with pytest.raises(ValueError, match=f"{name!r} is taken"):
        extractor(name)(build)


def test_an_unknown_name_is_answered_with_the_nearest(random_images: Any) -> None:
    with pytest.raises(QualityError, match="inceptoin is unknown: did you mean inception"):
        build_extractor("inceptoin", random_images(5), Path("cache"), "cpu")
    with pytest.raises(QualityError, match="choose one of auto, inception, classifier, off"):
        check_extractor_name("xyz")
