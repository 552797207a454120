"""A service at which all parties are known, with what each may show, and whatever of it must not come to others."""

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
from imgopt.storage import table
from tests.authorization.parties import ADA, BEN, FORMER, GUESTS, USERS, Party
from tests.authorization.things import HOUR, MAKE, Thing, keep_device
from tests.billing.shop import become_customer
from tests.billing.stripe_double import WEBHOOK_SECRET, StripeDouble, sign
from tests.conftest import TABLE
from tests.issuer import Issuer

SCHEDULER_SECRET = "secret-of-the-scheduler-of-this-world"
TASK_ACCOUNT, TASK_AUDIENCE = "tasks@project.example", "imgopt-tasks"
BENS_PRICE = "price_max"


@dataclass
class World:
    """`marks` are what none but their party must be told, by what each is; `image_url` leads to a picture.

    `tokens` are those that are not made of a party's name, and `event` is a message of Stripe's.
    """

    issuer: Issuer
    stripe: StripeDouble
    image_url: str
    ids: dict[Party, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    marks: dict[Party, dict[str, str]] = field(default_factory=dict)
    event: bytes = b""
    event_headers: dict[str, str] = field(default_factory=dict)
    things: dict[tuple[str, Party | None], Thing] = field(default_factory=dict)
    items: list[table.Item] = field(default_factory=list)

    def find(self, kind: str, owner: Party | None) -> Thing:
        """The party's thing of that kind, which is made where there is none."""
        if (kind, owner) not in self.things:
            owner_id, name = (self.ids[owner], owner.filename) if owner else (None, "")
            self.things[kind, owner] = MAKE[kind](owner_id, name)
        return self.things[kind, owner]

    def renew(self, kind: str, owner: Party | None) -> None:
        """It has been used up."""
        used = self.things[kind, owner]
        if used.record:
            table.put(used.record)
        else:
            del self.things[kind, owner]

    def let_in(self, party: Party) -> None:
        """The user's device, and the user's browser on the page."""
        now, user_id = clock.now(), self.ids[party]
        keep_device(DeviceToken(hash_token(party.device_token), user_id, now, now + HOUR, party.filename, now))
        session_store.add(PageSession(hash_token(party.page_session), user_id, now, now + HOUR))

    def remember(self) -> None:
        """All items that there are, for those who leave."""
        self.items = [each for page in table.read_pages("scan", {"TableName": TABLE}) for each in page]

    def bring_back(self, party: Party) -> None:
        """A user who has left, with all but the things, which are made anew."""
        for item in self.items:
            if self.ids[party] in str(item):
                table.put(item)
        self.things = {key: thing for key, thing in self.things.items() if key[1] is not party}
        self.let_in(party)

    def jwt(self, party: Party, **other: Any) -> str:
        return self.issuer.token(**{"sub": party.name, "email": party.email, **other})


def build(issuer: Issuer, stripe: StripeDouble, image_url: str) -> World:
    world = World(issuer, stripe, image_url)
    for guest in GUESTS:
        add_guest(world, guest)
    for user in USERS:
        add_user(world, user)
    world.tokens |= {
        "jwt": world.jwt(ADA),
        "expired jwt": world.jwt(ADA, exp=1),
        "foreign jwt": world.jwt(ADA, iss="https://another.example"),
        "tasks": issuer.token(sub="tasks", email=TASK_ACCOUNT, aud=TASK_AUDIENCE),
        "revoked key": revoked_key(world.ids[ADA]),
        "revoked device": revoked_device(world.ids[ADA]),
        "ended page": ended_session(world.ids[ADA]),
    }
    world.event, world.event_headers = sign(stripe.world.tell("invoice.upcoming", {}), WEBHOOK_SECRET)
    subscribe(world, BEN)
    world.remember()
    return world


def add_guest(world: World, guest: Party) -> None:
    now, lasts = clock.now(), -HOUR if guest is FORMER else HOUR
    world.ids[guest] = f"guest-{guest.name}"
    repository.add_guest(Guest(world.ids[guest], hash_token(guest.session_token), now, now + lasts))
    world.marks[guest] = {
        "id": world.ids[guest],
        "file name": guest.filename,
        "session token": guest.session_token,
    }


def add_user(world: World, user: Party) -> None:
    world.ids[user] = users.user_id_of(world.issuer.url, user.name)
    repository.add_user(User(world.ids[user], user.email, clock.now()))
    world.let_in(user)
    record, key = api_keys.create(world.ids[user], f"server-of-{user.name}")
    api_keys.find_by_key(key)  # so that its first use is noted
    if user is ADA:
        world.tokens["key"] = key
    world.marks[user] = {
        "id": world.ids[user],
        "e-mail address": user.email,
        "file name": user.filename,
        "device token": user.device_token,
        "page session": user.page_session,
        "API key": record.prefix,
        "id of the API key": str(UUID(record.id)),
        "name of the API key": record.name,
        "customer": become_customer(world.stripe, world.ids[user]),
    }


def subscribe(world: World, user: Party) -> None:
    """Only what the service knows of it."""
    now, until = clock.now(), clock.now() + timedelta(days=30)
    subscription = Subscription("sub_1", "active", BENS_PRICE, now, now, until)
    account = BillingAccount(
        world.ids[user], world.marks[user]["customer"], standing=Entitlement(Tier.MAX, until, subscription)
    )
    table.put({**table.key(billing.KIND, account.user_id), **table.plain(account)})
    repository.set_plan(world.ids[user], Tier.MAX, now, until)
    world.marks[user]["price"] = BENS_PRICE


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
