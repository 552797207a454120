"""moto with less work: what it repeats for each request, item and attribute is done once.

And one request at a time: a transaction copies the table, which must not change meanwhile.

Made for moto 5.2; an AttributeError tells that it has changed.
"""

from tests.moto_patches import direct_calls, endpoints, environments, expressions, requests, shapes, tables


def install() -> None:
    for part in (direct_calls, requests, environments, endpoints, tables, expressions, shapes):
        part.install()
