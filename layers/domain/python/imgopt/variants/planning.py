"""Chooses the format and the quality of a variant: by its URL, then by the browser, then by the source."""

from collections.abc import Sequence
from dataclasses import replace

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import is_vector
from imgopt.image_urls.model import ImageUrl
from imgopt.imaging.targets import LOWEST_TARGET
from imgopt.settings import settings
from imgopt.transform.choice import is_left_alone, usual_format
from imgopt.transform.options import TransformOptions
from imgopt.variants.model import ClientPreferences, SourceState, VariantPlan

# With `Save-Data`: the usual quality, and the reduction of the target score.
SAVED_QUALITY, SAVED_SCORE = 60, 10.0
# Formats in which image URLs write animations.
ANIMATED = frozenset({"webp", "gif"})


def plan_variant(
    image: ImageUrl, preferences: ClientPreferences, state: SourceState, order: Sequence[str]
) -> VariantPlan:
    """Plans a variant. `order` has formats by their size for such an image at the same score."""
    options = with_hints(image.transform, preferences)
    if keeps_source_bytes(image, state):
        return VariantPlan(options, "")
    name = choose_format(options, preferences, state.image, order)
    return with_quality(VariantPlan(options, name), preferences, state)


def with_hints(options: TransformOptions, preferences: ClientPreferences) -> TransformOptions:
    """Applies client hints where the URL doesn't override them. A hinted width is in pixels of the screen."""
    if preferences.width and not options.width and not options.height:
        return replace(options, width=preferences.width, dpr=1.0)
    return replace(options, dpr=preferences.dpr) if preferences.dpr and options.dpr == 1.0 else options


def keeps_source_bytes(image: ImageUrl, state: SourceState) -> bool:
    response = image.response
    return response.raw or is_left_alone(state.image, image.transform.format, response.skip_processing)


def chooses_by_browser(image: ImageUrl) -> bool:
    """Returns whether the browser's accepted formats decide on the format."""
    return image.transform.format is None and not image.response.raw


def choose_format(
    options: TransformOptions, preferences: ClientPreferences, image: ImageHeader, order: Sequence[str]
) -> str:
    """Returns the format. A vector image stays one unless another format is asked for."""
    if options.format is not None:
        return options.format
    moves = image.frames > 1 and settings().url_max_frames > 1
    if is_vector(image.format):
        return usual_format(image, options, moves=moves)
    accepted = preferences.formats & ANIMATED if moves else preferences.formats
    chosen = next((each for each in order if each in accepted), None)
    return chosen or usual_format(image, options, moves=moves)


def with_quality(plan: VariantPlan, preferences: ClientPreferences, state: SourceState) -> VariantPlan:
    """Adds a quality: the URL's; else one for a target score, perhaps found for another size of the source; else the
    usual one.
    """
    if plan.options.quality or plan.options.format_quality.get(plan.format):
        return plan
    target = plan.options.target or settings().url_target
    if not target:
        return replace(plan, quality=SAVED_QUALITY) if preferences.saves_data else plan
    wanted = max(LOWEST_TARGET, target - SAVED_SCORE) if preferences.saves_data else target
    return replace(plan, target=wanted, quality=state.qualities.get(quality_name(plan.format, wanted)))


def quality_name(format_name: str, target: float) -> str:
    """Returns the key under which a found quality is stored."""
    return f"{format_name}:{target:g}"
