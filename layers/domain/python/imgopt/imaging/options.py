"""The processing settings of the API."""

from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    PlainSerializer,
    PlainValidator,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    model_serializer,
)

from imgopt.codecs.formats import FORMATS, READ_ALONE, canonical_name
from imgopt.codecs.shared import keep_metadata
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.accept import check_media_type
from imgopt.imaging.background import check_color
from imgopt.imaging.targets import TargetName, target_score
from imgopt.known_fields import KnownFields
from imgopt.setting_types import LanguageTag

LONGEST_SOURCE = 64
LARGEST_LIMIT = 2**63 - 1
MOST_OUTPUTS, MOST_MEDIA_TYPES = 8, 32
LONGEST_CONTEXT = 500
LONGEST_PRESET = 64


class CaseInsensitiveEnum(StrEnum):
    """An enum whose values are matched without regard to case."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        name = value.strip().lower() if isinstance(value, str) else ""
        canonical = canonical_name(name)
        return next((each for each in cls if each.value == canonical), None)


class OutputFormat(CaseInsensitiveEnum):
    """Output format enum."""

    # Members are added by the names of formats with an encoder, as the enum module's documentation describes.
    _ignore_ = "members each"
    members = vars()
    ORIGINAL = "original"
    for each in FORMATS:
        if each not in READ_ALONE:
            members[each.upper()] = each
    AUTO = "auto"


class ResizeBehavior(CaseInsensitiveEnum):
    """How to handle aspect ratio mismatch when both width and height are specified.

    FIT is no larger than either, nor than the image.
    """

    PAD = "pad"
    CROP = "crop"
    FIT = "fit"


def short_string_or_none(value: Any) -> str | None:
    """Returns the source; None where it can't be stored. Clients choose this text freely, so that it is never
    refused.
    """
    return value if isinstance(value, str) and 0 < len(value) <= LONGEST_SOURCE and value.isprintable() else None


def not_empty(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Raises ValueError for an empty list. Pydantic's own check only counts valid items, and reports a wrong reason."""
    if not values:
        raise ValueError("Give at least one, or leave it out.")
    return values


def storable(limit: int) -> int:
    """Limits the number to what the table can store. No file is that large."""
    return min(limit, LARGEST_LIMIT)


def refuse_truth(value: Any) -> Any:
    """Pydantic takes true for 1, and an image one pixel wide would be paid for."""
    if isinstance(value, bool):
        raise ValueError("Give a number, not true or false.")
    return value


IS_NUMBER = BeforeValidator(refuse_truth)
KeptMetadata = Annotated[
    KeepMetadata,
    PlainValidator(keep_metadata.parse, json_schema_input_type=str | list[str]),
    PlainSerializer(keep_metadata.show),
]
Side = Annotated[int, Field(ge=1, le=8192), IS_NUMBER]
Quality = Annotated[int, Field(ge=1, le=100), IS_NUMBER]
Bytes = Annotated[int, Field(gt=0), AfterValidator(storable), IS_NUMBER]
TargetScore = Annotated[float, BeforeValidator(target_score, json_schema_input_type=float | TargetName)]
ColorName = Annotated[str, AfterValidator(check_color)]
MediaType = Annotated[str, AfterValidator(check_media_type)]
# Only the first invalid item of a list is reported, not each of 80,000.
MediaTypes = Annotated[tuple[MediaType, ...], Field(max_length=MOST_MEDIA_TYPES), FailFast(), AfterValidator(not_empty)]


class OutputSettings(KnownFields):
    """The settings of one output where they differ from those that contain it; null means no difference."""

    model_config = ConfigDict(frozen=True)

    output_format: OutputFormat | None = None
    output_width: Side | None = None
    output_height: Side | None = None
    output_resize_behavior: ResizeBehavior | None = None
    output_quality: Quality | None = None
    output_quality_target: TargetScore | None = None
    output_file_size_limit: Bytes | None = None

    @model_serializer(mode="wrap")
    def show_given(self, show: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Serializes the settings that are given, so that jobs store no others."""
        return {name: value for name, value in show(self).items() if value is not None}


Outputs = Annotated[tuple[OutputSettings, ...], Field(max_length=MOST_OUTPUTS), FailFast(), AfterValidator(not_empty)]


class ProcessingSettings(BaseModel):
    """User's desired output settings for image processing.

    Note: No activation booleans (run_*) - components are determined by:
    - Upscale: if output_upscale_factor is set
    - Resize: if output_width or output_height is set
    - Compress: always runs (quality setting)
    - Tag: if output_seo_tag_gen is True
    """

    model_config = ConfigDict(frozen=True)

    preset: Annotated[str, Field(max_length=LONGEST_PRESET)] | None = Field(
        None, description="Name of a preset from `/config`. Settings that are sent with it override the preset's."
    )
    output_format: OutputFormat = Field(OutputFormat.ORIGINAL, description="Output format")
    output_upscale_factor: Annotated[float, Field(ge=0.1, le=10.0), IS_NUMBER] | None = Field(
        None, description="Upscale factor (e.g., 2.0, 4.0)"
    )
    output_width: Side | None = Field(None, description="Target width in pixels")
    output_height: Side | None = Field(None, description="Target height in pixels")
    output_resize_behavior: ResizeBehavior = Field(
        ResizeBehavior.PAD, description="How to handle aspect ratio mismatch: pad (default) or crop"
    )
    output_background: ColorName | None = Field(
        None, description="Colour behind transparent pixels, and of margins: white, black, or #rrggbb."
    )
    output_quality: Quality = Field(80, description="Compression quality 1-100")
    output_quality_target: TargetScore | None = Field(
        None,
        description="Target score, in place of a quality: low, medium, high, visually_lossless, or 30-100.",
    )
    output_file_size_limit: Bytes | None = Field(None, description="Target max file size in bytes")
    output_seo_tag_gen: bool = Field(False, description="Generate SEO metadata (alt text, keywords)")
    output_seo_rename: bool = Field(False, description="Rename file with SEO-friendly name")
    output_seo_language: LanguageTag | None = Field(
        None, description="Language of alt text and keywords, by BCP 47, such as de or pt-BR."
    )
    output_seo_context: Annotated[str, Field(max_length=LONGEST_CONTEXT)] | None = Field(
        None, description="What the image is for, such as the page's title or a product's name."
    )
    gif_frame_limit: Annotated[int, Field(ge=1, le=100), IS_NUMBER] | None = Field(
        None, description="Max frames to process for animated GIFs (1-100). None means process all frames."
    )
    keep_animation: bool = Field(False, description="Keep the frames of an animation also in WebP, AVIF or JPEG XL.")
    keep_faces: bool = Field(
        True, description="Choose a crop so that the faces in the image stay whole, where possible."
    )
    keep_metadata: KeptMetadata = Field(
        KeepMetadata.NONE,
        description="Metadata of EXIF, XMP and IPTC to keep: none, all, or copyright, creation, location.",
        json_schema_extra={"default": "none"},
    )
    jpeg_reconstruction: bool = Field(
        False, description="Store a JPEG in JPEG XL without loss, or restore it from there, byte for byte."
    )
    mark_upscaled: bool = Field(
        True, description="Mark a file that a network has enlarged, by IPTC's Digital Source Type in XMP."
    )
    write_tags: bool = Field(
        False, description="Write alt text, title and keywords into the file's XMP, if the image is tagged."
    )
    accept: MediaTypes | None = Field(
        None, description="Media types that `auto` may choose from; by default those of the request's Accept header."
    )
    callback_url: Annotated[str, Field(max_length=2048)] | None = Field(
        None, description="URL that receives a POST when the job has ended."
    )
    outputs: Outputs | None = Field(
        None, description="Settings of several results of each upload; each entry overrides the shared settings."
    )
    private: bool = Field(False, description="Whether only the job's owner may see it and download its result.")
    job_source: Annotated[str | None, BeforeValidator(short_string_or_none), WithJsonSchema({})] = Field(
        None, description="Name of the calling program, such as `cli`: up to 64 characters."
    )
