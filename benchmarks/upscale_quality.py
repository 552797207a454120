"""`make bench-upscale-quality` reduces pictures, enlarges them again, and prints how they look as Markdown tables.

Results are compared with the original by SSIMULACRA2. The pictures are those of the corpus's half that was not used for
tuning. A picture is reduced by Lanczos and encoded. Pixel art is enlarged instead, by repeating its pixels, because
reduced pixel art would no longer be pixel art. Scores are kept in build/, by a name for the code of each way to
enlarge; `--anew` removes them.
"""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from statistics import mean

from PIL import Image

from benchmarks.corpus import Sample, samples
from benchmarks.ssimulacra2 import on_ground, score
from benchmarks.upscale_networks import (
    ANIME,
    ANIME_0,
    ANIME_1,
    ANIMEVIDEO,
    CANDIDATES,
    CUNET,
    CUNET_1,
    LANCZOS_FILTER,
    PHOTO,
    PHOTO_1,
    PHOTO_3,
    Candidate,
)
from gpu_container.models.building import ensure_network
from gpu_container.models.selection import for_cpu
from imgopt.codecs.formats import read_loss
from imgopt.upscale.models import Device
from imgopt.upscale.runtime import Runtime
from imgopt.upscale.service import upscale
from local.environment import ROOT

SCORES = ROOT / "build" / "upscale-scores.json"
WHITE = (255, 255, 255)
FACTORS = (2, 3, 4)
# The JPEG quality of each coding of the reduced picture; None is PNG.
CODINGS: dict[str, int | None] = {"clean": None, "JPEG 80": 80, "JPEG 60": 60}
TRIED: dict[str, tuple[Candidate, ...]] = {
    "clean": (ANIME, PHOTO, CUNET),
    "JPEG 80": (ANIME_0, ANIME_1, PHOTO_1, CUNET_1),
    "JPEG 60": (ANIME_1, PHOTO_1, PHOTO_3, CUNET_1),
}
OURS, LANCZOS = "ours", "Lanczos"
# The largest sides. They are multiples of each factor, so that nothing is shifted. For pixel art: of the source.
WIDTH, HEIGHT, COMMON_MULTIPLE = 576, 480, 12
PIXEL_ART, PIXEL_ART_SIDES = "arcade-back-buildings", (156, 120)
PHOTOS = (
    "admin-lte-photo1",
    "admin-lte-photo2",
    "scikit-image-camera",
    "scikit-image-chelsea",
    "scipy-face",
    "startbootstrap-business-casual-intro",
    "startbootstrap-business-casual-products-02",
    "startbootstrap-clean-blog-home-bg",
    "startbootstrap-creative-bg-masthead",
    "startbootstrap-landing-page-bg-showcase-1",
    "startbootstrap-landing-page-testimonials-2",
    "startbootstrap-landing-page-testimonials-3",
)
# Interfaces, text, charts, line art, logos, pixel art.
GRAPHICS = (
    "iobroker.echarts-admin",
    "iobroker.sourceanalytix-stateSettings",
    "iobroker.eventlist-pdf",
    "iobroker.javascript-javascript_Javascript-Adapter",
    "iobroker.echarts-radar",
    "node-red-node-ui-table-ui-table-custom",
    "cartopy-test_grid_labels_inline_usa_AlbersEqualArea",
    "undraw-svg-metrics",
    "undraw-svg-stars",
    "flag-icons-ec",
    "openmoji-1F469-200D-1F527",
    PIXEL_ART,
)

# Where faces are, in pixels of the originals.
FACES = {
    "startbootstrap-landing-page-testimonials-2": (70, 70, 200, 170),
    "startbootstrap-landing-page-testimonials-3": (60, 40, 190, 140),
}


@dataclass(frozen=True)
class Trial:
    """The expected picture, and the file that is enlarged."""

    name: str
    factor: int
    coding: str

    @property
    def original(self) -> Image.Image:
        if self.name == PIXEL_ART:
            return self.source.resize([side * self.factor for side in PIXEL_ART_SIDES], Image.Resampling.NEAREST)
        return opened(self.name)

    @property
    def source(self) -> Image.Image:
        image = opened(self.name)
        sides = [side // self.factor for side in image.size]
        return image if self.name == PIXEL_ART else image.resize(sides, LANCZOS_FILTER)

    @property
    def file(self) -> bytes:
        out, quality = BytesIO(), CODINGS[self.coding]
        self.source.save(out, "JPEG" if quality else "PNG", **({"quality": quality} if quality else {}))
        return out.getvalue()

    def enlarge(self, way: str) -> Image.Image:
        with Image.open(BytesIO(self.file)) as image:
            small = image.convert("RGB")
        size = self.original.size
        if way == LANCZOS:
            return small.resize(size, LANCZOS_FILTER)
        if way == OURS:
            loss = read_loss(self.file, "jpg" if CODINGS[self.coding] else "png")
            return upscale(small, self.factor, loss=loss, runtime=Runtime(Device.CPU))[0]
        (candidate,) = (each for each in (*CANDIDATES, ANIMEVIDEO) if each.label == way)
        return candidate.enlarge(small, size)


@cache
def opened(name: str) -> Image.Image:
    """The centre of an image in RGB, with transparent parts on white."""
    (sample,) = (each for each in _reported() if each.name == name)
    image, most = on_ground(sample.open(), WHITE), PIXEL_ART_SIDES if name == PIXEL_ART else (WIDTH, HEIGHT)
    pairs = zip(image.size, most, strict=True)
    width, height = (min(side, limit) // COMMON_MULTIPLE * COMMON_MULTIPLE for side, limit in pairs)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


@cache
def _reported() -> list[Sample]:
    return samples("photo", "screenshot", "chart", "art", report=True)


class Scores:
    """The scores of one way to enlarge. They are kept in a file, because they take minutes."""

    def __init__(self) -> None:
        self._known: dict[str, float] = json.loads(SCORES.read_text()) if SCORES.exists() else {}

    def of(self, trial: Trial, way: str) -> float:
        key = f"{trial.name}, {trial.factor}, {trial.coding}, {way}"
        if key not in self._known:
            self._known[key] = score(trial.original, trial.enlarge(way))
            SCORES.write_text(json.dumps(self._known, indent=1))
        return self._known[key]


def main() -> None:
    if "--anew" in sys.argv[1:]:
        SCORES.unlink(missing_ok=True)
    ensure_network(for_cpu())
    scores = Scores()
    for kind, names, others in (("photos", PHOTOS, ()), ("graphics", GRAPHICS, (ANIMEVIDEO,))):
        for row in table(kind, names, others, scores.of):
            print(row, flush=True)
        print(flush=True)
    print(*face_table(), sep="\n")


def table(
    kind: str, names: tuple[str, ...], others: tuple[Candidate, ...], find: Callable[[Trial, str], float]
) -> Iterator[str]:
    """A row for each factor and coding: means, and the smallest advantage over Lanczos, which may be negative."""
    yield f"| {len(names)} {kind} | {LANCZOS} | {OURS} | ahead | least ahead | networks |"
    yield "|---|---|---|---|---|---|"
    for factor in FACTORS:
        for coding in CODINGS:
            trials = [Trial(name, factor, coding) for name in names]
            plain, ours = ([find(trial, way) for trial in trials] for way in (LANCZOS, OURS))
            ahead = [after - before for before, after in zip(plain, ours, strict=True)]
            least = min(range(len(names)), key=ahead.__getitem__)
            tried = [*TRIED[coding], *others]
            means = (f"{each.label} {mean(find(trial, each.label) for trial in trials):.1f}" for each in tried)
            yield (
                f"| {factor}x, {coding} | {mean(plain):.1f} | {mean(ours):.1f} | {mean(ahead):+.1f} | "
                f"{ahead[least]:+.1f}, {names[least]} | {', '.join(means)} |"
            )


def face_table() -> Iterator[str]:
    """The scores of faces at twice their size, where other parts of the picture can not compensate for them."""
    ways = (LANCZOS, OURS, ANIME_0.label, ANIME_1.label, PHOTO_1.label, PHOTO_3.label)
    yield f"| face, 2x | {' | '.join(ways)} |"
    yield f"|---{'|---' * len(ways)}|"
    for name, box in FACES.items():
        for coding in ("JPEG 80", "JPEG 60"):
            trial = Trial(name, 2, coding)
            found = (score(trial.original.crop(box), trial.enlarge(way).crop(box)) for way in ways)
            yield f"| {name}, {coding} | {' | '.join(f'{each:.1f}' for each in found)} |"


if __name__ == "__main__":
    main()
