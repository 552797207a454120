"""Reads status streams."""

import json


def parse(text: str) -> list[tuple[str, dict, str]]:
    """Events as (name, data, id); other blocks, such as comments, are left out."""
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in text.split("\n\n") if block]
    return [(each["event"], json.loads(each["data"]), each["id"]) for each in blocks if "event" in each]
