"""Layers and blocks that several variants share."""
