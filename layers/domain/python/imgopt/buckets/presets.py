"""Presets as rules about buckets have them: what can be made at once of an object's pixels, without a job."""

from imgopt.errors import InvalidRequest
from imgopt.image_urls.configured import rules_of_presets
from imgopt.image_urls.job_settings import job_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.settings import settings

# What a network or a model does takes longer than an object has.
NOT_AT_ONCE = ("output_upscale_factor", "output_seo_tag_gen", "output_seo_rename")


def settings_of(preset: str) -> ProcessingSettings:
    """Raises InvalidRequest for a preset that there isn't, or that asks what is not made at once."""
    wanted = ProcessingSettings.model_validate(job_settings(preset).settings)
    if any(getattr(wanted, name) for name in NOT_AT_ONCE):
        raise InvalidRequest(f"The preset {preset} upscales or tags, which objects of buckets are not.")
    return wanted


def options_of(preset: str) -> str:
    """As `GET /config` tells them."""
    return rules_of_presets().presets[preset].text


def check_bucket_rules() -> None:
    """Raises InvalidRequest for a preset of a rule that could make nothing."""
    for rule in settings().bucket_rules:
        for preset in rule.presets:
            settings_of(preset)
