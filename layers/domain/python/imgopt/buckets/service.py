"""Makes results of objects that arrive in an owner's bucket.

An event may arrive twice, late, or concurrently with one of another object with the same key. The result's key is read
before and after the work, and only replaced where it hasn't changed. So equal bytes are processed once, and an older
version never replaces a newer one.
"""

from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.buckets import failures, results
from imgopt.buckets.keys import result_key, rule_for
from imgopt.buckets.model import Order, Outcome, SourceObject
from imgopt.buckets.presets import options_of, settings_of
from imgopt.codecs.formats import FORMATS
from imgopt.credits.budgets import budget_for_pixels
from imgopt.errors import Conflict, ImgoptError, NotFound, Unavailable
from imgopt.files import service as files
from imgopt.settings import settings
from imgopt.storage import described_objects, objects
from imgopt.storage.described_objects import DescribedObject

if TYPE_CHECKING:
    from imgopt.imaging.artifact import ArtifactFile


def orders_of(source: SourceObject) -> list[Order]:
    """Returns one order for each preset of the rule that matches the object; none for this service's own results."""
    rule = rule_for(settings().bucket_rules, source.bucket, source.key)
    found = described_objects.describe(source.bucket, source.key) if rule else None
    if rule is None or found is None or results.is_result(found):
        return []
    return [Order(rule, source, preset) for preset in rule.presets]


def carry_out(order: Order, *, last: bool = False) -> Outcome:
    """Makes a result. A permanent failure is recorded in the bucket; a transient one only at the `last` attempt.

    Raises Unavailable where a retry may succeed.
    """
    try:
        outcome = _make(order)
    except Unavailable as error:
        if not last:
            raise
        return _fail(order, error)
    except NotFound:
        return Outcome.REPLACED
    except ImgoptError as error:
        return _fail(order, error)
    if outcome is Outcome.MADE:
        failures.forget(order)
    return outcome


def _fail(order: Order, error: ImgoptError) -> Outcome:
    failures.note(order, str(error))
    return Outcome.FAILED


def _make(order: Order) -> Outcome:
    from imgopt.imaging.sandboxed import optimize_sandboxed, possible_formats

    files.check_size(order.source.size)
    data = described_objects.read(order.source.bucket, order.source.key)
    header, wanted = files.inspect(BytesIO(data), len(data)), settings_of(order.preset)
    mark = results.mark_of(order.preset, options_of(order.preset))
    before = results.find(order, possible_formats(header, wanted))
    if any(results.is_made(each, order, mark) for each in before.values()):
        return Outcome.KEPT
    _require_own(order, before)
    made = optimize_sandboxed(data, header, wanted, budget_for_pixels(header, wanted))[0]
    return _store(order, made, mark, before)


def _require_own(order: Order, before: dict[str, DescribedObject]) -> None:
    """Raises Conflict where the result's key belongs to another object's result, such as `a.jpg` and `a.png`, or to
    other files.
    """
    for key, found in before.items():
        if not results.is_of(found, order.source):
            whose = "is a result of another object" if results.is_result(found) else "was not made by this service"
            raise Conflict(f"{key} {whose}: remove it, or set a key pattern that keeps both apart.")


def _store(order: Order, made: "ArtifactFile", mark: str, before: dict[str, DescribedObject]) -> Outcome:
    """Stores a result. Results of the same preset in other formats are from an older version, and are removed."""
    if not _is_current(order):
        return Outcome.REPLACED
    key = result_key(order.rule, order.source.key, order.preset, FORMATS[made.artifact.format].extension)
    if not described_objects.put(order.rule.target, key, results.content_of(made, order, mark), before.get(key)):
        raise Unavailable("Another process has just written the same result. Please try again.")
    for stale, found in before.items():
        if stale != key and results.is_of(found, order.source):
            objects.delete(order.rule.target, stale)
    return Outcome.MADE


def _is_current(order: Order) -> bool:
    found = described_objects.describe(order.source.bucket, order.source.key)
    return found is not None and found.etag == order.source.etag
