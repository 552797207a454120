"""What the tools for images take, and the settings of the HTTP API that it stands for."""

from typing import Any, Self

from pydantic import Field, model_validator

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
    """Whose image, and how long to wait."""

    url: str | None = Field(None, max_length=2048, description="Where to fetch the image: an address of http or https.")
    temp_file_id: str | None = Field(
        None, max_length=64, description="In place of url: the id of an upload, or of what an earlier tool has fetched."
    )
    wait_seconds: WaitSeconds = LONGEST_WAIT
    private: bool = Field(
        False, description="Whether only who asks now may see the job later. It takes a credential, such as an API key."
    )

    @model_validator(mode="after")
    def has_one_source(self) -> Self:
        if (self.url is None) == (self.temp_file_id is None):
            raise ValueError("Give either url or temp_file_id.")
        return self


class ResultArguments(Arguments):
    """One of several results."""

    output_format: OutputFormat | None = None
    quality: Quality | None = None
    width: Side | None = None
    height: Side | None = None
    resize_behavior: ResizeBehavior | None = None
    target_file_size: Bytes | None = None


class OptimizeArguments(ImageArguments):
    output_format: OutputFormat = Field(
        OutputFormat.ORIGINAL,
        description="`original` keeps it; `auto` takes the one in which the image is smallest and looks as good.",
    )
    quality: Quality = Field(80, description="Compression quality, from 1 (small) to 100 (good).")
    width: Side | None = Field(None, description="Width in pixels; with no height, in proportion.")
    height: Side | None = Field(None, description="Height in pixels; with no width, in proportion.")
    resize_behavior: ResizeBehavior = Field(
        ResizeBehavior.PAD,
        description="With width and height: `pad` adds bars, `crop` cuts off, `fit` stays inside and enlarges nothing.",
    )
    target_file_size: Bytes | None = Field(None, description="Most bytes of the result.")
    keep_metadata: KeptMetadata = Field(
        KeepMetadata.NONE,
        description="What of EXIF, XMP and IPTC stays: none, all, or copyright, creation, location.",
        json_schema_extra={"default": "none"},
    )
    outputs: list[ResultArguments] | None = Field(
        None,
        min_length=1,
        max_length=MOST_OUTPUTS,
        description="For several results, such as widths for `srcset`: each by what differs from the arguments beside.",
    )


class UpscaleArguments(ImageArguments):
    factor: float = Field(2.0, ge=1.0, le=4.0, description="How many times as wide and as high.")
    output_format: OutputFormat = Field(OutputFormat.ORIGINAL, description="`original` keeps the format.")


class DescribeArguments(ImageArguments):
    language: LanguageTag | None = Field(None, description="By BCP 47, such as de or pt-BR; English by default.")
    context: str | None = Field(
        None, max_length=500, description="What the image is for, such as the title of the page that it stands in."
    )


def settings_asked(asked: OptimizeArguments | ResultArguments) -> dict[str, Any]:
    return {
        SETTING_OF_ARGUMENT[name]: value for name, value in asked if name in SETTING_OF_ARGUMENT and value is not None
    }
