from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from bench.errors import QualityError
from bench.quality.extractors import registry
from bench.quality.extractors.registry import (
    Builder,
    build_extractor,
    check_extractor_name,
    extractor,
    extractor_names,
)
from variants.registry import Registry


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh: Registry[Builder] = Registry("extractor", pattern="[a-z-]+")
    monkeypatch.setattr(registry, "EXTRACTORS", fresh)


def test_a_user_adds_an_extractor(projection: Any, random_images: Any) -> None:
    data, received = random_images(5), []

    @extractor("mine")
    def mine(*arguments: Any) -> Any:
        received.append(arguments)
        return projection

    assert extractor_names() == ("inception", "classifier", "mine")
    assert build_extractor("mine", data, Path("cache"), "cpu") is projection
    assert received == [(data, Path("cache"), torch.device("cpu"))]


@pytest.mark.parametrize("name", ["mine", "inception", "classifier", "auto", "off", "modes"])
def test_names_are_taken_once(name: str) -> None:
    def build(*_: Any) -> Any: ...

    if name == "mine":
        extractor(name)(build)
    taken = f"{name!r} is (taken|already registered)"
    with pytest.raises(ValueError, match=taken):
        extractor(name)(build)


def test_an_unknown_name_suggests_the_nearest(random_images: Any) -> None:
    with pytest.raises(QualityError, match="unknown 'inceptoin'; did you mean 'inception'"):
        build_extractor("inceptoin", random_images(5), Path("cache"), "cpu")
    with pytest.raises(QualityError, match="known: auto, inception, classifier, off"):
        check_extractor_name("xyz")
