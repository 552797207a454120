"""Removes references to missing filters: browsers ignore them, but resvg wouldn't draw the elements."""

import re
from xml.etree.ElementTree import Element

NAMED = re.compile(r"url\(\s*+[\"']?+#([^()\"']++)[\"']?+\s*+\)")


def drop_missing(root: Element) -> None:
    """Removes filter lists with a missing filter (Filter Effects 1, 5)."""
    known = {element.get("id") for element in root.iter("filter")}
    for element in root.iter():
        names = NAMED.findall(element.get("filter", ""))
        if any(name.strip() not in known for name in names):
            del element.attrib["filter"]
