"""Data sets by name: which exist, where their files are, and the prepared arrays for training.

Nothing here imports torch. torchvision is used only to download files and to read CIFAR-10.
"""

from bench.datasets.arrays import open_prepared
from bench.datasets.classes import class_indices, described
from bench.datasets.download import fetch
from bench.datasets.prepared import prepare
from bench.datasets.registry import (
    DataSetInfo,
    absolute,
    class_names,
    describe,
    identity,
    listing,
    source_channels,
)
from bench.datasets.roots import data_root_or_default, default_data_root
from bench.datasets.selection import TooFewImages
from bench.datasets.spec import DataSpec, ImageData

__all__ = [
    "DataSetInfo",
    "DataSpec",
    "ImageData",
    "TooFewImages",
    "absolute",
    "class_indices",
    "class_names",
    "data_root_or_default",
    "default_data_root",
    "describe",
    "described",
    "fetch",
    "identity",
    "listing",
    "open_prepared",
    "prepare",
    "source_channels",
]
