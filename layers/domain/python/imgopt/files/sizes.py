"""Sizes for messages."""


def megabytes(size: int) -> str:
    """Returns bytes as megabytes: 4,400,000 are 4.4 MB."""
    return f"{size / 1_000_000:.3g} MB"
