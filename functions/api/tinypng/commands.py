"""Commands of TinyPNG's clients, and the processing settings that they correspond to."""

from functools import cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, FailFast, Field, ValidationError, model_validator

from functions.api.tinypng.command import Command
from functions.api.tinypng.stores import AnyStore
from imgopt.codecs.formats import FORMATS, READ_ALONE
from imgopt.errors import InvalidRequest
from imgopt.imaging.accept import ANYTHING, check_media_type
from imgopt.imaging.options import (
    MOST_MEDIA_TYPES,
    ColorName,
    OutputFormat,
    ProcessingSettings,
    ResizeBehavior,
    Side,
    not_empty,
)

JOB_SOURCE = "tinypng"
# The media types that TinyPNG writes, which `*/*` stands for.
USUAL_TYPES = ("image/avif", "image/webp", "image/jpeg", "image/png")

# Messages for Pydantic's errors whose own messages are too technical.
REASONS = {
    "extra_forbidden": "there is no such command or field",
    "model_type": "give an object",
    "tuple_type": "give a list",
    "string_pattern_mismatch": "the value has the wrong form",
    "union_tag_invalid": "set service to s3 or gcs",
    "union_tag_not_found": "set service to s3 or gcs",
}
# Parts of an error's path that are in the model, and not in the request.
INNER_PLACES = ("s3", "gcs", "[key]")


@cache
def written_formats() -> dict[str, str]:
    """The names of formats by media type, at the first use, as it imports all formats."""
    return {each.mime_type: each.name for each in FORMATS.values() if each.name not in READ_ALONE}


def check_number(value: Any) -> Any:
    """Refuses true and false, which Pydantic would accept as 1 and 0."""
    if isinstance(value, bool):
        raise ValueError("give a whole number")
    return value


def listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def check_type(media_type: str) -> str:
    """The media type in lower case. Raises ValueError, which lists the allowed ones."""
    known = media_type.strip().lower()
    return known if known in written_formats() else check_media_type(known)


Pixels = Annotated[Side | None, BeforeValidator(check_number)]


class Resize(Command):
    """`scale` needs one side, other methods need both. `thumb` crops as `cover` does."""

    method: Literal["scale", "fit", "cover", "thumb"] = "scale"
    width: Pixels = None
    height: Pixels = None

    @model_validator(mode="after")
    def check_sides(self) -> Self:
        given = sum(side is not None for side in (self.width, self.height))
        if self.method == "scale" and given != 1:
            raise ValueError("give a width or a height to scale, and not both")
        if self.method != "scale" and given < 2:
            raise ValueError(f"give a width and a height to {self.method}")
        return self

    def settings(self) -> dict[str, Any]:
        cuts = self.method in ("cover", "thumb")
        behavior = ResizeBehavior.CROP if cuts else ResizeBehavior.FIT  # FIT never enlarges
        return {"output_width": self.width, "output_height": self.height, "output_resize_behavior": behavior}


Type = Annotated[str, AfterValidator(check_type)]
Types = Annotated[
    tuple[Type, ...], FailFast(), BeforeValidator(listed), Field(max_length=MOST_MEDIA_TYPES), AfterValidator(not_empty)
]


class Convert(Command):
    """Converts to one type, or to that of several with the smallest file."""

    type: Types

    def settings(self) -> dict[str, Any]:
        if len(self.type) == 1 and (name := written_formats().get(self.type[0])):
            return {"output_format": name}
        types = [
            each for media_type in self.type for each in (USUAL_TYPES if media_type == ANYTHING else (media_type,))
        ]
        return {"output_format": OutputFormat.AUTO, "accept": [check_media_type(each) for each in types]}


class Transform(Command):
    background: ColorName


Kept = Literal["copyright", "creation", "location"]


class Commands(Command):
    resize: Resize | None = None
    convert: Convert | None = None
    transform: Transform | None = None
    preserve: Annotated[tuple[Kept, ...], FailFast(), BeforeValidator(listed)] = ()
    store: AnyStore | None = None

    @property
    def make_anew(self) -> bool:
        """Whether the commands ask for another result, and not only to store this one."""
        return any((self.resize, self.convert, self.transform, self.preserve))

    def options(self) -> ProcessingSettings:
        settings: dict[str, Any] = {"job_source": JOB_SOURCE, "keep_metadata": list(self.preserve) or "none"}
        for command in (self.resize, self.convert):
            settings |= command.settings() if command else {}
        if self.transform:
            settings["output_background"] = self.transform.background
        return ProcessingSettings.model_validate(settings)


def read_commands(sent: dict[str, Any]) -> Commands:
    """Parses commands. Raises InvalidRequest, which names the field but does not repeat its value."""
    try:
        return Commands.model_validate(sent)
    except ValidationError as error:
        raise InvalidRequest(describe_first(error)) from error


def describe_first(error: ValidationError) -> str:
    """The first error and the path of its field."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"] if part not in INNER_PLACES)
    reason = REASONS.get(first["type"]) or first["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{where}: {reason}."
