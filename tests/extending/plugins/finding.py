"""A finding: which configuration has the fewest parameters."""

from bench.report.data import SweepData
from bench.report.findings import Finding, finding


@finding("smallest-generator")
def smallest_generator(data: SweepData) -> Finding | None:
    """The configuration whose generator has the fewest parameters."""
    sizes = {
        label: size
        for label in data.labels
        if (size := data.architecture(label, "generator_parameters")) is not None
    }
    if not sizes:
        return None
    label = min(sizes, key=lambda label: sizes[label])
    return Finding(
        f"“{label}” has the smallest generator: {sizes[label]:,.0f} parameters.",
        {"label": label, "parameters": sizes[label]},
    )
