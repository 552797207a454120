"""The sparse index `owned`: the keys of a user's jobs and uploads by the attribute `user`, to find everything of a
user.

Guests' items aren't in it, because guests have no account to delete. The index follows the table within about a second,
so that the most recent items may be missing.
"""

from imgopt.settings import settings
from imgopt.storage import table
from imgopt.storage.attributes import marshal
from imgopt.storage.table import Item

OWNED_INDEX = "owned"


def owner_entry(owner: str, *, is_guest: bool) -> Item:
    """Returns the attribute that puts a user's item into the index; nothing for guests."""
    return {} if is_guest else {"user": owner}


def find_all(owner: str) -> list[Item]:
    """Returns the keys of a user's items, in no particular order."""
    request = {
        "TableName": settings().table_name,
        "IndexName": OWNED_INDEX,
        "KeyConditionExpression": "#user = :user",
        "ExpressionAttributeNames": {"#user": "user"},
        "ExpressionAttributeValues": marshal({":user": owner}),
    }
    pages = table.read_pages("query", request)
    return [{name: item[name] for name in ("pk", "sk")} for page in pages for item in page]
