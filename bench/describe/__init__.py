"""What a variant consists of, and why it costs less or more than another."""

from bench.describe.causes import Cause, Comparison, compare
from bench.describe.cost import Cost
from bench.describe.description import Description, describe
from bench.describe.document import Block, latex, markdown, terminal
from bench.describe.show import comparison, document

__all__ = [
    "Block",
    "Cause",
    "Comparison",
    "Cost",
    "Description",
    "compare",
    "comparison",
    "describe",
    "document",
    "latex",
    "markdown",
    "terminal",
]
