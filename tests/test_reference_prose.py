"""What the documents say of the reference results is what the Parquet files hold."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "results" / "reference"


def words(path: Path) -> str:
    """A document's text with its lines joined."""
    return " ".join(path.read_text(encoding="utf-8").split())


def last_epochs(sweep: str) -> pd.DataFrame:
    files = sorted((REFERENCE / sweep).glob("runs/*/epochs.parquet"))
    epochs = pd.concat([pd.read_parquet(file) for file in files])
    return epochs.sort_values(["seed", "epoch"]).groupby("run_id", sort=False).tail(1)


def of_seeds(frame: pd.DataFrame, label: str) -> str:
    """``8, 5 and 8``: the modes that each seed captured."""
    *most, last = frame.loc[frame["label"] == label, "modes_captured"].astype(str)
    return f"{', '.join(most)} and {last}"


def test_the_modes_of_the_ring() -> None:
    ring = last_epochs("pacgan-ring")
    assert set(ring.groupby("label")["seed"].count()) == {3}
    text = words(REFERENCE / "README.md")
    assert f"the GAN's seeds have {of_seeds(ring, 'GAN')} of the eight modes" in text
    assert set(ring.loc[ring["label"] != "GAN", "modes_captured"]) == {8}
    assert "every seed of PacGAN2, 3 and 4 has 8" in text


@pytest.mark.parametrize("document", ["results/reference/README.md", "docs/variants.md"])
def test_the_modes_of_the_grid(document: str) -> None:
    grid = last_epochs("pacgan-grid")
    text = words(ROOT / document)
    for label in ("GAN", "PacGAN2", "PacGAN3", "PacGAN4"):
        seeds = of_seeds(grid, label)
        said = [f"{label}'s seeds have {seeds}", f"{label}'s three seeds had captured {seeds}"]
        assert any(part in text for part in [*said, f"{label}'s {seeds}"]), (label, seeds)


def test_the_high_quality_shares_and_hours_of_the_grid() -> None:
    grid = last_epochs("pacgan-grid")
    means = grid.groupby("label")["high_quality_fraction"].mean() * 100
    *most, last = [f"{means[label]:.0f}" for label in ("GAN", "PacGAN2", "PacGAN3", "PacGAN4")]
    assert f"({', '.join(most)} and {last} %)" in words(REFERENCE / "README.md")
    hours = grid.groupby("label")["elapsed_seconds"].max().sum() / 3600  # of a stack, once
    assert f"took {hours:.1f} hours of one core" in words(ROOT / "docs" / "variants.md")


def test_the_long_run() -> None:
    (file,) = (REFERENCE / "wgan-long").glob("runs/*/epochs.parquet")
    known = pd.read_parquet(file).dropna(subset="fcd").sort_values("epoch")[["epoch", "fcd"]]
    (before, early), (last, late) = known.tail(2).itertuples(index=False)
    said = f"one seed: FCD {early:.2f} after {before} epochs, {late:.2f} after {last}"
    assert said in words(REFERENCE / "README.md")


def test_why_a_target_is_missed() -> None:
    """The arithmetic of docs/speed.md, from the table's own ratios."""
    table = pd.read_parquet(REFERENCE / "performance.parquet").set_index("what")["median"]
    share = table["FLOP/s, dcgan-tutorial 28 px, batch 256, fp32"]
    speed = table["images/s, dcgan-tutorial 28 px, batch 256, fp32"]
    text = words(ROOT / "docs" / "speed.md")
    assert f"runs at {share:.3f} of the speed of a 3×3 convolution" in text
    assert f"it would be {speed:.2f} / {share:.3f} = {speed / share:.1f} times" in text
