"""How a run tells of itself while it goes on."""

from imgopt_client.outcome import Outcome
from imgopt_client.sources import Source


class Report:
    """Says nothing; to be overridden."""

    def began(self, total: int) -> None:
        """The number of inputs is known."""

    def entered(self, source: Source, phase: str) -> None:
        """From any thread: an input is being uploaded, processed or downloaded."""

    def warned(self, text: str) -> None:
        """From any thread: something that is asked of the server has no effect."""

    def left(self, source: Source) -> None:
        """From any thread: an input is through, well or not."""

    def ended(self, outcome: Outcome) -> None:
        """From the thread that runs it all, in the order of the inputs."""
