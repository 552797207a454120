"""Which format and quality an image has: by its URL, then by what the browser takes, then by its source."""

from collections.abc import Sequence
from dataclasses import replace

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import is_vector
from imgopt.image_urls.model import ImageUrl
from imgopt.imaging.targets import LOWEST_TARGET
from imgopt.settings import settings
from imgopt.transform.choice import is_left_alone, usual_format
from imgopt.transform.options import TransformOptions
from imgopt.variants.model import BrowserWishes, SourceState, VariantPlan

# What whoever saves data gets in place of the usual quality, and less of a score.
SAVED_QUALITY, SAVED_SCORE = 60, 10.0
# Formats that hold an animation of ours.
ANIMATED = frozenset({"webp", "gif"})


def plan_variant(image: ImageUrl, wishes: BrowserWishes, state: SourceState, order: Sequence[str]) -> VariantPlan:
    """`order` has formats by how small such an image is in them at the same score."""
    options = with_hints(image.transform, wishes)
    if is_untouched(image, state):
        return VariantPlan(options, "")
    name = choose_format(options, wishes, state.image, order)
    return with_quality(VariantPlan(options, name), wishes, state)


def with_hints(options: TransformOptions, wishes: BrowserWishes) -> TransformOptions:
    """What the URL says itself counts. A width that a browser tells is in pixels of its screen."""
    if wishes.width and not options.width and not options.height:
        return replace(options, width=wishes.width, dpr=1.0)
    return replace(options, dpr=wishes.dpr) if wishes.dpr and options.dpr == 1.0 else options


def is_untouched(image: ImageUrl, state: SourceState) -> bool:
    response = image.response
    return response.raw or is_left_alone(state.image, image.transform.format, response.skip_processing)


def chooses_by_browser(image: ImageUrl) -> bool:
    """Whether the format is left to what the browser takes."""
    return image.transform.format is None and not image.response.raw


def choose_format(options: TransformOptions, wishes: BrowserWishes, image: ImageHeader, order: Sequence[str]) -> str:
    """A drawing stays one where none is asked for, whatever is taken."""
    if options.format is not None:
        return options.format
    moves = image.frames > 1 and settings().url_max_frames > 1
    if is_vector(image.format):
        return usual_format(image, options, moves=moves)
    accepted = wishes.formats & ANIMATED if moves else wishes.formats
    chosen = next((each for each in order if each in accepted), None)
    return chosen or usual_format(image, options, moves=moves)


def with_quality(plan: VariantPlan, wishes: BrowserWishes, state: SourceState) -> VariantPlan:
    """By the URL, else by a score, which other sizes of the source may have been searched for, else the usual one."""
    if plan.options.quality or plan.options.format_quality.get(plan.format):
        return plan
    target = plan.options.target or settings().url_target
    if not target:
        return replace(plan, quality=SAVED_QUALITY) if wishes.saves_data else plan
    wanted = max(LOWEST_TARGET, target - SAVED_SCORE) if wishes.saves_data else target
    return replace(plan, target=wanted, quality=state.qualities.get(quality_name(plan.format, wanted)))


def quality_name(format_name: str, target: float) -> str:
    """By which a quality that was found is remembered."""
    return f"{format_name}:{target:g}"
