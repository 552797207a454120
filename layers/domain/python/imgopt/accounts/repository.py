"""Guests: `GUEST#<sha256 of the token>`."""

from imgopt.accounts.model import Guest
from imgopt.storage import table

KIND = "GUEST"


def add_guest(guest: Guest) -> None:
    table.put(table.to_item(guest, KIND, guest.token_hash, guest.expires_at))


def find_guest(token_hash: str) -> Guest | None:
    item = table.get(table.key(KIND, token_hash))
    return table.from_item(item, Guest) if item else None
