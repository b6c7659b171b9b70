"""A figure: parameters of both networks, a bar per configuration."""

from matplotlib.figure import Figure as Canvas

from bench.report.data import SweepData
from bench.report.figures import Drawing, figure


@figure("parameters")
def parameters(data: SweepData) -> Drawing:
    """Parameters of the generator and the critic of each configuration."""
    canvas = Canvas(figsize=(3.5, 2.5), layout="constrained")
    axes = canvas.subplots()
    for player, colour in (("generator", "0.3"), ("critic", "0.7")):
        sizes = [data.architecture(label, f"{player}_parameters") or 0 for label in data.labels]
        axes.barh(data.labels, sizes, color=colour, label=player)
    axes.legend()
    return Drawing(canvas, "Parameters", "Trainable parameters of each configuration.")
