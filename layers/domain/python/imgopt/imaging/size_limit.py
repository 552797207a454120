"""Says that a result exceeds its limit on bytes."""


def warn_of_missed_limit(size: int, limit: int | None) -> str | None:
    """Returns a sentence for `warning` where a file of `size` bytes exceeds its limit; None otherwise."""
    if limit is None or size <= limit:
        return None
    return f"The limit of {limit} bytes was not met: the file has {size} bytes."
