"""The service for Python programs: one call for an image.

with Client("https://images.example.com", api_key="…") as client:
    client.optimize("hero.jpg", format="auto", width=1200).save("public/")
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import BinaryIO, Self, Unpack

import httpx2

from imgopt_client import jobs
from imgopt_client.accounts import STATUS_PATH
from imgopt_client.connection import connect, default_server
from imgopt_client.credentials import check_key, read_key
from imgopt_client.errors import FileRefused, closing_ends_calls
from imgopt_client.identity import Identity
from imgopt_client.naming import DEFAULT_STEM, safe_file_name
from imgopt_client.progress import NO_PROGRESS
from imgopt_client.quoting import FileQuote, quote_file
from imgopt_client.responses import JsonObject
from imgopt_client.result import OptimizedImage
from imgopt_client.settings import ImageSettings, server_settings
from imgopt_client.sources import Source, find_problem, is_url
from imgopt_client.uploads import Uploader

Image = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO


class Client:
    """A connection to one server, for all threads of a program. It is to be closed, or used by `with`: calls that are
    under way in other threads end then.

    Without a server it is that of IMGOPT_SERVER, or http://127.0.0.1:8080. Without a key it is that of IMGOPT_API_KEY;
    else the program is a guest, with a guest's credits, until it ends. `plain_http` lets tokens and files go to an
    http:// address that is not this machine. All calls raise ClientError, whose subclasses say what is wrong.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        api_key: str | None = None,
        http: httpx2.Client | None = None,
        plain_http: bool = False,
    ) -> None:
        key = check_key(api_key, "api_key") if api_key else read_key(os.environ)
        identity = Identity(key or None)
        self.stack = ExitStack()
        opened = connect(server or default_server(os.environ), identity, http, plain_http=plain_http)
        self.connection = self.stack.enter_context(opened)
        self.uploader = Uploader(self.connection)

    @closing_ends_calls()
    def optimize(
        self, image: Image, *, file_name: str = DEFAULT_STEM, **settings: Unpack[ImageSettings]
    ) -> OptimizedImage:
        """Waits until it is done. `image` is a path, an http(s) URL that the server fetches, bytes, or an open file.

        `file_name` is what bytes are called; the result is named after it.
        """
        asked, warnings = server_settings(settings), list[str]()
        with opened_source(image, file_name) as source:
            upload = self.uploader.upload(source)
        submitted = jobs.submit_job(self.connection, upload.temp_file_id, asked, warnings.append)
        job = {**jobs.wait_for_job(self.connection, submitted.id, submitted.poll_after), "id": submitted.id}
        return OptimizedImage(self.connection, job, tuple(warnings))

    @closing_ends_calls()
    def quote(self, image: Image, *, file_name: str = DEFAULT_STEM, **settings: Unpack[ImageSettings]) -> FileQuote:
        """What `optimize` would take: credits exactly, bytes about. The image is uploaded, and nothing is charged."""
        with opened_source(image, file_name) as source:
            return quote_file(self.connection, self.uploader, server_settings(settings), NO_PROGRESS, source)

    @closing_ends_calls()
    def account(self) -> JsonObject:
        """Who the server takes the program for, and what credits are left, as `GET /mcp/auth/status` tells."""
        return self.connection.request("GET", STATUS_PATH)

    def close(self) -> None:
        self.connection.cancel_token.cancel()
        self.stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def opened_source(image: Image, file_name: str) -> Iterator[Source]:
    """Bytes are in a file for the time of the upload, which may have to be tried again.

    Raises FileRefused for what is no image, before anything is sent.
    """
    if isinstance(image, str) and is_url(image):
        yield Source(image, Path(), Path())
    elif isinstance(image, (str, os.PathLike)):
        yield source_of_file(Path(image).absolute())
    else:
        with TemporaryDirectory(prefix="imgopt-") as folder:
            path = Path(folder) / safe_file_name(file_name)
            write_image(image, path)
            yield source_of_file(path)


def write_image(image: bytes | bytearray | memoryview | BinaryIO, path: Path) -> None:
    """Raises TypeError for what is no image at all."""
    if isinstance(image, (bytes, bytearray, memoryview)):
        path.write_bytes(image)
    elif hasattr(image, "read"):
        with path.open("wb") as file:
            copyfileobj(image, file)
    else:
        raise TypeError(
            f"An image is a path, an address, bytes or a file opened as 'rb', and no {type(image).__name__}."
        )


def source_of_file(path: Path) -> Source:
    if problem := find_problem(path):
        raise FileRefused(f"{path.name}: {problem}")
    return Source(str(path), path.parent, path.parent, path)
