"""The allowed URLs, and the addresses that they lead to."""

import socket
import time
from contextlib import nullcontext
from threading import Event

import pytest

from imgopt.errors import InvalidRequest, Unfetchable
from imgopt.safe_http.addresses import is_public
from imgopt.safe_http.destinations import Destination, check_url, resolve
from imgopt.settings import settings

PUBLIC, PUBLIC_V6 = "93.184.216.34", "2606:2800:220:1::1"
NOT_PUBLIC = [
    *("0.0.0.1", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254"),
    *("168.63.129.16", "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1"),
    *("192.0.0.9", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255"),
    *("198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:169.254.169.254"),
    *("::ffff:8.8.8.8", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::8.8.8.8"),
    *("100::1", "2001::1", "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
    *("2002:7f00:1::", "2002:808:808::1", "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd12::1"),
    *("fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "2606:2800:220:1::1%eth0"),
]


class Names:
    """A DNS of our own: every name has the addresses that are written here, and literals are the system's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.known: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self._system = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self.answer)

    def answer(self, host, port, *_, **__):
        self.asked.append(host)
        if host in self.known:
            families = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in self.known[host]]
            return [(family, 1, 6, "", (each, port)) for family, each in zip(families, self.known[host], strict=True)]
        return self._system(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    found = Names(monkeypatch)
    found.known = {"example.com": [PUBLIC], "localhost": ["127.0.0.1", "::1"], "localhost.": ["127.0.0.1"]}
    return found


@pytest.fixture
def configure(monkeypatch):
    def change(**values):
        for name, value in values.items():
            monkeypatch.setenv(f"IMGOPT_{name.upper()}", value)
        settings.cache_clear()

    settings.cache_clear()
    yield change
    settings.cache_clear()


def test_a_url_leads_to_one_address(names):
    assert resolve("http://example.com/a/b.png?c=d") == Destination("http", "example.com", 80, PUBLIC, "/a/b.png?c=d")


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("http://example.com", "example.com"),
        ("https://EXAMPLE.com:443/", "example.com"),
        ("HTTP://example.com:443/", "example.com:443"),
        ("https://example.com:80/", "example.com:80"),
        ("http://example.com:/", "example.com"),
        (f"http://[{PUBLIC_V6}]/", f"[{PUBLIC_V6}]"),
        (f"http://[{PUBLIC_V6}]:443/", f"[{PUBLIC_V6}]:443"),
    ],
)
def test_the_port_is_named_where_it_is_not_the_schemes_own(names, url, authority):
    assert resolve(url).authority == authority


@pytest.mark.parametrize(
    ("written", "target"),
    [
        ("", "/"),
        ("?a=b", "/?a=b"),
        ("/a#b", "/a"),
        ("/größe.png?q=ü", "/gr%C3%B6%C3%9Fe.png?q=%C3%BC"),
        ("/a%20b%2F", "/a%20b%2F"),
        ('/"<a>|^`{}', "/%22%3Ca%3E%7C%5E%60%7B%7D"),
        ("//other.example/a", "//other.example/a"),
        ("/写真", "/%E5%86%99%E7%9C%9F"),
    ],
)
def test_a_target_is_printable_ascii(names, written, target):
    assert resolve(f"http://example.com{written}").target == target


def test_a_name_of_other_letters_is_asked_in_ascii(names):
    names.known["xn--bcher-kva.example"] = [PUBLIC]
    assert resolve("http://BÜCHER.example/").host == "xn--bcher-kva.example"


def test_a_dot_at_the_end_is_for_dns_alone(names):
    names.known["example.com."] = [PUBLIC]
    assert resolve("http://example.com./").host == "example.com"


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "//example.com/", "/etc/passwd", "http:", "http://", "http:///a", "http:example.com"),
        *("file:///etc/passwd", "ftp://example.com/", "gopher://example.com/", "data:image/png;base64,AA=="),
        *("dict://example.com:11211/", "javascript:alert(1)", "jar:http://example.com!/", "unix:///run/docker.sock"),
        *("http://user@example.com/", "http://user:password@example.com/", "http://@example.com/"),
        *("http://example.com@127.0.0.1/", "http://example.com&@127.0.0.1/"),
        *("http://example.com\\@127.0.0.1/", "http:\\\\example.com", "http://example.com/\\..\\a"),
        *(" http://example.com/", "http://example.com/ ", "http://example.com/a b", "http://exam ple.com/"),
        *("http://example.com/\r\nX: y", "http://example.com/\tx", "ht\ntp://example.com/", "http://example.com/\x00"),
        *("http://example.com/\x7f", "http://example.com/\u2028", "http://example.com/\xa0", "http://\u3000/"),
        *("http://example.com/\ud800", "http://\udfff.example/", "http://example.com/" + "a" * 2048),
        *("http://example.com:22/", "http://example.com:8080/", "http://example.com:0/", "http://example.com:65536/"),
        *("http://example.com:-80/", "http://example.com:8\uff10/", "http://example.com:80:80/", "http://a:b/"),
        *("http://[::1", "http://::1/", "http://[example.com]/", "http://[fe80::1%25eth0]/"),
        *("http://127%2e0%2e0%2e1/", "http://example.com%00/", "http://.example.com/", "http://example..com/"),
        *("http://" + "a" * 64 + ".com/", "http://exam_ple!.com/", "http://a\uff0fb.com/", "http://*/", "http://./"),
    ],
)
def test_malformed_and_unsupported_urls_are_refused_without_asking_dns(names, url):
    with pytest.raises(InvalidRequest):
        resolve(url)
    assert not names.asked


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST", "localhost.", "\uff4cocalhost", "127.0.0.1", "127.1", "127.0.1", "0"),
        *("2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "0x7f.1", "0x7f.0x0.0x0.0x1", "127.000.000.001"),
        *("\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "\u2460\u2461\u2466.0.0.1", "2852039166"),
        *("0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "10.1", "3232235777", "[::1]", "[0:0:0:0:0:0:0:1]"),
        *("[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]"),
        *("[fd00:ec2::254]", "[fe80::1]", "[ff02::1]", "169.254.169.254", "127.0.0.1#@example.com", "255.255.255.255"),
    ],
)
def test_no_spelling_hides_an_address(names, host):
    with pytest.raises(InvalidRequest, match="was not found on the public internet"):
        resolve(f"http://{host}/latest/meta-data/")


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_may_not_lead_to_what_is_not_public(names, address):
    names.known["rogue.example"] = [address]
    with pytest.raises(InvalidRequest, match="was not found on the public internet"):
        resolve("https://rogue.example/")


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "100.63.255.255", "172.32.0.1", "223.255.255.254", PUBLIC_V6, "64:ff9b::8.8.8.8"],
)
def test_the_rest_is_public(address):
    assert is_public(address)


@pytest.mark.parametrize("answer", [[PUBLIC, "10.0.0.1"], ["10.0.0.1", PUBLIC], [PUBLIC, PUBLIC_V6, "::1"]])
def test_host_with_a_single_private_address_is_refused(names, answer):
    names.known["mixed.example"] = answer
    with pytest.raises(InvalidRequest, match="was not found on the public internet"):
        resolve("http://mixed.example/")


def test_ipv4_is_preferred_since_lambda_has_no_ipv6(names):
    names.known["both.example"] = [PUBLIC_V6, PUBLIC]
    assert resolve("http://both.example/").address == PUBLIC


def test_dns_is_asked_once(names):
    resolve("http://example.com/")
    assert names.asked == ["example.com"]


@pytest.mark.parametrize(
    ("host", "trusted", "passes"),
    [("inside.example", "", False), ("nowhere.example", "", False), ("nowhere.example", "nowhere.example:80", True)],
)
def test_internal_and_unknown_hosts_are_refused_alike(names, configure, host, trusted, passes):
    """Only the refusal of a trusted host is transient, since such a host may return."""
    configure(fetch_trusted_hosts=trusted)
    names.known["inside.example"] = ["10.0.0.1"]
    with pytest.raises(Unfetchable) as refused:
        resolve(f"http://{host}/")
    told = "The URL could not be fetched: its host was not found on the public internet."
    assert (str(refused.value), refused.value.passes) == (told, passes)


def test_dns_that_can_not_say_may_say_another_time(monkeypatch):
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "temporary failure")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unfetchable) as refused:
        resolve("https://example.com/")
    assert refused.value.passes


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("https://example.com/hook", None),
        ("http://example.com/hook", "must begin with https://"),
        ("http://hooks.lan:8000/", None),
        ("https://example.com:8443/", "must use port"),
    ],
)
def test_plain_http_callbacks_are_sent_to_trusted_hosts_alone(configure, url, message):
    configure(fetch_trusted_hosts="hooks.lan:8000")
    with pytest.raises(Unfetchable, match=message) if message else nullcontext():
        check_url(url)


@pytest.mark.parametrize("answer", [[], None])
def test_a_host_without_an_address_is_not_found(names, answer):
    names.known.update({"nowhere.example": answer} if answer is not None else {})
    with pytest.raises(InvalidRequest, match="was not found on the public internet"):
        resolve("http://nowhere.example/")


def test_dns_may_not_take_for_ever(monkeypatch):
    never = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: never.wait(10))
    began = time.monotonic()
    with pytest.raises(InvalidRequest, match="it took too long"):
        resolve("http://slow.example/", seconds=0.05)
    never.set()
    assert time.monotonic() - began < 2


def test_other_ports_can_be_allowed(names, configure):
    configure(fetch_ports="80, 8080")
    assert resolve("http://example.com:8080/").port == 8080
    with pytest.raises(InvalidRequest, match="must use port 80 or 8080"):
        resolve("https://example.com/")


@pytest.mark.parametrize("url", ["http://files.lan:8000/a", "http://FILES.lan.:8000/", "http://[::1]/"])
def test_a_trusted_host_may_be_anywhere(names, configure, url):
    names.known |= {"files.lan": ["10.0.0.7"], "files.lan.": ["10.0.0.7"]}
    configure(fetch_trusted_hosts="Files.lan:8000,[::1]:80")
    assert resolve(url).address in ("10.0.0.7", "::1")


@pytest.mark.parametrize("url", ["http://files.lan/", "http://files.lan:8001/", "http://a.files.lan:8000/"])
def test_trust_is_in_one_name_and_one_port(names, configure, url):
    names.known |= {"files.lan": ["10.0.0.7"], "a.files.lan": ["10.0.0.7"]}
    configure(fetch_trusted_hosts="files.lan:8000")
    with pytest.raises(InvalidRequest):
        resolve(url)
