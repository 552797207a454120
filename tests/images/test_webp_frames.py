"""Frames of animated WebP (RFC 9649, 2.7.1.1), compared with libwebp."""

import pytest
from PIL import Image

from imgopt.codecs.formats import decode_animation
from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.webp import animation as webp_animation
from imgopt.imaging.steps.decode import decode
from tests import pictures

RED, HALF, NOTHING = (220, 30, 30, 255), (0, 0, 200, 128), (0, 0, 0, 0)
RED_BACKGROUND = b"\x1e\x1e\xdc\xff\0\0"


def part(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)


def frame(color: tuple[int, ...], left: int, top: int, *, replaces: bool = False, clears: bool = False) -> bytes:
    """Returns a frame of 2 x 2 pixels that lasts 100 ms."""
    still = pictures.encode(Image.new("RGBA", (2, 2), color), "WEBP", lossless=True, exact=True)
    numbers = b"".join(number.to_bytes(3, "little") for number in (left // 2, top // 2, 1, 1, 100))
    return part(b"ANMF", numbers + bytes((2 * replaces + clears,)) + still[still.index(b"VP8L") :])


def webp(*frames: bytes, flags: int = 0x12) -> bytes:
    """Returns a WebP of 4 x 4 pixels with a background colour. The flags mean an animation with alpha."""
    head = part(b"VP8X", bytes((flags,)) + b"\0\0\0\3\0\0\3\0\0") + part(b"ANIM", RED_BACKGROUND)
    body = b"WEBP" + head + b"".join(frames)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def pixels(data: bytes, number: int, *places: tuple[int, int]) -> list[tuple[int, ...]]:
    shown = decode_animation(data, "webp").frames[number].convert("RGBA")
    return [shown.getpixel(place) for place in places]


def test_background_color_is_ignored_where_nothing_is_drawn():
    assert pixels(webp(frame(RED, 2, 2), frame(RED, 0, 0)), 0, (0, 0), (3, 3)) == [NOTHING, RED]


def test_disposing_to_the_background_clears_to_transparent():
    assert pixels(webp(frame(RED, 2, 2, clears=True), frame(RED, 0, 0)), 1, (3, 3), (0, 0)) == [NOTHING, RED]


def test_frames_are_laid_over_or_replace():
    below = frame(RED, 0, 0)
    ((red, _, blue, alpha),) = pixels(webp(below, frame(HALF, 0, 0)), 1, (0, 0))
    assert (abs(red - 110) <= 1, abs(blue - 115) <= 1, alpha) == (True, True, 255)
    assert pixels(webp(below, frame(HALF, 0, 0, replaces=True)), 1, (0, 0)) == [HALF]


def test_canvas_that_opaque_frames_leave_bare_is_said_to_be_transparent():
    frames = [Image.new("RGBA", (16, 16), RED), Image.new("RGBA", (16, 16))]
    frames[1].paste(RED, (4, 4, 8, 8))
    data = webp_animation.encode_animation(Animation(tuple(frames), (100, 100)), 100).data
    assert pixels(data, 1, (0, 0), (5, 5)) == [NOTHING, RED]


@pytest.mark.parametrize("frames", [(frame(RED, 2, 2), frame(RED, 0, 2)), (frame(RED, 2, 2, clears=True),) * 2])
def test_bare_canvas_is_transparent_where_the_file_does_not_say_that_it_has_alpha(frames):
    data = webp(*frames, flags=0x02)
    assert pixels(data, 0, (0, 0), (3, 3)) == [NOTHING, RED]
    assert decode(data, "webp").image.convert("RGBA").getpixel((0, 0)) == NOTHING
