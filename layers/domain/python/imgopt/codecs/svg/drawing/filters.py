"""Filters that there aren't: browsers draw without them, resvg doesn't draw what they are of."""

import re
from xml.etree.ElementTree import Element

NAMED = re.compile(r"url\(\s*+[\"']?+#([^()\"']++)[\"']?+\s*+\)")


def drop_missing(root: Element) -> None:
    """Filter Effects 1, 5: a list in which one is no filter counts as none."""
    known = {element.get("id") for element in root.iter("filter")}
    for element in root.iter():
        names = NAMED.findall(element.get("filter", ""))
        if any(name.strip() not in known for name in names):
            del element.attrib["filter"]
