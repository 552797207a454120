"""Downloads results into temporary files, which are renamed later."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import httpx2

from imgopt_client.connection import Connection
from imgopt_client.errors import FileRefused
from imgopt_client.responses import check_success


def download_result(connection: Connection, job_id: str, folder: Path, size: int | None) -> Path:
    """The path of the complete result. An incomplete file is deleted."""
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".imgopt-{uuid4().hex}.part"
    try:
        connection.retries.run(lambda: download_to(connection, job_id, part))
        check_length(part, size)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def download_to(connection: Connection, job_id: str, part: Path) -> None:
    with open_download(connection, job_id) as response:
        write_body(response, connection, part)


@contextmanager
def open_download(connection: Connection, job_id: str) -> Iterator[httpx2.Response]:
    """A successful answer whose body was not read yet."""
    with connection.stream(f"/download/{quote(job_id, safe='')}") as response:
        if not response.is_success:
            response.read()
            check_success(response)
        yield response


def write_body(response: httpx2.Response, connection: Connection, part: Path) -> None:
    with part.open("wb") as file:
        for chunk in response.iter_bytes():
            connection.cancel_token.check()
            file.write(chunk)


def check_length(part: Path, size: int | None) -> None:
    """Raises FileRefused if the file is too short: a proxy may have cut the answer."""
    received = part.stat().st_size
    if size is not None and received != size:
        raise FileRefused(f"The download is incomplete: {received:,} of {size:,} bytes. Please try again.")
