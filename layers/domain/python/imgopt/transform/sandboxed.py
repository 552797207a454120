"""Makes variants and descriptions in confined processes that are reused.

They only read sources that the operator allows. A malicious source that takes a process over can only see and falsify
the process's next calls, see `imgopt.sandbox.pool`.
"""

import json
from dataclasses import asdict
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.recognition import HEAD_BYTES
from imgopt.errors import InvalidImage
from imgopt.sandbox.budget import Budget
from imgopt.sandbox.pool import Pool
from imgopt.transform.description import Description, describe
from imgopt.transform.options import TransformOptions
from imgopt.transform.pipeline import LONGEST_SIDE
from imgopt.transform.variant import Output, TransformLimits, Variant
from imgopt.transform.variant_maker import INSTEAD_OF_AVIF, make_variant

REFUSAL = "The source image is damaged and can't be processed, or needs too much memory or time."
VARIANT_MAKERS = Pool()

WarningText = Annotated[str, Field(max_length=1000)]


class _VariantFacts(BaseModel):
    """The child's description of a variant."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    format: str
    width: Annotated[int, Field(ge=1, le=LONGEST_SIDE)]
    height: Annotated[int, Field(ge=1, le=LONGEST_SIDE)]
    quality: Annotated[int, Field(ge=1, le=100)] | None
    score: Annotated[float, Field(ge=0, le=100)] | None
    warnings: Annotated[list[WarningText], Field(max_length=20)]


def make_variant_sandboxed(  # noqa: PLR0913, PLR0917 - as `make_variant`
    data: bytes,
    source: ImageHeader,
    options: TransformOptions,
    output: Output,
    limits: TransformLimits,
    watermark: bytes | None = None,
) -> Variant:
    """Like `make_variant`, in a child process. Raises TooCostly where time or memory exceed the limits, and Unavailable
    where no process is free in that time.
    """
    mark = watermark or b""
    parameters = {
        "source": asdict(source),
        "options": _options_type().dump_python(options, mode="json"),
        "output": asdict(output),
        "mark_bytes": len(mark),
    }
    return _read(_call("make_in_child", b"".join((data, mark)) if mark else data, limits, parameters), source, output)


def describe_sandboxed(data: bytes, source: ImageHeader, limits: TransformLimits) -> Description:
    """Like `describe`, in a child process."""
    answer = _call("describe_in_child", data, limits, {"source": asdict(source)})
    try:
        return _description_type().validate_json(answer)
    except ValidationError as error:
        raise InvalidImage(REFUSAL) from error


def make_in_child(  # noqa: PLR0913, PLR0917 - as `make_variant`
    data: bytes,
    source: dict[str, Any],
    options: dict[str, Any],
    output: dict[str, Any],
    limits: dict[str, Any],
    mark_bytes: int,
) -> bytes:
    """Runs in the child process. Returns a line of JSON about the variant, and its bytes."""
    at = len(data) - mark_bytes
    wanted = _options_type().validate_python(options)
    constraints = Output(**output), TransformLimits(**limits)
    made = make_variant(data[:at], ImageHeader(**source), wanted, *constraints, data[at:] or None)
    facts = {name: getattr(made, name) for name in _VariantFacts.model_fields}
    return json.dumps(facts).encode() + b"\n" + made.data


def describe_in_child(data: bytes, source: dict[str, Any], limits: dict[str, Any]) -> bytes:
    """Runs in the child process."""
    described = describe(data, ImageHeader(**source), TransformLimits(**limits))
    return _description_type().dump_json(described)


def _call(name: str, data: bytes, limits: TransformLimits, parameters: dict[str, Any]) -> bytes:
    parameters = {**parameters, "limits": asdict(limits)}
    budget = Budget(limits.seconds, limits.memory_bytes)
    return VARIANT_MAKERS.call(f"{__name__}:{name}", data, budget, limits.seconds, REFUSAL, **parameters)


def _read(answer: bytes, source: ImageHeader, output: Output) -> Variant:
    """Parses the child's answer, which is not trusted: a malicious file may control the child."""
    line, _, data = answer.partition(b"\n")
    try:
        facts = _VariantFacts.model_validate_json(line)
    except ValidationError as error:
        raise InvalidImage(REFUSAL) from error
    possible = {output.format, *(INSTEAD_OF_AVIF if output.format == "avif" else ())}
    if facts.format not in possible or not FORMATS[facts.format].matches(data[:HEAD_BYTES]):
        raise InvalidImage(REFUSAL)
    known = facts.model_dump() | {"warnings": tuple(facts.warnings)}
    return Variant(data=data, source_width=source.width, source_height=source.height, **known)


@cache
def _options_type() -> TypeAdapter[TransformOptions]:
    return TypeAdapter(TransformOptions)


@cache
def _description_type() -> TypeAdapter[Description]:
    return TypeAdapter(Description)
