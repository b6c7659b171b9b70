"""How good generated samples are: feature extractors, the real reference, and scorers.

Import the submodules: this package loads nothing, so commands that measure no quality do not
wait for torch.
"""
