"""`python -m benchmarks.upscale_pictures` draws crops side by side into docs/pictures/upscaling.png."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from benchmarks.upscale_networks import ANIMEVIDEO, PHOTO_1
from benchmarks.upscale_quality import LANCZOS, OURS, PIXEL_ART, Trial
from gpu_container.models.building import ensure_network
from gpu_container.models.selection import for_cpu
from local.environment import ROOT

TARGET = ROOT / "docs" / "pictures" / "upscaling.png"
WIDTH, HEIGHT, GAP, LINE, COLORS = 180, 130, 6, 14, 256


@dataclass(frozen=True)
class Example:
    """A crop. `left` and `top` are pixels of the original; `before` is the network that enlarged it before."""

    trial: Trial
    left: int
    top: int
    before: str

    def draw(self) -> Image.Image:
        """Draws four crops in a row, each with its name."""
        trial, row = self.trial, Image.new("RGB", (4 * (WIDTH + GAP), HEIGHT + LINE), "white")
        ways = {LANCZOS: LANCZOS, f"before: {self.before}": self.before, OURS: OURS}
        title = f"{trial.factor}x, {trial.coding}"
        for column, (name, way) in enumerate({f"original ({title})": None, **ways}.items()):
            image = trial.enlarge(way) if way else trial.original
            crop = image.crop((self.left, self.top, self.left + WIDTH, self.top + HEIGHT))
            row.paste(crop, (column * (WIDTH + GAP), LINE))
            ImageDraw.Draw(row).text((column * (WIDTH + GAP), 1), name, fill="black")
        return row


EXAMPLES = (
    Example(Trial("startbootstrap-landing-page-testimonials-2", 2, "JPEG 80"), 30, 25, PHOTO_1.label),
    Example(Trial("startbootstrap-landing-page-testimonials-2", 2, "JPEG 60"), 30, 25, PHOTO_1.label),
    Example(Trial("scikit-image-chelsea", 3, "clean"), 120, 80, PHOTO_1.label),
    Example(Trial("node-red-node-ui-table-ui-table-custom", 2, "clean"), 200, 120, ANIMEVIDEO.label),
    Example(Trial("iobroker.echarts-radar", 2, "JPEG 60"), 200, 100, ANIMEVIDEO.label),
    Example(Trial("cartopy-test_grid_labels_inline_usa_AlbersEqualArea", 2, "JPEG 80"), 300, 250, ANIMEVIDEO.label),
    Example(Trial("flag-icons-ec", 4, "clean"), 200, 150, ANIMEVIDEO.label),
    Example(Trial(PIXEL_ART, 3, "clean"), 100, 150, ANIMEVIDEO.label),
)


def main() -> None:
    ensure_network(for_cpu())
    rows = [example.draw() for example in EXAMPLES]
    sheet = Image.new("RGB", (rows[0].width, len(rows) * (rows[0].height + GAP)), "white")
    for number, row in enumerate(rows):
        sheet.paste(row, (0, number * (row.height + GAP)))
    sheet.quantize(COLORS, dither=Image.Dither.NONE).save(TARGET, optimize=True)
    print(f"{TARGET}: {TARGET.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
