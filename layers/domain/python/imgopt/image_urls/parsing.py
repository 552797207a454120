"""Parses an image URL by the operator's rules."""

from collections.abc import Sequence
from dataclasses import replace

from imgopt.errors import ForbiddenImageUrl, InvalidImageUrl
from imgopt.image_urls.arguments import to_format
from imgopt.image_urls.model import ImageUrl, RequestedOptions, UrlRules, WrittenOption
from imgopt.image_urls.options import PRESET, PRESET_NAMES, apply_all
from imgopt.image_urls.paths import split_segments, split_signature
from imgopt.image_urls.presets import read_option, with_presets
from imgopt.image_urls.signatures import UNSIGNED_NAME, find_signer
from imgopt.image_urls.sources import decode_source, resolve_source


def parse(raw_path: str, rules: UrlRules) -> ImageUrl:
    """Parses `/{signature}/{options}/{source}`. `raw_path` is still percent-encoded, and decoded as UTF-8.

    Raises ForbiddenImageUrl where the signature is wrong or a limit may not be set, and InvalidImageUrl where the URL
    is malformed or has expired.
    """
    signature, path = split_signature(raw_path)
    signer = find_signer(signature, path, rules)
    written, segments = read_written(path, rules)
    source, extension = decode_source(segments, base64_filename=rules.base64_filename)
    if signer == UNSIGNED_NAME:
        _check_unsigned(written, extension, rules)
    requested = _with_extension(apply_all(with_presets(written, rules), rules), extension)
    return ImageUrl(requested.transform, requested.response, resolve_source(source, rules), requested.limits, signer)


def read_written(path: str, rules: UrlRules) -> tuple[Sequence[WrittenOption], Sequence[str]]:
    """Returns the options as written, and the segments of the source. Raises InvalidImageUrl."""
    if rules.only_presets:
        names, *segments = path.removeprefix("/").split("/")
        return [WrittenOption(PRESET, tuple(names.split(rules.separator)))], segments
    options, source = split_segments(path, rules.separator)
    return [read_option(each, rules.separator) for each in options], source


def _with_extension(requested: RequestedOptions, extension: str) -> RequestedOptions:
    """Applies the extension as a format. The option `format` overrides it; with `raw` it is ignored."""
    if not extension or requested.response.raw:
        return requested
    try:
        return replace(requested, transform=replace(requested.transform, format=to_format(extension)))
    except ValueError as error:
        raise InvalidImageUrl(f"Invalid URL: the extension {error}.") from error


def _check_unsigned(written: Sequence[WrittenOption], extension: str, rules: UrlRules) -> None:
    """Raises ForbiddenImageUrl unless the options are one unsigned preset, which limits the variants of a source."""
    names = [name for each in written if each.name in PRESET_NAMES for name in each.arguments]
    is_one = len(written) == len(names) == 1 and not extension
    if not is_one or names[0] not in rules.unsigned_presets:
        known = ", ".join(sorted(rules.unsigned_presets))
        raise ForbiddenImageUrl(f"Forbidden: without a signature, exactly one of these presets may be used: {known}.")
