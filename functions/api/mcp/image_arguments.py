"""The arguments of the tools for images, and the settings of the HTTP API that they correspond to."""

from typing import Annotated, Any, Self

from pydantic import FailFast, Field, model_validator

from functions.api.mcp.tool_call import LONGEST_WAIT, Arguments, WaitSeconds
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.imaging.options import MOST_OUTPUTS, Bytes, KeptMetadata, OutputFormat, Quality, ResizeBehavior, Side
from imgopt.setting_types import LanguageTag

SETTING_OF_ARGUMENT = {
    "output_format": "output_format",
    "quality": "output_quality",
    "width": "output_width",
    "height": "output_height",
    "resize_behavior": "output_resize_behavior",
    "target_file_size": "output_file_size_limit",
}


class ImageArguments(Arguments):
    """The image, and how long to wait for its job."""

    url: str | None = Field(None, max_length=2048, description="The http or https URL from which to fetch the image.")
    temp_file_id: str | None = Field(
        None, max_length=64, description="In place of url: the id of an upload, also of one from an earlier tool call."
    )
    wait_seconds: WaitSeconds = LONGEST_WAIT
    private: bool = Field(
        False, description="Whether only the caller may see the job. Needs a credential, such as an API key."
    )

    @model_validator(mode="after")
    def has_one_source(self) -> Self:
        if (self.url is None) == (self.temp_file_id is None):
            raise ValueError("Give either url or temp_file_id.")
        return self


class ResultArguments(Arguments):
    """One of several results. Arguments that are absent are those of the tool."""

    output_format: OutputFormat | None = None
    quality: Quality | None = None
    width: Side | None = None
    height: Side | None = None
    resize_behavior: ResizeBehavior | None = None
    target_file_size: Bytes | None = None


class OptimizeArguments(ImageArguments):
    output_format: OutputFormat = Field(
        OutputFormat.ORIGINAL,
        description="`original` keeps the format. `auto` chooses the format with the smallest file of equal quality.",
    )
    quality: Quality = Field(80, description="Compression quality, from 1 (smallest file) to 100 (best quality).")
    width: Side | None = Field(None, description="Width in pixels. Without height, the height is scaled in proportion.")
    height: Side | None = Field(None, description="Height in pixels. Without width, the width is scaled in proportion.")
    resize_behavior: ResizeBehavior = Field(
        ResizeBehavior.PAD,
        description="With width and height: `pad` adds margins, `crop` cuts edges off, `fit` only shrinks the image.",
    )
    target_file_size: Bytes | None = Field(None, description="The largest wanted size of the result in bytes.")
    keep_metadata: KeptMetadata = Field(
        KeepMetadata.NONE,
        description="The metadata (EXIF, XMP, IPTC) to keep: none, all, or a list of copyright, creation, location.",
        json_schema_extra={"default": "none"},
    )
    outputs: Annotated[list[ResultArguments], FailFast()] | None = Field(
        None,
        min_length=1,
        max_length=MOST_OUTPUTS,
        description="Several results, such as widths for `srcset`: of each, the arguments that differ from the tool's.",
    )


class UpscaleArguments(ImageArguments):
    factor: float = Field(2.0, ge=1.0, le=4.0, description="How many times wider and higher the result is, 1 to 4.")
    output_format: OutputFormat = Field(OutputFormat.ORIGINAL, description="`original` keeps the format.")


class DescribeArguments(ImageArguments):
    language: LanguageTag | None = Field(
        None, description="A BCP 47 language tag, such as de or pt-BR. Default: English."
    )
    context: str | None = Field(
        None, max_length=500, description="The purpose of the image, such as the title of the page that contains it."
    )


def requested_settings(arguments: OptimizeArguments | ResultArguments) -> dict[str, Any]:
    return {
        SETTING_OF_ARGUMENT[name]: value
        for name, value in arguments
        if name in SETTING_OF_ARGUMENT and value is not None
    }
