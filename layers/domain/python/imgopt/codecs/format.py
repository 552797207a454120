"""What a format is: how it is told and read, and for all else that can be done with one, by what, or None.

Each format's folder makes one such record, and `imgopt.codecs.formats` lists them. Nothing else depends on a format's
name. What a format can do has no default, so that a new one says of everything whether it can.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from imgopt.codecs.capabilities import Content, Deep, GainMaps, ImageSet, Loss, Packing, Scan, Vector
from imgopt.codecs.recognition import Recognizer
from imgopt.codecs.shared.encoding import Encoding, Metadata
from imgopt.codecs.shared.provenance import Embedded

if TYPE_CHECKING:
    from PIL.Image import Image

    from imgopt.codecs.shared.animation import Animation

NO_LIMIT = 2**31 - 1

Transform = Callable[["Image"], "Image"]
Encode = Callable[["Image", int, Metadata], Encoding]


@dataclass(frozen=True)
class Limits:
    """What is taken at most: pixels of one image, frames of an animation, pixels of all its frames."""

    pixels: int
    frames: int
    animation_pixels: int


@dataclass(frozen=True)
class ImageHeader:
    """Width and height in pixels as seen, with the EXIF orientation applied; `dpi` where the file states it.

    `frames` is 1 for a still image; `fps` is the mean over an animation, None for a still one. `has_alpha` is what the
    file declares, though all of its pixels may be opaque; so is `has_gain_map`, be it a map that can be kept or not.
    `warning` is what is to be said of a result, in a sentence: that the picture is not all that the file holds.
    `source_type` is a term of IPTC's Digital Source Type where that tells of a machine's part in it, else None;
    `has_manifest` whether the file has a C2PA manifest, be it valid or not.
    """

    format: str
    mime_type: str
    width: int
    height: int
    dpi: int | None = None
    frames: int = 1
    fps: float | None = None
    has_alpha: bool = False
    has_gain_map: bool = False
    warning: str | None = None
    source_type: str | None = None
    has_manifest: bool = False

    @property
    def extension(self) -> str:
        return self.format


@dataclass(frozen=True, kw_only=True)
class Format:
    """`name` is what the API calls it and the extension of its files, `aliases` are what else it is called.

    `matches` tells it by a file's head. `pillow_name` is empty where Pillow doesn't read it.

    Reading: `read_header` begins at a file's start, and raises TooLarge or InvalidImage; `open_image` opens a file's
    first picture, not decoded yet; `scan` and `decode_animation` are for more than one; of that, at most so many frames
    are kept, each transformed.
    Writing: by a quality of 1-100 on the API's scale. `rewrite_animation` makes an animation of the same size and at
    most so many frames without drawing all anew; its answer is None where it can't. `clean` takes out all metadata but
    what is given, with the pixels untouched; its answer is None where it can't. `mend` leaves out or puts right what is
    damaged and doesn't matter to the pixels, before they are read or a file is given back.
    `replaced_by` has the names of what is written in place of a format that is only read: without and with alpha.

    Raises ValueError where one half of what belongs together is missing: no service starts with such a format.
    """

    name: str
    label: str
    mime_type: str
    matches: Recognizer
    aliases: tuple[str, ...] = ()
    pillow_name: str

    read_header: "Callable[[BinaryIO, Format, Limits], ImageHeader]"
    open_image: "Callable[[bytes], Image] | None"
    scan: Scan | None
    decode_animation: "Callable[[bytes, int | None, Transform | None], Animation] | None"
    vector: Vector | None

    encode: Encode | None
    encode_set: ImageSet | None
    encode_animation: "Callable[[Animation, int], Encoding] | None"
    rewrite_animation: Callable[[bytes, int, int | None], Encoding | None] | None
    clean: Callable[[bytes, Metadata], bytes | None] | None
    mend: Callable[[bytes], bytes] | None
    replaced_by: tuple[str, str] | None

    # Those of which one makes the smallest file of a picture at a score that is asked for, where there are several.
    choose_encoders: "Callable[[Image], Sequence[Encode]] | None" = None
    # Where somebody waits for the file: written in about the time that other encoders take, without programs; an
    # ordinary one opened by libvips, at least as large as it is at a scale, not turned and in its own colours. That is
    # None for others, and raises pyvips' Error for what is damaged.
    encode_quickly: Encode | None = None
    open_quickly: Callable[[bytes, float], Any | None] | None = None
    encode_animation_quickly: "Callable[[Animation, int], Encoding] | None" = None
    # The encoder's own number of a quality, for a picture: equal ones make equal files.
    native_of: "Callable[[Image], Callable[[int], int]] | None" = None
    # How many times as much a whole has lost as a sample of it that is encoded apart: the median over the calibration
    # half.
    loss_by_sample: float = 1.05
    # Bits of a file's samples, where they may be more than eight, and what can be done without cutting them.
    count_bits: Callable[[bytes], int] | None = None
    deep: Deep | None = None
    gain_maps: GainMaps | None = None
    # What a file's coding has cost; without it, no file has lost anything. Raises InvalidImage where it is damaged.
    read_loss: Callable[[bytes], Loss] | None = None
    # Writes a sample as the encoder of that name has written the whole, sooner: only its pixels count.
    encode_sample: "Callable[[Image, int, str], bytes] | None" = None
    # Decodes a still file that was made here sooner than `open_image` opens one, for its pixels alone.
    decode_made: "Callable[[bytes], Image] | None" = None
    # CPU nanoseconds that a pixel of a photo takes on one core, about: a score costs a small part of them.
    encode_nanoseconds: float = 100.0
    # Bits that a pixel of a photo takes at quality 80, about: medians of eight photos of 0.3 megapixels.
    photo_bits: float | None = None
    # Of the file of one pixel, about: there is none with less.
    least_bytes: int = 1
    decode_nanoseconds: float = 10.0
    # Raises InvalidImage where the pixels that were decoded of a file aren't all that there should be.
    check_decoded: "Callable[[bytes, Image], None] | None" = None
    # Bytes of each kind of metadata that a file of one picture can hold, and of which kinds there can be some.
    longest_metadata: int = NO_LIMIT
    metadata_kinds: frozenset[str] = frozenset({"EXIF", "XMP", "IPTC"})
    # What a file holds beside pictures, as far as it matters, and raises nothing that `read_header` doesn't; puts XMP
    # into a finished file, in place of what there is, with all else as it is, or None where it can't.
    read_embedded: Callable[[BinaryIO], Embedded] | None = None
    write_xmp: Callable[[bytes, bytes], bytes | None] | None = None
    # The same file in a container, where it may be without one, which holds more than pixels.
    contain: Callable[[bytes], bytes] | None = None
    # The same file with checksums that fit a manifest whose signature was put in later.
    renew_checksums: Callable[[bytes], bytes] | None = None
    packing: Packing | None = None
    # What it may hold in fewer bytes than others at the same score, drawings perhaps without loss; and whether every
    # browser of today shows it.
    suits: frozenset[Content] = frozenset()
    draws_without_loss: bool = False
    is_shown_everywhere: bool = False
    # The same file without bytes behind its compressed pixels, where no decoder looks; None where it can't be so.
    trim: Callable[[bytes], bytes | None] | None = None
    # Puts metadata into a finished animation that has none.
    insert_metadata: Callable[[bytes, Metadata], bytes] | None = None
    # Pixels of a side, of a picture without loss, and of one with alpha.
    largest_side: int = NO_LIMIT
    largest_lossless: int = NO_LIMIT
    largest_alpha: int = NO_LIMIT
    keeps_alpha: bool = True
    # Bytes of memory for each pixel of each frame of an animation while it is written.
    frame_bytes: int = 4
    # Whether a few bytes a pixel are all that decoding takes, whatever a file says.
    decodes_lean: bool = False
    # Whether encoders are programs of their own, which a confined process has to be allowed to start.
    runs_programs: bool = False
    # Whether uploads are told the number of their frames by the API's field for it.
    tells_frames: bool = False

    def __post_init__(self) -> None:
        for is_complete, needed in (
            ((self.open_image is None) != (self.vector is None), "open_image or vector, and not both"),
            ((self.encode is None) != (self.replaced_by is None), "encode or replaced_by, and not both"),
            ((self.scan is None) == (self.decode_animation is None), "scan and decode_animation, or neither"),
            (self.scan or not self.encode_animation, "scan and decode_animation, as it has encode_animation"),
            (self.encode or not (self.encode_set or self.encode_animation), "encode, as it is written"),
        ):
            if not is_complete:
                raise ValueError(f"{self.label} needs {needed}.")

    @property
    def extension(self) -> str:
        """The same as the name, as for `ImageHeader`."""
        return self.name
