"""Files that pages load: scripts, styles, texts. Their URLs contain the hash of all of them, for caching."""

import gzip
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

ASSET_FOLDER = Path(__file__).parents[1] / "static"
# The media types of the files that are served, by extension. Other files in the folder are not served.
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
UNSERVED = ("package.json", "package-lock.json")
# The characters of the hash. Collisions are no risk, as only the service itself makes these files.
VERSION_LENGTH = 16


@dataclass(frozen=True)
class Asset:
    """A file. `packed` is its content compressed with gzip."""

    media_type: str
    content: bytes
    packed: bytes
    etag: str


@cache
def load_assets() -> dict[str, Asset]:
    """All files, by their path in the folder."""
    paths = sorted(path for path in ASSET_FOLDER.rglob("*") if path.suffix in MEDIA_TYPES and path.name not in UNSERVED)
    return {path.relative_to(ASSET_FOLDER).as_posix(): _load(path) for path in paths}


def _load(path: Path) -> Asset:
    content = path.read_bytes()
    etag = b64encode(sha256(content).digest()[:12]).decode()
    return Asset(MEDIA_TYPES[path.suffix], content, gzip.compress(content, mtime=0), f'"{etag}"')


@cache
def assets_version() -> str:
    """The hash of all files."""
    digest = sha256()
    for name, asset in load_assets().items():
        digest.update(f"{name}:{asset.etag}\n".encode())
    return digest.hexdigest()[:VERSION_LENGTH]


def asset_address(name: str) -> str:
    """The URL of a file, relative to the page's. Raises KeyError if there is no such file."""
    load_assets()[name]
    return f"static/{assets_version()}/{name}"


def names_of(suffix: str) -> list[str]:
    return [name for name in load_assets() if name.endswith(suffix)]
