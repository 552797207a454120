"""The lists on the page of an account: API keys, devices and browsers, each with a button that ends it."""

from collections.abc import Sequence
from datetime import datetime

from functions.api.pages.rendering import Html, fill
from functions.api.pages.visitors import Visitor
from imgopt import clock
from imgopt.accounts.model import ApiKey, PageSession
from imgopt.devices.model import DeviceToken


def list_things(things: Sequence[Html], nothing: str) -> Html:
    return fill("things.html", things=Html("".join(things))) if things else fill("nothing.html", text=nothing)


def show_key(visitor: Visitor, key: ApiKey) -> Html:
    details = f"{key.prefix}…, {describe_use(key.created_at, key.last_used_at)}{describe_end(key)}"
    return show_thing(visitor, key.name, details, key.id, "revoke-key", "Revoke")


def show_device(visitor: Visitor, device: DeviceToken) -> Html:
    details = describe_use(device.created_at, device.last_used_at)
    return show_thing(visitor, device.program or "A program", details, device.token_hash, "log-out", "Log out")


def show_session(visitor: Visitor, session: PageSession) -> Html:
    is_this = " (this one)" if session == visitor.signed_in else ""
    details = f"signed in {spell_moment(session.created_at)}"
    return show_thing(visitor, f"{session.browser}{is_this}", details, session.token_hash, "end-session", "Sign out")


def show_thing(  # noqa: PLR0913, PLR0917 - a row of a list
    visitor: Visitor, name: str, details: str, identifier: str, action: str, verb: str
) -> Html:
    return fill(
        "thing.html",
        name=name,
        details=details,
        id=identifier,
        action=action,
        verb=verb,
        form_token=visitor.form_token,
    )


def describe_use(created_at: datetime, last_used_at: datetime | None) -> str:
    used = f"last used {spell_day(last_used_at)}" if last_used_at else "never used"
    return f"since {spell_day(created_at)}, {used}"


def describe_end(key: ApiKey) -> str:
    if key.ends_at is None:
        return ""
    return f", {'expired' if key.is_over(clock.now()) else 'good until'} {spell_day(key.ends_at)}"


def spell_day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"


def spell_moment(moment: datetime) -> str:
    return f"{spell_day(moment)}, {moment:%H:%M} UTC"
