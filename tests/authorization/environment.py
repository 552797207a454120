"""A service that knows all principals, with the data that each may see and that others must not see."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from imgopt import clock
from imgopt.accounts import api_keys, repository, session_store, users
from imgopt.accounts.model import Guest, PageSession, User
from imgopt.accounts.plans import Tier
from imgopt.accounts.tokens import hash_token
from imgopt.billing import repository as billing
from imgopt.billing.model import BillingAccount, Entitlement, Subscription
from imgopt.devices import tokens
from imgopt.devices.model import DeviceToken
from imgopt.storage import attributes, table
from tests.authorization.principals import ADA, BEN, FORMER, GUESTS, USERS, Principal
from tests.authorization.resources import HOUR, MAKE, Resource, keep_device
from tests.billing.billing_setup import become_customer
from tests.billing.stripe_double import WEBHOOK_SECRET, StripeDouble, sign
from tests.conftest import TABLE
from tests.entitlements import entitle
from tests.issuer import Issuer
from tests.stored_guests import add_guest as store_guest

SCHEDULER_SECRET = "secret-of-the-scheduler-of-this-environment"
TASK_ACCOUNT, TASK_AUDIENCE = "tasks@project.example", "imgopt-tasks"
BENS_PRICE = "price_max"


@dataclass
class Environment:
    """`marks` are what none but their principal must be told, by what each is; `image_url` leads to a picture.

    `tokens` are those that are not made of a principal's name, and `event` is a message of Stripe's.
    """

    issuer: Issuer
    stripe: StripeDouble
    image_url: str
    ids: dict[Principal, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    marks: dict[Principal, dict[str, str]] = field(default_factory=dict)
    event: bytes = b""
    event_headers: dict[str, str] = field(default_factory=dict)
    resources: dict[tuple[str, Principal | None], Resource] = field(default_factory=dict)
    items: list[table.Item] = field(default_factory=list)

    def find(self, kind: str, owner: Principal | None) -> Resource:
        """The principal's resource of that kind, which is made where there is none."""
        if (kind, owner) not in self.resources:
            owner_id, name = (self.ids[owner], owner.filename) if owner else (None, "")
            self.resources[kind, owner] = MAKE[kind](owner_id, name)
        return self.resources[kind, owner]

    def renew(self, kind: str, owner: Principal | None) -> None:
        """Replaces the credential, which has been used up."""
        used = self.resources[kind, owner]
        if used.record:
            table.put(used.record)
        else:
            del self.resources[kind, owner]

    def let_in(self, principal: Principal) -> None:
        """The user's device, and the user's browser on the page."""
        now, user_id = clock.now(), self.ids[principal]
        keep_device(DeviceToken(hash_token(principal.device_token), user_id, now, now + HOUR, principal.filename, now))
        session_store.add(PageSession(hash_token(principal.page_session), user_id, now, now + HOUR))

    def remember(self) -> None:
        """Stores all items, so that those of a deleted user can be restored."""
        self.items = [each for page in table.read_pages("scan", {"TableName": TABLE}) for each in page]

    def bring_back(self, principal: Principal) -> None:
        """A user who has left, with all but the resources, which are made anew."""
        for item in self.items:
            if self.ids[principal] in str(item):
                table.put(item)
        self.resources = {key: resource for key, resource in self.resources.items() if key[1] is not principal}
        self.let_in(principal)

    def jwt(self, principal: Principal, **other: Any) -> str:
        return self.issuer.token(**{"sub": principal.name, "email": principal.email, **other})


def build(issuer: Issuer, stripe: StripeDouble, image_url: str) -> Environment:
    environment = Environment(issuer, stripe, image_url)
    for guest in GUESTS:
        add_guest(environment, guest)
    for user in USERS:
        add_user(environment, user)
    environment.tokens |= {
        "jwt": environment.jwt(ADA),
        "expired jwt": environment.jwt(ADA, exp=1),
        "foreign jwt": environment.jwt(ADA, iss="https://another.example"),
        "tasks": issuer.token(sub="tasks", email=TASK_ACCOUNT, aud=TASK_AUDIENCE),
        "revoked key": revoked_key(environment.ids[ADA]),
        "revoked device": revoked_device(environment.ids[ADA]),
        "ended page": ended_session(environment.ids[ADA]),
    }
    environment.event, environment.event_headers = sign(stripe.world.tell("invoice.upcoming", {}), WEBHOOK_SECRET)
    subscribe(environment, BEN)
    environment.remember()
    return environment


def add_guest(environment: Environment, guest: Principal) -> None:
    now, lasts = clock.now(), -HOUR if guest is FORMER else HOUR
    environment.ids[guest] = f"guest-{guest.name}"
    store_guest(Guest(environment.ids[guest], hash_token(guest.session_token), now, now + lasts))
    environment.marks[guest] = {
        "id": environment.ids[guest],
        "file name": guest.filename,
        "session token": guest.session_token,
    }


def add_user(environment: Environment, user: Principal) -> None:
    environment.ids[user] = users.user_id_of(environment.issuer.url, user.name)
    repository.add_user(User(environment.ids[user], user.email, clock.now()))
    environment.let_in(user)
    record, key = api_keys.create(environment.ids[user], f"server-of-{user.name}")
    api_keys.find_by_key(key)  # so that its first use is noted
    if user is ADA:
        environment.tokens["key"] = key
    environment.marks[user] = {
        "id": environment.ids[user],
        "e-mail address": user.email,
        "file name": user.filename,
        "device token": user.device_token,
        "page session": user.page_session,
        "API key": record.prefix,
        "id of the API key": str(UUID(record.id)),
        "name of the API key": record.name,
        "customer": become_customer(environment.stripe, environment.ids[user]),
    }


def subscribe(environment: Environment, user: Principal) -> None:
    """Stores a subscription in the form in which the service knows it."""
    now, until = clock.now(), clock.now() + timedelta(days=30)
    subscription = Subscription("sub_1", "active", BENS_PRICE, now, now, until)
    account = BillingAccount(environment.ids[user], environment.marks[user]["customer"])
    table.put({**table.key(billing.KIND, account.user_id), **attributes.plain(account)})
    entitle(account.user_id, Entitlement(Tier.MAX, until, subscription))
    environment.marks[user]["price"] = BENS_PRICE


def revoked_key(user_id: str) -> str:
    record, key = api_keys.create(user_id, "revoked")
    api_keys.delete(user_id, record.id)
    return key


def revoked_device(user_id: str) -> str:
    record, token = tokens.make_token(user_id)
    keep_device(record)
    tokens.revoke(token)
    return token


def ended_session(user_id: str) -> str:
    now, session = clock.now(), "ended-page-session"
    session_store.add(PageSession(hash_token(session), user_id, now - HOUR, now))
    return session
