"""`python -m benchmarks.crops` counts the crops that keep a face, for benchmarks/CROPS.md.

Each picture with a face of at least 1 % of its area is cropped to five shapes. A crop keeps the largest face if it
contains 95 % of the area that was marked by hand.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median

from PIL import Image

from benchmarks.labelled.pictures import Face, Picture, read_pictures
from imgopt.imaging.focus import choose_focus
from imgopt.imaging.geometry import CENTER, Size, cuts, place, shares_kept
from imgopt.imaging.options import ResizeBehavior

SHAPES = {
    "1:1": Size(600, 600),
    "16:9": Size(1600, 900),
    "9:16": Size(900, 1600),
    "3:1": Size(1200, 400),
    "1:3": Size(400, 1200),
}
ENOUGH_OF_FACE = 0.95
Choose = Callable[[Image.Image, tuple[float, float]], tuple[float, float]]
WAYS: dict[str, Choose] = {
    "the middle": lambda _image, _shares: CENTER,
    "what stands out": lambda image, shares: choose_focus([image], shares, keep_faces=False),
    "faces first": lambda image, shares: choose_focus([image], shares, keep_faces=True),
}


@dataclass(frozen=True)
class Crop:
    picture: Picture
    image: Image.Image
    shape: str

    @property
    def source(self) -> Size:
        return Size(*self.image.size)

    def keeps(self, choose: Choose) -> bool:
        canvas = SHAPES[self.shape]
        focus = choose(self.image, shares_kept(self.source, canvas))
        left, top, right, bottom = place(self.source, canvas, ResizeBehavior.CROP, focus).box
        width, height = self.image.size
        return share_inside(self.picture.faces[0], (left / width, top / height, right / width, bottom / height)) >= (
            ENOUGH_OF_FACE
        )

    @property
    def can_keep(self) -> bool:
        """Whether a crop of this shape can contain the face."""
        across, down = shares_kept(self.source, SHAPES[self.shape])
        left, top, right, bottom = self.picture.faces[0]
        return min(1, across / (right - left)) * min(1, down / (bottom - top)) >= ENOUGH_OF_FACE


def share_inside(face: Face, box: Face) -> float:
    width = min(face[2], box[2]) - max(face[0], box[0])
    height = min(face[3], box[3]) - max(face[1], box[1])
    return max(0, width) * max(0, height) / ((face[2] - face[0]) * (face[3] - face[1]))


def main() -> None:
    for report in (False, True):
        print(f"\n{'nothing was tuned on these' if report else 'for tuning'}\n")
        crops = list(_crops(report=report))
        pictures, possible = {each.picture.name for each in crops}, sum(each.can_keep for each in crops)
        print(f"{len(crops)} crops of {len(pictures)} pictures, of which {possible} can keep the face")
        print("\n| crop around | " + " | ".join(SHAPES) + " | all |\n" + "|---" * (len(SHAPES) + 2) + "|")
        for name, choose in WAYS.items():
            kept = [each.shape for each in crops if each.keeps(choose)]
            of = [f"{kept.count(shape)} of {sum(each.shape == shape for each in crops)}" for shape in SHAPES]
            print(f"| {name} | {' | '.join(of)} | {len(kept)} |")
        print(f"\nCPU time of looking for faces, an image: {_measure(crops) * 1e3:.0f} ms (median)")


def _crops(*, report: bool) -> Iterator[Crop]:
    for picture in read_pictures(report=report):
        if picture.faces:
            image = picture.open()
            for shape, canvas in SHAPES.items():
                if cuts(Size(*image.size), canvas, ResizeBehavior.CROP):
                    yield Crop(picture, image, shape)


def _measure(crops: list[Crop]) -> float:
    """The additional CPU time of `faces first`, measured alternately."""
    more = []
    for each in crops:
        shares = shares_kept(each.source, SHAPES[each.shape])
        spent = []
        for name in ("what stands out", "faces first"):
            began = time.process_time()
            WAYS[name](each.image, shares)
            spent.append(time.process_time() - began)
        more.append(spent[1] - spent[0])
    return median(more)


if __name__ == "__main__":
    main()
