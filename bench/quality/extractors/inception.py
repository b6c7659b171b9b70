"""InceptionV3 features; their Fréchet distance is the FID.

The network is torch-fidelity's ``inception-v3-compat``, layer 2048, which reproduces the
TensorFlow graph of Heusel et al. 2017 (arXiv 1706.08500). Weights are downloaded only on
request: they are read from ``$GAN_BENCH_INCEPTION``, else from torch-fidelity's cache, where
``bench fetch inception`` puts them.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import torch
from torch import Tensor

from bench.datasets.spec import ImageData
from bench.errors import QualityError
from bench.files import from_home
from bench.quality.extractors.base import Extractor, extract
from bench.quality.extractors.registry import extractor

WEIGHTS_VARIABLE = "GAN_BENCH_INCEPTION"
WEIGHTS_NAME = "weights-inception-2015-12-05-6726825d.pth"
_BATCH = 64  # about 1 GiB of activations
_REMEDY = f"run bench fetch inception, or set ${WEIGHTS_VARIABLE} to the path of a {WEIGHTS_NAME}"


class InceptionExtractor:
    """2048 features: the last pooling layer. Grey images are repeated in three channels.

    Args:
        weights: a state dict of torch-fidelity's InceptionV3.
        device: where to run.

    Raises:
        QualityError: the file is missing, damaged, or contains something else.
    """

    name = "inception"
    dimension = 2048

    def __init__(self, weights: Path, device: torch.device) -> None:
        from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

        self.device = device
        # torch-fidelity unpickles whatever the file contains, so it is first loaded safely here.
        try:
            content = weights.read_bytes()
            torch.load(weights, map_location="cpu", weights_only=True)
        except OSError as error:
            raise QualityError(
                f"Inception weights {weights} cannot be read ({error.strerror}): {_REMEDY}."
            ) from error
        except Exception as error:  # a damaged pickle or archive can raise anything
            raise QualityError(
                f"Inception weights {weights} are damaged or not weights at all: "
                f"delete the file and {_REMEDY}."
            ) from error
        try:
            with torch.random.fork_rng(devices=[]):
                network = FeatureExtractorInceptionV3(
                    "inception-v3-compat", ["2048"], feature_extractor_weights_path=str(weights)
                )
        except Exception as error:  # not a state dict, or other names or shapes
            raise QualityError(
                f"{weights} does not contain weights of torch-fidelity's InceptionV3: {_REMEDY}."
            ) from error
        self.weights_hash = hashlib.sha256(content).hexdigest()
        self._network = network.to(device)

    def __call__(self, images: Tensor) -> Tensor:
        return extract(self._features, images, _BATCH, self.device)

    def _features(self, images: Tensor) -> Tensor:
        (features,) = self._network(images.expand(-1, 3, -1, -1))
        return features  # type: ignore[no-any-return]


@extractor("inception")
def inception(data: ImageData, cache: Path, device: torch.device) -> Extractor:
    weights = inception_weights()
    if weights is None:
        raise QualityError(f"quality features: inception needs weights: {_REMEDY}.")
    return InceptionExtractor(weights, device)


def inception_weights() -> Path | None:
    """The file of Inception weights, or None if there is none.

    Raises:
        QualityError: ``$GAN_BENCH_INCEPTION`` is not the path of a file.
    """
    chosen = os.environ.get(WEIGHTS_VARIABLE)
    if chosen:
        weights = from_home(chosen, f"correct ${WEIGHTS_VARIABLE}, or unset it", QualityError)
        if not weights.is_file():
            raise QualityError(
                f"${WEIGHTS_VARIABLE} is {weights}, which is not a file: correct it, "
                "or unset it and run bench fetch inception."
            )
        return weights
    weights = _cached_weights()
    return weights if weights.is_file() else None


def fetch_inception() -> Path:
    """Downloads the weights into torch-fidelity's cache, unless they are there.

    Raises:
        QualityError: they cannot be downloaded or written.
    """
    from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3

    weights = _cached_weights()
    if weights.is_file():
        return weights
    published_hash = WEIGHTS_NAME.removesuffix(".pth").rpartition("-")[2]
    try:
        weights.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(URL_INCEPTION_V3, str(weights), hash_prefix=published_hash)
    except (OSError, RuntimeError) as error:
        raise QualityError(
            f"Could not fetch {URL_INCEPTION_V3} to {weights} ({error}): try again, "
            f"or copy the file from another machine and set ${WEIGHTS_VARIABLE} to its path."
        ) from error
    return weights


def _cached_weights() -> Path:
    return Path(torch.hub.get_dir()) / "checkpoints" / WEIGHTS_NAME
