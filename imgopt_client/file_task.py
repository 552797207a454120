"""The work on one file: upload, job, wait, download. What an earlier run has reached is not done again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imgopt_client import jobs
from imgopt_client.connection import Connection
from imgopt_client.downloads import download_result
from imgopt_client.errors import NotPermitted
from imgopt_client.options import Options
from imgopt_client.outcome import FileOutcome, Status, facts_from
from imgopt_client.output_writer import OutputWriter, safe_file_name
from imgopt_client.progress import ProgressListener
from imgopt_client.responses import JsonObject
from imgopt_client.resume_state import Record, ResumeState, ResumeStates, record_key
from imgopt_client.sources import Source
from imgopt_client.uploads import Uploader

DEFAULT_NAME = "image"


@dataclass(frozen=True)
class RunContext:
    """What the tasks of one run share."""

    connection: Connection
    settings: Mapping[str, Any]
    uploader: Uploader
    writer: OutputWriter
    progress: ProgressListener
    resume_states: ResumeStates
    options: Options


class FileTask:
    """For one source. Raises a ClientError, or OSError, where it fails."""

    def __init__(self, context: RunContext, source: Source) -> None:
        self.context, self.source = context, source
        self.state: ResumeState = context.resume_states.for_folder(source.state_folder)
        self.key = record_key(source.location, context.settings, context.connection.server)
        self.previous_result: str | None = None

    def run(self) -> FileOutcome:
        began = time.perf_counter()
        new = Record(self.source.location, self.source.stamp())
        earlier = self._earlier_record(new)
        if earlier and (skipped := self._skip(earlier)):
            return skipped
        job = self._resume(earlier) or self._process(new)
        path = self._download(job)
        return self._complete(job, path, new, time.perf_counter() - began)

    def _earlier_record(self, new: Record) -> Record | None:
        """What is known of the input as it is now."""
        known = self.state.records.get(self.key)
        self.previous_result = known.result if known else None
        options = self.context.options
        usable = known and known.stamp == new.stamp and options.resume and not options.overwrite
        return known if usable else None

    def _skip(self, record: Record) -> FileOutcome | None:
        """None where the result is gone, or another than it was."""
        if record.result is None:
            return None
        path, facts = self.state.folder / record.result, record.facts
        if not path.is_file() or path.stat().st_size != facts.get("after"):
            return None
        return FileOutcome(self.source, Status.SKIPPED, facts.get("before", 0), facts, result=path)

    def _resume(self, record: Record | None) -> JsonObject | None:
        """The end of a job that an earlier run has asked for."""
        if record is None or record.job_id is None:
            return None
        try:
            return self._wait(record.job_id)
        except (jobs.JobGone, NotPermitted):
            return None

    def _process(self, new: Record) -> JsonObject:
        context = self.context
        context.progress.on_phase(self.source, "uploading")
        upload = context.uploader.upload(self.source)
        job = jobs.submit_job(context.connection, upload.temp_file_id, context.settings, context.progress.on_warning)
        self._save(replace(new, job_id=job.id))
        return self._wait(job.id, job.poll_after)

    def _wait(self, job_id: str, poll_after: float = 0.0) -> JsonObject:
        self.context.progress.on_phase(self.source, "processing")
        try:
            return {**jobs.wait_for_job(self.context.connection, job_id, poll_after), "id": job_id}
        except jobs.JobFailed:
            self._forget()
            raise

    def _download(self, job: JsonObject) -> Path:
        self.context.progress.on_phase(self.source, "downloading")
        part = download_result(self.context.connection, job["id"], self.source.output_folder, job.get("processed_size"))
        name = safe_file_name(str(job.get("processed_filename") or DEFAULT_NAME))
        previous = self.previous_result if self.previous_result and self.previous_result.endswith(name) else None
        return self.context.writer.rename(part, name, self.state.folder / previous if previous else None)

    def _complete(self, job: JsonObject, path: Path, new: Record, seconds: float) -> FileOutcome:
        before = new.stamp[0] if new.stamp else int(job.get("original_size") or 0)
        facts = {**facts_from(job), "after": path.stat().st_size}
        result = str(path.relative_to(self.state.folder))
        self._save(replace(new, result=result, facts={**facts, "before": before}))
        return FileOutcome(self.source, Status.COMPLETED, before, facts, seconds, path)

    def _save(self, record: Record) -> None:
        if self.context.options.resume:
            self.state.put(self.key, record)

    def _forget(self) -> None:
        if self.context.options.resume:
            self.state.remove(self.key)
