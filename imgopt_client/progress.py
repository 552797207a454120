"""Events of a run, for whoever shows its progress."""

from imgopt_client.outcome import FileOutcome
from imgopt_client.sources import Source


class ProgressListener:
    """Ignores everything; to be overridden."""

    def on_start(self, total: int) -> None:
        """The number of inputs is known."""

    def on_phase(self, source: Source, phase: str) -> None:
        """From any thread: an input is being uploaded, processed or downloaded."""

    def on_warning(self, text: str) -> None:
        """From any thread: something that is asked of the server has no effect."""

    def on_file_end(self, source: Source) -> None:
        """From any thread: an input is through, well or not."""

    def on_outcome(self, outcome: FileOutcome) -> None:
        """From the thread that runs it all, in the order of the inputs."""


NO_PROGRESS = ProgressListener()
