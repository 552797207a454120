"""Decodes an upload for an upscaling network in a sandbox, because the process with the network has credentials.

The pixels are transferred raw, by mode and rows, so that they needn't be decoded again.
"""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, NonNegativeInt, PositiveInt, ValidationError

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import decode_animation, mend, read_loss
from imgopt.codecs.shared import animation
from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.shared.encoding import Metadata
from imgopt.errors import InvalidImage
from imgopt.imaging.candidates import possible_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import stays_animated, target_format, upscaled_frames
from imgopt.imaging.steps.decode import Decoded, decode
from imgopt.sandbox import forking
from imgopt.sandbox.budget import Budget
from imgopt.settings import settings

if TYPE_CHECKING:
    from PIL.Image import Image

Picture: TypeAlias = Animation | Decoded
REFUSAL = "The file is damaged and can't be decoded, or needs too much memory or time."


class Head(BaseModel):
    """The header before the pixels: bytes of metadata, and the durations of frames in milliseconds.

    `loss` is the loss of the file's coding.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    mode: Literal["L", "LA", "RGB", "RGBA"]
    width: PositiveInt
    height: PositiveInt
    loss: Loss
    durations: list[NonNegativeInt]
    plays: NonNegativeInt = animation.FOREVER
    exif: NonNegativeInt = 0
    xmp: NonNegativeInt = 0

    @property
    def frame_bytes(self) -> int:
        return self.width * self.height * len(self.mode)


def read_sandboxed(
    data: bytes, source: ImageHeader, options: ProcessingSettings, budget: Budget
) -> tuple[Picture, Loss]:
    """Returns all frames of an animation that stays one, else the first frame; the metadata to keep; and the coding's
    loss.

    Raises InvalidImage where the file can't be decoded, TooCostly where the budget is exceeded.
    """
    parameters: dict[str, Any] = {"source": asdict(source), "options": options.model_dump(mode="json")}
    answer = forking.call_forked(f"{__name__}:read", data, budget, settings().stage_seconds, REFUSAL, **parameters)
    line, _, body = answer.partition(b"\n")
    try:
        head = Head.model_validate_json(line)
    except ValidationError as error:
        raise InvalidImage(REFUSAL) from error
    return _unpack(head, memoryview(body), source, options), head.loss


def read(data: bytes, source: dict[str, Any], options: dict[str, Any]) -> bytes:
    """Runs in the child process. Returns the header and the pixels."""
    image, wanted = ImageHeader(**source), ProcessingSettings.model_validate(options)
    sound = mend(data, image.format)
    loss = read_loss(sound, image.format)
    if _stays_animated(image, wanted):
        moving = decode_animation(sound, image.format, wanted.gif_frame_limit)
        return _pack(moving.frames, loss, Metadata(), moving.durations, moving.plays)
    still = decode(sound, image.format, wanted.keep_metadata)
    return _pack((still.image,), loss, still.metadata, (0,), animation.FOREVER)


def _stays_animated(image: ImageHeader, options: ProcessingSettings) -> bool:
    settings_of_all = (each for output in outputs_of(options) for each in possible_settings(image, output))
    return any(stays_animated(image, target_format(image.format, each), each) for each in settings_of_all)


def _pack(frames: "tuple[Image, ...]", loss: Loss, metadata: Metadata, durations: tuple[int, ...], plays: int) -> bytes:
    first = frames[0]
    head = Head(
        mode=first.mode,  # type: ignore[arg-type]  # validated here
        width=first.width,
        height=first.height,
        loss=loss,
        durations=list(durations),
        plays=plays,
        exif=len(metadata.exif),
        xmp=len(metadata.xmp),
    )
    pixels = (frame.tobytes() for frame in frames)
    return b"".join((head.model_dump_json().encode(), b"\n", metadata.exif, metadata.xmp, *pixels))


def _unpack(head: Head, body: memoryview, source: ImageHeader, options: ProcessingSettings) -> Picture:
    """Parses the child's answer, which is not trusted: it must not contain more than was paid for."""
    at, count = head.exif + head.xmp, len(head.durations)
    is_whole = len(body) == at + head.frame_bytes * count
    is_small = head.width * head.height <= source.width * source.height
    if not (is_whole and is_small and 0 < count <= upscaled_frames(source, options)):
        raise InvalidImage(REFUSAL)
    frames = tuple(_frames(head, body[at:]))
    if _stays_animated(source, options):
        return Animation(frames, tuple(head.durations), head.plays)
    return Decoded(frames[0], Metadata(bytes(body[: head.exif]), bytes(body[head.exif : at])))


def _frames(head: Head, pixels: memoryview) -> "Iterator[Image]":
    from PIL import Image

    for start in range(0, len(pixels), head.frame_bytes):
        frame = pixels[start : start + head.frame_bytes]
        yield Image.frombytes(head.mode, (head.width, head.height), frame)
