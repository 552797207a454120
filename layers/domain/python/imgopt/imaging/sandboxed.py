"""The pipeline on pixels in a process of its own: what it reads can't reach credentials, or take more than is paid."""

import json
from dataclasses import asdict, replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.errors import InvalidImage
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import target_format
from imgopt.imaging.product import Product
from imgopt.imaging.upscaled import Upscaled
from imgopt.sandbox import forking
from imgopt.sandbox.budget import Budget
from imgopt.settings import settings

REFUSAL = "The file is damaged and can't be processed, or needs too much memory or time."


def optimize(
    data: bytes, source: ImageHeader, options: ProcessingSettings, budget: Budget, upscaled: Upscaled | None = None
) -> Product:
    """As `imgopt.imaging.optimize` does, of the larger picture where there is one.

    Raises TooCostly where it takes more than the budget has, Unavailable where it was interrupted.
    """
    asked = {"source": asdict(source), "options": options.model_dump(mode="json"), "upscaled": upscaled}
    formats = possible_formats(source, options)
    programs = any(FORMATS[each].runs_programs for each in formats)
    answer = forking.call(
        f"{__name__}:make", data, budget, settings().stage_seconds, REFUSAL, programs=programs, **asked
    )
    return _read(answer, formats)


def make(data: bytes, source: dict[str, Any], options: dict[str, Any], upscaled: Upscaled | None) -> bytes:
    """The child's side: what the product is, as a line of JSON, and its bytes."""
    from imgopt.imaging import optimize as pipeline

    image, wanted = ImageHeader(**source), ProcessingSettings.model_validate(options)
    if upscaled:
        product = pipeline.optimize_upscaled(data, image, upscaled, wanted)
    else:
        product = pipeline.optimize(data, image, wanted)
    return json.dumps({**vars(product), "data": ""}).encode() + b"\n" + product.data


def possible_formats(source: ImageHeader, options: ProcessingSettings) -> set[str]:
    """Of the file that is made: what isn't asked for may depend on whether anything shows through."""
    return {target_format(source.format, options, has_alpha=has_alpha) for has_alpha in (False, True)}


def _read(answer: bytes, formats: set[str]) -> Product:
    """A child that was taken over by what it read could say anything here."""
    described, _, data = answer.partition(b"\n")
    try:
        product = replace(_product_type().validate_json(described, strict=True), data=data)
    except ValidationError as error:
        raise InvalidImage(REFUSAL) from error
    if product.format not in formats:
        raise InvalidImage(REFUSAL)
    return product


@cache
def _product_type() -> TypeAdapter[Product]:
    return TypeAdapter(Product)
