"""Evaluates `switch` as browsers do: without `requiredFeatures`, which SVG 2 has removed, and with English as the
language.
"""

from xml.etree.ElementTree import Element

LANGUAGE = "en"
TESTED = frozenset({"requiredExtensions", "requiredFeatures", "systemLanguage"})
NOT_DRAWN = frozenset({"desc", "style", "title"})


def decide_switches(root: Element) -> None:
    """Keeps the one child of each `switch` that is drawn, and removes elements in other languages elsewhere."""
    for element in list(root.iter()):
        if element.tag == "switch":
            chosen = next((child for child in element if _is_met(child) and child.tag not in NOT_DRAWN), None)
            element[:] = [] if chosen is None else [chosen]
            element.tag = "g"
        elif not all(map(_is_met, element)):
            element[:] = [child for child in element if _is_met(child)]
    for element in root.iter():
        for name in TESTED & element.attrib.keys():
            del element.attrib[name]


def _is_met(element: Element) -> bool:
    extensions, languages = element.get("requiredExtensions"), element.get("systemLanguage")
    if extensions is not None and extensions.strip():
        return False
    return languages is None or any(_speaks(one) for one in languages.split(","))


def _speaks(language: str) -> bool:
    normalized = language.strip().lower()
    return normalized == LANGUAGE or normalized.startswith(LANGUAGE + "-")
