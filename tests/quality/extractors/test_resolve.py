from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from bench.errors import QualityError
from bench.quality.extractors import registry
from bench.quality.extractors.inception import WEIGHTS_VARIABLE
from bench.quality.extractors.resolve import resolve_features


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: Any) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv(WEIGHTS_VARIABLE, raising=False)
    if request.param:
        (tmp_path / "w.pth").write_bytes(b"x")
        monkeypatch.setenv(WEIGHTS_VARIABLE, str(tmp_path / "w.pth"))


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize(
    ("weights", "requested", "device", "has_labels", "expected", "reason"),
    [
        (True, "auto", "cuda", True, "inception", "FID, with a GPU and Inception weights"),
        (True, "auto", "cuda:1", False, "inception", "FID"),
        (True, "auto", "cpu", True, "classifier", "FCD.*no GPU"),
        (False, "auto", "cuda", True, "classifier", r"FCD.*bench fetch inception"),
        (False, "auto", "cpu", True, "classifier", "FCD"),
        (False, "auto", "cpu", False, None, "not measured.*no classes.*set features to inception"),
        (False, "auto", "cuda", False, None, "not measured.*bench fetch inception"),
        (True, "inception", "cpu", False, "inception", r"w\.pth.*takes minutes"),
        (True, "inception", "cuda", True, "inception", r"w\.pth\)\.$"),
        (False, "classifier", "cuda", True, "classifier", "FCD"),
        (True, "off", "cuda", True, None, "as requested"),
    ],
    indirect=["weights"],
)
def test_the_decision_and_its_reason(
    requested: str, device: str, has_labels: bool, expected: str | None, reason: str
) -> None:
    chosen, said = resolve_features(requested, device=device, has_labels=has_labels)
    assert chosen == expected
    assert re.search(reason, said)


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize(
    ("weights", "requested", "message"),
    [
        (False, "inception", "run bench fetch inception"),
        (False, "classifier", "needs a data set of two or more classes"),
        (False, "inseption", "did you mean 'inception'"),
    ],
    indirect=["weights"],
)
def test_what_is_requested_by_name_and_not_available_is_refused(
    requested: str, message: str
) -> None:
    with pytest.raises(QualityError, match=message):
        resolve_features(requested, device="cuda", has_labels=False)


def test_an_extractor_of_a_user_is_selected_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.EXTRACTORS._entries, "mine", None)
    chosen, said = resolve_features("mine", device="cpu", has_labels=False)
    assert chosen == "mine"
    assert "mine" in said


@pytest.mark.usefixtures("weights")
@pytest.mark.parametrize("weights", [True], indirect=True)
def test_stacked_digits_are_classified_digit_by_digit_even_on_a_gpu() -> None:
    chosen, said = resolve_features("auto", device="cuda", has_labels=True, stacked=True)
    assert chosen == "classifier"
    assert "single digits" in said
    for requested in ("inception", "off"):
        chosen, _ = resolve_features(requested, device="cuda", has_labels=True, stacked=True)
        assert chosen == (None if requested == "off" else requested)
