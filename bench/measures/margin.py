"""Within which share of the baseline a difference does not matter, unless a grid says so."""

MARGIN = 0.1
