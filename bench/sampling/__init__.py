"""Samples of a finished run: its generator is built again and given its weights."""

from bench.sampling.drawing import Samples, draw
from bench.sampling.finding import Trained, find
from bench.sampling.writing import write

__all__ = ["Samples", "Trained", "draw", "find", "write"]
