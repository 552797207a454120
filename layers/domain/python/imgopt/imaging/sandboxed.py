"""The steps on pixels in a process of its own: what it reads can't reach credentials, or take more than is paid."""

import json
from dataclasses import asdict
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.errors import InvalidImage
from imgopt.imaging.artifact import Artifact, Made
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import target_format
from imgopt.imaging.upscaled import Upscaled
from imgopt.sandbox import forking
from imgopt.sandbox.budget import Budget
from imgopt.settings import settings

REFUSAL = "The file is damaged and can't be processed, or needs too much memory or time."


def optimize_sandboxed(
    data: bytes, source: ImageHeader, options: ProcessingSettings, budget: Budget, upscaled: Upscaled | None = None
) -> Made:
    """As `imgopt.imaging.optimize` does, of the larger picture where there is one.

    Raises TooCostly where it takes more than the budget has, Unavailable where it was interrupted.
    """
    asked = {
        "source": asdict(source),
        "options": options.model_dump(mode="json"),
        "upscaled": upscaled and asdict(upscaled),
        "least_saving": settings().least_saving,  # the child has no settings
    }
    formats = possible_formats(source, options)
    programs = any(FORMATS[each].runs_programs for each in formats)
    answer = forking.call_forked(
        f"{__name__}:make_artifact", data, budget, settings().stage_seconds, REFUSAL, programs=programs, **asked
    )
    return _read(answer, formats)


def make_artifact(
    data: bytes,
    source: dict[str, Any],
    options: dict[str, Any],
    upscaled: dict[str, Any] | None,
    least_saving: float,
) -> bytes:
    """The child's side: what the artifact is, as a line of JSON, and its bytes."""
    from imgopt.imaging.optimize import optimize, optimize_upscaled

    image, wanted = ImageHeader(**source), ProcessingSettings.model_validate(options)
    if upscaled:
        made = optimize_upscaled(data, image, Upscaled(**upscaled), wanted)
    else:
        made = optimize(data, image, wanted, least_saving)
    return json.dumps(asdict(made.artifact)).encode() + b"\n" + made.data


def possible_formats(source: ImageHeader, options: ProcessingSettings) -> set[str]:
    """Of the file that is made: what isn't asked for may depend on whether anything shows through."""
    return {target_format(source.format, options, has_alpha=has_alpha) for has_alpha in (False, True)}


def _read(answer: bytes, formats: set[str]) -> Made:
    """A child that was taken over by what it read could say anything here."""
    described, _, data = answer.partition(b"\n")
    try:
        artifact = _artifact_type().validate_json(described, strict=True)
    except ValidationError as error:
        raise InvalidImage(REFUSAL) from error
    if artifact.format not in formats:
        raise InvalidImage(REFUSAL)
    return Made(artifact, data)


@cache
def _artifact_type() -> TypeAdapter[Artifact]:
    return TypeAdapter(Artifact)
