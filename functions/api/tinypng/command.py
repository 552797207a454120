"""The base of all commands of TinyPNG's clients."""

from imgopt.known_fields import KnownFields


class Command(KnownFields):
    """A command. Unknown fields are errors rather than silently ignored."""
