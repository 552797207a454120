"""What routers need of a request: who is asking, by the credentials of the contract."""

from typing import Annotated

from fastapi import Depends, Header
from imgopt.accounts import service as accounts
from imgopt.accounts.model import Principal

SessionToken = Annotated[str | None, Header(description="Guest session token")]
ForwardedFor = Annotated[str | None, Header(description="User IP address")]


def find_principal(
    x_session_token: SessionToken = None,
    x_forwarded_for: ForwardedFor = None,
    authorization: Annotated[str | None, Header(include_in_schema=False)] = None,
) -> Principal | None:
    return accounts.authenticate(x_session_token, authorization)


Asking = Annotated[Principal | None, Depends(find_principal)]
