"""The sparse index `owned`: the keys of users' jobs and uploads by their attribute `user`, to find all that one has.

Guests have no account that could be deleted, and so nothing in it. It follows the table within a second or so: what was
written a moment ago may be missing.
"""

from imgopt.settings import settings
from imgopt.storage import table
from imgopt.storage.table import Item, marshal

OWNED_INDEX = "owned"


def owner_entry(owner: str, *, is_guest: bool) -> Item:
    """What makes an item part of the index, if it is to be."""
    return {} if is_guest else {"user": owner}


def find_all(owner: str) -> list[Item]:
    """Keys of items, in no particular order."""
    request = {
        "TableName": settings().table_name,
        "IndexName": OWNED_INDEX,
        "KeyConditionExpression": "#user = :user",
        "ExpressionAttributeNames": {"#user": "user"},
        "ExpressionAttributeValues": marshal({":user": owner}),
    }
    pages = table.read_pages("query", request)
    return [{name: item[name] for name in ("pk", "sk")} for page in pages for item in page]
