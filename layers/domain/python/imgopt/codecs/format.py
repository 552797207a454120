"""The record of a format: how it is recognized and decoded, and its other capabilities, each a function or None.

Each format's folder makes one record, and `imgopt.codecs.formats` lists them. Nothing else depends on a format's name.
Main capabilities have no default, so that a new format has to state each.
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
    """Limits: pixels of one image, frames of an animation, and pixels of all frames of an animation."""

    pixels: int
    frames: int
    animation_pixels: int


@dataclass(frozen=True)
class ImageHeader:
    """Facts from a file's header. Width and height are in pixels with the EXIF orientation applied; `dpi` is None where
    the file doesn't state it.

    `frames` is 1 for a still image; `fps` is the mean of an animation, None for a still image. `has_alpha` and
    `has_gain_map` are what the file declares: all pixels may be opaque, and the map may be unusable. `warning` is a
    sentence for results: the picture is not all that the file contains. `source_type` is a term of IPTC's Digital
    Source Type that names a machine's part, else None. `has_manifest` tells of a C2PA manifest, valid or not.
    `proportion` is the exact width / height of a vector image whose sides aren't whole numbers, else None.
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
    proportion: float | None = None

    @property
    def extension(self) -> str:
        return self.format


@dataclass(frozen=True, kw_only=True)
class Format:
    """`name` is the API's name and the extension of files; `aliases` are other names.

    `matches` recognizes a file by its first bytes. `pillow_name` is "" where Pillow doesn't read the format.

    Decoding: `read_header` reads from the start of a file, and raises TooLarge or InvalidImage. `open_image` opens the
    first picture, not decoded yet. `scan` counts an animation's frames; `decode_animation` keeps at most a number of
    them, each transformed.

    Encoding: qualities are 1 to 100 on the API's scale. `rewrite_animation` returns a smaller animation of the same
    size and at most a number of frames without encoding all of it again, or None. `clean` returns the file with only
    the given metadata and unchanged pixels, or None. `mend` repairs or removes damaged parts that pixels don't need.
    `replaced_by` names the formats that replace a read-only format: without and with alpha.

    Raises ValueError where one of two functions that need each other is missing, so that no service starts with such a
    format.
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

    # Returns several encoders of which any may make the smallest file at a target score.
    choose_encoders: "Callable[[Image], Sequence[Encode]] | None" = None
    # Fast variants for image URLs, without other programs. `open_quickly` opens common files by libvips, at least as
    # large as at a scale, without orientation and colour conversion. It returns None for other files, and raises
    # pyvips' Error for damaged ones.
    encode_quickly: Encode | None = None
    open_quickly: Callable[[bytes, float], Any | None] | None = None
    encode_animation_quickly: "Callable[[Animation, int], Encoding] | None" = None
    # Returns the encoder's own number for a quality. Qualities with equal numbers make equal files.
    native_of: "Callable[[Image], Callable[[int], int]] | None" = None
    # The loss of the whole divided by that of a separately encoded sample: the median over the calibration half.
    loss_by_sample: float = 1.05
    # Bits per sample of a file, where they may be more than 8; and support for keeping them.
    count_bits: Callable[[bytes], int] | None = None
    deep: Deep | None = None
    gain_maps: GainMaps | None = None
    # Returns the coding loss of a file. Without it, files are lossless. Raises InvalidImage where the file is damaged.
    read_loss: Callable[[bytes], Loss] | None = None
    # Encodes a sample faster than the named encoder, with the same pixels.
    encode_sample: "Callable[[Image, int, str], bytes] | None" = None
    # Decodes a still file of this service faster than `open_image`, without metadata.
    decode_made: "Callable[[bytes], Image] | None" = None
    # Approximate CPU nanoseconds per pixel of a photo on one core. Scoring may take a small share of them.
    encode_nanoseconds: float = 100.0
    # Approximate bits per pixel of a photo at quality 80: medians of eight photos of 0.3 megapixels.
    photo_bits: float | None = None
    # Approximate bytes of a file of one pixel, the smallest there is.
    least_bytes: int = 1
    decode_nanoseconds: float = 10.0
    # Raises InvalidImage where the decoded pixels of a file are incomplete.
    check_decoded: "Callable[[bytes, Image], None] | None" = None
    # The maximum bytes of metadata of one kind, and the kinds that a file of one picture can hold.
    longest_metadata: int = NO_LIMIT
    metadata_kinds: frozenset[str] = frozenset({"EXIF", "XMP", "IPTC"})
    # `read_embedded` returns other relevant contents, with no further errors than `read_header`. `write_xmp` replaces
    # the XMP of a finished file, and returns None where it can't.
    read_embedded: Callable[[BinaryIO], Embedded] | None = None
    write_xmp: Callable[[bytes, bytes], bytes | None] | None = None
    # Returns the file in a container, which can hold metadata, for formats with a bare form.
    contain: Callable[[bytes], bytes] | None = None
    # Returns the file with new checksums after its signature was inserted.
    renew_checksums: Callable[[bytes], bytes] | None = None
    packing: Packing | None = None
    # The contents for which it may be the smallest format at equal scores, drawings perhaps lossless; and whether every
    # current browser shows it.
    suits: frozenset[Content] = frozenset()
    draws_without_loss: bool = False
    is_shown_everywhere: bool = False
    # Returns the file without hidden bytes behind its compressed pixels; None where that is impossible.
    trim: Callable[[bytes], bytes | None] | None = None
    # Adds metadata to a finished animation without any.
    insert_metadata: Callable[[bytes, Metadata], bytes] | None = None
    # The largest number of pixels: of a side, of a lossless picture, and of one with alpha.
    largest_side: int = NO_LIMIT
    largest_lossless: int = NO_LIMIT
    largest_alpha: int = NO_LIMIT
    keeps_alpha: bool = True
    # Whether encoders make each pixel opaque or transparent.
    hardens_alpha: bool = False
    # Bytes of memory per pixel of each frame while an animation is encoded.
    frame_bytes: int = 4
    # Whether decoding takes only a few bytes per pixel for every file.
    decodes_lean: bool = False
    # Whether encoders start other programs, which the sandbox must allow.
    runs_programs: bool = False
    # Whether answers for uploads contain the number of frames.
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
        """The file extension, which is the name."""
        return self.name
