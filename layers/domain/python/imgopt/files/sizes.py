"""Sizes as people are told them."""


def megabytes(size: int) -> str:
    """Of bytes: 4,400,000 are 4.4 MB."""
    return f"{size / 1_000_000:.3g} MB"
