"""What a terminal may be sent."""


def printable(text: str) -> str:
    """Names and servers' messages may hold what a terminal takes for commands."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
