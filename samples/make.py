"""Draws the sample photo and the sample animation: `python samples/make.py`. Needs NumPy and Pillow.

The screenshot is of samples/screenshot.html, taken by a headless browser at 1280 x 800.
"""

from pathlib import Path

import numpy as np
from PIL import Image

HERE = Path(__file__).parent
MAP = 2048
RANDOM = np.random.default_rng(7)


def main() -> None:
    landscape(1600, 1066).save(HERE / "landscape.jpg", quality=95, subsampling=0, dpi=(300, 300))
    frames = [lissajous(240, phase) for phase in np.linspace(0, 2 * np.pi, 24, endpoint=False)]
    frames[0].save(HERE / "spinner.gif", save_all=True, append_images=frames[1:], duration=50, loop=0)


def noise(size: int, octaves: int, decay: float = 0.5) -> np.ndarray:
    """Fractal value noise in 0..1, tileable."""
    total = np.zeros((size, size))
    for octave in range(octaves):
        cells = RANDOM.random((2 ** (octave + 2),) * 2)
        tiled = np.pad(cells, ((0, 1), (0, 1)), mode="wrap")
        layer = Image.fromarray(tiled.astype("float32")).resize((size, size), Image.Resampling.BICUBIC)
        total += np.asarray(layer) * decay**octave
    return (total - total.min()) / np.ptp(total)


def landscape(width: int, height: int) -> Image.Image:
    """Hills under a sky, drawn column by column from near to far."""
    ground = noise(MAP, 9, 0.46) ** 1.5
    color = ground_color(ground)
    picture = sky(width, height)
    lowest = np.full(width, height)
    for depth in np.geomspace(150, 1500, 1400):
        across = (np.linspace(-0.75, 0.75, width) * depth + 640) * MAP / 1024
        row, columns = int((depth * 0.9 + 380) * MAP / 1024) % MAP, across.astype(int) % MAP
        top = height * 0.42 + (300 - 430 * ground[row, columns]) * 0.7 * width / depth
        top = np.clip(top, 0, height).astype(int)
        haze = np.exp(-depth / 900)
        shade = color[row, columns] * haze + np.array([190, 205, 226]) * (1 - haze)
        for x in np.flatnonzero(top < lowest):
            picture[top[x] : lowest[x], x] = shade[x]
            lowest[x] = top[x]
    grain = RANDOM.normal(0, 3.0, picture.shape[:2])[..., None]
    return Image.fromarray(np.clip(picture + grain, 0, 255).astype("uint8"))


def ground_color(ground: np.ndarray) -> np.ndarray:
    slope_y, slope_x = np.gradient(ground * 330)
    light = np.clip(0.72 - 0.45 * slope_x + 0.25 * slope_y, 0.18, 1.35)[..., None]
    grass, rock, snow = np.array([96, 124, 58]), np.array([128, 112, 96]), np.array([238, 240, 246])
    patches = noise(ground.shape[0], 9, 0.7)[..., None]
    base = grass * (0.7 + 0.6 * patches)
    rocky = np.clip((ground[..., None] - 0.42) * 7 + (patches - 0.5) * 2, 0, 1)
    snowy = np.clip((ground[..., None] - 0.68) * 9 + (patches - 0.5) * 2, 0, 1)
    return ((base * (1 - rocky) + rock * rocky) * (1 - snowy) + snow * snowy) * light


def sky(width: int, height: int) -> np.ndarray:
    down = np.linspace(0, 1, height)[:, None, None]
    blue = np.array([74, 128, 196]) * (1 - down) ** 1.5 + np.array([206, 218, 232]) * (1 - (1 - down) ** 1.5)
    clouds = Image.fromarray(noise(512, 7, 0.5).astype("float32")).resize((width, height), Image.Resampling.BICUBIC)
    cover = np.clip((np.asarray(clouds)[..., None] - 0.5) * 3.2, 0, 0.9) * (1 - down * 0.8)
    return np.broadcast_to(blue, (height, width, 3)) * (1 - cover) + np.array([250, 250, 252]) * cover


def lissajous(size: int, phase: float) -> Image.Image:
    """One frame: a glowing curve that turns."""
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    glow = np.zeros((size, size))
    for t in np.linspace(0, 2 * np.pi, 260):
        distance = (x - 0.4 * np.sin(3 * t + phase)) ** 2 + (y - 0.4 * np.sin(2 * t)) ** 2
        glow = np.maximum(glow, np.exp(-distance * 2600) * (0.55 + 0.45 * np.cos(t - phase)))
    rgb = np.stack([30 + 225 * glow, 26 + 150 * glow**1.5, 48 + 170 * glow**0.6], -1)
    return Image.fromarray(rgb.clip(0, 255).astype("uint8")).quantize(64, dither=Image.Dither.FLOYDSTEINBERG)


if __name__ == "__main__":
    main()
