"""Events of a run."""

from imgopt_client.outcome import FileOutcome
from imgopt_client.sources import Source


class ProgressListener:
    """Ignores all events. Subclasses override methods."""

    def on_start(self, total: int) -> None:
        """The number of inputs is known."""

    def on_phase(self, source: Source, phase: str) -> None:
        """An input is being uploaded, processed or downloaded. Called from any thread."""

    def on_warning(self, text: str) -> None:
        """A setting has no effect. Called from any thread."""

    def on_file_end(self, source: Source) -> None:
        """The work on an input has ended, also with an error. Called from any thread."""

    def on_outcome(self, outcome: FileOutcome) -> None:
        """The outcome of an input. Called from the main thread of the run, in the order of the inputs."""


NO_PROGRESS = ProgressListener()
