"""Makes results in a sandbox, which has no credentials, and only the CPU time and memory that are paid for."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from itertools import accumulate
from typing import Any

from pydantic import NonNegativeInt, TypeAdapter, ValidationError

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.errors import InvalidImage
from imgopt.imaging.accept import accepted_formats
from imgopt.imaging.artifact import Artifact, ArtifactFile
from imgopt.imaging.candidates import is_auto, possible_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import target_format
from imgopt.imaging.upscaled import Upscaled
from imgopt.sandbox import forking
from imgopt.sandbox.budget import Budget
from imgopt.settings import settings

REFUSAL = "The file is damaged and can't be processed, or needs too much memory or time."


def optimize_sandboxed(
    data: bytes, source: ImageHeader, options: ProcessingSettings, budget: Budget, upscaled: Upscaled | None = None
) -> list[ArtifactFile]:
    """Like `optimize_all`, in a sandbox; for the intermediate where there is one. Returns all results.

    Raises TooCostly where the budget is exceeded, Unavailable where the process was interrupted.
    """
    parameters = {
        "source": asdict(source),
        "options": options.model_dump(mode="json"),
        "upscaled": upscaled and asdict(upscaled),
        "least_saving": settings().least_saving,  # the child process has no settings
        "signs": settings().signs_results,
    }
    formats = [possible_formats(source, each) for each in outputs_of(options)]
    programs = any(FORMATS[each].runs_programs for each in set().union(*formats))
    answer = forking.call_forked(
        f"{__name__}:make_artifacts", data, budget, settings().stage_seconds, REFUSAL, programs=programs, **parameters
    )
    return _read(answer, formats)


def make_artifacts(  # noqa: PLR0913 - properties of a job
    data: bytes,
    source: dict[str, Any],
    options: dict[str, Any],
    upscaled: dict[str, Any] | None,
    least_saving: float,
    *,
    signs: bool,
) -> bytes:
    """Runs in the child process. Returns a line of JSON with the artifacts and their sizes, followed by their bytes."""
    from imgopt.imaging.optimize import optimize_all, optimize_upscaled

    image, wanted = ImageHeader(**source), ProcessingSettings.model_validate(options)
    if upscaled:
        made = optimize_upscaled(data, image, Upscaled(**upscaled), wanted, signs=signs)
    else:
        made = optimize_all(data, image, wanted, least_saving, signs=signs)
    described = json.dumps([(asdict(each.artifact), len(each.data)) for each in made])
    return b"".join((described.encode(), b"\n", *(each.data for each in made)))


def possible_formats(source: ImageHeader, options: ProcessingSettings) -> set[str]:
    """Returns the formats that a result may have. Without a requested format it may depend on transparency."""
    cases = [(each, has_alpha) for each in possible_settings(source, options) for has_alpha in (False, True)]
    made = {target_format(source.format, each, has_alpha=has_alpha) for each, has_alpha in cases}
    return made | ({source.format} & accepted_formats(options.accept) if is_auto(options) else set())


def _read(answer: bytes, formats: Sequence[set[str]]) -> list[ArtifactFile]:
    """Parses the child's answer, which is not trusted: a malicious file may control the child."""
    described, _, data = answer.partition(b"\n")
    try:
        artifacts = _answer_type().validate_json(described, strict=True)
    except ValidationError as error:
        raise InvalidImage(REFUSAL) from error
    are_possible = len(artifacts) == len(formats) and all(
        artifact.format in possible for (artifact, _), possible in zip(artifacts, formats, strict=True)
    )
    if not are_possible or sum(size for _, size in artifacts) != len(data):
        raise InvalidImage(REFUSAL)
    ends = accumulate(size for _, size in artifacts)
    return [
        ArtifactFile(artifact, data[end - size : end]) for (artifact, size), end in zip(artifacts, ends, strict=True)
    ]


@cache
def _answer_type() -> TypeAdapter[list[tuple[Artifact, NonNegativeInt]]]:
    """Returns the type of the first line: artifacts, each with its number of bytes."""
    return TypeAdapter(list[tuple[Artifact, NonNegativeInt]])
