"""A job: one upload, its options, and its outcome."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import count

from imgopt.codecs.format import ImageHeader
from imgopt.errors import Expired, NotFound, NotReady
from imgopt.files.naming import make_safe, number_names, result_filename
from imgopt.imaging.artifact import Artifact
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step
from imgopt.jobs.callback import Callback
from imgopt.tagging.model import ImageTags

FIRST = 1
# How often a job is started at most.
MOST_ATTEMPTS = 3
TIMED_OUT = "Processing took too long and was stopped."


class JobStatus(StrEnum):
    """Job status enum."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    EXPIRED = "expired"


UNFINISHED = (JobStatus.QUEUED, JobStatus.PROCESSING)
ENDED = tuple(status for status in JobStatus if status not in UNFINISHED)


@dataclass(frozen=True)
class Completion:
    """The outcome of a completed job: the executed steps, its artifact, its tags, and a warning."""

    executed: tuple[Step, ...]
    result: Artifact
    words: ImageTags | None = None
    warning: str | None = None


@dataclass(frozen=True)
class JobResult:
    """One result file of a job. `compression_ratio` is its size divided by the source's: 0.35 is 65 % smaller.

    `number` counts a job's results, from 1.
    """

    number: int
    artifact: Artifact
    filename: str
    compression_ratio: float


@dataclass(frozen=True)
class Refund:
    """The credits of a refund, for the period that was charged and for purchased credits."""

    of_period: int
    of_purchased: int

    @property
    def amount(self) -> int:
        return self.of_period + self.of_purchased


@dataclass(frozen=True)
class Job:
    """One upload that is processed. `warning` says what a completed job lacks, and why.

    `call_id` is shared by all jobs of a call; None where the call has one job. `number` is the job's index in its call,
    from 0. `attempt` counts its starts, from 1. `express` chooses the state machine. `dispatched_at` is when an
    execution was last started; None where one has to be started. `held_by` names the execution that has taken the job.
    `purchased_credits` are those of its `credits` that belong to no period.
    """

    id: str
    owner: str
    temp_file_id: str
    status: JobStatus
    filename: str
    source_key: str
    source_size: int
    source: ImageHeader
    options: ProcessingSettings
    entry_point: str
    created_at: datetime
    expires_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    executed: tuple[Step, ...] = ()
    result: Artifact | None = None
    words: ImageTags | None = None
    warning: str | None = None
    error_message: str | None = None
    number: int = 0
    ticket: int = 0
    attempt: int = 1
    express: bool = False
    dispatched_at: datetime | None = None
    held_by: str = ""
    callback: Callback | None = None
    credits: int = 0
    refunded: int = 0
    credit_period: str = ""
    purchased_credits: int = 0
    call_id: str | None = None

    def seen_at(self, now: datetime) -> "Job":
        """Returns the job at `now`: with the status EXPIRED where its time is over."""
        return replace(self, status=JobStatus.EXPIRED) if self.expires_at <= now else self

    @property
    def results(self) -> tuple[JobResult, ...]:
        """All results in the order in which they were asked for; empty before the job has ended."""
        artifacts = (self.result, *self.result.others) if self.result else ()
        names = number_names([self._name(each) for each in artifacts])
        ratios = [round(each.size / self.source_size, 4) for each in artifacts]
        return tuple(map(JobResult, count(FIRST), artifacts, names, ratios))

    def finished_results(self) -> tuple[JobResult, ...]:
        """Returns the results. Raises Expired or NotReady where there is nothing to download."""
        if self.status is JobStatus.EXPIRED:
            raise Expired("The job has expired and its file has been removed.")
        if self.result is None:
            raise NotReady(f"The job is not completed: {self.status.value}.")
        return self.results

    def finished_result(self, number: int = FIRST) -> JobResult:
        """Returns the result of a number, from 1. Raises NotFound where the job has fewer, Expired or NotReady."""
        found = self.finished_results()
        if number > len(found):
            raise NotFound(f"There is no result {number}: the job has {len(found)}.")
        return found[number - FIRST]

    @property
    def credits_used(self) -> int:
        """The credits charged, less the refund."""
        return self.credits - self.refunded

    def refund_of(self, most: int) -> Refund:
        """Returns a refund of at most `most` credits. Purchased credits are refunded first."""
        amount = min(most, self.credits)
        purchased = min(amount, self.purchased_credits)
        return Refund(amount - purchased, purchased)

    def _name(self, artifact: Artifact) -> str:
        """Returns a file name. Where several results were asked for, it contains the width."""
        width = f"-{artifact.width}w" if self.options.outputs else ""
        if self.options.output_seo_rename and self.seo_filename:
            return make_safe(f"{self.seo_filename}{width}.{artifact.format}")
        return result_filename(self.filename, artifact.format, width)

    @property
    def seo_filename(self) -> str | None:
        """The slug from the tags, without an extension, which is unique among the jobs of the call; None without tags.

        The file only has this name where the client asked for it.
        """
        return self.words.slug if self.words and self.result else None

    @property
    def processing_milliseconds(self) -> int | None:
        if self.started_at is None or self.completed_at is None:
            return None
        return round((self.completed_at - self.started_at).total_seconds() * 1000)
