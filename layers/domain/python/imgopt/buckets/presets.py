"""Presets as buckets have them: what a stage of pixels can do at once, without a job."""

from imgopt.imaging.options import ProcessingSettings


def options_of(preset: str) -> str:
    """As `GET /config` tells them."""
    raise NotImplementedError


def settings_of(preset: str) -> ProcessingSettings:
    raise NotImplementedError
