"""The candidate formats for `auto`."""

from collections.abc import Set as AbstractSet

from imgopt.codecs.capabilities import Content
from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY
from imgopt.errors import InvalidRequest
from imgopt.imaging.accept import accepted_formats
from imgopt.imaging.kinds import DRAWING_ALONE, PHOTO_ALONE, UNDECIDED_STILL
from imgopt.imaging.options import OutputFormat, ProcessingSettings

ANIMATION_ALONE = frozenset({Content.ANIMATION})


def is_auto(options: ProcessingSettings) -> bool:
    return options.output_format is OutputFormat.AUTO


def possible_settings(image: ImageHeader, options: ProcessingSettings) -> tuple[ProcessingSettings, ...]:
    """Returns the settings by which a result may be made, before the pixels are known: one, unless the format is to be
    chosen.

    Raises InvalidRequest where no accepted format can hold the image.
    """
    if not is_auto(options):
        return (options,)
    cases = [(contents, has_alpha) for contents in possible_contents(image, options) for has_alpha in (False, True)]
    found = [each for case in cases for each in candidates_for(image, options, *case)]
    return tuple(dict.fromkeys(found))


def possible_contents(image: ImageHeader, options: ProcessingSettings) -> tuple[AbstractSet[Content], ...]:
    """Returns what the image may contain, judged by its header. An animation stays one where an accepted format can
    hold it.
    """
    holds_animation = any(each.encode_animation for each in _accepted(options))
    return (ANIMATION_ALONE,) if image.frames > 1 and holds_animation else (PHOTO_ALONE, DRAWING_ALONE, UNDECIDED_STILL)


def candidates_for(
    image: ImageHeader, options: ProcessingSettings, contents: AbstractSet[Content], has_alpha: bool
) -> list[ProcessingSettings]:
    """Returns settings for each accepted format that suits any of the contents, the fastest encoders first.

    Where none suits, all formats that can hold the image are returned, or could hold it without alpha. Raises
    InvalidRequest where there is none.
    """
    accepted, source = _accepted(options), FORMATS[image.format]
    if source.vector and source in accepted:
        return [_settings_for(source, options, contents)]
    able = [each for each in accepted if _can_hold(each, contents)]
    if not able:
        raise InvalidRequest(
            "None of the accepted formats can hold this image. Add a format to `accept` or to the Accept header."
        )
    with_alpha = [each for each in able if each.keeps_alpha or not has_alpha]
    suited = [each for each in with_alpha if contents & each.suits]
    ordered = sorted(suited or with_alpha or able, key=lambda each: each.encode_nanoseconds)
    return [_settings_for(each, options, contents) for each in ordered]


def _accepted(options: ProcessingSettings) -> list[Format]:
    names = accepted_formats(options.accept)
    return [each for each in FORMATS.values() if each.name in names]


def _can_hold(target: Format, contents: AbstractSet[Content]) -> bool:
    if Content.ANIMATION in contents:
        return target.encode_animation is not None
    return target.encode is not None and target.vector is None


def _settings_for(target: Format, options: ProcessingSettings, contents: AbstractSet[Content]) -> ProcessingSettings:
    """Returns the settings for a candidate. Animations are kept. JPEGs are not repacked, because pixels are compared.

    Formats that hold drawings best without loss are asked for that, where the picture is surely a drawing.
    """
    known: dict[str, object] = {
        "output_format": OutputFormat(target.name),
        "keep_animation": Content.ANIMATION in contents,
        "accept": None,
        "jpeg_reconstruction": False,
    }
    if contents == DRAWING_ALONE and target.draws_without_loss:
        known |= {"output_quality": LOSSLESS_QUALITY, "output_quality_target": None}
    return options.model_copy(update=known)
