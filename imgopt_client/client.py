"""The client for Python programs: one call optimizes one image.

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
    """A connection to one server. All threads of a program can share it. Close it, or use it with `with`: running calls
    of other threads then end with an error.

    `server` defaults to IMGOPT_SERVER, or http://127.0.0.1:8080. `api_key` defaults to IMGOPT_API_KEY; without one the
    program is a guest with a guest's credits. `plain_http` allows sending tokens and files to an http:// server that is
    not this machine. All methods raise ClientError or one of its subclasses.
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
        """Optimizes an image, and returns when its job is completed.

        `image` is a path, an http(s) URL that the server fetches, bytes, or an open file. `file_name` is the name for
        bytes; the result is named after it.
        """
        sent_settings, warnings = server_settings(settings), list[str]()
        with opened_source(image, file_name) as source:
            upload = self.uploader.upload(source)
        submitted = jobs.submit_job(self.connection, upload.temp_file_id, sent_settings, warnings.append)
        job = {**jobs.wait_for_job(self.connection, submitted.id, submitted.poll_after), "id": submitted.id}
        return OptimizedImage(self.connection, job, tuple(warnings))

    @closing_ends_calls()
    def quote(self, image: Image, *, file_name: str = DEFAULT_STEM, **settings: Unpack[ImageSettings]) -> FileQuote:
        """The price of `optimize` in credits, and the estimated bytes. Uploads the image; nothing is charged."""
        with opened_source(image, file_name) as source:
            return quote_file(self.connection, self.uploader, server_settings(settings), NO_PROGRESS, source)

    @closing_ends_calls()
    def account(self) -> JsonObject:
        """The account of the program and its credits: the answer of `GET /mcp/auth/status`."""
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
    """The source of an image. Bytes are written to a temporary file, so that the upload can be retried.

    Raises FileRefused if it does not look like an image, before anything is sent.
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
    """Writes bytes or an open file to `path`. Raises TypeError for other types."""
    if isinstance(image, (bytes, bytearray, memoryview)):
        path.write_bytes(image)
    elif hasattr(image, "read"):
        with path.open("wb") as file:
            copyfileobj(image, file)
    else:
        raise TypeError(
            f"An image has to be a path, a URL, bytes or a file opened as 'rb', not {type(image).__name__}."
        )


def source_of_file(path: Path) -> Source:
    if problem := find_problem(path):
        raise FileRefused(f"{path.name}: {problem}")
    return Source(str(path), path.parent, path.parent, path)
