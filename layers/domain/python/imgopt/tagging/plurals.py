"""English plurals of things' names."""

# Irregular nouns among the detectors' names.
IRREGULAR = {"knife": "knives", "mouse": "mice", "sheep": "sheep", "skis": "skis", "scissors": "scissors"}
HISSING = ("s", "x", "ch", "sh")


def make_plural(name: str) -> str:
    """Returns the plural, as in "wine glasses"; the last word is the noun."""
    *before, noun = name.split()
    regular = f"{noun}es" if noun.endswith(HISSING) else f"{noun}s"
    return " ".join([*before, IRREGULAR.get(noun, regular)])
