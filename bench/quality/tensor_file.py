"""Named tensors in one file, which is loaded whole and unchanged or not at all.

A ``.pt`` file with flipped bits in its tensors loads without an error, so a digest of the
contents is stored with them and checked.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from bench.cache import unwritable_cache
from bench.files import write_atomically

_DIGEST = "digest"


def digest(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 of names, types, shapes and values; independent of the order and the device."""
    total = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name].detach().cpu().contiguous()
        total.update(f"{name} {tensor.dtype} {tuple(tensor.shape)};".encode())
        total.update(tensor.view(-1).view(torch.uint8).numpy().data)
    return total.hexdigest()


def save_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Writes the tensors to ``path``, in the cache.

    Raises:
        RequestError: the file cannot be written, or there is no space left.
    """
    content = {name: tensor.detach().cpu() for name, tensor in tensors.items()}
    buffer = io.BytesIO()  # torch turns an error of a file into one that does not say what it was
    torch.save({_DIGEST: digest(content), **content}, buffer)
    try:
        write_atomically(path, buffer.getvalue())
    except OSError as error:
        raise unwritable_cache(path, error) from error


def load_tensors(path: Path) -> dict[str, Tensor] | None:
    """The tensors of ``path``, on the CPU; None where the file is absent or damaged."""
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
        stored = content.pop(_DIGEST)
        return content if stored == digest(content) else None
    except Exception:  # a damaged pickle or archive can raise anything; it is computed again
        return None
