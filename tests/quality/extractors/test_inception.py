from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch_fidelity
from torch import Tensor, nn
from torch_fidelity import feature_extractor_inceptionv3 as theirs

from bench.errors import QualityError
from bench.quality.extractors.inception import (
    WEIGHTS_NAME,
    WEIGHTS_VARIABLE,
    InceptionExtractor,
    fetch_inception,
    inception_weights,
)
from bench.quality.extractors.registry import build_extractor
from bench.quality.extractors.resolve import resolve_features
from bench.quality.scorers.frechet import frechet_distance, real_statistics

CPU = torch.device("cpu")


def pictures(count: int, channels: int, low: int, high: int) -> Tensor:
    coarse = np.random.default_rng(low).integers(low, high, (count, channels, 4, 4), np.uint8)
    return torch.from_numpy(coarse.repeat(8, axis=2).repeat(8, axis=3))


class Blank(theirs.FeatureExtractorInceptionV3):  # type: ignore[misc]
    """The network without any weights loaded."""

    def load_state_dict(self, *_: Any) -> None: ...


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of weights under which features differ from image to image.

    The default initialisation lets all images collapse into one; He's, with batch
    normalisation calibrated on a few images, does not.
    """
    path = tmp_path_factory.mktemp("inception") / "weights.pth"
    torch.save({}, path)
    network = Blank("inception", ["2048"], feature_extractor_weights_path=str(path))
    generator = torch.Generator().manual_seed(0)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, generator=generator)
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
    network.train()
    with torch.no_grad():
        network(pictures(4, 3, 0, 256))
    torch.save(network.state_dict(), path)
    return path


class Pictures(torch.utils.data.Dataset[Tensor]):
    def __init__(self, images: Tensor) -> None:
        self.images = images

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        return self.images[index]


def test_the_fid_is_torch_fidelitys(weights: Path) -> None:
    real, fake = pictures(5, 3, 0, 256), pictures(4, 3, 60, 220)
    extractor = InceptionExtractor(weights, CPU)
    ours = frechet_distance(real_statistics(extractor(real)), extractor(fake))
    metrics = torch_fidelity.calculate_metrics(
        input1=Pictures(fake),
        input2=Pictures(real),
        fid=True,
        cuda=False,
        cache=False,
        save_cpu_ram=True,
        verbose=False,
        feature_extractor_weights_path=str(weights),
    )
    assert ours > 1
    assert ours == pytest.approx(metrics["frechet_inception_distance"], rel=1e-6)


def test_grey_images_are_repeated_and_the_file_identifies_the_features(
    weights: Path, random_images: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(weights))
    state = torch.get_rng_state()
    extractor = build_extractor("inception", random_images(2), tmp_path, "cpu")
    assert torch.equal(torch.get_rng_state(), state)
    assert extractor.weights_hash == hashlib.sha256(weights.read_bytes()).hexdigest()
    grey = pictures(1, 1, 0, 256)
    features = extractor(grey)
    assert features.shape == (1, extractor.dimension)
    assert torch.equal(features, extractor(grey.repeat(1, 3, 1, 1)))


def cached_place(home: Path) -> Path:
    return home / "hub" / "checkpoints" / WEIGHTS_NAME


@pytest.fixture
def _empty_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.delenv(WEIGHTS_VARIABLE, raising=False)


@pytest.mark.usefixtures("_empty_home")
def test_weights_are_found_by_variable_then_in_torch_fidelitys_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert theirs.URL_INCEPTION_V3.endswith(f"/{WEIGHTS_NAME}")
    assert inception_weights() is None
    cached = cached_place(tmp_path)
    cached.parent.mkdir(parents=True)
    cached.write_bytes(b"x")
    assert inception_weights() == cached
    mine = tmp_path / "mine.pth"
    monkeypatch.setenv(WEIGHTS_VARIABLE, str(mine))
    with pytest.raises(QualityError, match=r"\$GAN_BENCH_INCEPTION is .*mine\.pth"):
        inception_weights()
    mine.write_bytes(b"x")
    assert inception_weights() == mine


@pytest.mark.usefixtures("_empty_home")
def test_nothing_is_downloaded_without_a_request(
    random_images: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(*_: Any, **__: Any) -> None:
        raise AssertionError("went to the network")

    monkeypatch.setattr(torch.hub, "download_url_to_file", download)
    monkeypatch.setattr(theirs, "load_state_dict_from_url", download)
    with pytest.raises(QualityError, match="needs weights: run bench fetch inception"):
        build_extractor("inception", random_images(2), tmp_path, "cpu")
    with pytest.raises(QualityError, match="run bench fetch inception"):
        resolve_features("inception", device="cpu", has_labels=True)


def test_unusable_weights_are_one_sentence(weights: Path, tmp_path: Path) -> None:
    path = tmp_path / "w.pth"
    with pytest.raises(QualityError, match=r"w\.pth cannot be read \(No such file"):
        InceptionExtractor(path, CPU)
    whole = weights.read_bytes()
    for content in (b"", b"not found", whole[: len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(QualityError, match=r"w\.pth are damaged .* bench fetch inception"):
            InceptionExtractor(path, CPU)
    state = torch.load(weights, weights_only=True)
    short = dict(state)
    short.popitem()
    for other in ({}, [1], short, state | {"fc.bias": torch.zeros(1000)}):
        torch.save(other, path)
        with pytest.raises(
            QualityError, match=r"w\.pth does not contain weights of torch-fidelity's"
        ):
            InceptionExtractor(path, CPU)


class Malice:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("pwned"),)


def test_code_in_a_weights_file_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"x": Malice()}, "w.pth")
    with pytest.raises(QualityError, match="damaged or not weights"):
        InceptionExtractor(Path("w.pth"), CPU)
    assert not Path("pwned").exists()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder and the address it is served under."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments, directory=str(folder))

        def log_message(self, *_: Any) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("_empty_home")
def test_weights_are_fetched_once_and_only_if_they_are_the_published_ones(
    served: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bench.quality.extractors import inception

    folder, address = served
    content = b"weights"
    name = f"weights-{hashlib.sha256(content).hexdigest()[:8]}.pth"
    monkeypatch.setattr(inception, "WEIGHTS_NAME", name)
    monkeypatch.setattr(theirs, "URL_INCEPTION_V3", f"{address}/{name}")
    kept = tmp_path / "hub" / "checkpoints"

    with pytest.raises(QualityError, match=r"Could not fetch http.*404.*\$GAN_BENCH_INCEPTION"):
        fetch_inception()
    (folder / name).write_bytes(b"a login page")
    with pytest.raises(QualityError, match=r"Could not fetch .*hash"):
        fetch_inception()
    assert list(kept.iterdir()) == []
    (folder / name).write_bytes(content)
    fetched = fetch_inception()
    assert fetched == kept / name
    assert fetched.read_bytes() == content
    (folder / name).unlink()
    assert fetch_inception() == fetched == inception_weights()


@pytest.mark.usefixtures("_empty_home")
def test_no_network_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(theirs, "URL_INCEPTION_V3", "http://127.0.0.1:9/weights-00000000.pth")
    with pytest.raises(QualityError, match=r"Could not fetch .*refused.* try again"):
        fetch_inception()
