"""The sweep that is over soonest, for faults that any sweep shows."""

GRID = """
name: g
dataset: ring
steps: 2
quality: {features: "off"}
batch_size: 8
variants: [{name: mixture-gan, generator_width: 8, critic_width: 8}]
"""
