"""What the commands say while they work: on standard error, so that standard output holds results alone."""

import sys


def say(text: str) -> None:
    """In one piece: threads say things, too."""
    print(f"imgopt: {text}\n", end="", file=sys.stderr, flush=True)


def exit_with(text: str) -> int:
    """Says why a command ends; the exit code to end with."""
    say(text)
    return 1


def describe_os_error(error: OSError) -> str:
    """A sentence on what the disk or the network refused."""
    reason = error.strerror or str(error)
    return f"{error.filename} can't be used: {reason}" if error.filename else f"the system refused: {reason}"
