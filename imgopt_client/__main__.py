"""The entry point of the command `imgopt`."""

import sys

INTERRUPT_CODE = 130  # `ExitCode.INTERRUPTED`, which can't be imported before the `try`


def main() -> int:
    """Ctrl-C while modules are imported ends the program without a traceback."""
    try:
        from imgopt_client import cli
    except KeyboardInterrupt:
        return INTERRUPT_CODE
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
