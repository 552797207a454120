"""The plural of English names of things."""

# Of a name's last word, as far as the detectors' names have it.
IRREGULAR = {"knife": "knives", "mouse": "mice", "sheep": "sheep", "skis": "skis", "scissors": "scissors"}
HISSING = ("s", "x", "ch", "sh")


def make_plural(name: str) -> str:
    """As in "wine glasses"; the last word is the noun."""
    *before, noun = name.split()
    regular = f"{noun}es" if noun.endswith(HISSING) else f"{noun}s"
    return " ".join([*before, IRREGULAR.get(noun, regular)])
