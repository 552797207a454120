"""Enlarges images by neural networks."""
