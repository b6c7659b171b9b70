"""lightweight.yaml by hand: its variants as plain loops on all threads, one after another.

    python plain_sweep.py THREADS SAMPLES EPOCHS

Images lie in memory as floats and are not augmented. After each epoch that many samples are scored
as torch-fidelity does: features of one batch after another, their covariance, its Fréchet distance.
Writes a line of JSON: seconds of the whole, and how many of these are of evaluations.
"""

from __future__ import annotations

import json
import sys
import time

import torch
from plain_loops import PlainGan, with_torchs_own_layers
from torch import Tensor
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric

from bench import datasets, grid
from bench.cache import cache_root
from bench.quality.extractors.classifier import classifier


def main() -> None:
    began = time.perf_counter()
    threads, samples, epochs = map(int, sys.argv[1:])
    torch.set_num_threads(threads)
    asked = grid.load("lightweight")
    data = datasets.open_prepared(datasets.prepare(asked.runs[0].data, cache=cache_root()))
    pixels = torch.from_numpy(data.images)
    images = pixels.float() / 127.5 - 1
    scored = 0.0
    for run in {run.label: run for run in asked.runs}.values():
        recipe, shape = run.recipe, run.shape
        torch.manual_seed(0)
        generator, critic = (
            with_torchs_own_layers(network)
            for network in (recipe.generator(shape), recipe.critic(shape))
        )
        gan = PlainGan(
            generator, critic, recipe.generator_lr, recipe.beta1, reuse=recipe.reuse_samples
        )

        def draw(count: int = recipe.batch_size, length: int = recipe.latent_dim) -> Tensor:
            return torch.randn(count, length)

        for _ in range(epochs):
            for index in torch.randperm(len(images)).split(recipe.batch_size):
                gan.step(images[index], lambda index=index: draw(len(index)))
            start = time.perf_counter()
            if samples:
                extractor = classifier(data, cache_root(), torch.device("cpu"))
                generator.eval()
                with torch.no_grad():
                    made = [generator(draw(100)) for _ in range(samples // 100)]
                    fake = (torch.cat(made) * 127.5 + 127.5).round().clamp(0, 255).byte()
                    found = [
                        fid_features_to_statistics(
                            torch.cat([extractor(batch) for batch in side.split(64)]).double()
                        )
                        for side in (pixels, fake)
                    ]
                    fid_statistics_to_metric(*found, verbose=False)
                generator.train()
            scored += time.perf_counter() - start
    whole = time.perf_counter() - began
    print(json.dumps({"whole_seconds": whole, "evaluation_seconds": scored}))


if __name__ == "__main__":
    main()
