"""Quotas: the number of allowed calls, the time of the next call, and the address that counts."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import HTTPConnection

from functions.api.addresses import networks_of, origin_of
from imgopt import clock
from imgopt.accounts.plans import Tier
from imgopt.errors import RateLimited
from imgopt.quotas import guests, service
from imgopt.quotas.rules import NEW_GUESTS, RULES, UPLOADED_BYTES, Counted
from imgopt.settings import settings
from imgopt.storage import clients
from tests.conftest import TABLE

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLL = RULES["token-poll"]


@pytest.fixture
def at(aws, monkeypatch):
    """Sets the time."""

    def set_time(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_time(NOON)
    return set_time


def ask(key: str = "a", rule=POLL, tier: Tier = Tier.UNREGISTERED, times: int = 1) -> service.QuotaStatus:
    return [service.count(rule, key, tier) for _ in range(times)][-1]


def test_requests_are_admitted_up_to_the_limit(at):
    assert [ask().is_refused for _ in range(32)] == [False] * 30 + [True] * 2


def test_remainder_is_told_and_never_negative(at):
    assert [ask().remaining for _ in range(31)] == [*range(29, -1, -1), 0]


def test_subjects_have_counts_of_their_own(at):
    assert ask("a", times=31).is_refused
    assert not ask("b").is_refused


def test_rules_have_counts_of_their_own(at):
    assert ask(times=31).is_refused
    assert not ask(rule=RULES["approve"]).is_refused


def test_a_window_ends_at_its_border_and_not_before(at):
    at(NOON + timedelta(seconds=59.999))
    assert ask(times=31).is_refused
    at(NOON + timedelta(seconds=60))
    assert ask().remaining == 29


@pytest.mark.parametrize(
    ("name", "seconds"), [("token-poll", 60), ("uploads", 60), ("device-code", 3600), ("new-guests", 86400)]
)
def test_windows_are_minutes_hours_and_days_of_utc(at, name, seconds):
    midnight = datetime(2026, 3, 1, tzinfo=UTC)
    at(midnight + timedelta(seconds=1))
    assert ask(rule=RULES[name]).resets_at == midnight.timestamp() + seconds


@pytest.mark.parametrize(("second", "left"), [(0, 60), (59.2, 1), (59.999999, 1), (30.5, 30)])
def test_the_seconds_to_the_next_window_are_rounded_up(at, second, left):
    """Who waits that long is let in."""
    now = NOON + timedelta(seconds=second)
    at(now)
    status = ask()
    assert status.seconds_left(now) == left
    assert (now + timedelta(seconds=left)).timestamp() >= status.resets_at


@pytest.mark.parametrize(
    ("tier", "limit"), [(Tier.UNREGISTERED, 60), (Tier.FREE, 300), (Tier.STARTER, 600), (Tier.ENTERPRISE, 600)]
)
def test_users_may_do_more_than_guests(at, tier, limit):
    assert ask(rule=RULES["uploads"], tier=tier).limit == limit


def test_limits_are_settings(at, monkeypatch):
    monkeypatch.setenv("IMGOPT_RATE_TOKEN_POLL", "1")
    settings.cache_clear()
    assert [ask().is_refused for _ in range(2)] == [False, True]


def test_amounts_are_counted_as_long_as_they_fit(at):
    assert not service.count(POLL, "a", Tier.UNREGISTERED, 25).is_refused
    assert service.count(POLL, "a", Tier.UNREGISTERED, 6).is_refused
    assert not service.count(POLL, "a", Tier.UNREGISTERED, 5).is_refused


def test_amount_over_the_limit_is_always_refused(at):
    assert service.count(POLL, "a", Tier.UNREGISTERED, 31).is_refused


def test_a_lookup_counts_nothing(at):
    for _ in range(40):
        service.admit(service.lookup(POLL, "a", Tier.UNREGISTERED).read())
    ask(times=30)
    with pytest.raises(RateLimited, match=r"Try again in 60 s\."):
        service.admit(service.lookup(POLL, "a", Tier.UNREGISTERED).read())


V6 = ("2001:db8::/64", "2001:db8::/48")


@pytest.mark.parametrize(
    ("before", "network", "said"),
    [
        ([(("192.0.2.1",), 100)], ("192.0.2.1",), "at your IP address"),
        ([(("192.0.2.1",), 100)], ("192.0.2.2",), None),
        ([((f"2001:db8:0:{subnet}::/64", V6[1]), 100) for subnet in range(1, 5)], V6, "of your network"),
        ([((f"2001:db8:0:{subnet}::/64", V6[1]), 100) for subnet in range(1, 4)], V6, None),
        ([((f"198.51.100.{host}",), 100) for host in range(5)], ("192.0.2.1",), "All guests together have used up"),
    ],
)
def test_guests_credits_are_counted_by_address_by_site_and_in_all(at, monkeypatch, before, network, said):
    monkeypatch.setenv("IMGOPT_GUESTS_IN_ALL", "25")
    settings.cache_clear()
    for networks, amount in before:
        guests.count_credits(networks, amount)
    with pytest.raises(RateLimited, match=said) if said else nullcontext():
        guests.count_credits(network, 3)


@pytest.mark.parametrize(
    ("guests_before", "amount", "refused"),
    [(0, 10, [False, False]), (0, 2**40, [False, True]), (50, 10, [True, False]), (49, 10, [False, False])],
)
def test_rules_counted_together_tell_which_refuses(at, guests_before, amount, refused):
    for _ in range(guests_before):
        ask(rule=NEW_GUESTS)
    asked = [(NEW_GUESTS, 1), (UPLOADED_BYTES, amount)]
    assert [each.is_refused for each in service.count_together(asked, "a", Tier.UNREGISTERED)] == refused
    assert ask(rule=UPLOADED_BYTES).remaining == UPLOADED_BYTES.limit_of(Tier.UNREGISTERED) - 1 - (
        0 if any(refused) else amount
    )


def test_amounts_that_are_taken_back_are_there_again(at):
    counted = service.count(UPLOADED_BYTES, "a", Tier.UNREGISTERED, 500)
    service.take_back(UPLOADED_BYTES, "a", 500, counted.resets_at)
    assert ask(rule=UPLOADED_BYTES).remaining == counted.limit - 1


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize("tier", Tier)
def test_every_rule_has_a_limit_for_every_tier(environment, rule, tier):
    assert rule.limit_of(tier) > 0
    assert isinstance(rule.counted, Counted)


def test_addresses_and_codes_are_not_stored(at):
    ask("203.0.113.7")
    (item,) = clients.dynamodb().scan(TableName=TABLE)["Items"]
    assert "203.0.113.7" not in str(item)


def test_counts_are_removed_after_their_window(at):
    ask()
    (item,) = clients.dynamodb().scan(TableName=TABLE)["Items"]
    assert int(item["ttl"]["N"]) == (NOON + timedelta(minutes=1)).timestamp()


def connection(peer: str | None, *forwarded: str, event: dict | None = None) -> HTTPConnection:
    scope = {"type": "http", "headers": [(b"x-forwarded-for", each.encode()) for each in forwarded]}
    scope["client"] = (peer, 1234) if peer is not None else None
    return HTTPConnection({**scope, "aws.event": event} if event else scope)


@pytest.fixture
def trusting(environment, monkeypatch):
    """Sets which proxies are trusted."""

    def set_proxies(networks: str) -> None:
        monkeypatch.setenv("IMGOPT_TRUSTED_PROXIES", networks)
        settings.cache_clear()

    return set_proxies


def test_the_address_is_that_of_the_peer(environment):
    assert origin_of(connection("203.0.113.7")) == "203.0.113.7"


@pytest.mark.parametrize(
    ("peer", "networks"),
    [
        ("203.0.113.7", ("203.0.113.7",)),
        ("2001:db8:1:2:3::4", ("2001:db8:1:2::/64", "2001:db8:1::/48")),
        ("::ffff:203.0.113.7", ("203.0.113.7",)),
    ],
)
def test_an_ipv6_address_has_a_site(environment, peer, networks):
    assert networks_of(connection(peer)) == networks


@pytest.mark.parametrize("peer", [None, "", "testclient"])
def test_clients_without_an_address_count_as_the_same_origin(environment, peer):
    assert origin_of(connection(peer)) == "unknown"


def test_origin_on_lambda_is_the_source_address_of_the_gateway(environment):
    event = {"requestContext": {"identity": {"sourceIp": "198.51.100.9"}}}
    assert origin_of(connection("203.0.113.7", "192.0.2.1", event=event)) == "198.51.100.9"


def test_forwarded_header_of_an_untrusted_client_is_ignored(environment):
    assert origin_of(connection("203.0.113.7", "192.0.2.1")) == "203.0.113.7"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        (["192.0.2.1"], "192.0.2.1"),
        (["192.0.2.1, 198.51.100.9"], "198.51.100.9"),  # the first is what the second said
        (["192.0.2.1, 10.0.0.5"], "192.0.2.1"),  # by way of two proxies
        (["192.0.2.1", "198.51.100.9, 10.0.0.5"], "198.51.100.9"),  # several headers are one list
        (["192.0.2.1, nonsense"], "10.0.0.1"),
        (["10.9.9.9, 10.0.0.5"], "10.9.9.9"),
        ([""], "10.0.0.1"),
        ([], "10.0.0.1"),
    ],
)
def test_origin_behind_trusted_proxies_is_the_last_untrusted_hop(trusting, forwarded, address):
    trusting("10.0.0.0/8")
    assert origin_of(connection("10.0.0.1", *forwarded)) == address


@pytest.mark.parametrize(
    ("told", "address"), [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64")]
)
def test_origin_behind_a_proxy_with_a_secret_is_what_it_tells(trusting, monkeypatch, told, address):
    monkeypatch.setenv("IMGOPT_ORIGIN_SECRET", "s" * 32)
    monkeypatch.setenv("IMGOPT_CLIENT_ADDRESS_HEADER", "Client-Address")
    trusting("10.0.0.0/8")
    request = connection("10.0.0.1", "192.0.2.1")
    assert origin_of(request) == "unknown"
    request.scope["headers"].append((b"client-address", told.encode()))
    assert origin_of(HTTPConnection(request.scope)) == address


def test_a_proxy_that_is_not_trusted_is_not_asked(trusting):
    trusting("10.0.0.0/8")
    assert origin_of(connection("11.0.0.1", "192.0.2.1")) == "11.0.0.1"


def test_a_network_of_proxies_that_is_none_is_refused_at_the_start(trusting):
    trusting("10.0.0.300/8")
    with pytest.raises(ValueError, match="trusted_proxies"):
        settings()


@pytest.mark.parametrize(
    ("peer", "origin"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_origin_of_ipv6_is_the_subscribers_prefix(environment, peer, origin):
    assert origin_of(connection(peer)) == origin
