"""The error for a missing score."""


class NoScore(Exception):
    """There is no score. The message is a sentence for a job's `warning`."""
