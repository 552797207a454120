"""uvicorn's protocol with a limit on the head of a request, which it keeps in memory, however long it is."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# The most bytes of a request line and its headers, with the trailers of a chunked body.
MOST_HEAD_BYTES = 64 * 1024
# The bytes around a header's name and value.
HEADER_SEPARATOR_BYTES = 4
HEAD_TOO_LONG = "The head of the request is too long."


class LimitedHeads(HttpToolsProtocol):
    """Answers 400 to a longer head, and closes the connection."""

    _head = _unparsed = 0

    def data_received(self, data: bytes) -> None:
        self._unparsed += len(data)
        super().data_received(data)
        if self._head + self._unparsed > MOST_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response(HEAD_TOO_LONG)

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(name, value)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._unparsed = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unparsed = 0
        super().on_message_complete()

    def _count(self, *parts: bytes) -> None:
        """Counts parts of a head. Raises ValueError if it is too long: the parser then reports an invalid request."""
        self._unparsed = 0
        self._head += sum(map(len, parts)) + HEADER_SEPARATOR_BYTES
        if self._head > MOST_HEAD_BYTES:
            raise ValueError(HEAD_TOO_LONG)
