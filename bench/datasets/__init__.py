"""Data sets by name: what there is, where it lies, and the prepared arrays that training maps.

Nothing here imports torch; torchvision serves only to download and to read CIFAR-10.
"""

from bench.datasets.download import fetch
from bench.datasets.prepared import open_prepared, prepare
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
