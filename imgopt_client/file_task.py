"""One file's way: upload, job, wait, download. What an earlier run has reached is not done again."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imgopt_client import jobs
from imgopt_client.connection import Connection
from imgopt_client.downloads import fetch
from imgopt_client.errors import NotPermitted
from imgopt_client.options import Options
from imgopt_client.outcome import COMPLETED, SKIPPED, Outcome, facts_of
from imgopt_client.output_writer import Shelf, file_name
from imgopt_client.progress import Report
from imgopt_client.responses import Body
from imgopt_client.resume_state import Journal, Journals, Record, key_of
from imgopt_client.sources import Source
from imgopt_client.uploads import Uploader

UNNAMED = "image"


@dataclass(frozen=True)
class Kit:
    """What the journeys of one run share."""

    connection: Connection
    settings: Mapping[str, Any]
    uploader: Uploader
    shelf: Shelf
    report: Report
    journals: Journals
    options: Options


class Journey:
    """Of one source. Raises a ClientError, or OSError, where it does not arrive."""

    def __init__(self, kit: Kit, source: Source) -> None:
        self.kit, self.source = kit, source
        self.journal: Journal = kit.journals.of(source.root)
        self.key = key_of(source.location, kit.settings, kit.connection.server)
        self.replaced: str | None = None

    def run(self) -> Outcome:
        began = time.perf_counter()
        start = Record(self.source.location, self.source.stamp())
        earlier = self._earlier(start)
        if earlier and (done := self._done(earlier)):
            return done
        job = self._resumed(earlier) or self._processed(start)
        path = self._downloaded(job)
        return self._finished(job, path, start, time.perf_counter() - began)

    def _earlier(self, start: Record) -> Record | None:
        """What is known of the input as it is now."""
        known = self.journal.records.get(self.key)
        self.replaced = known.result if known else None
        usable = known and known.stamp == start.stamp and self.kit.options.resume and not self.kit.options.overwrite
        return known if usable else None

    def _done(self, record: Record) -> Outcome | None:
        """None where the result is gone, or another than it was."""
        if record.result is None:
            return None
        path, facts = self.journal.folder / record.result, record.facts
        if not path.is_file() or path.stat().st_size != facts.get("after"):
            return None
        return Outcome(self.source, SKIPPED, facts.get("before", 0), facts, result=path)

    def _resumed(self, record: Record | None) -> Body | None:
        """The end of a job that an earlier run has asked for."""
        if record is None or record.job_id is None:
            return None
        try:
            return self._awaited(record.job_id)
        except (jobs.Lost, NotPermitted):
            return None

    def _processed(self, start: Record) -> Body:
        kit = self.kit
        kit.report.entered(self.source, "uploading")
        upload = kit.uploader.upload(self.source)
        job_id = jobs.submit(kit.connection, upload.temp_file_id, kit.settings, kit.report.warned)
        self._note(replace(start, job_id=job_id))
        return self._awaited(job_id)

    def _awaited(self, job_id: str) -> Body:
        self.kit.report.entered(self.source, "processing")
        try:
            return {**jobs.wait(self.kit.connection, job_id), "id": job_id}
        except jobs.Failed:
            self._note(None)
            raise

    def _downloaded(self, job: Body) -> Path:
        self.kit.report.entered(self.source, "downloading")
        part = fetch(self.kit.connection, job["id"], self.source.folder, job.get("processed_size"))
        name = file_name(str(job.get("processed_filename") or UNNAMED))
        own = self.replaced if self.replaced and self.replaced.endswith(name) else None
        return self.kit.shelf.put(part, name, self.journal.folder / own if own else None)

    def _finished(self, job: Body, path: Path, start: Record, seconds: float) -> Outcome:
        before = start.stamp[0] if start.stamp else int(job.get("original_size") or 0)
        facts = {**facts_of(job), "after": path.stat().st_size}
        result = str(path.relative_to(self.journal.folder))
        self._note(replace(start, result=result, facts={**facts, "before": before}))
        return Outcome(self.source, COMPLETED, before, facts, seconds, path)

    def _note(self, record: Record | None) -> None:
        if self.kit.options.resume:
            self.journal.note(self.key, record)
