"""Uploads: through the server, or directly to its storage if they are too large for the server."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import httpx2

from imgopt_client.connection import Connection
from imgopt_client.errors import Busy, FileRefused, UnknownGuest
from imgopt_client.responses import UNEXPECTED_RESPONSE, JsonObject, string_field
from imgopt_client.sources import Source

PRESIGN_ABOVE = 4_000_000
TOO_LARGE_STATUS = 413
NOT_OFFERED = (404, 405, 501)
STORAGE_REASON = re.compile(r"<Message>([^<]+)</Message>")


@dataclass(frozen=True)
class Upload:
    """An upload of `size` bytes on the server."""

    temp_file_id: str
    size: int


class CancellableFile(io.FileIO):
    """A file whose reads raise Cancelled after the run was interrupted."""

    def __init__(self, path: Path, check: Callable[[], None]) -> None:
        super().__init__(path)
        self.check = check

    def read(self, size: int | None = -1) -> bytes:
        self.check()
        return super().read(-1 if size is None else size)


class Uploader:
    """Uploads files. Those with more than `presign_above` bytes go directly to the storage if the server offers it."""

    def __init__(self, connection: Connection, presign_above: int = PRESIGN_ABOVE) -> None:
        self.connection, self.presign_above = connection, presign_above
        self.can_presign = True

    def upload(self, source: Source) -> Upload:
        try:
            return self._upload_once(source)
        except UnknownGuest:
            return self._upload_once(source)

    def _upload_once(self, source: Source) -> Upload:
        identity = self.connection.identity
        with identity.first_upload_alone():
            body = self._send(source)
            identity.remember_guest(body.get("session_token"))
        size = body.get("file_size")
        return Upload(string_field(body, "temp_file_id"), size if isinstance(size, int) else 0)

    def _send(self, source: Source) -> JsonObject:
        if source.path is None:
            return self.connection.request("POST", "/upload/url", json={"url": source.location})
        if source.path.stat().st_size > self.presign_above:
            return self._to_storage(source, source.path) or self._to_server(source, source.path)
        try:
            return self._to_server(source, source.path)
        except FileRefused as refusal:
            body = self._to_storage(source, source.path) if refusal.status == TOO_LARGE_STATUS else None
            if body is None:
                raise
            return body

    def _to_server(self, source: Source, path: Path) -> JsonObject:
        def attempt() -> JsonObject:
            with CancellableFile(path, self.connection.cancel_token.check) as file:
                part = (source.name, file, source.mime_type)
                return self.connection.request_once("POST", "/upload", files={"file": part})

        return self.connection.retries.run(attempt)

    def _to_storage(self, source: Source, path: Path) -> JsonObject | None:
        """Uploads directly to the storage. None if the server does not offer it."""
        presigned = self._presign(source, path)
        if presigned is None:
            return None
        self.connection.identity.remember_guest(presigned.get("session_token"))
        self.connection.retries.run(lambda: self._post_to_storage(source, path, presigned))
        done = {"upload_id": string_field(presigned, "upload_id"), "filename": source.name}
        return self.connection.request("POST", "/upload/complete", json=done)

    def _presign(self, source: Source, path: Path) -> JsonObject | None:
        if not self.can_presign:
            return None
        about = {"filename": source.name, "size": path.stat().st_size, "content_type": source.mime_type}
        try:
            return self.connection.request("POST", "/upload/presign", json=about)
        except FileRefused as refusal:
            if refusal.status not in NOT_OFFERED:
                raise
            self.can_presign = False
            return None

    def _post_to_storage(self, source: Source, path: Path, presigned: JsonObject) -> None:
        """Posts the form. Its fields authorize it. The file comes last, as the storage ignores fields after it."""
        fields = presigned.get("fields")
        if not isinstance(fields, dict):
            raise FileRefused(UNEXPECTED_RESPONSE)
        with CancellableFile(path, self.connection.cancel_token.check) as file:
            part = (source.name, file, source.mime_type)
            response = self.connection.http.post(
                string_field(presigned, "url"), data=fields, files={"file": part}, follow_redirects=False
            )
        check_storage(response)


def check_storage(response: httpx2.Response) -> None:
    """Raises a ClientError for an error answer of the storage, which is XML."""
    if response.is_success:
        return
    found = STORAGE_REASON.search(response.text)
    reason = f"The storage answered {response.status_code} to the upload{f': {found[1]}' if found else '.'}"
    if response.status_code in (500, 503):
        raise Busy(reason, 503, None)
    raise FileRefused(reason, response.status_code)
