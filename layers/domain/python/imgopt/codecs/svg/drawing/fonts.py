"""The bundled fonts, and the families that they substitute."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

SANS, SERIF, MONOSPACE = "Arimo", "Crimson Text", "Roboto Mono"
# Arimo has the metrics of Arial and Helvetica. The others have about the widths of the fonts that they substitute.
PACKAGES = {SANS: "fontpkg_arimo", SERIF: "fontpkg_crimson_text", MONOSPACE: "fontpkg_roboto_mono"}
STAND_INS = {
    SANS: "arial, arialmt, arial black, arial narrow, helvetica, helvetica neue, helveticaneue, verdana, "
    "tahoma, geneva, trebuchet ms, lucida grande, lucida sans unicode, segoe ui, calibri, candara, corbel, "
    "impact, century gothic, franklin gothic medium, gill sans, futura, optima, avenir, myriad pro, "
    "myriadpro-regular, microsoft sans serif, -apple-system, blinkmacsystemfont, sf pro, sf pro text, sf pro "
    "display, roboto, open sans, opensans, inter, lato, montserrat, poppins, raleway, nunito, source sans pro, "
    "source sans 3, pt sans, fira sans, ibm plex sans, ubuntu, cantarell, oxygen, noto sans, dejavu sans, "
    "bitstream vera sans, liberation sans, nimbus sans, freesans, arimo",
    SERIF: "times, times new roman, timesnewromanpsmt, georgia, cambria, garamond, palatino, palatino linotype, "
    "book antiqua, tinos, baskerville, didot, bookman old style, century schoolbook, liberation serif, dejavu "
    "serif, noto serif, ui-serif",
    MONOSPACE: "courier, courier new, couriernewpsmt, consolas, menlo, monaco, lucida console, lucida sans "
    "typewriter, andale mono, sfmono-regular, sf mono, cascadia code, cascadia mono, fira code, fira mono, "
    "jetbrains mono, source code pro, ubuntu mono, dejavu sans mono, liberation mono, noto sans mono, droid sans "
    "mono, cousine, ui-monospace",
}
SUBSTITUTES = {name: font for font, names in STAND_INS.items() for name in names.split(", ")}
GENERIC = frozenset({"serif", "sans-serif", "cursive", "fantasy", "monospace"})
OTHER_GENERIC = {"system-ui": "sans-serif", "ui-sans-serif": "sans-serif", "math": "serif", "emoji": "sans-serif"}


def with_substitutes(names: list[str]) -> str:
    """Adds a substitute behind each family whose kind is known."""
    wanted: list[str] = []
    for name in names:
        low = name.lower()
        plain = OTHER_GENERIC.get(low, low)
        wanted.append(plain if plain in GENERIC else _quoted(name))
        if low in SUBSTITUTES:
            wanted.append(_quoted(SUBSTITUTES[low]))
    return ", ".join(wanted)


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "").replace("\\", "") + "'"


@cache
def font_options() -> dict[str, object]:
    """Returns resvg's font options: the machine's fonts, of which Lambda has none, and the bundled ones."""
    folders = {family: _folder(package) for family, package in PACKAGES.items()}
    files = [str(path) for folder in folders.values() if folder for path in sorted(folder.rglob("*.ttf"))]
    families = dict.fromkeys(("font_family", "sans_serif_family", "cursive_family", "fantasy_family"), SANS)
    return {"font_files": files, **families, "serif_family": SERIF, "monospace_family": MONOSPACE} if files else {}


def _folder(package: str) -> Path | None:
    found = find_spec(package)
    return Path(found.origin).parent / "files" if found and found.origin else None
