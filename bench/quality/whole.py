"""The real images that a classifier has to know of a translation."""

from __future__ import annotations

import hashlib

import numpy as np

from bench.datasets.spec import ImageData


def held_out_apart(data: ImageData) -> bool:
    """Whether the classes of the held-out images are others than those that are trained on.

    As of typefaces, of which whole characters are held out.
    """
    held_out = data.held_out
    if held_out is None or held_out.labels is None or data.labels is None:
        return False
    return not np.isin(held_out.labels, data.labels).any()


def targets(data: ImageData) -> ImageData:
    """The images for a classifier to learn from, so that it knows every class.

    Where whole classes are held out, these are all images, held-out ones included; the classifier
    then sets a part of them apart itself, to know its accuracy. Else they are the data as they are.

    Args:
        data: the whole data set.
    """
    if not held_out_apart(data):
        return data
    held_out = data.held_out
    assert held_out is not None
    assert held_out.labels is not None
    assert data.labels is not None
    both = f"{data.content_hash} {held_out.content_hash}"
    return ImageData(
        images=np.concatenate([data.images, held_out.images]),
        labels=np.concatenate([data.labels, held_out.labels]),
        class_names=data.class_names,
        content_hash=hashlib.blake2b(both.encode(), digest_size=8).hexdigest(),
    )
