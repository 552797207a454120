"""Guests as version 0.1 stored them: by the hash of a random session token."""

from imgopt.accounts import repository
from imgopt.accounts.model import Guest
from imgopt.storage import table


def add_guest(guest: Guest) -> None:
    table.put(table.to_item(guest, repository.KIND, guest.token_hash, guest.expires_at))
