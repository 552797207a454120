"""Results for programs."""

from dataclasses import dataclass
from pathlib import Path

from imgopt_client.connection import Connection
from imgopt_client.downloads import download_result, open_download
from imgopt_client.errors import closing_ends_calls
from imgopt_client.naming import DEFAULT_STEM, safe_file_name
from imgopt_client.outcome import share_saved
from imgopt_client.output_writer import OutputWriter
from imgopt_client.responses import JsonObject


@dataclass(frozen=True)
class FinishedJob:
    """A completed job, whose file is on the server. `job` is the server's answer for it.

    `warnings` are about settings that had no effect. The job's `warning` is about the result.
    """

    connection: Connection
    job: JsonObject
    warnings: tuple[str, ...]

    @property
    def file_name(self) -> str:
        return safe_file_name(str(self.job.get("processed_filename") or DEFAULT_STEM))

    @property
    def format(self) -> str:
        return str(self.job["processed_format"])

    @property
    def size(self) -> int:
        """Bytes."""
        return int(self.job["processed_size"])

    @property
    def original_size(self) -> int:
        """Bytes."""
        return int(self.job["original_size"])

    @property
    def saved(self) -> float:
        """The share of bytes that the result saves. It is negative if the result is larger."""
        return share_saved(self.original_size, self.size) or 0.0

    @property
    def dimensions(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.job["processed_width"]), int(self.job["processed_height"])

    @property
    def score(self) -> float | None:
        """The similarity to the original, 0 to 100. None if it was not measured."""
        return self.job.get("score")

    @property
    def alt_text(self) -> str | None:
        return self.job.get("seo_alt_text")

    @property
    def keywords(self) -> list[str]:
        return self.job.get("seo_keywords") or []

    @property
    def warning(self) -> str | None:
        return self.job.get("warning")


class OptimizedImage(FinishedJob):
    """A completed job, whose file can be downloaded."""

    @closing_ends_calls()
    def save(self, to: str | Path = ".", *, overwrite: bool = False) -> Path:
        """Downloads the file and returns its path. In a folder it gets the server's name, with a number if necessary.

        An existing file at `to` is overwritten only with `overwrite`. Raises FileExistsError otherwise.
        """
        path = Path(to)
        is_folder = path.is_dir() or str(to).endswith(("/", "\\"))
        if not is_folder and path.exists() and not overwrite:
            raise FileExistsError(f"{path} already exists. Use overwrite=True to replace it.")
        folder = path if is_folder else path.parent
        part = download_result(self.connection, self.job["id"], folder, self.job.get("processed_size"))
        if is_folder:
            return OutputWriter((), overwrite=overwrite).rename(part, self.file_name)
        return part.replace(path)

    @closing_ends_calls()
    def read(self) -> bytes:
        """The whole file."""
        return self.connection.retries.run(self._read_once)

    def _read_once(self) -> bytes:
        with open_download(self.connection, self.job["id"]) as response:
            return response.read()
