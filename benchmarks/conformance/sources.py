"""The packages whose tests and documentation contain image files, and the files that are read."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.corpus import chosen
from benchmarks.packages import unpack
from benchmarks.sources import SOURCES as CORPUS
from benchmarks.sources import Pick, Source

SUFFIXES = frozenset(
    [
        *(".png", ".apng", ".jpg", ".jpeg", ".jfif", ".mpo", ".webp", ".avif", ".avifs", ".gif", ".svg", ".ico"),
        *(".heic", ".heif", ".hif", ".tif", ".tiff", ".bmp", ".dib", ".dng", ".nef", ".cr2", ".arw"),
    ]
)


def _source(name: str, version: str, sha256: str, licence: str, *patterns: str, count: int = 9999) -> Source:
    return Source("pypi source", name, version, sha256, licence, tuple(Pick("file", each, count) for each in patterns))


SOURCES = (
    _source(
        "pillow", "13.0.0", "cdcd1ba258178f7356d74170c9a81ba4eab6a5d55748bc402a5a2a6fe6be3510", "MIT-CMU",
        "Tests/images/**/*",
    ),
    _source(
        "imagecodecs", "2026.10.10", "cde6914505668196b15e0f99dbc236b779e3b61217f04d2e498cbae790965f9f",
        "BSD-3-Clause", "tests/data/**/*",
    ),
    _source(
        "pillow-heif", "1.8.1", "521ebffb8a181d56c3904e5a61f20903edee0d9d3275967b8fb345f866215c06", "BSD-3-Clause",
        "tests/images/**/*",
    ),
    _source(
        "wand", "0.7.2", "0387fd08848d00cadd1d885fcb19a17dd4250df2029e5338b6b668b7fed64b5b", "MIT",
        "tests/assets/**/*", "docs/_images/*.gif",
    ),
    _source(
        "scikit-image", "0.26.0", "f5f970ab04efad85c24714321fcc91613fcb64ef2a892a13167df2f3e59199fa",
        "BSD-3-Clause; images mostly CC0 or public domain", "src/skimage/data/*",
    ),
    _source(
        "imagesize", "2.0.1", "b2ba6a4dea487a7ebcd53248d3476aca449d30db12a2dde5e0c5ca9624fd77e5", "MIT",
        "test/images/*",
    ),
    _source(
        "filetype", "1.2.0", "66b56cd6474bf41d8c54660347d37afcc3f7d1970648de365c102ef77548aadb", "MIT",
        "tests/fixtures/*",
    ),
    _source(
        "pyglet", "2.1.19", "77fae024df940c60917ba604bab9b7e26306d66734186634b698c708cdd9f4be", "BSD-3-Clause",
        "tests/data/images/*", "doc/**/*.svg",
    ),
    _source(
        "pygame", "2.6.1", "56fb02ead529cee00d415c3e007f75e0780c655909aaa8e8bf616ee09c9feb1f", "LGPL-2.1",
        "examples/data/*", "docs/generated/_images/*.gif",
    ),
    _source(
        "python-docx", "1.2.0", "7bc9d7b7d8a69c9c02ca09216118c86552704edc23bac179283f2e38f86220ce", "MIT",
        "tests/test_files/*", "features/steps/test_files/*",
    ),
    _source(
        "img2pdf", "0.6.3", "219518020f5bd242bdc46493941ea3f756f664c2e86f2454721e74353f58cd95", "LGPL-3.0",
        "src/tests/input/*",
    ),
    _source(
        "mahotas", "1.4.19", "3d820f12497aba0bc962343b80b8d4620739e010f3ad0bbdd0390fccbdb1d9a0", "MIT",
        "mahotas/**/data/*",
    ),
    Source(
        "npm", "bmp-js", "0.1.0", "2fcd95c52df269b230ee622cbae00ed1d576b6bbc15af7042ce7ca7600efdd89", "MIT",
        (Pick("file", "test/*.bmp"),),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class File:
    package: str
    path: Path
    # The path inside the package.
    name: str

    @property
    def label(self) -> str:
        return f"{self.package}: {self.name}"


def files() -> list[File]:
    """The files, always in the same order.

    The corpus of the codec benchmark is included where it uses files unchanged.
    """
    found: dict[Path, File] = {}
    for source in (*SOURCES, *CORPUS):
        for pick in source.picks:
            if pick.kind in ("file", "gif", "svg"):
                found |= {each.path: each for each in _picked(source, pick)}
    return list(found.values())


def _picked(source: Source, pick: Pick) -> list[File]:
    folder = unpack(source)
    paths = (path for path in chosen(folder, pick) if path.is_file() and path.suffix.lower() in SUFFIXES)
    return [File(source.name, path, path.relative_to(folder).as_posix()) for path in paths]
