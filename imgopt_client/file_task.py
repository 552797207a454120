"""The work on one file: upload, job, wait, download, and naming. Steps that an earlier run has done are skipped."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any

from imgopt_client import jobs
from imgopt_client.connection import Connection
from imgopt_client.downloads import download_result
from imgopt_client.errors import FileRefused, NotPermitted
from imgopt_client.naming import DEFAULT_STEM, safe_file_name
from imgopt_client.options import Options
from imgopt_client.outcome import FileOutcome, Status, facts_from
from imgopt_client.output_writer import OutputWriter
from imgopt_client.placement import check_replaceable, check_same_kind, prepare_result
from imgopt_client.progress import ProgressListener
from imgopt_client.responses import JsonObject
from imgopt_client.resume_state import Record, ResumeState, ResumeStates, record_key
from imgopt_client.savings import is_too_little, saves_too_little, size_before
from imgopt_client.sources import Source, stamp_of
from imgopt_client.uploads import Uploader

GONE_STATUSES = (404, 410)


@dataclass(frozen=True)
class RunContext:
    """The context that the tasks of one run share."""

    connection: Connection
    settings: Mapping[str, Any]
    uploader: Uploader
    writer: OutputWriter
    progress: ProgressListener
    resume_states: ResumeStates
    options: Options


@dataclass(frozen=True)
class Arrival:
    """A downloaded result in the temporary file `part`. It is named later, in the order of the inputs."""

    task: "FileTask"
    job: JsonObject
    part: Path
    record: Record
    seconds: float

    def settle(self) -> FileOutcome:
        """Gives the result its final name. Raises ClientError or OSError if that fails."""
        return self.task.settle(self)


class FileTask:
    """The task of one source. Its methods raise ClientError or OSError if it fails."""

    def __init__(self, context: RunContext, source: Source) -> None:
        self.context, self.source, self.options = context, source, context.options
        self.state: ResumeState = context.resume_states.for_folder(source.results_folder)
        settings = {**context.settings, **context.options.placement()}
        self.key = record_key(source.location, settings, context.connection.server)
        self.known: Record | None = None
        self.previous_result: str | None = None

    def run(self) -> FileOutcome | Arrival:
        began = time.perf_counter()
        new = Record(self.source.location, self.source.stamp())
        earlier = self._earlier_record(new)
        if earlier and (skipped := self._skip(earlier, new)):
            return skipped
        if self.options.in_place:
            check_replaceable(self.source)
        job = self._resume(earlier, new) or self._process(new)
        if saves_too_little(job, new, self.options):
            return self._keep_input(job, new, time.perf_counter() - began)
        part = self._download(job)
        return Arrival(self, job, part, new, time.perf_counter() - began)

    def find_done(self) -> FileOutcome | None:
        """The outcome of an earlier run, if there is nothing left to do. None otherwise."""
        new = Record(self.source.location, self.source.stamp())
        earlier = self._earlier_record(new)
        return self._skip(earlier, new) if earlier else None

    def settle(self, arrival: Arrival) -> FileOutcome:
        try:
            return self._replace(arrival) if self.options.in_place else self._put(arrival)
        except BaseException:
            arrival.part.unlink(missing_ok=True)
            raise

    def _earlier_record(self, new: Record) -> Record | None:
        """The record of an earlier run, if the input has not changed since."""
        known = self.known = self.state.get(self.key)
        self.previous_result = known.result if known else None
        if known is None or not self.options.resume or self.options.overwrite:
            return None
        return known if new.stamp in (known.stamp, known.replaced) else None

    def _skip(self, record: Record, new: Record) -> FileOutcome | None:
        """The outcome `skipped`. None if the result is missing, was changed, or has not replaced its input yet."""
        before, facts = record.facts.get("before", 0), record.facts
        if record.kept and is_too_little(before, facts.get("after") or 0, self.options):
            return FileOutcome(self.source, Status.KEPT, before, facts)
        if record.result is None or (record.replaced and record.replaced != new.stamp):
            return None
        path = self.state.folder / record.result
        if not path.is_file() or path.stat().st_size != facts.get("after"):
            return None
        return FileOutcome(self.source, Status.SKIPPED, before, facts, result=path)

    def _resume(self, record: Record | None, new: Record) -> JsonObject | None:
        """Waits for the job that an earlier run has requested, or was about to. None if it no longer exists."""
        try:
            if record and record.job_id:
                return self._wait(record.job_id)
            return self._submit(record.upload_id, new) if record and record.upload_id else None
        except (jobs.JobGone, NotPermitted):
            return None
        except FileRefused as refusal:
            if refusal.status not in GONE_STATUSES:
                raise
            return None

    def _process(self, new: Record) -> JsonObject:
        self.context.progress.on_phase(self.source, "uploading")
        upload = self.context.uploader.upload(self.source)
        self._save_step(replace(new, upload_id=upload.temp_file_id))
        return self._submit(upload.temp_file_id, new)

    def _submit(self, upload_id: str, new: Record) -> JsonObject:
        context = self.context
        job = jobs.submit_job(context.connection, upload_id, context.settings, context.progress.on_warning)
        self._save_step(replace(new, upload_id=upload_id, job_id=job.id))
        return self._wait(job.id, job.poll_after)

    def _wait(self, job_id: str, poll_after: float = 0.0) -> JsonObject:
        self.context.progress.on_phase(self.source, "processing")
        try:
            longest = self.context.options.longest_pause
            return {**jobs.wait_for_job(self.context.connection, job_id, poll_after, longest), "id": job_id}
        except jobs.JobFailed:
            self._forget()
            raise

    def _download(self, job: JsonObject) -> Path:
        folder = self.source.output_folder
        if self.options.in_place:
            check_same_kind(self.source, str(job.get("processed_filename") or ""))
            folder = Path(self.source.location).resolve().parent
        self.context.progress.on_phase(self.source, "downloading")
        return download_result(self.context.connection, job["id"], folder, job.get("processed_size"))

    def _put(self, arrival: Arrival) -> FileOutcome:
        """Puts the result in its folder, under a name that no other file has."""
        prepare_result(arrival.part, self.source, keep_dates=self.options.preserve_dates)
        path = self._name(arrival)
        return self._complete(arrival, arrival.record, path)

    def _replace(self, arrival: Arrival) -> FileOutcome:
        """Puts the result in the place of its input. A symbolic link is kept, and its target replaced.

        The record is stored before that. If the run is killed, the next one knows which of the two files is there.
        """
        path = Path(self.source.location)
        if self.source.stamp() != arrival.record.stamp:
            raise FileRefused("The input was changed during the run. It was not replaced.")
        prepare_result(arrival.part, self.source, path.resolve(), keep_dates=self.options.preserve_dates)
        stamp = stamp_of(arrival.part)
        outcome = self._complete(arrival, replace(arrival.record, job_id=arrival.job["id"], replaced=stamp), path)
        arrival.part.replace(path.resolve())
        return outcome

    def _name(self, arrival: Arrival) -> Path:
        name, previous = self._result_name(arrival.job), self.previous_result
        previous = previous if previous and previous.endswith(name) else None
        return self.context.writer.rename(arrival.part, name, self.state.folder / previous if previous else None)

    def _result_name(self, job: JsonObject) -> str:
        """The name of the result. In a template, `stem` is the input's, unless `--rename` was given."""
        name = safe_file_name(str(job.get("processed_filename") or DEFAULT_STEM))
        if self.options.template is None:
            return name
        stem = PurePath(name if self.context.settings.get("output_seo_rename") else self.source.name).stem
        return safe_file_name(self.options.template.render(stem, name, facts_from(job)))

    def _complete(self, arrival: Arrival, record: Record, path: Path) -> FileOutcome:
        before = size_before(arrival.job, record)
        after = record.replaced[0] if record.replaced else path.stat().st_size
        facts = {**facts_from(arrival.job), "after": after}
        result = str(path.relative_to(self.state.folder))
        self._save(replace(record, result=result, facts={**facts, "before": before}))
        return FileOutcome(self.source, Status.COMPLETED, before, facts, arrival.seconds, path)

    def _keep_input(self, job: JsonObject, new: Record, seconds: float) -> FileOutcome:
        before, facts = size_before(job, new), facts_from(job)
        self._save(replace(new, kept=True, facts={**facts, "before": before}))
        return FileOutcome(self.source, Status.KEPT, before, facts, seconds)

    def _save_step(self, record: Record) -> None:
        """Stores the progress, unless a concurrent run has got further."""
        if self.options.resume and self.state.get(self.key) == self.known:
            self.known = record
            self.state.put(self.key, record)

    def _save(self, record: Record) -> None:
        if self.options.resume:
            self.state.put(self.key, record)

    def _forget(self) -> None:
        if self.options.resume:
            self.state.remove(self.key)
