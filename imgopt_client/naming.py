"""Names of results: the server's, or by the user's template."""

from dataclasses import dataclass
from pathlib import PurePath
from string import Formatter
from typing import Any

from imgopt_client.errors import ClientError

TEMPLATE_FIELDS = ("stem", "ext", "format", "width", "height")
DEFAULT_STEM = "image"
# The longest name in bytes. It leaves room for a number in front.
LONGEST_NAME, LONGEST_SUFFIX = 240, 20


@dataclass(frozen=True)
class NameTemplate:
    """A file name with fields in braces, such as `{stem}-{width}.{ext}`. Raises ClientError if it is invalid."""

    text: str

    def __post_init__(self) -> None:
        if "/" in self.text or "\\" in self.text:
            raise ClientError(f"The template {self.text!r} contains a folder. Use --out for the folder of results.")
        try:
            parts = list(Formatter().parse(self.text))
        except ValueError as error:
            raise ClientError(f"{self.text!r} is not a valid template: {error}.") from error
        for _, field, form, conversion in parts:
            if field is not None and (field not in TEMPLATE_FIELDS or form or conversion):
                allowed = ", ".join(TEMPLATE_FIELDS)
                raise ClientError(f"The template {self.text!r} has an unknown field. Allowed are {allowed}.")

    def render(self, stem: str, name: str, facts: dict[str, Any]) -> str:
        """The file name. `name` is the server's name of the result; `facts` describe the result."""
        fields = {"stem": stem or DEFAULT_STEM, "ext": PurePath(name).suffix.removeprefix(".")}
        return self.text.format(**fields, **{field: facts.get(field) for field in ("format", "width", "height")})


def template_with_suffix(suffix: str) -> NameTemplate:
    return NameTemplate("{stem}" + suffix.replace("{", "{{").replace("}", "}}") + ".{ext}")


def safe_file_name(name: str) -> str:
    """A file name without folders or a leading dot, and short enough for file systems."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    visible = "".join(character for character in last if character.isprintable()).lstrip(". ")
    return shortened(PurePath(visible)) if visible else DEFAULT_STEM


def shortened(name: PurePath) -> str:
    """A shortened name. The extension is kept, unless it is the longest part."""
    suffix = name.suffix if len(name.suffix) <= LONGEST_SUFFIX else ""
    stem = name.name.removesuffix(suffix).encode("utf-8", "surrogateescape")
    room = LONGEST_NAME - len(suffix.encode("utf-8", "surrogateescape"))
    return (stem[:room].decode("utf-8", "ignore") if len(stem) > room else name.name.removesuffix(suffix)) + suffix
