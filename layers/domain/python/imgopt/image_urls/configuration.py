"""The rules of image URLs, from the settings, and from Secrets Manager, where keys can be replaced."""

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from imgopt.errors import ForbiddenImageUrl, NotConfigured
from imgopt.image_urls.allowed_sources import read_allowed
from imgopt.image_urls.keys import read_keys, read_trusted
from imgopt.image_urls.model import ImageUrl, UrlRules
from imgopt.image_urls.options import BY_NAME, PRESET_NAMES, full_name
from imgopt.image_urls.parsing import parse
from imgopt.image_urls.presets import build_presets, check_presets
from imgopt.image_urls.replacements import read_replacements
from imgopt.image_urls.sources import check_base, check_own_image
from imgopt.settings import settings
from imgopt.settings.image_urls import ImageUrlSettings

T = TypeVar("T")
NO_IMAGE_URLS = "Image URLs are not set up."
URL_SETTINGS = tuple(ImageUrlSettings.model_fields)
KEPT_SECRETLY = ("keys", "salts", "trusted_signatures")
NO_SECRETS = ("", "", "")
Secrets = tuple[str, ...]


def read_image_url(raw_path: str) -> ImageUrl:
    """Parses an image URL by the present rules. Raises NotConfigured, Unavailable, and the errors of `parse`.

    Where a signature doesn't match, the key may have been replaced: it is read again, at most once a minute.
    """
    try:
        return parse(raw_path, rules())
    except ForbiddenImageUrl:
        if not settings().url_secret_arn:
            raise
        return parse(raw_path, rules(renewed=True))


def rules(*, renewed: bool = False) -> UrlRules:
    """Returns the rules. Raises NotConfigured where no URL could be valid, and Unavailable where the keys can't be
    read.
    """
    if not are_set_up():
        raise NotConfigured(NO_IMAGE_URLS)
    try:
        return _build(_values(), _read_secrets(renewed=renewed))
    except ValueError as error:
        raise NotConfigured(f"{NO_IMAGE_URLS} {error}") from error


def rules_of_presets() -> UrlRules:
    """Returns the rules without the keys, for callers that only need presets."""
    return _build(_values(), NO_SECRETS)


def check_rules() -> None:
    """Raises ValueError for invalid settings, with a sentence that names the setting."""
    config = settings()
    _build(_values(), (config.url_keys, config.url_salts, config.url_trusted_signatures))
    _named("URL_WATERMARK", check_own_image, config.url_watermark)
    _named("URL_FALLBACK", check_own_image, config.url_fallback)


def are_set_up() -> bool:
    config = settings()
    return any((config.url_keys, config.url_trusted_signatures, config.url_secret_arn, config.url_unsigned_presets))


def _values() -> tuple[Any, ...]:
    config = settings()
    return tuple(getattr(config, name) for name in URL_SETTINGS)


def _read_secrets(*, renewed: bool) -> Secrets:
    config = settings()
    if not config.url_secret_arn:
        return config.url_keys, config.url_salts, config.url_trusted_signatures
    from imgopt.storage import secrets  # imported late, because its imports take longer than this whole package

    read = secrets.renew if renewed else secrets.read
    return _parse_secret(read(config.url_secret_arn))


@lru_cache(maxsize=4)
def _parse_secret(text: str) -> Secrets:
    found: dict[str, str] = json.loads(text)
    return tuple(str(found.get(name, "")) for name in KEPT_SECRETLY)


@lru_cache(maxsize=8)
def _build(values: tuple[Any, ...], secrets: Secrets) -> UrlRules:
    known = ImageUrlSettings.model_construct(**dict(zip(URL_SETTINGS, values, strict=True)))
    keys, salts, trusted = secrets
    built = UrlRules(
        keys=_named("URL_KEYS", read_keys, keys, salts),
        signature_size=known.url_signature_size,
        trusted_signatures=_named("URL_TRUSTED_SIGNATURES", read_trusted, trusted),
        unsigned_presets=frozenset(known.url_unsigned_presets),
        separator=known.url_arguments_separator,
        presets=_named("PRESETS", build_presets, dict(known.presets), known.url_arguments_separator),
        only_presets=known.url_only_presets,
        allowed_options=_named("URL_ALLOWED_OPTIONS", _read_options, known.url_allowed_options),
        allow_security_options=known.url_allow_security_options,
        base64_filename=known.url_base64_filename,
        base=_named("URL_BASE", check_base, known.url_base),
        replacements=_named("URL_REPLACEMENTS", read_replacements, known.url_replacements),
        allowed_sources=tuple(_named("URL_ALLOWED_SOURCES", read_allowed, each) for each in known.url_allowed_sources),
    )
    _named("PRESETS", check_presets, built)
    _named("URL_UNSIGNED_PRESETS", _check_unsigned, built)
    return built


def _read_options(names: tuple[str, ...]) -> frozenset[str]:
    if unknown := [name for name in names if name not in (*BY_NAME, *PRESET_NAMES)]:
        raise ValueError(f"there is no option {unknown[0]}")
    return frozenset(map(full_name, names))


def _check_unsigned(built: UrlRules) -> None:
    """Raises ValueError for unsigned presets without allowed sources: everyone could have any image of the web
    processed.
    """
    if unknown := sorted(built.unsigned_presets - built.presets.keys()):
        raise ValueError(f"there is no preset {unknown[0]}")
    if built.unsigned_presets and not built.allowed_sources:
        raise ValueError("IMGOPT_URL_ALLOWED_SOURCES must be set too")


def _named(setting: str, read: Callable[..., T], *given: object) -> T:
    try:
        return read(*given)
    except ValueError as error:
        raise ValueError(f"IMGOPT_{setting}: {str(error).removesuffix('.')}.") from error
