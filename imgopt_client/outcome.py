"""The outcome of an input."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from imgopt_client.errors import ExitCode
from imgopt_client.responses import JsonObject
from imgopt_client.sources import Source


class Status(StrEnum):
    COMPLETED = "completed"
    SKIPPED = "skipped"
    KEPT = "kept"
    FAILED = "failed"
    UNTRIED = "untried"


@dataclass(frozen=True)
class FileOutcome:
    """The outcome of one input.

    `status` is `completed`, `skipped` (an earlier run did it, or the input is an earlier result), `kept` (the result
    saved too little, so the input was kept), `failed`, or `untried` (the run ended before). `error` is the reason of
    the last two. `before` is the input's size in bytes. `facts` describe the result, see `facts_from`. `seconds` is
    the time from upload to download.
    """

    source: Source
    status: Status
    before: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    result: Path | None = None
    error: str | None = None
    exit_code: ExitCode = ExitCode.DONE

    @property
    def after(self) -> int:
        return int(self.facts.get("after") or 0)

    @property
    def saved(self) -> float | None:
        """The share of bytes that the result saves, or would save. It is negative if the result is larger."""
        return share_saved(self.before, self.after) if self.has_result else None

    @property
    def has_result(self) -> bool:
        """Whether the server made a result, even if it was not kept."""
        return self.result is not None or self.status == Status.KEPT

    def as_dict(self) -> dict[str, Any]:
        """The outcome as JSON values. The keys are the same for every status."""
        return {
            "file": self.source.location,
            "status": self.status,
            "before": self.before or None,
            **{name: self.facts.get(name) for name in FACT_FIELDS},
            "saved": None if self.saved is None else round(self.saved, 4),
            "seconds": round(self.seconds, 3),
            "result": str(self.result) if self.result else None,
            "error": self.error,
        }


def share_saved(before: int, after: int) -> float | None:
    """The share of bytes that is saved. None if `before` is not known."""
    return 1 - after / before if before else None


FACT_FIELDS = {
    "after": "processed_size",
    "format": "processed_format",
    "width": "processed_width",
    "height": "processed_height",
    "frames": "processed_frames",
    "size_limit_met": "size_limit_met",
    "score": "score",
    "score_metric": "score_metric",
    "alt_text": "seo_alt_text",
    "keywords": "seo_keywords",
    "warning": "warning",
}


def facts_from(job: JsonObject) -> dict[str, Any]:
    return {name: job.get(field) for name, field in FACT_FIELDS.items()}


def failure(source: Source, error: str, exit_code: ExitCode = ExitCode.FAILED) -> FileOutcome:
    return FileOutcome(source, Status.FAILED, error=error, exit_code=exit_code)
