"""The payer: the official client with its own key."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from tests.payments.facilitator_double import NETWORK

if TYPE_CHECKING:
    import requests
    from eth_account.signers.local import LocalAccount

REQUIRED, SIGNATURE, RESPONSE = "Payment-Required", "Payment-Signature", "Payment-Response"


class Payer:
    """Pays calls. Its libraries take a second to load, so they are loaded with the first payment."""

    def __init__(self, account: LocalAccount) -> None:
        from x402 import x402ClientSync
        from x402.mechanisms.evm.exact import ExactEvmScheme

        self.address = account.address
        self.client = x402ClientSync().register(NETWORK, ExactEvmScheme(account))

    def session(self) -> requests.Session:
        """A session that pays every 402."""
        from x402.http.clients import x402_requests

        session = x402_requests(self.client)
        session.trust_env = False
        return session

    def pay(self, refusal: Any) -> dict[str, str]:
        """The header that pays what an answer asks for."""
        from x402.http.utils import decode_payment_required_header, encode_payment_signature_header

        offer = decode_payment_required_header(refusal.headers[REQUIRED])
        return {SIGNATURE: encode_payment_signature_header(self.client.create_payment_payload(offer))}


def read(header: str) -> dict[str, Any]:
    """The contents of a header of x402."""
    return json.loads(base64.b64decode(header))


def write(said: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(said).encode()).decode()
