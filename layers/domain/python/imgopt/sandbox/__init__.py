"""Processes that read images: confined, with limits, and ended where they are damaged."""
