"""HTTPS in front of a server that speaks plain HTTP, for clients that require HTTPS."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

HOST = "127.0.0.1"


@contextmanager
def https_before(url: str, certificate: Path) -> Iterator[str]:
    """The address by HTTPS. Bytes are passed on as they come."""
    loop, known, ports = asyncio.new_event_loop(), Event(), []

    async def serve() -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        target = urlsplit(url)
        server = await asyncio.start_server(
            lambda reader, writer: connect(reader, writer, str(target.hostname), target.port or 80), HOST, ssl=context
        )
        ports.append(server.sockets[0].getsockname()[1])
        known.set()
        await server.serve_forever()

    task = loop.create_task(serve())
    thread = Thread(target=lambda: run(loop, task), daemon=True)
    thread.start()
    assert known.wait(10)
    yield f"https://{HOST}:{ports[0]}"
    loop.call_soon_threadsafe(task.cancel)
    thread.join(10)


def run(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    with suppress(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()


async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int) -> None:
    there, to_there = await asyncio.open_connection(host, port)
    await asyncio.gather(pass_on(reader, to_there), pass_on(there, writer))


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        writer.close()
