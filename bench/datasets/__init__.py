"""Data sets by name: which exist, where their files are, and the prepared arrays for training.

Nothing here imports torch. torchvision is used only to download files and to read CIFAR-10.
"""

from bench.datasets.arrays import open_prepared
from bench.datasets.download import fetch
from bench.datasets.prepared import prepare
from bench.datasets.registry import DataSetInfo, class_names, describe, identity, listing
from bench.datasets.roots import default_data_root
from bench.datasets.spec import DataSpec, ImageData

__all__ = [
    "DataSetInfo",
    "DataSpec",
    "ImageData",
    "class_names",
    "default_data_root",
    "describe",
    "fetch",
    "identity",
    "listing",
    "open_prepared",
    "prepare",
]
