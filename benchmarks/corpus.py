"""`python -m benchmarks.corpus` collects the corpus of images in build/corpus, from the packages in sources.py.

Stills become PNGs of at most 1 megapixel; larger ones are cropped to their centre. JPEG photos are first reduced to
half their size (Lanczos). The hash of its name puts an image into the half for calibration or the half for reporting.
"""

import bz2
import hashlib
import json
import shutil
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from benchmarks.packages import unpack
from benchmarks.sources import SOURCES, Kind, Pick, Source
from local.environment import ROOT

FOLDER = ROOT / "build" / "corpus"
DONE = FOLDER / "table.json"
PIXELS = 1_000_000
DRAWN_SIDE = {"art": 640, "icon": 128}
EVEN_BYTE = 9  # the byte of the hash that decides: the halves of every kind are about equal
FACE = (1024, 768)  # scipy's raccoon is raw RGB


@dataclass(frozen=True)
class Sample:
    name: str
    kind: Kind
    path: Path

    @property
    def is_for_report(self) -> bool:
        return hashlib.sha256(self.name.encode()).digest()[EVEN_BYTE] % 2 == 0

    def open(self) -> Image.Image:
        with Image.open(self.path) as image:
            image.load()
            return image


def samples(*kinds: Kind, report: bool | None = None) -> list[Sample]:
    """The images of some kinds, of one half or of both. Missing ones are collected."""
    if not DONE.exists() or json.loads(DONE.read_text())["sources"] != fingerprint():
        gather()
    rows = json.loads(DONE.read_text())["samples"]
    found = [Sample(row["name"], row["kind"], FOLDER / row["file"]) for row in rows if row["kind"] in kinds]
    return [each for each in found if report is None or each.is_for_report == report]


def fingerprint() -> str:
    return hashlib.sha256((repr(SOURCES) + Path(__file__).read_text()).encode()).hexdigest()


def gather() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    rows = []
    for source in SOURCES:
        unpacked = unpack(source)
        for pick in source.picks:
            for path in chosen(unpacked, pick):
                rows.append(add(source, pick, path))
    rows.sort(key=lambda row: (row["kind"], row["name"]))
    DONE.write_text(json.dumps({"sources": fingerprint(), "samples": rows}, indent=1))


def chosen(folder: Path, pick: Pick) -> list[Path]:
    found = sorted(folder.glob(pick.pattern))
    if not found:
        raise FileNotFoundError(f"{folder.name} holds no {pick.pattern}")
    count = min(pick.count, len(found))
    return [found[index * len(found) // count] for index in range(count)]


def add(source: Source, pick: Pick, path: Path) -> dict[str, str]:
    """Writes one file of the corpus, and returns its row of the table."""
    as_is = pick.kind in ("gif", "svg")
    name = f"{source.name.rpartition('/')[2]}-{path.stem}"
    target = FOLDER / pick.kind / f"{name}{path.suffix if as_is else '.png'}"
    if target.exists():
        name = f"{name}-{path.parent.name}"
        target = target.with_stem(name)
    target.parent.mkdir(parents=True, exist_ok=True)
    if as_is:
        shutil.copy(path, target)
    else:
        prepare(read(path, pick.kind), half=pick.half).save(target, compress_level=3)
    package = {"package": source.name, "version": source.version, "licence": source.licence}
    return {"name": name, "kind": pick.kind, "file": str(target.relative_to(FOLDER)), **package}


def read(path: Path, kind: Kind) -> Image.Image:
    if path.suffix == ".svg":
        return draw(path, DRAWN_SIDE[kind])
    if path.suffix == ".dat":
        return Image.frombytes("RGB", FACE, bz2.decompress(path.read_bytes()))
    with Image.open(path) as image:
        mode = "RGBA" if image.has_transparency_data else "L" if image.mode == "L" else "RGB"
        return image.convert(mode)


def draw(path: Path, width: int) -> Image.Image:
    import resvg_py

    return Image.open(BytesIO(bytes(resvg_py.svg_to_bytes(svg_path=str(path), width=width)))).convert("RGBA")


def prepare(image: Image.Image, *, half: bool) -> Image.Image:
    if half:
        image = image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)
    if image.mode == "RGBA" and image.getchannel("A").getextrema()[0] == 255:
        image = image.convert("RGB")
    scale = min(1, (PIXELS / (image.width * image.height)) ** 0.5)
    width, height = int(image.width * scale), int(image.height * scale)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    plain = image.crop((left, top, left + width, top + height))
    plain.info.clear()
    return plain


def main() -> None:
    """Prints the table of sources in Markdown."""
    samples()
    rows = json.loads(DONE.read_text())["samples"]
    counts = Counter((row["package"], row["version"], row["licence"], row["kind"]) for row in rows)
    print("| package | version | licence | kind | images |\n|---|---|---|---|---|")
    for key, count in counts.items():
        print(f"| {' | '.join(key)} | {count} |")


if __name__ == "__main__":
    main()
