"""Converting images of any kind to square uint8 arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from variants.lazy import LazyModule

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image, ImageOps
else:
    np = LazyModule("numpy")
    Image = LazyModule("PIL.Image")
    ImageOps = LazyModule("PIL.ImageOps")


_ALPHA_MODES = ("LA", "PA", "RGBA", "La", "RGBa")


def eight_bit(image: Image.Image) -> Image.Image:
    """The image with 8 bits per channel and without transparency, on a white background.

    16-bit grey is scaled by 255/65535 and rounded; Pillow's own conversion would clip it.

    Raises:
        ValueError: the range of the pixel values is unknown.
    """
    if image.mode == "I" or image.mode.startswith("I;16"):
        values = np.asarray(image).astype(np.int32)
        if values.min() < 0 or values.max() > 65535:
            raise ValueError("its 32-bit pixels are outside the 16-bit range")
        return Image.fromarray(((values + 128) // 257).astype(np.uint8))
    if image.mode == "F":
        raise ValueError("its floating-point pixels have no known range")
    if image.mode in _ALPHA_MODES or "transparency" in image.info:
        over = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", over.size, "white"), over).convert("RGB")
    return image


def square(image: Image.Image, *, image_size: int, channels: int) -> np.ndarray:
    """The centre of the image as uint8 (channels, image_size, image_size).

    The shorter side is resized to ``image_size`` (bicubic, antialiased) and the longer one is
    cropped at both ends. RGB becomes grey by luma (ITU-R 601-2); grey becomes RGB by repetition.
    """
    image = image.convert("L" if channels == 1 else "RGB")
    if image.size != (image_size, image_size):
        image = ImageOps.fit(image, (image_size, image_size), method=Image.Resampling.BICUBIC)
    pixels = np.asarray(image)
    return pixels[np.newaxis] if channels == 1 else pixels.transpose(2, 0, 1)


def fitted(pixels: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
    """Images of one size, each converted as by :func:`square`.

    Args:
        pixels: uint8 (n, H, W) grey or (n, H, W, 3) RGB.

    Returns:
        uint8 (n, channels, image_size, image_size).
    """
    planes = pixels[:, np.newaxis] if pixels.ndim == 3 else pixels.transpose(0, 3, 1, 2)
    # The usual case, several times faster than one image at a time.
    if planes.shape[1:] == (channels, image_size, image_size):
        return np.ascontiguousarray(planes)
    return np.stack(
        [
            square(Image.fromarray(image), image_size=image_size, channels=channels)
            for image in pixels
        ]
    )


@dataclass(frozen=True)
class ArrayImages:
    """Images of one size in memory.

    Attributes:
        pixels: uint8 (N, H, W) grey or (N, H, W, 3) RGB.
        labels: int64 (N,).
        class_names: one per class.
    """

    pixels: np.ndarray
    labels: np.ndarray
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, indices: np.ndarray, *, image_size: int, channels: int) -> np.ndarray:
        """The images at ``indices``: uint8 (len(indices), channels, image_size, image_size)."""
        return fitted(self.pixels[indices], image_size=image_size, channels=channels)
