"""Users: created at the first sign-in, and identified by issuer and subject."""

from dataclasses import replace
from hashlib import sha256

from imgopt import clock
from imgopt.accounts import oidc, repository
from imgopt.accounts.entitlement import tier_at
from imgopt.accounts.model import Access, Credential, Principal, User
from imgopt.accounts.plans import Tier
from imgopt.errors import AccountBlocked, Unauthorized
from imgopt.settings import settings

ID_LENGTH = 32
BLOCKED_REASON = {
    Access.BLOCKED: "This account is blocked. Ask the operator of this service.",
    Access.DELETING: "This account is being deleted.",
}


def find(user_id: str) -> User | None:
    """Returns a user by id; None without one. Raises AccountBlocked where the user is blocked or being deleted."""
    user = repository.find_user(user_id)
    if user is not None and user.access is not Access.OPEN:
        raise AccountBlocked(BLOCKED_REASON[user.access])
    return user


def find_by_jwt(token: str) -> User:
    """Returns the user of a JWT. Raises Unauthorized where it is not valid."""
    config = settings()
    issuer, audience, scope = config.oidc_issuer, config.oidc_audience, config.oidc_scope
    return find_or_add(oidc.verify_access(token, issuer=issuer, audience=audience, scope=scope))


def find_or_add(claims: oidc.Claims) -> User:
    """Returns the user of verified claims, with the present e-mail address. Adds a new user."""
    email = oidc.verified_email(claims)
    user = _find(user_id_of(claims["iss"], claims["sub"]), email)
    if email and user.email != email:
        repository.change_email(user.id, email)
        return replace(user, email=email)
    return user


def user_id_of(issuer: str, subject: str) -> str:
    """Returns the user's id. A subject is only unique for its issuer."""
    return f"user-{sha256(f'{issuer}|{subject}'.encode()).hexdigest()[:ID_LENGTH]}"


def principal_of(user: User, credential: Credential) -> Principal:
    """Returns the user's principal at present. Only a paid tier has a period."""
    tier = tier_at(user, clock.now())
    paid = tier is not Tier.FREE
    return Principal(
        id=user.id,
        tier=tier,
        credential=credential,
        email=user.email,
        period_start=user.period_start if paid else None,
        period_end=user.period_end if paid else None,
    )


def principal_by_id(user_id: str, credential: Credential) -> Principal:
    """Returns the principal of a user id. Raises Unauthorized where the user is gone: none of its credentials count any
    more.

    Raises AccountBlocked as `find` does.
    """
    user = find(user_id)
    if user is None:
        raise Unauthorized(oidc.REFUSED)
    return principal_of(user, credential)


def _find(user_id: str, email: str | None) -> User:
    return find(user_id) or repository.add_user(User(user_id, email, clock.now()))
