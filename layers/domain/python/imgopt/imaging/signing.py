"""Puts a C2PA manifest with a placeholder for its signature into a finished file.

The sandbox reads the source's manifest, so that it must not have the private key. The signature is made elsewhere, and
replaces the placeholder, which isn't part of the signed bytes (C2PA 2.2, "Digital Signatures"; RFC 9052, section 4.4).
"""

import json
import os
from contextlib import suppress
from io import BytesIO
from typing import Any

from imgopt.codecs.formats import FORMATS
from imgopt.errors import InvalidImage

# No thumbnail, which would be larger than many results; nothing is fetched; readers decide whom to trust.
C2PA_SETTINGS = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {
        "verify_after_sign": False,
        "verify_trust": False,
        "verify_timestamp_trust": False,
        "ocsp_fetch": False,
        "remote_manifest_fetch": False,
    },
}
INGREDIENT = "source"


def prepare_manifest(  # noqa: PLR0913 - contents of a manifest
    data: bytes,
    *,
    source_bytes: int,
    source_type: str,
    name: str,
    algorithm: str,
    signature_bytes: int,
    certificates: str,
    actions: list[dict[str, Any]],
) -> bytes:
    """Returns a line of JSON and the result with a manifest. `data` is the source followed by the result.

    The line has the bytes to sign and the placeholder, both in hexadecimal. Returns b"" where that fails, for example
    for a format that the library doesn't support. `source_type` is a MIME type.
    """
    import c2pa

    source, result = data[:source_bytes], data[source_bytes:]
    hold = FORMATS[name].contain
    placeholder, claims = os.urandom(signature_bytes), list[bytes]()

    def take(claim: bytes) -> bytes:
        claims.append(claim)
        return placeholder

    with suppress(c2pa.C2paError, InvalidImage):
        signer = c2pa.Signer.from_callback(take, c2pa.C2paSigningAlg[algorithm], certificates, None)
        builder = c2pa.Builder.from_json(_manifest(name, actions), c2pa.Context.from_dict(C2PA_SETTINGS))
        ingredient = json.dumps({"relationship": "parentOf", "label": INGREDIENT})
        builder.add_ingredient(ingredient, source_type, BytesIO(source))
        out = BytesIO()
        builder.sign(signer, FORMATS[name].mime_type, BytesIO(hold(result) if hold else result), out)
        line = json.dumps({"claim": claims[0].hex(), "placeholder": placeholder.hex()})
        return line.encode() + b"\n" + out.getvalue()
    return b""


def _manifest(name: str, actions: list[dict[str, Any]]) -> str:
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [INGREDIENT]}}
    return json.dumps(
        {
            "claim_generator_info": [{"name": "imgopt"}],
            "format": FORMATS[name].mime_type,
            "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [opened, *actions]}}],
        }
    )
