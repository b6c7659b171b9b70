"""gan-bench: which GAN generator and critic give the most quality for the least compute."""

__version__ = "0.1.0"
