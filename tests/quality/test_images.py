from __future__ import annotations

import subprocess
import sys

import torch

from bench.quality.images import to_uint8


def test_every_pixel_value_survives_the_round_trip() -> None:
    pixels = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_uint8(pixels.float() / 127.5 - 1), pixels)


def test_values_are_rounded_and_clamped() -> None:
    values = torch.tensor([-5.0, -1.0, -1 + 0.49 / 127.5, -1 + 0.51 / 127.5, 0.999, 1.0, 7.0])
    assert to_uint8(values).tolist() == [0, 0, 0, 1, 255, 255, 255]


def test_the_input_is_not_changed_and_half_precision_is_accepted() -> None:
    images = torch.tensor([-1.0, 0.25, 1.0], dtype=torch.bfloat16)
    kept = images.clone()
    assert to_uint8(images).tolist() == [0, 159, 255]
    full = images.float()
    to_uint8(full)
    assert torch.equal(images, kept)
    assert torch.equal(full, kept.float())


def test_importing_the_package_does_not_import_torch() -> None:
    code = "import bench.quality, sys; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
