"""SSIMULACRA2, how alike two images look: 100 is the same, 90 hard to tell apart, 70 good, 50 visibly worse.

`score` is computed by VapourSynth's plugin vszip. `python -m benchmarks.ssimulacra2 --validate` compares it with other
implementations: the reference program `ssimulacra2` where it is on the PATH (libjxl's developer tools build it), and
the Python package of that name where it is installed.
"""

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import vapoursynth

GROUNDS = ((255, 255, 255), (32, 32, 32))
SMALLEST_SIDE = 8
LINEAR, FULL_RANGE, RGB_MATRIX = 8, 0, 0  # VapourSynth's numbers for transfer, range and matrix
SAMPLE = Path(__file__).parent.parent / "samples" / "landscape.jpg"


class MissingPython(RuntimeError):
    """VapourSynth has no wheels for this version of Python."""


def score(reference: Image.Image, distorted: Image.Image) -> float:
    """The score of two images on the same background; with alpha, the lower of the scores on white and on dark."""
    if reference.size != distorted.size:
        raise ValueError(f"sizes differ: {reference.size} and {distorted.size}")
    grounds = GROUNDS if reference.has_transparency_data or distorted.has_transparency_data else GROUNDS[:1]
    return min(_score_on(ground, reference, distorted) for ground in grounds)


def _score_on(ground: tuple[int, int, int], reference: Image.Image, distorted: Image.Image) -> float:
    seen = [on_ground(image, ground) for image in (reference, distorted)]
    if seen[0].tobytes() == seen[1].tobytes():
        return 100.0
    compared = _core().vszip.SSIMULACRA2(*(_clip(_enlarge(image)) for image in seen))
    with compared.get_frame(0) as frame:
        return float(frame.props["SSIMULACRA2"])


def on_ground(image: Image.Image, ground: tuple[int, int, int]) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    return Image.alpha_composite(Image.new("RGBA", image.size, (*ground, 255)), image.convert("RGBA")).convert("RGB")


def _enlarge(image: Image.Image) -> Image.Image:
    """Enlarges images below 8 x 8 pixels, the smallest size for which the metric is defined."""
    factor = -(-SMALLEST_SIDE // min(image.size))
    return image if factor == 1 else image.resize((image.width * factor, image.height * factor), Image.Resampling.BOX)


@cache
def _core() -> "vapoursynth.Core":
    if sys.version_info < (3, 12):
        raise MissingPython("Scores need Python 3.12 or newer: VapourSynth has no wheels for older ones.")
    import vapoursynth

    vapoursynth.core.num_threads = 1  # one thread, because CPU times of encoders are measured at the same time
    return vapoursynth.core


@cache
def _to_linear() -> np.ndarray:
    """The linear light of each of the 256 values of sRGB, so that the plugin does not have to guess."""
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def _clip(image: Image.Image) -> "vapoursynth.VideoNode":
    import vapoursynth

    light = _to_linear()[np.asarray(image)]
    blank = _core().std.BlankClip(width=image.width, height=image.height, format=vapoursynth.RGBS, length=1)

    def fill(n: int, f: Any) -> Any:
        frame = f.copy()
        for plane in range(3):
            np.copyto(np.asarray(frame[plane]), light[..., plane])
        frame.props.update(_Transfer=LINEAR, _Matrix=RGB_MATRIX)
        return frame

    return blank.std.ModifyFrame(blank, fill)


def validate(paths: list[Path]) -> None:
    """Prints the scores of each implementation for the same distortions, and their largest difference from `score`."""
    peers = {"reference program": _score_by_program, "Python package": _score_by_package}
    peers = {name: peer for name, peer in peers.items() if _available(name)}
    print("image, distortion: ours" + "".join(f", {name}" for name in peers))
    furthest = dict.fromkeys(peers, 0.0)
    for path in paths:
        with Image.open(path) as opened:
            original = opened.convert("RGB")
        original.thumbnail((768, 768))
        print(f"{path.stem}, none: {score(original, original):.2f}")
        for name, distorted in _distort(original):
            ours, others = score(original, distorted), {at: peer(original, distorted) for at, peer in peers.items()}
            print(f"{path.stem}, {name}: {ours:.2f}" + "".join(f", {other:.2f}" for other in others.values()))
            furthest = {at: max(furthest[at], abs(ours - other)) for at, other in others.items()}
    print("furthest apart: " + ", ".join(f"{name} {points:.2f}" for name, points in furthest.items()))


def _available(name: str) -> bool:
    if name == "reference program":
        return shutil.which("ssimulacra2") is not None
    return importlib.util.find_spec("ssimulacra2") is not None


def _distort(image: Image.Image) -> list[tuple[str, Image.Image]]:
    made = []
    for form, quality in (("JPEG", 20), ("JPEG", 60), ("JPEG", 90), ("WEBP", 40), ("WEBP", 85)):
        out = BytesIO()
        image.save(out, form, quality=quality)
        made.append((f"{form} {quality}", Image.open(out).convert("RGB")))
    return made


def _score_by_program(reference: Image.Image, distorted: Image.Image) -> float:
    return _with_files(reference, distorted, _run_program)


def _score_by_package(reference: Image.Image, distorted: Image.Image) -> float:
    from ssimulacra2 import compute_ssimulacra2

    return _with_files(reference, distorted, compute_ssimulacra2)


def _run_program(reference: str, distorted: str) -> float:
    done = subprocess.run(["ssimulacra2", reference, distorted], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def _with_files(reference: Image.Image, distorted: Image.Image, compare: Any) -> float:
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{name}.png") for name in ("reference", "distorted")]
        for image, path in zip((reference, distorted), paths, strict=True):
            image.save(path, compress_level=1)
        return float(compare(*paths))


if __name__ == "__main__":
    if "--validate" not in sys.argv:
        sys.exit("usage: python -m benchmarks.ssimulacra2 --validate [IMAGE...]")
    validate([Path(path) for path in sys.argv[2:]] or [SAMPLE])
