"""How full the disk is, and how what it did not take is answered."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from local.persistence.journal import NotStored

MEGABYTE = 1024 * 1024
# Bodies are refused first: so there is room to write down how the jobs end that are under way.
FOR_BODIES, FOR_RECORDS = 32 * MEGABYTE, 4 * MEGABYTE
# RFC 4918. No client of AWS repeats a request for it by itself, as it does for 503.
INSUFFICIENT_STORAGE = 507
NO_SPACE_CODE, SENTENCE = "InsufficientStorage", "The disk did not take it."
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Space:
    """`is_told` is whether it was said that something was refused, since there was room the last time."""

    folder: Path
    for_bodies: int = FOR_BODIES
    for_records: int = FOR_RECORDS
    is_told: bool = False

    def check_body(self, size: int) -> None:
        """Raises NotStored where so many bytes, and the records after them, would not fit."""
        self._check(size + self.for_bodies)

    def check_records(self) -> None:
        self._check(self.for_records)

    def _check(self, needed: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if free >= needed:
            self.is_told = False
        else:
            raise NotStored(f"{self.folder} has {free // MEGABYTE} MB left, and {-(-needed // MEGABYTE)} MB are needed")

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
