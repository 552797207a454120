"""Quotes: the credits, bytes and dollars that a call would take, before anything is charged or written."""

from collections.abc import Sequence
from dataclasses import dataclass

from imgopt import clock
from imgopt.accounts.model import Principal
from imgopt.codecs.format import ImageHeader
from imgopt.credits.cost import cost_of
from imgopt.errors import NotFound
from imgopt.files.model import TempFile
from imgopt.imaging.expected_size import expected_bytes
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import submission
from imgopt.jobs.spending import quote_dollars


@dataclass(frozen=True)
class ImageQuote:
    """The quote for one upload: exact credits, the expected bytes of all results, and the estimated price at AWS."""

    temp_file_id: str
    image: ImageHeader
    credits: int
    bytes_expected: int
    cost_estimate_usd: float


@dataclass(frozen=True)
class Quote:
    """The quote for a call, and the credits that are left."""

    images: tuple[ImageQuote, ...]
    credits_remaining: int

    @property
    def credits(self) -> int:
        return sum(each.credits for each in self.images)


def quote(principal: Principal | None, temp_file_ids: Sequence[str], options: ProcessingSettings) -> Quote:
    """Returns a quote. Raises the errors of `submit`, except OutOfCredits."""
    submission.check_batch(temp_file_ids)
    if principal is None:
        raise NotFound("Temp file not found. Upload it first, and send the session token from the answer.")
    known = submission.read_known(principal, temp_file_ids, None, clock.now())
    uploads = submission.check_uploads(principal, temp_file_ids, options, known.uploads)
    return Quote(tuple(_quote_image(each, options) for each in uploads), known.balance.remaining)


def _quote_image(upload: TempFile, options: ProcessingSettings) -> ImageQuote:
    expected = expected_bytes(upload.image, upload.size, options)
    dollars = quote_dollars(upload.image, options)
    return ImageQuote(upload.id, upload.image, cost_of(upload.image, options), expected, dollars)
