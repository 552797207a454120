"""The OPTIONS operations of the contract."""

from fastapi import Response


def allow(*methods: str) -> Response:
    return Response(headers={"Allow": ", ".join((*methods, "OPTIONS"))})
