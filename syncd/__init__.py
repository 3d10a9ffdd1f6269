"""Keeps a customer register and its accounting systems in step, in both directions."""

__version__ = "0.1.0"
