"""`switch` as browsers decide it: `requiredFeatures` is gone from SVG 2, and the language is English."""

from xml.etree.ElementTree import Element

LANGUAGE = "en"


def decide_switches(root: Element) -> None:
    """Leaves of each `switch` the one child that is drawn, and of what isn't drawn nothing."""
    for element in list(root.iter()):
        element.attrib.pop("requiredFeatures", None)
        if element.tag == "switch":
            chosen = next((child for child in element if _is_met(child)), None)
            element[:] = [] if chosen is None else [chosen]
            element.tag = "g"


def _is_met(element: Element) -> bool:
    extensions, languages = element.get("requiredExtensions"), element.get("systemLanguage")
    if element.tag in ("desc", "metadata", "title", "style"):
        return False
    if extensions is not None and extensions.strip():
        return False
    return languages is None or any(_speaks(one) for one in languages.split(","))


def _speaks(language: str) -> bool:
    said = language.strip().lower()
    return said == LANGUAGE or said.startswith(LANGUAGE + "-")
