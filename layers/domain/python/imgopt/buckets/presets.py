"""Presets for bucket rules: those that need no job, network or model."""

from imgopt.errors import InvalidRequest
from imgopt.image_urls.configuration import rules_of_presets
from imgopt.image_urls.job_settings import job_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.settings import settings

# These take longer than the time for one object.
SLOW_SETTINGS = ("output_upscale_factor", "output_seo_tag_gen", "output_seo_rename")


def settings_of(preset: str) -> ProcessingSettings:
    """Returns the settings of a preset. Raises InvalidRequest where it is unknown, or bucket rules don't support it."""
    wanted = ProcessingSettings.model_validate(job_settings(preset).settings)
    if any(getattr(wanted, name) for name in SLOW_SETTINGS):
        raise InvalidRequest(
            f"The preset {preset} upscales or tags, which bucket rules don't support. Use a preset without these."
        )
    return wanted


def options_of(preset: str) -> str:
    """Returns the options of a preset as `GET /config` shows them."""
    return rules_of_presets().presets[preset].text


def check_bucket_rules() -> None:
    """Raises InvalidRequest where a preset of a rule can't be used."""
    for rule in settings().bucket_rules:
        for preset in rule.presets:
            settings_of(preset)
