"""An OIDC issuer on this machine: publishes its keys, signs whatever a test wants, and keeps to the code flow."""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SUBJECT, EMAIL = "imgopt-client", "subject-1", "ada@example.com"
HOUR = 3600
# Making one takes a tenth of a second.
RSA_KEYS = [rsa.generate_private_key(65537, 2048) for _ in range(2)]
EC_KEY = ec.generate_private_key(ec.SECP256R1())


@dataclass
class Key:
    kid: str
    private: Any
    algorithm: str = "RS256"
    described: dict[str, Any] = field(default_factory=dict)

    def published(self) -> dict[str, Any]:
        public = jwt.algorithms.get_default_algorithms()[self.algorithm].to_jwk(self.private.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "use": "sig", "alg": self.algorithm, **self.described}


class Issuer(ThreadingHTTPServer):
    """`requests` are the paths that were asked for; `codes` what was granted, each with the request for it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.keys = [Key("one", RSA_KEYS[0]), Key("ec", EC_KEY, "ES256")]
        self.requests: list[str] = []
        self.is_down, self.cache_control = False, ""
        self.person: dict[str, Any] = {"sub": SUBJECT, "email": EMAIL, "email_verified": True}
        self.codes: dict[str, dict[str, str]] = {}
        self.secret = ""
        self.other: dict[str, Any] = {}
        self.described: dict[str, Any] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def claims(self, **other: Any) -> dict[str, Any]:
        """The claims of a valid ID token. None leaves a claim out."""
        now = int(time.time())
        good = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + HOUR, **self.person}
        return {name: value for name, value in {**good, **other}.items() if value is not None}

    def token(self, key: Key | None = None, header: dict[str, Any] | None = None, **other: Any) -> str:
        key = key or self.keys[0]
        return jwt.encode(self.claims(**other), key.private, key.algorithm, {"kid": key.kid, **(header or {})})

    def bearer(self, **other: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(**other)}"}

    def authorize(self, url: str, **other: str) -> str:
        """The address to which a browser returns after its user has signed in at `url`."""
        asked = {**dict(parse_qsl(urlsplit(url).query)), **other}
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, given: dict[str, str], authorization: str | None) -> tuple[int, dict[str, Any]]:
        """RFC 6749, 4.1.3, and RFC 7636, 4.6."""
        if self.secret and authorization != f"Basic {base64.b64encode(f'{CLIENT}:{self.secret}'.encode()).decode()}":
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(sha256(given.get("code_verifier", "").encode()).digest()).rstrip(b"=")
        if asked is None or asked["code_challenge"].encode() != challenge:
            return 400, {"error": "invalid_grant"}
        if (given["client_id"], given["redirect_uri"]) != (asked["client_id"], asked["redirect_uri"]):
            return 400, {"error": "invalid_grant"}
        return 200, {"id_token": self.token(nonce=asked.get("nonce"), **self.other), "token_type": "Bearer"}

    def published(self, path: str) -> dict[str, Any] | None:
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "jwks_uri": f"{self.url}/keys",
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                **self.described,
            },
            "/keys": {"keys": [key.published() for key in self.keys]},
        }.get(path)


class Visit(BaseHTTPRequestHandler):
    server: Issuer

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        found = None if self.server.is_down else self.server.published(self.path)
        self.answer(200 if found else 503, found or {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        self.answer(*self.server.exchange(given, self.headers["Authorization"]))

    def answer(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if self.server.cache_control:
            self.send_header("Cache-Control", self.server.cache_control)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""
