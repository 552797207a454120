"""Requests for work. `/auto` takes processing settings; the other operations are short forms of it."""

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
    """Checks that a value is a member of the enum. The schema stays a plain string, as in the contract."""

    def check(value: str) -> str:
        return choices(value).value

    return AfterValidator(check)


def positive(value: int | None) -> int | None:
    if value is not None and value <= 0:
        raise ValueError("Give a number greater than 0, or null for no limit.")
    return value


FormatName = Annotated[str, one_of(OutputFormat)]
# Only the first invalid id is reported, not each of half a million. The domain checks their number.
Ids = Annotated[list[str], FailFast()]


class SubmitRequest(BaseModel, ABC):
    """Uploads and settings. If there is no `settings`, settings beside `temp_file_ids` are used: some clients do so."""

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
        """The processing settings of the request, with the operation's own fields."""

    @property
    def warnings(self) -> list[str]:
        """Sentences about parts of the request that have no effect."""
        return self._warnings


def take_preset(sent: dict[str, Any]) -> tuple[dict[str, Any], Sequence[str]]:
    """Adds the settings of the named preset to those that were sent, which take precedence. Returns warnings, too.

    Raises InvalidRequest if there is no such preset, or jobs can't do what it asks for.
    """
    settings = sent.get("settings")
    name = settings.get("preset") if isinstance(settings, dict) else None
    if not isinstance(settings, dict) or not isinstance(name, str) or len(name) > LONGEST_PRESET:
        return sent, ()
    known = job_settings(name)
    preset_settings = {field: value for field, value in known.settings.items() if field not in replaced_by(settings)}
    return {**sent, "settings": {**preset_settings, **settings}}, known.warnings


def replaced_by(settings: dict[str, Any]) -> Sequence[str]:
    """The preset's settings that are left out, as they would take precedence over those that were sent."""
    return ("output_quality_target",) if settings.get("output_quality") is not None else ()


def warn_of_both(beside: dict[str, Any]) -> Iterator[str]:
    if beside:
        yield f"The request has `settings`, so these settings beside it were ignored: {', '.join(beside)}."


def warn_of_source(settings: dict[str, Any]) -> Iterator[str]:
    source = settings.get("job_source")
    if source is not None and short_string_or_none(source) is None:
        yield f"job_source was ignored: it has to be a string of 1 to {LONGEST_SOURCE} printable characters."


class ProcessFilesRequest(SubmitRequest):
    """Request to process previously uploaded temp files."""

    settings: ProcessingSettings = Field(default_factory=ProcessingSettings)

    def options(self) -> ProcessingSettings:
        return self.settings


class ShortRequest(SubmitRequest):
    """Uploads and settings. The fields of the short form override settings, if they were sent."""

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
        """The settings. Raises InvalidRequest if no result has a width or a height."""
        options = super().options()
        if Step.RESIZE not in steps_for(options):
            raise InvalidRequest("Give a width, a height, or both. To keep the size, use /compress.")
        return options


class UpscaleRequest(ShortRequest):
    """Request model for upscale endpoint with temp_file_ids."""

    setting_of = {"factor": "output_upscale_factor", "output_format": "output_format"}

    factor: Annotated[float, Field(ge=1.0, le=4.0), IS_NUMBER] = 2.0
    output_format: FormatName = "original"

    def options(self) -> ProcessingSettings:
        options = super().options()
        return (
            options
            if options.output_upscale_factor
            else options.model_copy(update={"output_upscale_factor": self.factor})
        )


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
