"""How good generated images are, measured in the features of a frozen network.

Import the submodules: this package loads nothing, so that commands which measure no
quality do not wait for torch.
"""
