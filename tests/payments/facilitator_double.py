"""A facilitator and the token's contract in memory, as strict as x402's own (version 2, scheme `exact`, EIP-3009).

Checked against x402 2.25: `mechanisms/evm/exact/facilitator.py` and `http/facilitator_client.py`. Nothing of a chain is
there but balances and the nonces that are used.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

NETWORK, CHAIN = "eip155:84532", 84532
ASSET, ASSET_NAME, ASSET_VERSION = "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "USDC", "2"
PAY_TO = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"
TYPES = {
    "TransferWithAuthorization": [
        {"name": "from", "type": "address"},
        {"name": "to", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "validAfter", "type": "uint256"},
        {"name": "validBefore", "type": "uint256"},
        {"name": "nonce", "type": "bytes32"},
    ]
}
# Of what is signed, the moment that it takes to be carried out.
BUFFER_SECONDS = 6
ENVELOPE = {"x402Version", "paymentPayload", "paymentRequirements"}
Object = dict


class Lost(Exception):
    """Makes the double send no answer to a request that it has handled."""


class FacilitatorDouble(ThreadingHTTPServer):
    """`funds` are what addresses have. `asked` counts requests; `before` and `after` are called around each."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.funds: Counter[str] = Counter()
        self.used: set[tuple[str, str]] = set()
        self.asked: Counter[str] = Counter()
        self.before: Callable[[str], None] = lambda path: None
        self.after: Callable[[str, Object], Object] = lambda path, answer: answer
        self.lock = Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def received(self) -> int:
        return self.funds[PAY_TO.lower()]

    def answer(self, path: str, body: Object) -> Object:
        self.asked[path] += 1
        self.before(path)
        payload, wanted = body["paymentPayload"], body["paymentRequirements"]
        with self.lock:
            fault = fault_of(payload, wanted) or self.fault_on_the_chain(payload["payload"]["authorization"])
            answer = self.settle(payload, fault) if path == "/settle" else verified(payload, fault)
        return self.after(path, answer)

    def fault_on_the_chain(self, signed: Object) -> str:
        payer = signed["from"].lower()
        if (payer, signed["nonce"]) in self.used:
            return "invalid_exact_evm_nonce_already_used"
        return "invalid_exact_evm_insufficient_balance" if self.funds[payer] < int(signed["value"]) else ""

    def settle(self, payload: Object, fault: str) -> Object:
        signed = payload["payload"]["authorization"]
        facts = {"payer": signed["from"], "network": NETWORK}
        if fault:
            return {"success": False, "errorReason": fault, "transaction": "", **facts}
        payer, value = signed["from"].lower(), int(signed["value"])
        self.used.add((payer, signed["nonce"]))
        self.funds[payer] -= value
        self.funds[PAY_TO.lower()] += value
        return {"success": True, "transaction": f"0x{len(self.used):064x}", "amount": signed["value"], **facts}


def verified(payload: Object, fault: str) -> Object:
    payer = payload["payload"]["authorization"]["from"]
    return {"isValid": not fault, "payer": payer, **({"invalidReason": fault} if fault else {})}


def fault_of(payload: Object, wanted: Object) -> str:
    """The first of what is wrong."""
    accepted, signed = payload["accepted"], payload["payload"]["authorization"]
    evm = "invalid_exact_evm_payload"
    checks = {
        "unsupported_scheme": (accepted["scheme"], wanted["scheme"]) == ("exact", "exact"),
        "network_mismatch": {accepted["network"], wanted["network"]} == {NETWORK},
        "asset_not_deployed_contract": wanted["asset"].lower() == ASSET.lower(),
        f"{evm}_recipient_mismatch": signed["to"].lower() == wanted["payTo"].lower(),
        f"{evm}_authorization_value_mismatch": int(signed["value"]) == int(wanted["amount"]),
        f"{evm}_authorization_valid_before": int(signed["validBefore"]) >= time.time() + BUFFER_SECONDS,
        f"{evm}_authorization_valid_after": int(signed["validAfter"]) <= time.time(),
        f"{evm}_signature": is_signed(payload["payload"]),
    }
    return next((fault for fault, is_right in checks.items() if not is_right), "")


def is_signed(payload: Object) -> bool:
    from eth_account import Account  # takes half a second, of each process that collects tests
    from eth_account.messages import encode_typed_data

    signed = payload["authorization"]
    domain = {"name": ASSET_NAME, "version": ASSET_VERSION, "chainId": CHAIN, "verifyingContract": ASSET}
    numbers = {name: int(signed[name]) for name in ("value", "validAfter", "validBefore")}
    message = {**signed, **numbers, "nonce": bytes.fromhex(signed["nonce"].removeprefix("0x"))}
    try:
        signer = Account.recover_message(encode_typed_data(domain, TYPES, message), signature=payload["signature"])
    except Exception:  # whatever is no signature
        return False
    return signer.lower() == signed["from"].lower()


class Visit(BaseHTTPRequestHandler):
    server: FacilitatorDouble

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path not in ("/verify", "/settle") or set(body) != ENVELOPE or body["x402Version"] != 2:
            self.send(400, {"error": "invalid request"})
            return
        try:
            self.send(200, self.server.answer(self.path, body))
        except Lost:
            self.close_connection = True

    def send(self, status: int, answer: Object) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@contextmanager
def running() -> Iterator[FacilitatorDouble]:
    with FacilitatorDouble() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()
