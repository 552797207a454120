"""Patterns in which `*` stands for any characters but slashes, matched without going back."""


def match_start(pattern: str, text: str) -> tuple[int, tuple[str, ...]] | None:
    """How much of a text a pattern takes, and what its asterisks stand for. None where it doesn't begin like it.

    An asterisk ends where what follows it comes next; one at the end takes all up to a slash.
    """
    first, *parts = pattern.split("*")
    if not text.startswith(first):
        return None
    at, values = len(first), list[str]()
    for number, part in enumerate(parts, 1):
        slash = text.find("/", at)
        stop = len(text) if slash < 0 else slash
        is_open = number == len(parts) and not part
        start = stop if is_open else text.find(part, at, stop + len(part))
        if start < 0:
            return None
        values.append(text[at:start])
        at = start + len(part)
    return at, tuple(values)


def matches_whole(pattern: str, name: str) -> bool:
    """Whether a name without slashes is one of the pattern, as a whole."""
    return match_start(f"{pattern}/", f"{name}/") is not None
