"""Moves a crop so that the faces in it are whole."""

from collections.abc import Iterator, Sequence

from imgopt.detection.boxes import Box

# Margins above, beside and below a face, in its height and width. The detected box begins at the brows.
ABOVE, BESIDE, BELOW = 0.6, 0.35, 0.35
# The begin and end of a face along one side of a picture, 0 to 1.
FaceSpan = tuple[float, float]


def hold_faces(faces: Sequence[Box], shares: tuple[float, float], focus: tuple[float, float]) -> tuple[float, float]:
    """Returns the centre of the crop nearest to `focus` that contains the most, and then the largest, faces.

    All values are fractions of the picture, 0 to 1. `shares` are the fractions of width and height that the crop keeps.
    """
    areas = [face.area for face in faces]
    across = _hold([(face.left, face.right) for face in faces], areas, (BESIDE, BESIDE), shares[0], focus[0])
    down = _hold([(face.top, face.bottom) for face in faces], areas, (ABOVE, BELOW), shares[1], focus[1])
    return across, down


def _hold(spans: Sequence[FaceSpan], areas: Sequence[float], room: FaceSpan, share: float, middle: float) -> float:
    """Returns the centre along one side, with margins around the faces as far as there is room."""
    held = _choose(spans, areas, share)
    face = _join([spans[number] for number in held])
    wide = _join([_widen(spans[number], room) for number in held])
    begin = min(max(middle - share / 2, 0), 1 - share)
    return _move(_move(begin, share, wide), share, face) + share / 2


def _move(begin: float, share: float, span: FaceSpan) -> float:
    """Returns the begin of a crop that contains the span. A longer span has the same centre."""
    if span[1] - span[0] > share:
        return (sum(span) - share) / 2
    return min(max(begin, span[1] - share), span[0])


def _choose(spans: Sequence[FaceSpan], areas: Sequence[float], share: float) -> list[int]:
    """Returns the indexes of the faces to keep: the most, then the largest; the largest one where none fits."""
    sets = [held for held in _find_held(spans, share) if held]
    if not sets:
        return [max(range(len(spans)), key=areas.__getitem__)]
    return max(sets, key=lambda held: (len(held), sum(areas[number] for number in held)))


def _find_held(spans: Sequence[FaceSpan], share: float) -> Iterator[list[int]]:
    """Yields the sets of faces that a crop can contain: those of each crop that begins where a face begins."""
    for begin, _ in spans:
        yield [number for number, span in enumerate(spans) if begin <= span[0] and span[1] <= begin + share]


def _widen(span: FaceSpan, room: FaceSpan) -> FaceSpan:
    length = span[1] - span[0]
    return max(0.0, span[0] - room[0] * length), min(1.0, span[1] + room[1] * length)


def _join(spans: Sequence[FaceSpan]) -> FaceSpan:
    return min(begin for begin, _ in spans), max(end for _, end in spans)
