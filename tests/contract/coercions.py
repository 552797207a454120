"""Numbers and booleans that are accepted in another JSON type, such as "80" or true for 1."""

from json import dumps

from pydantic import BaseModel, ValidationError

from functions.api.requests import CompressRequest, ProcessFilesRequest, ResizeRequest, TagRequest, UpscaleRequest
from functions.api.routers.upload import PresignRequest
from imgopt.errors import InvalidRequest

MODELS: dict[str, type[BaseModel]] = {
    "POST /auto": ProcessFilesRequest,
    "POST /quote": ProcessFilesRequest,
    "POST /compress": CompressRequest,
    "POST /resize": ResizeRequest,
    "POST /upscale": UpscaleRequest,
    "POST /tag": TagRequest,
    "POST /upload/presign": PresignRequest,
}


def is_coerced(operation: str, body: object) -> bool:
    """Returns whether a body is only accepted because its values are converted."""
    model = MODELS.get(operation)
    return model is not None and takes(model, body, strict=False) and not takes(model, body, strict=True)


def takes(model: type[BaseModel], body: object, *, strict: bool) -> bool:
    try:
        model.model_validate_json(dumps(body), strict=strict)
    except (TypeError, ValueError, ValidationError, InvalidRequest):
        return False
    return True
