"""An S3 whose answers break off: the reading part of boto3's client, with a count of open bodies."""

import re
from io import BytesIO
from typing import Any

from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from urllib3.exceptions import ProtocolError

ETAG = '"first"'


class Body(BytesIO):
    """Ends with an error after some bytes, as urllib3 has it."""

    def __init__(self, double: "BreakingS3", data: bytes, breaks_after: int | None) -> None:
        super().__init__(data if breaks_after is None else data[:breaks_after])
        self._double, self._breaks = double, breaks_after is not None
        double.open += 1

    def read(self, most: int | None = -1) -> bytes:
        data = super().read(most)
        if not data and self._breaks:
            raise ProtocolError("Connection broken")
        return data

    def close(self) -> None:
        if not self.closed:
            self._double.open -= 1
        super().close()


class BreakingS3:
    """An S3 with one object. `breaks` has the number of bytes after which each answer ends; None if it does not."""

    def __init__(self, data: bytes, *breaks: int | None) -> None:
        self.data, self.etag = data, ETAG
        self.breaks = list(breaks)
        self.asked: list[tuple[str | None, str | None]] = []
        self.open = 0

    def get_object(self, **asked: str) -> dict[str, Any]:
        wanted, version = asked.get("Range"), asked.get("IfMatch")
        self.asked.append((wanted, version))
        if version not in (None, self.etag):
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "GetObject")
        data = self.data
        if wanted:
            first, last = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted).groups()
            data = data[int(first) : int(last) + 1 if last else None]
        raw = Body(self, data, self.breaks.pop(0) if self.breaks else None)
        return {"Body": StreamingBody(raw, len(data)), "ContentLength": len(data), "ETag": self.etag}
