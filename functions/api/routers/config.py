"""The public configuration of the service, made from its settings. It contains no secrets."""

from typing import Any

from fastapi import APIRouter, Request

from imgopt.accounts import sign_in
from imgopt.accounts.lifetimes import lifetime_of
from imgopt.accounts.plans import Tier, plan_of
from imgopt.codecs.formats import FORMATS
from imgopt.credits.cost import cost_of_step
from imgopt.errors import ImgoptError
from imgopt.image_urls.configuration import rules_of_presets
from imgopt.image_urls.job_settings import job_settings_of
from imgopt.image_urls.model import UrlRules
from imgopt.imaging.options import MOST_OUTPUTS, OutputFormat
from imgopt.imaging.plan import Step
from imgopt.payments import offers
from imgopt.quotas.rules import RULES
from imgopt.settings import settings
from imgopt.tagging.availability import default_language, is_available, languages

router = APIRouter(prefix="/config", tags=["config", "config"])


@router.get("")
async def get_public_config(request: Request) -> Any:
    """Get public configuration values.

    Returns tier limits and other non-sensitive config.
    """
    return {"version": request.app.version, **public_config()}


def public_config() -> dict[str, Any]:
    """The public configuration. Sizes are in bytes, times in seconds. None means that a feature is not configured."""
    return {
        "tiers": {tier.value: describe_tier(tier) for tier in Tier},
        "costs": {step.value: cost_of_step(step) for step in Step},
        "limits": describe_limits(),
        "rate_limits": {
            name: {"requests": rule.limit_of(Tier.UNREGISTERED), "seconds": rule.seconds, "by": rule.counted.value}
            for name, rule in RULES.items()
            if not rule.is_by_tier
        },
        "formats": describe_formats(),
        "features": describe_features(),
        "tagging": describe_tagging(),
        "sign_in": describe_sign_in(),
        "plans": describe_plans(),
        "presets": describe_presets(),
        "payments": describe_payments(),
    }


def describe_tier(tier: Tier) -> dict[str, Any]:
    plan = plan_of(tier)
    return {
        "credits": plan.credits,
        "cycle": plan.cycle.value,
        "retention_seconds": int(lifetime_of(tier).total_seconds()),
        "rate_limits": {
            name: {"requests": rule.limit_of(tier), "seconds": rule.seconds}
            for name, rule in RULES.items()
            if rule.is_by_tier
        },
    }


def describe_limits() -> dict[str, int]:
    config = settings()
    return {
        "upload_bytes": config.max_upload_bytes,
        "multipart_bytes": min(config.max_multipart_bytes, config.max_upload_bytes),
        "pixels": config.max_pixels,
        "frames": config.max_frames,
        "animation_pixels": config.max_animation_pixels,
        "batch_files": config.max_batch_files,
        "outputs": MOST_OUTPUTS,
        "upload_seconds": config.upload_lifetime,
    }


def describe_formats() -> dict[str, Any]:
    return {
        "input": [{"name": each.name, "mime_type": each.mime_type} for each in FORMATS.values()],
        "output": [each.value for each in OutputFormat if each.value in FORMATS],
    }


def describe_features() -> dict[str, bool]:
    config = settings()
    return {
        "upscale": True,
        "tag": is_available(),
        "sign": config.signs_results,
        "billing": bool(config.stripe_prices and config.billing_origins),
    }


def describe_tagging() -> dict[str, Any] | None:
    """The tagger and its languages; `languages` is None for all that its model knows. None if there is no tagger."""
    if not is_available():
        return None
    config = settings()
    return {"tagger": config.tagger, "languages": languages(), "default_language": default_language()}


def describe_presets() -> list[dict[str, Any]]:
    """The presets, as options of image URLs and as settings of jobs; `settings` is None if jobs can't do them."""
    rules = rules_of_presets()
    return [
        {"name": name, "options": preset.text, "settings": settings_of_preset(name, rules)}
        for name, preset in rules.presets.items()
    ]


def settings_of_preset(name: str, rules: UrlRules) -> dict[str, Any] | None:
    try:
        return dict(job_settings_of(name, rules).settings)
    except ImgoptError:
        return None


def describe_plans() -> list[dict[str, Any]] | None:
    """The plans that `/billing/checkout` sells. None if billing is not configured."""
    if not describe_features()["billing"]:
        return None
    return [{"tier": tier, "price_id": price} for price, tier in settings().stripe_prices.items()]


def describe_payments() -> dict[str, Any] | None:
    """How requests can be paid by x402. None if payments are not configured."""
    if not offers.is_offered():
        return None
    config = settings()
    return {
        "protocol": "x402",
        "version": offers.VERSION,
        "scheme": offers.PAYMENT_SCHEME,
        "network": config.x402_network,
        "asset": config.x402_asset,
        "pay_to": config.x402_pay_to,
        "price_per_credit": str(config.x402_credit_price),
    }


def describe_sign_in() -> dict[str, str] | None:
    """The OIDC issuer and client id. None if no issuer is configured."""
    if not settings().oidc_issuer:
        return None
    return {"issuer": settings().oidc_issuer, "client_id": sign_in.client_id()}
