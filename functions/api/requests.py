"""What clients ask for: `/auto` takes settings, the other operations are short forms of it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, FailFast, Field, PrivateAttr, model_validator

from functions.api.warnings import describe_unknown
from imgopt.errors import InvalidRequest
from imgopt.image_urls.job_settings import job_settings
from imgopt.imaging.options import (
    IS_NUMBER,
    LONGEST_PRESET,
    LONGEST_SOURCE,
    OutputFormat,
    ProcessingSettings,
    Quality,
    ResizeBehavior,
    Side,
    short_string_or_none,
)
from imgopt.imaging.plan import Step, steps_for

SETTING_NAMES = tuple(ProcessingSettings.model_fields)


def one_of(choices: type[OutputFormat] | type[ResizeBehavior]) -> AfterValidator:
    """The contract has these as plain strings: only the values are checked, the schema stays."""

    def check(value: str) -> str:
        return choices(value).value

    return AfterValidator(check)


def positive(value: int | None) -> int | None:
    if value is not None and value <= 0:
        raise ValueError("must be greater than 0")
    return value


FormatName = Annotated[str, one_of(OutputFormat)]
# One wrong one is told of, not each of half a million; their number is the domain's to check.
Ids = Annotated[list[str], FailFast()]


class SubmitRequest(BaseModel, ABC):
    """Uploads and settings. Some clients send these beside the uploads: they count where there is no `settings`."""

    _warnings: list[str] = PrivateAttr(default_factory=list)

    temp_file_ids: Ids

    @model_validator(mode="wrap")
    @classmethod
    def read(cls, sent: Any, read_fields: Callable[[Any], Self]) -> Self:
        if not isinstance(sent, dict):
            return read_fields(sent)
        beside = {name: sent[name] for name in SETTING_NAMES if name in sent and name not in cls.model_fields}
        has_settings = sent.get("settings") is not None
        counting = {**sent, "settings": beside} if beside and not has_settings else sent
        named, preset_warnings = take_preset(counting)
        request = read_fields(named)
        request._warnings = [
            *cls.warn_of_unknown(sent),
            *(warn_of_both(beside) if has_settings else ()),
            *preset_warnings,
        ]
        return request

    @classmethod
    def warn_of_unknown(cls, sent: dict[str, Any]) -> Iterator[str]:
        yield from describe_unknown(sent, [*cls.model_fields, *SETTING_NAMES])
        settings = sent.get("settings")
        if isinstance(settings, dict):
            yield from describe_unknown(settings, SETTING_NAMES, "settings.")
        yield from warn_of_source(settings if isinstance(settings, dict) else sent)

    @abstractmethod
    def options(self) -> ProcessingSettings:
        """What is asked for, by the settings and the fields of the operation."""

    @property
    def warnings(self) -> list[str]:
        """What of it counts for nothing."""
        return self._warnings


def take_preset(sent: dict[str, Any]) -> tuple[dict[str, Any], Sequence[str]]:
    """With the settings of the preset that is named, where those that are sent don't say otherwise; and warnings.

    Raises InvalidRequest where there is no such preset, or it is not for jobs.
    """
    settings = sent.get("settings")
    name = settings.get("preset") if isinstance(settings, dict) else None
    if not isinstance(settings, dict) or not isinstance(name, str) or len(name) > LONGEST_PRESET:
        return sent, ()
    known = job_settings(name)
    told = {field: value for field, value in known.settings.items() if field not in replaced_by(settings)}
    return {**sent, "settings": {**told, **settings}}, known.warnings


def replaced_by(settings: dict[str, Any]) -> Sequence[str]:
    """Settings of a preset that would count before what was sent."""
    return ("output_quality_target",) if settings.get("output_quality") is not None else ()


def warn_of_both(beside: dict[str, Any]) -> Iterator[str]:
    if beside:
        yield f"Ignored, as `settings` counts alone where it is sent: {', '.join(beside)}."


def warn_of_source(settings: dict[str, Any]) -> Iterator[str]:
    source = settings.get("job_source")
    if source is not None and short_string_or_none(source) is None:
        yield f"job_source is not kept: it is no string of 1-{LONGEST_SOURCE} printable characters."


class ProcessFilesRequest(SubmitRequest):
    """Request to process previously uploaded temp files."""

    settings: ProcessingSettings = Field(default_factory=ProcessingSettings)

    def options(self) -> ProcessingSettings:
        return self.settings


class ShortRequest(SubmitRequest):
    """Uploads, and settings that the short form's own fields override where they are sent."""

    setting_of: ClassVar[dict[str, str]]

    settings: ProcessingSettings | None = None

    def options(self) -> ProcessingSettings:
        base = (self.settings or ProcessingSettings()).model_dump()
        sent = {
            self.setting_of[field]: getattr(self, field) for field in self.setting_of.keys() & self.model_fields_set
        }
        return ProcessingSettings.model_validate({**base, **sent})


class CompressRequest(ShortRequest):
    """Request model for compress endpoint with temp_file_ids."""

    setting_of = {
        "output_format": "output_format",
        "quality": "output_quality",
        "target_file_size": "output_file_size_limit",
    }

    output_format: FormatName = "original"
    quality: Quality = 80
    target_file_size: Annotated[int | None, AfterValidator(positive), IS_NUMBER] = None


class ResizeRequest(ShortRequest):
    """Request model for resize endpoint with temp_file_ids."""

    setting_of = {
        "width": "output_width",
        "height": "output_height",
        "resize_behavior": "output_resize_behavior",
        "output_format": "output_format",
    }

    width: Side | None = None
    height: Side | None = None
    resize_behavior: Annotated[str, one_of(ResizeBehavior)] = "pad"
    output_format: FormatName = "original"

    def options(self) -> ProcessingSettings:
        """Raises InvalidRequest where no size is given, of any result: that would be no more than to compress."""
        asked = super().options()
        if Step.RESIZE not in steps_for(asked):
            raise InvalidRequest("Give a width, a height, or both.")
        return asked


class UpscaleRequest(ShortRequest):
    """Request model for upscale endpoint with temp_file_ids."""

    setting_of = {"factor": "output_upscale_factor", "output_format": "output_format"}

    factor: Annotated[float, Field(ge=1.0, le=4.0), IS_NUMBER] = 2.0
    output_format: FormatName = "original"

    def options(self) -> ProcessingSettings:
        asked = super().options()
        return asked if asked.output_upscale_factor else asked.model_copy(update={"output_upscale_factor": self.factor})


class TagRequest(ShortRequest):
    """Request model for tag endpoint with temp_file_ids."""

    setting_of = {"rename_file": "output_seo_rename", "output_format": "output_format"}

    rename_file: bool = False
    output_format: FormatName = "original"

    def options(self) -> ProcessingSettings:
        return super().options().model_copy(update={"output_seo_tag_gen": True})


class ProcessJobRequest(BaseModel):
    """Request model for job processing."""

    job_id: str
    input_path: str
    settings: ProcessingSettings
