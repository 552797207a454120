"""Text that is safe for a terminal."""


def printable(text: str) -> str:
    """The text without control characters, as file names and servers' messages may contain terminal commands."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
