"""Answers image URLs: finds the variant, or makes it once."""

from dataclasses import replace

from imgopt import errors
from imgopt.errors import ImgoptError, NothingPaid, TooCostly
from imgopt.image_urls.model import ImageUrl
from imgopt.settings import settings
from imgopt.variants import alt_texts, format_ranking, long_work, misses, pixels, sources, store, upscaling
from imgopt.variants.admission import UrlAdmission
from imgopt.variants.misses import VariantWork
from imgopt.variants.model import ClientPreferences, PendingVariant, StoredVariant, VariantAnswer
from imgopt.variants.planning import plan_variant
from imgopt.variants.single_flight import make_once
from imgopt.variants.upscaling import UpscaledSource

# Errors of sources for which the fallback image is the answer.
REPLACEABLE = (
    errors.UnreachableSource,
    errors.SourceRefused,
    errors.SourceFailed,
    errors.SourceTimeout,
    errors.UnusableSource,
)


def find_answer(
    image: ImageUrl, preferences: ClientPreferences, admission: UrlAdmission
) -> VariantAnswer | PendingVariant:
    """Returns the answer, or the job that has to end first.

    Raises the errors of sources, RateLimited, NotConfigured for a feature that is not set up, and Unavailable where it
    takes too long.
    """
    try:
        return find_or_make_variant(image, preferences, admission)
    except REPLACEABLE as error:
        if not settings().url_fallback:
            raise
        return _stand_in(image, preferences, admission, error)


def _stand_in(
    image: ImageUrl, preferences: ClientPreferences, admission: UrlAdmission, reason: ImgoptError
) -> VariantAnswer:
    instead = replace(image, source=settings().url_fallback)
    try:
        made = _make_plain(plan_work(instead, preferences, admission), admission)
    except REPLACEABLE:
        raise reason from None
    if isinstance(made, PendingVariant):
        raise reason
    return replace(made, seconds=settings().url_fallback_seconds, instead_of=reason)


def find_or_make_variant(
    image: ImageUrl, preferences: ClientPreferences, admission: UrlAdmission
) -> VariantAnswer | PendingVariant:
    work = plan_work(image, preferences, admission)
    made = _make_enlarged(work, admission) if work.plan.enlarges else _make_plain(work, admission)
    return made if isinstance(made, PendingVariant) else _complete(made, work)


def plan_work(image: ImageUrl, preferences: ClientPreferences, admission: UrlAdmission) -> VariantWork:
    most = pixels.most_bytes(image.limits)
    snapshot = sources.look_up(image.source, most, admission.admit)
    order = format_ranking.rank_formats(image, preferences, snapshot, most)
    return VariantWork(image, plan_variant(image, preferences, snapshot.state, order), snapshot, most)


def _make_plain(work: VariantWork, admission: UrlAdmission) -> VariantAnswer | PendingVariant:
    """Makes the variant without upscaling."""
    plain = replace(work, plan=replace(work.plan, options=replace(work.plan.options, upscale=1)))
    return _answer_of(find_or_make_stored(plain, admission), work)


def _answer_of(made: StoredVariant | PendingVariant, work: VariantWork) -> VariantAnswer | PendingVariant:
    if isinstance(made, PendingVariant):
        return made
    state = work.snapshot.state
    return VariantAnswer(made, state.believed_until, last_modified=state.last_modified)


def _make_enlarged(work: VariantWork, admission: UrlAdmission) -> VariantAnswer | PendingVariant:
    found = store.find(work.key)
    if found is not None:
        return _answer_of(found, work)
    waits = settings().url_pending == "wait"
    try:
        picture = upscaling.find_or_request_upscaled(
            work.image.source, work.snapshot, work.plan.options.upscale, work.most
        )
    except NothingPaid:
        if waits:
            raise
        return _make_meanwhile(work, admission)
    if isinstance(picture, UpscaledSource):
        return _answer_of(find_or_make_stored(replace(work, picture=picture), admission), work)
    return picture if waits else _make_meanwhile(work, admission)


def _make_meanwhile(work: VariantWork, admission: UrlAdmission) -> VariantAnswer | PendingVariant:
    """Returns the variant without upscaling, to be cached for a short time."""
    made = _make_plain(work, admission)
    return made if isinstance(made, PendingVariant) else replace(made, seconds=settings().url_pending_seconds)


def find_or_make_stored(work: VariantWork, admission: UrlAdmission) -> StoredVariant | PendingVariant:
    found = store.find(work.key)
    if found is not None:
        return found
    if long_work.has_job(work):
        return long_work.follow_long_work(work)

    def make() -> StoredVariant:
        admission.admit_variant(work.snapshot.state.digest)
        return misses.make_stored(work)

    try:
        return make_once(work.key, lambda: store.find(work.key), make)
    except TooCostly:
        return long_work.follow_long_work(work)


def _complete(made: VariantAnswer, work: VariantWork) -> VariantAnswer:
    """Adds the alt text and other requested properties, as far as they exist."""
    hinted = work.plan.options.dpr if work.plan.options.dpr != work.image.transform.dpr else 0.0
    if not work.image.response.words:
        return replace(made, dpr=hinted)
    alt = alt_texts.find_or_request(work.image.source, work.snapshot, work.most)
    seconds = alt_texts.alt_text_cache_seconds(alt) if made.seconds is None else made.seconds
    return replace(made, dpr=hinted, alt=alt or "", seconds=seconds)
