"""Messages of the commands. They go to standard error, so that standard output contains only results."""

import sys


def say(text: str) -> None:
    """Prints a message with one write, because threads print, too."""
    print(f"imgopt: {text}\n", end="", file=sys.stderr, flush=True)


def exit_with(text: str) -> int:
    """Prints why a command ends, and returns its exit code."""
    say(text)
    return 1


def describe_os_error(error: OSError) -> str:
    """A message about an error of the disk or the network."""
    reason = error.strerror or str(error)
    return f"{error.filename} can't be used: {reason}" if error.filename else f"a system call failed: {reason}"
