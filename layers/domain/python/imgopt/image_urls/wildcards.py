"""Patterns in which `*` stands for any characters but slashes. Matching never backtracks."""


def match_start(pattern: str, text: str) -> tuple[int, tuple[str, ...]] | None:
    """Returns how many characters of a text match the pattern, and what its asterisks stand for; None without a match.

    An asterisk ends at the next occurrence of what follows it. At the end of a pattern it takes everything up to a
    slash.
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
    """Returns whether a name without slashes matches the whole pattern."""
    return match_start(f"{pattern}/", f"{name}/") is not None
