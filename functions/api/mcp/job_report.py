"""The structured answers of tools that make jobs or tell of them: fields of the HTTP API, and what models need."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from functions.api.field_docs import describe_fields
from imgopt.jobs.model import JobStatus

SIGNED = "An address from which anybody can download the result until it expires."


class OutputReport(BaseModel):
    """One of several results."""

    processed_filename: str
    processed_size: int
    processed_format: str
    processed_width: int
    processed_height: int
    score: float | None = None
    size_limit_met: bool | None = None
    download_url: str = Field(description=SIGNED)


class JobReport(BaseModel):
    """What is absent there is not: a file, say, before the job is completed."""

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
    download_expires_in: int | None = Field(None, description="For how many seconds `download_url` is valid.")
    outputs: list[OutputReport] | None = Field(None, description="All results, where several were asked for.")
    warnings: list[str] = Field([], description="What was asked for and not done, and what there is to know.")
    next_step: str | None = Field(None, description="How to go on, where the job has not ended.")


def schema_of(report: type[BaseModel]) -> dict[str, Any]:
    """With a sentence for each field: that of the served document, where the field has none of its own."""
    schema = report.model_json_schema(mode="serialization")
    for name, part in {report.__name__: schema, **schema.get("$defs", {})}.items():
        describe_fields(name, part)
    return schema
