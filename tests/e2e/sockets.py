"""The listening sockets, by Linux's /proc."""

import os
import socket
from contextlib import suppress
from pathlib import Path

import pytest

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads sockets in /proc")
LISTEN = "0A"


def listening(group: int) -> set[tuple[str, int]]:
    """Addresses and ports of all processes of a group."""
    known = inodes(group)
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path("/proc/net", name).read_text().splitlines()[1:]]
    return {address(row[1]) for row in rows if row[3] == LISTEN and row[9] in known}


def inodes(group: int) -> set[str]:
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.getpgid(int(process.name)) == group:
                found |= {str(each.readlink()) for each in (process / "fd").iterdir()}
    return {each.removeprefix("socket:[").rstrip("]") for each in found if each.startswith("socket:[")}


def address(text: str) -> tuple[str, int]:
    """The kernel writes each four bytes of an address the other way round."""
    host, _, port = text.partition(":")
    data = b"".join(bytes.fromhex(host[start : start + 8])[::-1] for start in range(0, len(host), 8))
    family = socket.AF_INET if len(data) == 4 else socket.AF_INET6
    return socket.inet_ntop(family, data), int(port, 16)
