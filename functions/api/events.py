"""The status of jobs as Server-Sent Events.

The id of an event has one digit for each job of the stream: the stage that the job had reached. A client that connects
again with its last id gets only events that are new.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection, Sequence

from fastapi.sse import format_sse_event

from functions.api.presenters import present_position
from imgopt.errors import ImgoptError
from imgopt.jobs import queue_position
from imgopt.jobs.completion import completion_event
from imgopt.jobs.model import Job, JobStatus
from imgopt.jobs.watching import Watcher
from imgopt.settings import settings

# It precedes the first event without an empty line: some clients would take it for an event of its own.
RETRY = b"retry: 2000\n"
KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE = format_sse_event(comment="keep-alive")
UNSEEN_STAGE, ENDED_STAGE = 0, 3
STAGE_OF_STATUS = {JobStatus.QUEUED: 1, JobStatus.PROCESSING: 2}


class StreamProgress:
    """The stage of each job of a stream that the client was last told."""

    def __init__(self, job_ids: Sequence[str], last_event_id: str | None) -> None:
        digits = last_event_id if last_event_id and last_event_id.isdecimal() and last_event_id.isascii() else ""
        known = [int(digit) for digit in digits] if len(digits) == len(job_ids) else [UNSEEN_STAGE] * len(job_ids)
        self._stages = dict(zip(job_ids, known, strict=True))

    @property
    def job_ids(self) -> list[str]:
        return list(self._stages)

    @property
    def event_id(self) -> str:
        return "".join(map(str, self._stages.values()))

    @property
    def has_ended(self) -> bool:
        return all(stage >= ENDED_STAGE for stage in self._stages.values())

    def advance(self, job_id: str, stage: int) -> bool:
        """Notes the stage of a job, and returns whether it is later than the last one."""
        is_news = stage > self._stages[job_id]
        self._stages[job_id] = max(stage, self._stages[job_id])
        return is_news


async def stream_events(watcher: Watcher, progress: StreamProgress, visible: Collection[str]) -> AsyncIterator[bytes]:
    """Events until every job has ended, or for `stream_seconds`. A job that is not `visible` is told as unknown."""
    yield RETRY
    until = time.monotonic() + settings().stream_seconds
    try:
        with watcher.watch(progress.job_ids) as watch:
            while not progress.has_ended:
                left = until - time.monotonic()
                if left <= 0:
                    yield event("timeout", {"message": "The stream has reached its time limit."}, progress)
                    return
                changes = await watch.changes(min(left, KEEP_ALIVE_SECONDS))
                for job_id, known in changes.items():
                    job = known if job_id in visible else None
                    if progress.advance(job_id, stage_of(job)):
                        yield await describe_event(job_id, job, progress)
                if not changes:
                    yield KEEP_ALIVE
    except ImgoptError as error:
        yield event("error", {"message": str(error)}, progress)


async def until_done(events: AsyncIterator[bytes], progress: StreamProgress) -> AsyncIterator[bytes]:
    """The events, and one more when all of several jobs have ended."""
    async for each in events:
        yield each
    if progress.has_ended:
        yield event("done", {"job_ids": progress.job_ids}, progress)


def stage_of(job: Job | None) -> int:
    return STAGE_OF_STATUS.get(job.status, ENDED_STAGE) if job else ENDED_STAGE


async def describe_event(job_id: str, job: Job | None, progress: StreamProgress) -> bytes:
    if job is None:
        return event("error", {"job_id": job_id, "message": "Job not found."}, progress)
    if stage_of(job) == ENDED_STAGE:
        return event("complete", completion_event(job), progress)
    position = await asyncio.to_thread(queue_position.find_position, job)
    return event("status", {"job_id": job_id, "status": job.status.value, **present_position(position)}, progress)


def event(name: str, data: dict[str, object], progress: StreamProgress) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data), id=progress.event_id)
