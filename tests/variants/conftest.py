"""Signed image URLs with sources of a server on this machine. A double scales and encodes the pixels by Pillow."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from functions.api.routers import image_urls
from imgopt.image_urls.signatures import sign
from imgopt.imaging.kinds import PictureKind
from imgopt.settings import settings
from imgopt.variants import pixels, sources
from tests import pictures
from tests.handlers import conftest as handlers
from tests.scripted_server import Peer, serve

client, clock_at, log_lines, stored, run_stages = (
    handlers.client,
    handlers.clock_at,
    handlers.log_lines,
    handlers.stored,
    handlers.run_stages,
)
KEY, SALT = "6b" * 32, "73" * 32
PILLOW = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF", "gif": "GIF", "jxl": "PNG"}


@dataclass
class Pixels:
    """Holds the calls of `imgopt.transform`, and the time that each takes."""

    asked: list[tuple] = field(default_factory=list)
    looked: int = 0
    error: Exception | None = None
    warnings: tuple[str, ...] = ()
    before: Callable[[], None] = lambda: None

    def make(self, data, image, plan, limits, watermark):
        self.asked.append((image, plan, limits, watermark))
        self.before()
        if self.error:
            raise self.error
        source = Image.open(BytesIO(data)).convert("RGB")
        width = plan.options.width or source.width
        height = max(1, round(source.height * width / source.width))
        file = BytesIO()
        source.resize((width, height)).save(file, PILLOW[plan.format])
        found = 61 if plan.target and plan.quality is None else plan.quality
        return SimpleNamespace(
            data=file.getvalue(),
            format=plan.format,
            width=width,
            height=height,
            quality=found,
            score=None,
            source_width=source.width,
            source_height=source.height,
            warnings=self.warnings,
        )

    def look_at(self, data, image, limits):
        self.looked += 1
        return SimpleNamespace(
            kind=PictureKind.PHOTO,
            has_alpha=False,
            frames=1,
            width=image.width,
            height=image.height,
            format=image.format,
            exif={"Model": "Tester"},
            thumbhash="AAAA",
            colors=("#102030",),
        )


@pytest.fixture
def work(monkeypatch) -> Pixels:
    double = Pixels()
    monkeypatch.setattr(pixels, "make_pixels", double.make)
    monkeypatch.setattr(pixels, "describe_pixels", double.look_at)
    monkeypatch.setattr(pixels, "order_by_size", lambda kind, has_alpha: ("avif", "jxl", "webp", "jpg", "png"))
    return double


class Website:
    """A server with files by path; each is what it answers, or how."""

    def __init__(self) -> None:
        self.files: dict[str, Any] = {"/cat.jpg": picture(pictures.jpeg())}
        self.peer: Peer | None = None

    def answer(self, peer: Peer) -> list[bytes]:
        request = peer.requests[-1]
        path = request.split(b" ")[1].decode()
        found = self.files.get(path, b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
        if callable(found):
            return found(peer)
        etag = f"ETag: {request_etag(found)}".encode()
        if etag in found and f"If-None-Match: {request_etag(found)}".encode() in request:
            return [b"HTTP/1.1 304 Not Modified\r\n\r\n"]
        return [found]

    def address(self, path: str = "/cat.jpg") -> str:
        return f"http://{self.peer.authority}{path}"

    @property
    def requests(self) -> list[bytes]:
        return self.peer.requests


def request_etag(answer: bytes) -> str:
    found = [line for line in answer.split(b"\r\n\r\n")[0].split(b"\r\n") if line.startswith(b"ETag: ")]
    return found[0][6:].decode() if found else "none"


def picture(body: bytes, etag: str = '"one"') -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nETag: {etag}\r\n\r\n".encode() + body


@pytest.fixture
def website(monkeypatch) -> Iterator[Website]:
    site = Website()
    with serve(site.answer) as peer:
        site.peer = peer
        monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", peer.authority)
        settings.cache_clear()
        yield site


@pytest.fixture
def set_up(aws, monkeypatch):
    """Sets a key, and further settings by their names."""

    def configure(**more: object) -> None:
        for name, value in more.items():
            monkeypatch.setenv(f"IMGOPT_{name.upper()}", str(value))
        settings.cache_clear()

    configure(url_keys=KEY, url_salts=SALT)
    return configure


@pytest.fixture(autouse=True)
def empty_memory() -> Iterator[None]:
    yield
    forget_all()


def forget_all() -> None:
    """Clears all caches, so that this process knows only the table and S3, as another one would."""
    image_urls.recent_answers.clear()
    sources.recent_sources.clear()


def signed(options: str, source: str) -> str:
    """The path of an image URL, behind `/img`."""
    encoded = urlsafe_b64encode(source.encode()).rstrip(b"=").decode()
    path = f"/{options}/{encoded}" if options else f"/{encoded}"
    return f"/{sign(path, bytes.fromhex(KEY), bytes.fromhex(SALT))}{path}"


@pytest.fixture
def get(client, set_up, website, work):
    """The answer to an image URL."""

    def ask(options: str = "w:20", source: str | None = None, method: str = "GET", info: bool = False, **headers: str):
        path = signed(options, source or website.address())
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.request(method, f"/img{'/info' if info else ''}{path}", headers={"accept": "*/*", **named})

    return ask
