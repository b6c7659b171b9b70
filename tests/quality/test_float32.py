from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch

from bench.quality.extractors.base import extract
from bench.quality.float32 import full_float32

CPU = torch.device("cpu")


def settings() -> tuple[str, bool, bool, bool]:
    return (
        torch.get_float32_matmul_precision(),
        torch.backends.cuda.matmul.allow_tf32,
        torch.backends.cudnn.allow_tf32,
        torch.is_autocast_enabled("cpu"),
    )


@pytest.fixture
def _fast_arithmetic() -> Iterator[None]:
    before = settings()
    torch.set_float32_matmul_precision("medium")
    torch.backends.cudnn.allow_tf32 = True
    yield
    torch.set_float32_matmul_precision(before[0])
    torch.backends.cudnn.allow_tf32 = before[2]


@pytest.mark.usefixtures("_fast_arithmetic")
@pytest.mark.parametrize("fails", [False, True])
def test_all_shortcuts_are_off_within_and_restored_afterwards(fails: bool) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        before = settings()
        try:
            with full_float32(CPU):
                assert settings() == ("highest", False, False, False)
                if fails:
                    raise RuntimeError
        except RuntimeError:
            assert fails
        assert settings() == before == ("medium", True, True, True)


@pytest.mark.usefixtures("_fast_arithmetic")
def test_extraction_is_exact_batched_and_without_gradient() -> None:
    weight = torch.randn(48, 5, requires_grad=True)
    images = torch.randint(0, 256, (23, 3, 4, 4), dtype=torch.uint8)
    sizes = []

    def network(part: torch.Tensor) -> torch.Tensor:
        sizes.append(len(part))
        assert settings() == ("highest", False, False, False)
        return part.flatten(1).float() @ weight

    with torch.autocast("cpu", dtype=torch.bfloat16):
        features = extract(network, images, 10, CPU)
    assert sizes == [10, 10, 3]
    assert not features.requires_grad
    assert features.dtype == torch.float32
    exact = images.flatten(1).double() @ weight.detach().double()
    torch.testing.assert_close(features.double(), exact, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("images", [torch.zeros(2, 3, 4, 4), torch.zeros(3, 4, 4).byte()])
def test_only_batches_of_pixels_are_accepted(images: torch.Tensor) -> None:
    with pytest.raises(ValueError, match=r"must be uint8 \(n, c, h, w\)"):
        extract(lambda part: part, images, 10, CPU)
