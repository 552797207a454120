"""Checks of free disk space, and the answer to requests that do not fit."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from local.persistence.journal import NotStored

MEGABYTE = 1024 * 1024
# Bodies are refused first, so that there is still space for the state of running jobs.
FOR_BODIES, FOR_RECORDS = 32 * MEGABYTE, 4 * MEGABYTE
# 507 (RFC 4918). AWS's clients do not retry it, as they would 503.
INSUFFICIENT_STORAGE = 507
NO_SPACE_CODE, SENTENCE = "InsufficientStorage", "The data could not be stored: the disk is full."
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Space:
    """The space of a folder's disk. `is_told` is whether the lack of space was already reported."""

    folder: Path
    for_bodies: int = FOR_BODIES
    for_records: int = FOR_RECORDS
    is_told: bool = False

    def check_body(self, size: int) -> None:
        """Raises NotStored if a body of `size` bytes and later records would not fit."""
        self._check(size + self.for_bodies)

    def check_records(self) -> None:
        self._check(self.for_records)

    def _check(self, needed: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if free >= needed:
            self.is_told = False
        else:
            raise NotStored(
                f"the disk of {self.folder} has {free // MEGABYTE} MB left, but {-(-needed // MEGABYTE)} MB are needed"
            )

    def refuse(self, error: NotStored, answer: Answer) -> Answer:
        if not self.is_told:
            print(f"not stored: {error}", flush=True)
        self.is_told = True
        return answer


def refusal(content_type: str) -> Answer:
    if content_type == "application/xml":
        text = f"<Error><Code>{NO_SPACE_CODE}</Code><Message>{SENTENCE}</Message></Error>"
    else:
        text = f'{{"__type": "{NO_SPACE_CODE}", "message": "{SENTENCE}"}}'
    return INSUFFICIENT_STORAGE, {"Content-Type": content_type, "x-amzn-errortype": NO_SPACE_CODE}, text.encode()
