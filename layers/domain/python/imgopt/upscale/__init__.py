"""Upscales images by neural networks."""
