"""Image URLs signed like those of a site, and rules that accept them."""

from dataclasses import replace
from typing import Any

from imgopt.image_urls.model import ImageUrl, SigningKey, UrlRules
from imgopt.image_urls.parsing import parse
from imgopt.image_urls.presets import build_presets
from imgopt.image_urls.signatures import sign

PAIR = SigningKey(b"a key of sixteen", b"salt")
SOURCE = "plain/https://a.example/b.jpg"


def rules(presets: dict[str, str] | None = None, **changes: Any) -> UrlRules:
    separator = changes.get("separator", ":")
    return replace(UrlRules(keys=(PAIR,)), presets=build_presets(presets or {}, separator), **changes)


def signed(path: str) -> str:
    """The signed path of options and a source, which begin without a slash."""
    return f"/{sign(f'/{path}', PAIR.key, PAIR.salt)}/{path}"


def ask(options: str, by: UrlRules | None = None, source: str = SOURCE) -> ImageUrl:
    return parse(signed(f"{options}/{source}" if options else source), by or rules())
