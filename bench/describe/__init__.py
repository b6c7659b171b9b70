"""What a variant consists of, and why it costs less or more than another."""

from bench.describe.description import Description, describe
from bench.describe.explain import explain
from bench.describe.show import show

__all__ = ["Description", "describe", "explain", "show"]
