"""Why there is no score."""


class NoScore(Exception):
    """The message is a sentence for a job's `warning`."""
