"""Converts a preset to settings of a job: the options that mean the same for jobs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from imgopt.errors import InvalidRequest
from imgopt.image_urls.configuration import rules_of_presets
from imgopt.image_urls.model import RequestedOptions, ResponseOptions, SecurityOptions, UrlRules, WrittenOption
from imgopt.image_urls.options import PRESET, apply_all
from imgopt.image_urls.presets import with_presets
from imgopt.imaging.options import OutputFormat
from imgopt.transform.options import Gravity, GravityType, ResizingType, TransformOptions

# Jobs handle these in their own way; ignoring them changes little.
NEGLIGIBLE_OPTIONS = ("strip_color_profile", "preserve_hdr", "enforce_thumbnail")
# Options that jobs don't have, and without which the picture would look different.
BEYOND_JOBS = (
    *("min_width", "min_height", "zoom_x", "zoom_y", "dpr", "extend_aspect_ratio", "crop", "trim", "padding"),
    *("auto_rotate", "rotate", "flip_horizontal", "flip_vertical", "blur", "sharpen", "pixelate", "watermark"),
    "format_quality",
)
NO_TRANSFORMATION = TransformOptions()


@dataclass(frozen=True)
class JobSettings:
    """`settings` are fields of `ProcessingSettings`; `warnings` name the preset's options that have no effect."""

    settings: Mapping[str, Any]
    warnings: tuple[str, ...]


def job_settings(name: str) -> JobSettings:
    """Returns the job settings of a preset, after the default preset, as in image URLs.

    Raises InvalidRequest where there is no such preset, or jobs can't do what it asks.
    """
    return job_settings_of(name, rules_of_presets())


def job_settings_of(name: str, rules: UrlRules) -> JobSettings:
    if name not in rules.presets:
        known = ", ".join(rules.presets) or "none"
        raise InvalidRequest(f"There is no such preset. Known presets: {known}.")
    unlimited = UrlRules(presets=rules.presets, allow_security_options=rules.allow_security_options)
    requested = apply_all(with_presets([WrittenOption(PRESET, (name,))], unlimited), unlimited)
    if impossible := [*_impossible(requested)]:
        raise InvalidRequest(f"The preset {name} can't be used for jobs, which don't support: {', '.join(impossible)}.")
    return JobSettings(_translate(requested), tuple(_without_effect(name, requested)))


def _impossible(requested: RequestedOptions) -> Iterator[str]:
    transform = requested.transform
    yield from (field for field in BEYOND_JOBS if getattr(transform, field) != getattr(NO_TRANSFORMATION, field))
    if requested.response.raw:
        yield "raw"
    if transform.format and transform.format not in list(OutputFormat):
        yield f"format {transform.format}"
    if _has_both_sides(transform):
        yield from _impossible_sizes(transform)


def _impossible_sizes(transform: TransformOptions) -> Iterator[str]:
    kind = transform.resizing_type
    if kind not in (ResizingType.FIT, ResizingType.FILL):
        yield f"resizing type {kind}"
    if kind is ResizingType.FIT and transform.enlarge and not transform.extend:
        yield "enlarging inside of two sides"
    if kind is ResizingType.FILL and transform.gravity.type not in (GravityType.CENTER, GravityType.SMART):
        yield f"gravity {transform.gravity.type}"
    if transform.extend and transform.extend.gravity != Gravity():
        yield "gravity of extend"


def _translate(requested: RequestedOptions) -> dict[str, Any]:
    transform = requested.transform
    found = {
        "output_width": transform.width,
        "output_height": transform.height,
        "output_resize_behavior": _behavior(transform),
        "output_format": transform.format,
        "output_quality": transform.quality,
        "output_quality_target": transform.target,
        "output_file_size_limit": transform.max_bytes,
        "output_background": "#{:02x}{:02x}{:02x}".format(*transform.background) if transform.background else None,
        "output_upscale_factor": transform.upscale if transform.upscale > 1 else None,
        "output_seo_tag_gen": requested.response.words,
        "keep_metadata": _kept_metadata(transform),
    }
    return {field: value for field, value in found.items() if value}


def _behavior(transform: TransformOptions) -> str | None:
    if not (transform.width or transform.height):
        return None
    if not _has_both_sides(transform):
        return "pad" if transform.enlarge else "fit"
    if transform.resizing_type is ResizingType.FILL:
        return "crop"
    return "pad" if transform.extend else "fit"


def _kept_metadata(transform: TransformOptions) -> str:
    if not transform.strip_metadata:
        return "all"
    return "copyright" if transform.keep_copyright else "none"


def _without_effect(name: str, requested: RequestedOptions) -> Iterator[str]:
    parts = (
        (requested.transform, NO_TRANSFORMATION, NEGLIGIBLE_OPTIONS),
        (
            requested.response,
            ResponseOptions(),
            ("skip_processing", "cachebuster", "expires", "filename", "attachment"),
        ),
        (requested.limits, SecurityOptions(), tuple(each.name for each in fields(SecurityOptions))),
    )
    for given, default, names in parts:
        for field in names:
            if getattr(given, field) != getattr(default, field):
                yield f"{field} of the preset {name} has no effect on jobs."
    is_exact = requested.transform.extend or requested.transform.resizing_type is ResizingType.FILL
    if is_exact and not requested.transform.enlarge and _has_both_sides(requested.transform):
        yield f"With the preset {name}, jobs enlarge an image that is smaller than the requested size."


def _has_both_sides(transform: TransformOptions) -> bool:
    return bool(transform.width and transform.height)
