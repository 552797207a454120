"""Presets: named lists of options, which operators define."""

from collections.abc import Iterable, Iterator, Mapping

from imgopt.errors import ImgoptError, InvalidImageUrl
from imgopt.image_urls.arguments import show
from imgopt.image_urls.model import Preset, UrlRules, WrittenOption
from imgopt.image_urls.options import MOST_APPLIED, PRESET_NAMES, apply_all, full_name

# The preset that applies to every URL, before its options.
DEFAULT_PRESET = "default"
# A quarter of the options of a URL.
LARGEST_PRESET = MOST_APPLIED // 4


def build_presets(texts: Mapping[str, str], separator: str) -> dict[str, Preset]:
    """Parses presets. Raises ValueError, with a sentence, for an invalid one, or one that contains itself."""
    written = {name: _split(name, text, separator) for name, text in texts.items()}
    expanded = {name: tuple(_expand(name, written, ())) for name in written}
    first = expanded.get(DEFAULT_PRESET, ())
    with_default = {name: each if name == DEFAULT_PRESET else (*first, *each) for name, each in expanded.items()}
    return {name: Preset(_to_text(with_default[name], separator), expanded[name]) for name in written}


def _to_text(options: Iterable[WrittenOption], separator: str) -> str:
    return "/".join(separator.join((each.name, *each.arguments)) for each in options)


def check_presets(rules: UrlRules) -> None:
    """Raises ValueError for a preset that no URL could use."""
    for name, preset in rules.presets.items():
        try:
            apply_all(preset.options, rules)
        except ImgoptError as error:
            raise ValueError(f"the preset {name}: {str(error).removeprefix('Invalid URL: ')}") from error


def read_option(segment: str, separator: str) -> WrittenOption:
    name, *arguments = segment.split(separator)
    return WrittenOption(name, tuple(arguments))


def with_presets(written: Iterable[WrittenOption], rules: UrlRules) -> Iterator[WrittenOption]:
    """Yields all options of a URL: the default preset's first, and presets replaced by their options.

    Raises InvalidImageUrl for an unknown preset, and for options that are only allowed in presets.
    """
    if DEFAULT_PRESET in rules.presets:
        yield from rules.presets[DEFAULT_PRESET].options
    for each in written:
        _check_allowed(each, rules)
        if each.name in PRESET_NAMES:
            for name in each.arguments:
                yield from find_preset(name, rules).options
        else:
            yield each


def find_preset(name: str, rules: UrlRules) -> Preset:
    if name not in rules.presets:
        raise InvalidImageUrl(f"Invalid URL: there is no preset {show(name)}.")
    return rules.presets[name]


def _check_allowed(written: WrittenOption, rules: UrlRules) -> None:
    if rules.allowed_options and full_name(written.name) not in rules.allowed_options:
        raise InvalidImageUrl(f"Invalid URL: the option {show(written.name)} is not allowed here.")


def _split(name: str, text: str, separator: str) -> tuple[WrittenOption, ...]:
    if not name or separator in name or "/" in name:
        raise ValueError(f"a preset can't be called {show(name)}")
    if not all(separator in segment for segment in text.split("/")):
        raise ValueError(f"the preset {name}: {show(text)} is not a list of options as name{separator}argument/…")
    return tuple(read_option(segment, separator) for segment in text.split("/"))


def _expand(
    name: str, written: Mapping[str, tuple[WrittenOption, ...]], within: tuple[str, ...]
) -> list[WrittenOption]:
    if name in within:
        raise ValueError(f"the preset {name} contains itself: {' > '.join((*within, name))}")
    if name not in written:
        raise ValueError(f"the preset {within[-1]} names {show(name)}, but there is no such preset")
    found: list[WrittenOption] = []
    for each in written[name]:
        if each.name not in PRESET_NAMES:
            found.append(each)
        for other in each.arguments if each.name in PRESET_NAMES else ():
            found += _expand(other, written, (*within, name))
        if len(found) > LARGEST_PRESET:
            raise ValueError(f"the preset {name} has more than {LARGEST_PRESET} options")
    return found
