"""The structured answers of tools that create jobs or report them. Most fields are those of the HTTP API."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from functions.api.field_docs import describe_fields
from imgopt.jobs.model import JobStatus

SIGNED = "A signed URL. Anyone who knows it can download the result until it expires."


class OutputReport(BaseModel):
    """One of several results."""

    processed_filename: str
    processed_size: int
    processed_format: str
    processed_width: int
    processed_height: int
    score: float | None = None
    size_limit_met: bool | None = None
    warning: str | None = None
    download_url: str = Field(description=SIGNED)


class JobReport(BaseModel):
    """A job. Fields without a value are absent, such as those of the result before the job is completed."""

    id: UUID
    temp_file_id: str
    status: JobStatus
    original_filename: str
    original_size: int
    original_format: str | None = None
    original_width: int | None = None
    original_height: int | None = None
    processed_filename: str | None = None
    processed_size: int | None = None
    processed_format: str | None = None
    processed_width: int | None = None
    processed_height: int | None = None
    score: float | None = None
    score_metric: str | None = None
    seo_alt_text: str | None = None
    seo_keywords: list[str] | None = None
    seo_filename: str | None = None
    error_message: str | None = None
    queue_position: int | None = None
    estimated_wait_seconds: int | None = None
    credits_used: int
    credits_remaining: int | None = None
    size_limit_met: bool | None = None
    download_url: str | None = Field(None, description=SIGNED)
    download_expires_in: int | None = Field(None, description="The number of seconds for which the URL is valid.")
    outputs: list[OutputReport] | None = Field(None, description="All results, if several were requested.")
    warnings: list[str] = Field([], description="Sentences about arguments that had no effect, and about the result.")
    next_step: str | None = Field(None, description="What to do next, if the job has not ended.")


def schema_of(report: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of a report. Fields without a description get that of the served document."""
    schema = report.model_json_schema(mode="serialization")
    for name, part in {report.__name__: schema, **schema.get("$defs", {})}.items():
        describe_fields(name, part)
    return schema
