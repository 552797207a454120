"""The identities of the matrix, column by column, and the headers of each.

All users that are proven are Ada, and the guest is Gus.
"""

from collections.abc import Callable
from dataclasses import dataclass

from imgopt.accounts import sessions
from tests.authorization.environment import SCHEDULER_SECRET, Environment
from tests.authorization.principals import ADA, FORMER, GIA, GUS, Principal

Headers = dict[str, str]


@dataclass(frozen=True)
class Identity:
    """`owner` is whose resources are meant by its own; `proves` whether it is them."""

    name: str
    owner: Principal | None
    headers: Callable[[Environment], Headers]
    proves: bool = True


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def session(token: str) -> Headers:
    return {"X-Session-Token": token}


def page(token: str) -> Headers:
    return {"Cookie": f"imgopt-session={token}"}


def script(token: str) -> Headers:
    """The headers that a script of our own page sends."""
    return {**page(token), "Authorization": f"Page {sessions.form_token(token)}"}


def without_cookie(headers: Headers) -> Headers:
    return {name: value for name, value in headers.items() if name != "Cookie"}


INVENTED_SESSION = Identity("invented session token", None, lambda _: session("invented"))
JWT = Identity("user by JWT", ADA, lambda environment: bearer(environment.tokens["jwt"]))
DEVICE = Identity("user by device token", ADA, lambda _: bearer(ADA.device_token))
API_KEY = Identity("user by API key", ADA, lambda environment: bearer(environment.tokens["key"]))
INVENTED_BEARER = Identity("invented bearer", None, lambda _: bearer("invented"))

IDENTITIES: dict[str, tuple[Identity, ...]] = {
    "none": (
        Identity("nobody", None, lambda _: {}),
        Identity("ended page session", ADA, lambda environment: page(environment.tokens["ended page"]), proves=False),
    ),
    "lost": (
        INVENTED_SESSION,
        Identity("expired guest", FORMER, lambda _: session(FORMER.session_token), proves=False),
    ),
    "guest": (Identity("guest", GUS, lambda _: session(GUS.session_token)),),
    "void": (
        INVENTED_BEARER,
        Identity("expired JWT", ADA, lambda environment: bearer(environment.tokens["expired jwt"]), proves=False),
        Identity(
            "JWT of another issuer", ADA, lambda environment: bearer(environment.tokens["foreign jwt"]), proves=False
        ),
        Identity(
            "revoked device token", ADA, lambda environment: bearer(environment.tokens["revoked device"]), proves=False
        ),
        Identity(
            "page's token without its cookie", ADA, lambda _: without_cookie(script(ADA.page_session)), proves=False
        ),
        Identity("revoked API key", ADA, lambda environment: bearer(environment.tokens["revoked key"]), proves=False),
    ),
    "jwt": (JWT,),
    "device": (DEVICE,),
    "key": (API_KEY,),
    "page": (Identity("user by page session", ADA, lambda _: page(ADA.page_session)),),
    "script": (Identity("user by scripts of the page", ADA, lambda _: script(ADA.page_session)),),
    "cron": (Identity("scheduler", None, lambda _: {"X-CloudScheduler": SCHEDULER_SECRET}),),
    "tasks": (Identity("task queue", None, lambda environment: bearer(environment.tokens["tasks"])),),
    "stripe": (Identity("Stripe", None, lambda environment: environment.event_headers),),
}


def beside(one: Identity, other: Identity) -> Identity:
    """Two identities in one request. `one` is the identity that counts."""
    return Identity(
        f"{one.name} beside {other.name}",
        one.owner,
        lambda environment: {**other.headers(environment), **one.headers(environment)},
    )


# Gia, whose resources are foreign to all others.
ANOTHER_GUEST = Identity("another guest", GIA, lambda _: session(GIA.session_token))
# An `Authorization` header counts alone: beside it, session tokens change nothing, whether they prove something or not.
BESIDE: dict[str, tuple[Identity, ...]] = {
    "void": (beside(INVENTED_BEARER, ANOTHER_GUEST),),
    "jwt": (beside(JWT, ANOTHER_GUEST), beside(JWT, INVENTED_SESSION)),
    "device": (beside(DEVICE, ANOTHER_GUEST),),
}
