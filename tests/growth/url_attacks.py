"""Image URLs of a wanted length in characters that would make a reader slow.

A whole URL has an end, so its parts are read by themselves, too, as long as they like.
"""

from collections.abc import Callable
from typing import Any

from imgopt.errors import ImgoptError
from imgopt.image_urls import answering, arguments, canonical, keys, parsing, paths, presets, sources
from imgopt.image_urls.allowed_sources import read_allowed
from imgopt.image_urls.model import UrlRules
from imgopt.image_urls.options import apply_all
from imgopt.image_urls.replacements import read_replacements

TRUSTED = "trusted-for-attacks"
Make = Callable[[int], str]
RULES = UrlRules(
    trusted_signatures=keys.read_trusted(TRUSTED),
    replacements=read_replacements("a*b*c*/=${1}${2}/;a*=a"),
    allowed_sources=tuple(map(read_allowed, ("https://*a*a*.example/*a*a*/", "https://a.example/*/*b"))),
    presets=presets.build_presets({"a": "/".join(["w:1"] * 60), "b": "pr:a"}, ":"),
)


def filled(begin: str, part: str, end: str = "") -> Make:
    return lambda size: begin + part * (size // len(part)) + end


def parse_all(path: str) -> object:
    try:
        return canonical.canonical(parsing.parse(f"/{TRUSTED}/{path}", RULES).transform)
    finally:
        paths.mend(f"/{path}")


def read_options(path: str) -> object:
    written, _ = parsing.read_written(f"/{path}", RULES)
    return apply_all(presets.with_presets(written, RULES), RULES)


def read_arguments(text: str) -> None:
    readers: tuple[Callable[[str], Any], ...] = (
        *(arguments.to_whole, arguments.to_number, arguments.to_color, arguments.to_byte, arguments.to_format),
        *(answering.to_text, arguments.show),
    )
    for read in readers:
        try:
            read(text)
        except ValueError:
            continue


def read_source(path: str) -> None:
    for segments in (["plain", *path.split("/")], path.split("/")):
        try:
            sources.resolve_source(sources.decode_source(segments, base64_filename=True)[0], RULES)
        except ImgoptError:
            continue


WHOLE = {
    "options": filled("", "w:1/", "plain/https://a.example/a/b"),
    "presets": filled("pr", ":a", "/plain/https://a.example/a/b"),
    "arguments": filled("fq", ":webp:1", "/plain/https://a.example/a/b"),
    "formats": filled("skp", ":gif", "/plain/https://a.example/a/b"),
    "colons": filled("", "%3A", "/plain/https://a.example/a/b"),
    "slashes": filled("", "/"),
    "base64": filled("w:1/", "aHR0"),
    "a plain source": filled("plain/https://a.example/", "a"),
}
OPTIONS = {"presets": filled("pr", ":b"), "options": filled("", "g:no:1:2/"), "formats": filled("skp", ":gif")}
ARGUMENTS = {
    "digits": filled("", "1"),
    "fractions": filled("1.", "1"),
    "exponents": filled("1e", "1"),
    "letters": filled("", "f"),
    "padding": filled("aHR0", "="),
    "what can't be printed": filled("", "\n"),
}
SOURCES = {
    "wildcards of hosts": filled("https://", "a", ".example/"),
    "wildcards of paths": filled("https://aaa.example/", "a/"),
    "dots": filled("https://aaa.example/aa/", "../"),
    "escapes": filled("https://aaa.example/aa/", "%41"),
    "replacements": filled("", "ab"),
    "schemes": filled("", "a:/"),
    "extensions": filled("https://a.example/", "@"),
    "segments": filled("", "a/"),
    "ports": filled("https://a", ":1"),
    "brackets": filled("https://", "["),
    "letters": filled("https://", "\u00fc"),
}
