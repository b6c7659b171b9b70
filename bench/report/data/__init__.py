"""A sweep's results as numbers: a row per run, a row per epoch, values per configuration."""

from bench.report.data.equal_cost import Axis, EqualCost, equal_cost
from bench.report.data.protocol import Protocol
from bench.report.data.sweep import SweepData

__all__ = ["Axis", "EqualCost", "Protocol", "SweepData", "equal_cost"]
