"""Partial downloads by signed URLs, from an emulator that reads whole files."""

import asyncio
import re
from typing import Any

import pytest

from local.emulator.download_parts import PART_BYTES, SLICE_BYTES, DownloadsInParts

DATA = bytes(range(256)) * (5 * PART_BYTES // 512)  # two parts and a half
SIGNED = b"X-Amz-Signature=ab"


class Emulator:
    """Answers whole files and ranges of them, and counts who asks."""

    def __init__(self, data: bytes, *, status: int = 200) -> None:
        self.data, self.status, self.etag, self.asked = data, status, b'"one"', []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        wanted = headers.get(b"range")
        self.asked.append(wanted)
        assert await receive() == {"type": "http.request", "body": b"", "more_body": False}
        status, told, body = self.status, [], self.data
        if headers.get(b"if-match", self.etag) != self.etag:
            status, body = 412, b"<Error/>"
        elif wanted and status == 200:
            first, last = (int(each or 10**9) for each in re.fullmatch(rb"bytes=(\d+)-(\d*)", wanted).groups())
            status, body = (206, self.data[first : last + 1]) if first < len(self.data) else (416, b"<Error/>")
            told = [(b"content-range", b"bytes %d-%d/%d" % (first, first + len(body) - 1, len(self.data)))]
        length = (b"content-length", b"%d" % len(body))
        headers = [(b"content-type", b"image/png"), (b"etag", self.etag), length, *told]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class Client:
    """Takes so many messages, then stalls."""

    def __init__(self, takes: int = 1000) -> None:
        self.takes, self.stalled, self.messages = takes, asyncio.Event(), []

    async def send(self, message: Any) -> None:
        if len(self.messages) == self.takes:
            self.stalled.set()
            await asyncio.Event().wait()
        self.messages.append(message)

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


def staying() -> Any:
    """Returns the messages of a client that stays connected and sends only its request."""
    said = False

    async def receive() -> Any:
        nonlocal said
        if said:
            await asyncio.Event().wait()
        said = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive


def ask(emulator: Emulator, query: bytes = SIGNED, method: str = "GET", **headers: str) -> Client:
    client = Client()
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": "/a/b", "query_string": query, "headers": sent}
    asyncio.run(DownloadsInParts(emulator)(scope, staying(), client.send))
    return client


def test_a_file_arrives_whole_and_is_asked_for_in_parts():
    emulator = Emulator(DATA)
    client = ask(emulator)
    assert client.body == DATA
    start = client.messages[0]
    told = dict(start["headers"])
    assert (start["status"], told[b"content-length"], told[b"etag"]) == (200, b"%d" % len(DATA), b'"one"')
    assert b"content-range" not in told
    assert len(emulator.asked) == 3
    assert all(emulator.asked)


def test_a_client_that_stalls_has_one_part_read():
    async def follow() -> None:
        emulator, client = Emulator(DATA), Client(takes=3)
        scope = {"type": "http", "method": "GET", "path": "/a/b", "query_string": SIGNED, "headers": []}
        download = asyncio.create_task(DownloadsInParts(emulator)(scope, staying(), client.send))
        await client.stalled.wait()
        assert len(emulator.asked) == 1
        assert max(len(message.get("body", b"")) for message in client.messages) == SLICE_BYTES
        download.cancel()
        await asyncio.gather(download, return_exceptions=True)

    asyncio.run(follow())


@pytest.mark.parametrize(("asked", "wanted"), [({"query": b""}, "bytes=0-9"), ({"method": "PUT"}, "")])
def test_other_requests_pass_unchanged(asked, wanted):
    emulator = Emulator(DATA[:100])
    client = ask(emulator, **asked, range=wanted)
    assert emulator.asked == [wanted.encode()]
    assert client.body == (DATA[:10] if wanted else DATA[:100])


END = len(DATA) - 1
RANGES = {
    "bytes=0-": (0, END),
    "bytes=10-19": (10, 19),
    f"bytes=5-{PART_BYTES + 5}": (5, PART_BYTES + 5),
    f"bytes={PART_BYTES * 2}-{END * 9}": (PART_BYTES * 2, END),
    "bytes=-10": (END - 9, END),
    f"bytes=-{END * 9}": (0, END),
}


@pytest.mark.parametrize("wanted", RANGES)
def test_a_range_arrives_in_parts_as_well(wanted):
    emulator, (first, last) = Emulator(DATA), RANGES[wanted]
    client = ask(emulator, range=wanted)
    start = client.messages[0]
    told = dict(start["headers"])
    assert (start["status"], client.body) == (206, DATA[first : last + 1])
    assert told[b"content-range"] == b"bytes %d-%d/%d" % (first, last, len(DATA))
    assert told[b"content-length"] == b"%d" % (last + 1 - first)
    assert all(int(end) - int(begin) < PART_BYTES for begin, end in (each[6:].split(b"-") for each in emulator.asked))


@pytest.mark.parametrize(
    "headers",
    [
        {"range": "bytes=0-1,5-6"},
        {"range": "bytes=9-8"},
        {"range": "bytes=0-9", "if_range": '"two"'},
        {"range": "bytes=0-9", "if_range": "Mon, 30 Nov 2026 14:48:56 GMT"},
        {"if_match": '"one"'},
        {"if_none_match": '"two"'},
    ],
)
def test_a_whole_file_for_other_ranges_and_conditions_is_asked_for_in_parts(headers):
    emulator = Emulator(DATA)
    client = ask(emulator, **headers)
    assert (client.messages[0]["status"], client.body, len(emulator.asked)) == (200, DATA, 3)


def test_an_interrupted_download_of_the_same_version_is_continued():
    client = ask(Emulator(DATA), range=f"bytes={END - 9}-", if_range='"one"')
    assert (client.messages[0]["status"], client.body) == (206, DATA[END - 9 :])


@pytest.mark.parametrize(("headers", "status"), [({"range": f"bytes={END + 1}-"}, 416), ({"if_match": '"two"'}, 412)])
def test_impossible_request_is_answered_by_the_emulator(headers, status):
    client = ask(Emulator(DATA), **headers)
    assert (client.messages[0]["status"], client.body) == (status, b"<Error/>")


@pytest.mark.parametrize(("data", "status"), [(b"", 200), (b"<Error/>", 404), (b"<Error/>", 403)])
def test_an_answer_without_parts_is_passed_on_as_it_is(data, status):
    client = ask(Emulator(data, status=status))
    assert (client.messages[0]["status"], client.body) == (status, data)


def test_a_file_is_read_no_further_for_a_client_that_has_gone():
    emulator, gone = Emulator(DATA), asyncio.Event()

    class Leaving(Client):
        async def send(self, message: Any) -> None:
            await super().send(message)
            gone.set()
            await asyncio.sleep(0)

    async def until_gone() -> Any:
        await gone.wait()
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "GET", "path": "/a/b", "query_string": SIGNED, "headers": []}
    asyncio.run(DownloadsInParts(emulator)(scope, until_gone, Leaving().send))
    assert len(emulator.asked) == 1


def test_files_of_two_versions_are_never_put_together():
    emulator = Emulator(DATA)

    class Replacing(Client):
        async def send(self, message: Any) -> None:
            await super().send(message)
            emulator.etag = b'"two"'

    scope = {"type": "http", "method": "GET", "path": "/a/b", "query_string": SIGNED, "headers": []}
    with pytest.raises(RuntimeError, match="replaced"):
        asyncio.run(DownloadsInParts(emulator)(scope, staying(), Replacing().send))
