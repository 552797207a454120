"""Presets as buckets have them: what a stage of pixels can do at once, without a job."""

from imgopt.imaging.options import ProcessingSettings


def settings_of(preset: str) -> ProcessingSettings:
    raise NotImplementedError
