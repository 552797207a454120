"""The sparse index `owned`: the keys of jobs and uploads by their attribute `owner`, to find all that somebody has.

It follows the table within a second or so: what was written a moment ago may be missing.
"""

from imgopt.settings import settings
from imgopt.storage import table
from imgopt.storage.table import Item, marshal

INDEX = "owned"


def find_all(owner: str) -> list[Item]:
    """Keys of items, in no particular order."""
    request = {
        "TableName": settings().table_name,
        "IndexName": INDEX,
        "KeyConditionExpression": "#owner = :owner",
        "ExpressionAttributeNames": {"#owner": "owner"},
        "ExpressionAttributeValues": marshal({":owner": owner}),
    }
    pages = table.read_pages("query", request)
    return [{name: item[name] for name in ("pk", "sk")} for page in pages for item in page]
